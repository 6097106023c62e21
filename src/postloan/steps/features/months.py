"""Months counted back from a day, as features of a time look at it."""

from datetime import date

import polars as pl


def months_before(on: date, months: int) -> pl.Expr:
    """The same day so many months before; the last of its month where that is shorter."""
    return pl.lit(on).dt.offset_by(f"-{months}mo")
