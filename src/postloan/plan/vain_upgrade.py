"""Upgrades that counted for nothing: why a non-performing loan still waits, though one was decided."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from postloan.plan.night import Assessment
from postloan.tables.units import NON_PERFORMING


@dataclass(frozen=True)
class VainUpgrade:
    """A decision to upgrade a non-performing loan that counted for nothing.

    reason   early: its debtor had not paid for long enough; overdue: something of the debtor's was; impaired: an asset
             of the debtor was.
    from_on  where it came too early, the first day on which it could have been decided.
    """

    decided_on: date
    reason: Literal["early", "overdue", "impaired"]
    from_on: date | None


def vain_upgrade(assessed: Assessment, loan: dict[str, Any]) -> VainUpgrade | None:
    """Say why the latest decision to upgrade a loan that is still non-performing counted for nothing."""
    decided_on = loan["upgrade_decided_on"]
    if decided_on is None or loan["tier"] not in NON_PERFORMING:
        return None
    bad_then = assessed.judged.filter(
        (pl.col("loan_no") == loan["loan_no"])
        & (pl.col("on") == decided_on)
        & pl.col("tier").is_in(NON_PERFORMING)
        & ~pl.col("is_free")
        & ~pl.col("is_upgraded")
    )
    if bad_then.is_empty():
        return None
    from_on = bad_then.select(pl.col("debtor_clean_since_on").dt.offset_by(pl.format("{}mo", "clean_months"))).item()
    if from_on is None:
        return VainUpgrade(decided_on, "overdue", None)
    is_early = from_on > decided_on
    return VainUpgrade(decided_on, "early" if is_early else "impaired", from_on if is_early else None)
