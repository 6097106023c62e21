"""Tables put side by side neither lose nor repeat a row, and say so where they would."""

import polars as pl
import pytest

from postloan.tables.beside import beside, found_beside

LOANS = pl.DataFrame({"loan_no": [3, 5, 8], "cents": [1, 2, 3]})


def test_what_is_told_of_some_is_null_for_the_others() -> None:
    some = pl.DataFrame({"loan_no": [8, 3], "tier": ["loss", "pass"]})
    assert found_beside(LOANS, some).to_dict(as_series=False) == {
        "loan_no": [3, 5, 8], "cents": [1, 2, 3], "tier": ["pass", None, "loss"],
    }  # fmt: skip


def test_a_table_of_nothing_gives_nulls_of_its_types() -> None:
    nothing = pl.DataFrame(schema={"loan_no": pl.Int64, "since_on": pl.Date})
    found = found_beside(LOANS, nothing)
    assert found["since_on"].to_list() == [None, None, None]
    assert found.schema["since_on"] == pl.Date


def test_a_row_told_of_twice_is_a_fault_of_the_program() -> None:
    twice = pl.DataFrame({"loan_no": [5, 5], "tier": ["pass", "loss"]})
    with pytest.raises(AssertionError, match="repeats a loan_no"):
        found_beside(LOANS, twice)


def test_other_rows_are_a_fault_of_the_program() -> None:
    with pytest.raises(AssertionError, match="differ in loan_no"):
        beside(LOANS, LOANS.with_columns(pl.col("loan_no") + 1))
