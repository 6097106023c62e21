"""Numbers: every debtor and loan gets one number, given once, in sorted order of the identifiers of a load."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from postloan.intake.records import parts_folder

NUMBERS_COLUMNS: dict[str, dict[str, pl.DataType]] = {
    "debtor": {"debtor_id": pl.String(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
    "loan": {"loan_id": pl.String(), "loan_no": pl.Int64(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
    "facility": {"facility_id": pl.String(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
    "contract": {"contract_id": pl.String(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
}
"""What a load keeps about the identifiers it met first, or whose debtor it changed."""


def numbers_file(home: Path, load: int, kind: str) -> Path:
    """The identifiers of a kind that a load numbered."""
    return parts_folder(home, load) / "numbers" / f"{kind}.parquet"


def read_numbers(home: Path, loads: Sequence[int], kind: str, only: pl.Expr | None = None) -> pl.DataFrame:
    """Read the identifiers that some loads numbered, in the order of the loads given."""
    frames = [
        frame if only is None else frame.filter(only)
        for frame in (
            pl.read_parquet(path) for path in (numbers_file(home, load, kind) for load in loads) if path.exists()
        )
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=NUMBERS_COLUMNS[kind])
