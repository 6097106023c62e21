"""Ratios of amounts: features are what people compare, never what anybody is owed."""

import polars as pl


def over(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """One amount over another, as a fraction; empty where either is unknown, or the lower one is not above 0."""
    return pl.when(below > 0).then(above / below)


def change(now: pl.Expr, then: pl.Expr) -> pl.Expr:
    """How an amount moved, as a fraction of what it was: -0.2 is a fifth less; empty as `over` is."""
    return over(now, then) - 1
