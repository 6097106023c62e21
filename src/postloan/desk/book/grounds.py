"""The ground of a loan's stage: its own facts, the debtor's other debts, or people, whichever put it there."""

from collections.abc import Mapping
from typing import Any

import polars as pl

OBLIGOR, PEOPLE = "cross_default", "override"
"""Grounds that are none of the loan's own facts; the others are the causes of STAGE_CAUSES."""


def stage_ground() -> pl.Expr:
    """The ground of each row's stage: its own facts where they say the same, else its debtor's debts, else people."""
    return (
        pl.when(pl.col("rule_stage") == pl.col("stage"))
        .then(pl.col("rule_stage_cause").cast(pl.String))
        .when(pl.col("obligor_stage") == pl.col("stage"))
        .then(pl.lit(OBLIGOR))
        .when(pl.col("stage").is_not_null())
        .then(pl.lit(PEOPLE))
    )


def ground_of(loan: Mapping[str, Any]) -> str | None:
    """The same of one loan; None where it has no stage."""
    if loan.get("stage") is None:
        return None
    if loan["rule_stage"] == loan["stage"]:
        return str(loan["rule_stage_cause"])
    return OBLIGOR if loan["obligor_stage"] == loan["stage"] else PEOPLE
