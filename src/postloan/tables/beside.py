"""Tables of the same loans, or of some of them, put side by side."""

import polars as pl


def beside(first: pl.DataFrame, *others: pl.DataFrame, by: str = "loan_no") -> pl.DataFrame:
    """Return the columns of tables that hold the same rows in the same order; a join that cannot lose or repeat one.

    Raises AssertionError where a table has other rows: then a step has lost or invented some.
    """
    for other in others:
        if not first[by].equals(other[by]):
            raise AssertionError(f"tables to be put side by side differ in {by}")
    return first.hstack([column for other in others for column in other if column.name != by])


def found_beside(first: pl.DataFrame, other: pl.DataFrame, *, by: str = "loan_no") -> pl.DataFrame:
    """Add the columns of a table that tells of some of the rows, once each; null where it does not.

    A left join that cannot lose, move or repeat a row, and copies no column of the first table. Where the other is
    empty, as tables of what is rare often are, nothing is looked for.
    Raises AssertionError where a row is told of twice.
    """
    if other.is_empty():
        found = _nothing(other.schema, first.height)
    else:
        found = first[by].to_frame().join(other, on=by, how="left", maintain_order="left")
    if found.height != first.height:
        raise AssertionError(f"a table to be put beside another repeats a {by}")
    return first.hstack([column for column in found if column.name != by])


def _nothing(kinds: pl.Schema, height: int) -> pl.DataFrame:
    """Rows of which nothing is known: columns of one kind share their nothing, which is quicker than making each."""
    empty = {kind: pl.Series([None], dtype=kind).new_from_index(0, height) for kind in set(kinds.values())}
    return pl.DataFrame([empty[kind].alias(name) for name, kind in kinds.items()])
