"""Shares of whole cents, exact."""

import polars as pl

_WHOLE_E8 = 10**8


def own_share(cents: pl.Expr) -> pl.Expr:
    """The bank's own share of whole cents, by funding_share_e8, in 128 bits, half up."""
    share_e8 = pl.col("funding_share_e8").fill_null(_WHOLE_E8)
    return ((2 * cents.cast(pl.Int128) * share_e8 + _WHOLE_E8) // (2 * _WHOLE_E8)).cast(pl.Int64)
