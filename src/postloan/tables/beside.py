"""Tables of the same loans, or of some of them, put side by side."""

import polars as pl


def beside(first: pl.DataFrame, *others: pl.DataFrame, by: str = "loan_no") -> pl.DataFrame:
    """Return the columns of tables that hold the same rows in the same order; a join that cannot lose or repeat one.

    Raises AssertionError where a table has other rows: then a step has lost or invented some.
    """
    for other in others:
        if not first[by].equals(other[by]):
            raise AssertionError(f"tables to be put side by side differ in {by}")
    return pl.concat([first, *(other.drop(by) for other in others)], how="horizontal")


def found_beside(first: pl.DataFrame, other: pl.DataFrame, *, by: str = "loan_no") -> pl.DataFrame:
    """Add the columns of a table that tells of some of the rows, once each; null where it does not.

    A left join that cannot lose, move or repeat a row, and copies no column of the first table. Where the other is
    empty, as tables of what is rare often are, nothing is looked for.
    Raises AssertionError where a row is told of twice.
    """
    if other.is_empty():
        return first.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in other.schema.items() if name != by)
    found = first.select(by).join(other, on=by, how="left", maintain_order="left")
    if found.height != first.height:
        raise AssertionError(f"a table to be put beside another repeats a {by}")
    return pl.concat([first, found.drop(by)], how="horizontal")
