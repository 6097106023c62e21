"""Order: reading files of rows, which are sorted; checking that they are is far cheaper than sorting them again."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from postloan.intake.shape import FactsShape


def read_rows(path: Path, columns: Sequence[str] | None = None, only: pl.Expr | None = None) -> pl.DataFrame:
    """Read one Parquet file by its very name: brackets, stars and equal signs in a path mean nothing.

    only  which rows, where not all: of the others but the columns that tell are read.
    """
    wanted = None if columns is None else list(columns)
    if only is None:
        return pl.read_parquet(path, columns=wanted, glob=False, hive_partitioning=False)
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False).filter(only)
    return (rows if wanted is None else rows.select(wanted)).collect()


def in_order(frame: pl.DataFrame, shape: FactsShape) -> pl.DataFrame:
    """Sort rows as the facts are sorted, cheaply where they nearly are."""
    if is_in_order(frame, shape.order):
        return frame
    # Parts come in the order of their days, so keeping that order within a loan is usually all it takes; a stable
    # sort by one number is several times as fast as a sort by all columns.
    nearly = frame.sort(shape.order[0], maintain_order=True)
    return nearly if is_in_order(nearly, shape.order) else frame.sort(shape.order)


def is_in_order(frame: pl.DataFrame, order: Sequence[str]) -> bool:
    """Whether no row is before the row above it."""
    return _holds_from_row_to_row(frame, order, alike=True)


def is_rising(frame: pl.DataFrame, order: Sequence[str]) -> bool:
    """Whether every row is after the row above it, so that no two are alike."""
    return _holds_from_row_to_row(frame, order, alike=False)


def _holds_from_row_to_row(frame: pl.DataFrame, order: Sequence[str], *, alike: bool) -> bool:
    rises = pl.lit(value=alike)
    for name in reversed(order):
        column, above = pl.col(name), pl.col(name).shift(1)
        rises = (above < column) | ((above == column) & rises)
    # Only the first row has nothing above it; a null in a key is unlike anything, and is told by another check.
    return bool(frame.select(rises.slice(1).fill_null(value=alike).all()).item())
