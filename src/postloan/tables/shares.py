"""Shares of whole cents, exact."""

import polars as pl

_WHOLE_E8 = 10**8


def share_of(cents: pl.Expr, share_e8: pl.Expr) -> pl.Expr:
    """A share of whole cents, half up: whole 1e8 and the rest apart, so that no product passes 63 bits."""
    return cents // _WHOLE_E8 * share_e8 + (cents % _WHOLE_E8 * share_e8 + _WHOLE_E8 // 2) // _WHOLE_E8


def share_below(cents: pl.Expr, share_e8: pl.Expr) -> pl.Expr:
    """A share of whole cents, rounded down; whole 1e8 and the rest apart, as above."""
    return cents // _WHOLE_E8 * share_e8 + cents % _WHOLE_E8 * share_e8 // _WHOLE_E8


def own_share(cents: pl.Expr) -> pl.Expr:
    """The bank's own share of whole cents, by funding_share_e8; all of them where that is null."""
    return share_of(cents, pl.col("funding_share_e8").fill_null(_WHOLE_E8))
