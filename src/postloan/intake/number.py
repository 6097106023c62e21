"""Numbers: every debtor and loan gets one number, given once, in sorted order of the identifiers of a load."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from postloan.intake.order import read_rows
from postloan.intake.records import numbers_file

NUMBERS_COLUMNS: dict[str, dict[str, pl.DataType]] = {
    "debtor": {"debtor_id": pl.String(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
    "loan": {"loan_id": pl.String(), "loan_no": pl.Int64(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
    "facility": {"facility_id": pl.String(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
    "contract": {"contract_id": pl.String(), "debtor_no": pl.Int64(), "shard": pl.Int32()},
}
"""What a load keeps about the identifiers it met first, or whose debtor it changed."""


def read_numbers(home: Path, loads: Sequence[int], kind: str, only: pl.Expr | None = None) -> pl.DataFrame:
    """Read the identifiers that some loads numbered, in the order of the loads given."""
    paths = [path for path in (numbers_file(home, load, kind) for load in loads) if path.exists()]
    frames = [frame if only is None else frame.filter(only) for frame in map(read_rows, paths)]
    return pl.concat(frames) if frames else pl.DataFrame(schema=NUMBERS_COLUMNS[kind])


def shard_of(debtor_id: str, shards: int) -> int:
    """The shard of a debtor: a hash that is the same on every machine, unlike Python's own."""
    return int.from_bytes(hashlib.blake2b(debtor_id.encode(), digest_size=8).digest(), "big") % shards


def number_debtors(debtor_ids: pl.Series, numbered: pl.DataFrame, shards: int) -> pl.DataFrame:
    """Number the debtors not met before; gives only those."""
    new = _not_numbered(debtor_ids, numbered)
    last = _last_number(numbered, "debtor_no")
    return pl.DataFrame(
        {
            "debtor_id": new,
            "debtor_no": pl.int_range(last + 1, last + 1 + len(new), dtype=pl.Int64, eager=True),
            "shard": pl.Series([shard_of(debtor_id, shards) for debtor_id in new], dtype=pl.Int32),
        }
    )


def number_owned(kind: str, rows: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    """Number the loans, facilities or contracts not met before, and note whose debtor changed; gives only those.

    `rows` has the identifier, `debtor_no` and `shard`.
    """
    identifier = f"{kind}_id"
    owned = rows.select(identifier, "debtor_no", "shard").unique(subset=identifier, keep="last").sort(identifier)
    known = numbered.rename({"debtor_no": "_debtor_no"}).drop("shard")
    met = owned.join(known, on=identifier, how="left", maintain_order="left")
    changed = met.filter(pl.col("_debtor_no").ne_missing(pl.col("debtor_no")))
    if kind == "loan":
        last = _last_number(numbered, "loan_no")
        new = pl.col("loan_no").is_null()
        changed = changed.with_columns(loan_no=pl.when(new).then(last + new.cum_sum()).otherwise("loan_no"))
    return changed.select(pl.col(name).cast(dtype) for name, dtype in NUMBERS_COLUMNS[kind].items())


def _not_numbered(ids: pl.Series, numbered: pl.DataFrame) -> pl.Series:
    name = ids.name
    return ids.to_frame().unique().join(numbered.select(name), on=name, how="anti").to_series().sort()


def _last_number(numbered: pl.DataFrame, number: str) -> int:
    return int(numbered[number].max() or 0)  # type: ignore[arg-type]
