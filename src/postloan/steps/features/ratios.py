"""Ratios of amounts: features are what people compare, never what anybody is owed."""

import polars as pl


def over(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """One amount over another, as a fraction; empty where either is unknown, or the lower one is not above 0."""
    return pl.when(below > 0).then(above / below)
