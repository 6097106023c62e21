"""Tables of the same loans, put side by side."""

import polars as pl


def beside(first: pl.DataFrame, *others: pl.DataFrame, by: str = "loan_no") -> pl.DataFrame:
    """Return the columns of tables that hold the same rows in the same order; a join that cannot lose or repeat one.

    Raises AssertionError where a table has other rows: then a step has lost or invented some.
    """
    for other in others:
        if not first[by].equals(other[by]):
            raise AssertionError(f"tables to be put side by side differ in {by}")
    return pl.concat([first, *(other.drop(by) for other in others)], how="horizontal")
