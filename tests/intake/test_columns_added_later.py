"""A table that gained columns: what was loaded before they were there is still read, and has them empty."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from delivering import Bank

from feeds import small_bank
from postloan.night.run import run_night
from postloan.snapshot.read import read_loans
from postloan.tables.units import METHODS

LATER = ("holiday_roll", "reprice_months", "step_cents")


def forget(home: Path, table: str, columns: tuple[str, ...]) -> None:
    """Make the parts of a table look as they did before the columns, the last method, and sums of files were there."""
    parts = list((home / "facts" / "parts").glob(f"*/{table}/*.parquet"))
    assert parts
    for path in parts:
        rows = pl.read_parquet(path).drop(columns)
        shorter = pl.Enum(METHODS[:-1])
        rows.with_columns(pl.col("method").cast(shorter)).write_parquet(path)
    for path in (home / "facts" / "loads").glob("*.json"):
        record = json.loads(path.read_text())
        del record["tables"][table]["sums"]
        path.write_text(json.dumps(record))


@pytest.mark.parametrize("loads", [1, 2])
def test_old_parts_have_later_columns_empty(bank: Bank, loads: int) -> None:
    bank.loaded(small_bank())
    on = date(2024, 3, 31)
    run_night(bank.home, on)
    before = read_loans(bank.home, on)
    if loads == 2:
        bank.loaded({"loan": small_bank()["loan"][:1]}, "2024-04-30", modes={"loan": "increment"})
    forget(bank.home, "loan", LATER)
    assert set(bank.rows("loan", *LATER)) == {(None, None, None)}
    run_night(bank.home, date(2024, 4, 30))
    assert read_loans(bank.home, on).equals(before)
