"""Bureau features: what the debtor owes at all banks, and how that moved."""

from datetime import date, timedelta

import dataframely as dy
import polars as pl

from postloan.steps.features.ratios import change, over
from postloan.tables.features import BureauFeatures, told_of_nobody

_ABOUT_A_QUARTER = (timedelta(days=80), timedelta(days=190))
"""Reports come about once a quarter: the one before is at least, and at most, so much older."""


def bureau_features(elsewhere: pl.DataFrame, *, on: date) -> dy.DataFrame[BureauFeatures]:
    """Read each debtor's latest report up to the day, against the one of about a quarter before.

    Reads   elsewhere: facts.
    Writes  shares and changes as fractions: -0.2 is a fifth less.
    Source  warning signals WS-RPY-07 to 10.
    """
    if elsewhere.is_empty():
        return told_of_nobody(BureauFeatures)
    known = elsewhere.filter(pl.col("on") <= on).sort("debtor_no", "on")
    latest = known.group_by("debtor_no", maintain_order=True).last()
    before = (
        known.join(latest.select("debtor_no", latest_on="on"), on="debtor_no")
        .filter((pl.col("latest_on") - pl.col("on")).is_between(*_ABOUT_A_QUARTER))
        .group_by("debtor_no", maintain_order=True)
        .agg(before_cents=pl.col("all_banks_cents").last())
    )
    debt, then = pl.col("all_banks_cents"), pl.col("before_cents")
    told = latest.join(before, on="debtor_no", how="left", maintain_order="left").select(
        "debtor_no", "all_banks_cents", "other_bank_npl",
        queries_3m=pl.col("queries_3m").cast(pl.Int32),
        bureau_age_days=(on - pl.col("on")).dt.total_days().cast(pl.Int32),
        all_banks_over_90_share=over(pl.col("all_banks_over_90_cents"), debt),
        all_banks_change=change(debt, then),
    )  # fmt: skip
    return BureauFeatures.validate(told)
