"""Decisions, as a table holds them."""

from datetime import date

import polars as pl


def has_begun(on: date) -> pl.Expr:
    """Whether a decision has begun by a day and was not withdrawn."""
    return (pl.col("effective_on") <= on) & ~pl.col("is_withdrawn").fill_null(value=False)
