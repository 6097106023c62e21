"""Ratios of amounts: features are what people compare, never what anybody is owed."""

import polars as pl

from postloan.tables.ratios import Ratio
from postloan.tables.statement_items import FLOWS

_MONTHS, _CENTS, _E8 = 12, 100, 10**8


def over(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """One amount over another, as a fraction; empty where either is unknown, or the lower one is not above 0."""
    return pl.when(below > 0).then(above / below)


def change(now: pl.Expr, then: pl.Expr) -> pl.Expr:
    """How an amount moved, as a fraction of what it was: -0.2 is a fifth less; empty as `over` is."""
    return over(now, then) - 1


def sides(ratio: Ratio) -> tuple[pl.Expr, pl.Expr]:
    """Return what stands above and below the line of a ratio of the set, as whole numbers of the same unit.

    Of rows with a column an item, in cents, and period_end_on. Flows are brought to a year by multiplying them by
    twelve and balances by the months since the year began, so that nothing is rounded. Empty where one is unknown.
    """
    below = _sum(ratio, ratio.below) if ratio.below else _months() * _CENTS
    return _sum(ratio, ratio.above), below


def exact_e8(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """A ratio of whole numbers in 1e-8, rounded half away from 0; empty where the lower one is not above 0."""
    half_up = (above.abs() * _E8 * 2 + below) // (below * 2) * above.sign()
    return pl.when(below > 0).then(half_up).cast(pl.Int64, strict=False)


def _months() -> pl.Expr:
    return pl.col("period_end_on").dt.month().cast(pl.Int128)


def _sum(ratio: Ratio, items: tuple[str, ...]) -> pl.Expr:
    return pl.sum_horizontal([_term(ratio, item) for item in items], ignore_nulls=False)


def _term(ratio: Ratio, written: str) -> pl.Expr:
    item = written.removeprefix("-")
    amount = pl.col(item).fill_null(0) if item in ratio.optional else pl.col(item)
    amount = amount.cast(pl.Int128) * (_MONTHS if item in FLOWS else _months())
    return amount * -1 if written.startswith("-") else amount
