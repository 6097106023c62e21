"""The lines of pledged stock: whether its value has come down to the line of warning or of closing out (COL-16)."""

import polars as pl

from postloan.rules.collateral_desk import LineRule
from postloan.rules.figures import ONE_E8


def line_reached(rule: LineRule) -> pl.Expr:
    """Which line a row's value has come down to: close_out, warning or above; empty for what the rule does not name.

    Reads   kind, value_cents, claim_cents. A value that is just at a line has come down to it.
    Source  regulations COL-16.
    """
    worth, claim = pl.col("value_cents").cast(pl.Int128) * ONE_E8, pl.col("claim_cents").cast(pl.Int128)
    has_line = pl.col("kind").cast(pl.String).is_in(list(rule.kinds)) & (claim > 0) & worth.is_not_null()
    return (
        pl.when(~has_line).then(pl.lit(None, pl.String))
        .when(worth <= claim * rule.close_out_e8).then(pl.lit("close_out"))
        .when(worth <= claim * rule.warning_e8).then(pl.lit("warning"))
        .otherwise(pl.lit("above"))
    )  # fmt: skip
