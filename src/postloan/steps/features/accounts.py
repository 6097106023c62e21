"""Account features: how money comes and goes on a debtor's accounts at this bank, and with whom."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.months import months_before
from postloan.steps.features.ratios import change, over
from postloan.tables.features import AccountFeatures, told_of_nobody

_CASH, _PERSON, _RELATED = "cash", "person", "related"
_NO_SETTLEMENT = ("bank", _CASH)
_MONTH, _QUARTER, _YEAR = 1, 3, 12
_TOP = 10
RECEIPTS = (pl.col("amount_cents") > 0) & ~pl.col("counterparty_kind").fill_null("").is_in(_NO_SETTLEMENT)
"""Entries by which somebody paid the debtor: what came in, but for loans, own transfers and cash."""


def account_features(entries: pl.DataFrame, *, on: date) -> dy.DataFrame[AccountFeatures]:
    """Read the entries of the quarter up to the day, and of the year before it.

    Reads   entries: facts; those of the last 15 months count.
    Writes  sums in cents, shares and changes as fractions.
    Source  warning signals WS-ACC-01 and 12 to 15.

    Months are counted back from the day: the quarter begins on the day after the same day three months before.
    """
    if entries.is_empty():
        return told_of_nobody(AccountFeatures)
    booked_on = pl.col("booked_at").dt.date()
    recent = entries.filter((booked_on <= on) & (booked_on > months_before(on, _QUARTER + _YEAR))).select(
        "debtor_no", "amount_cents", "counterparty_account",
        booked_on=booked_on,
        kind=pl.col("counterparty_kind").fill_null(""),
        is_now=booked_on > months_before(on, _QUARTER),
    )  # fmt: skip
    settled = recent.filter(~pl.col("kind").is_in(_NO_SETTLEMENT))
    told = recent.select(pl.col("debtor_no").unique().sort())
    for family in (_flows(settled, on), _new_counterparties(settled), _cash_drawn(recent)):
        told = told.join(family, on="debtor_no", how="left", maintain_order="left")
    return AccountFeatures.validate(told)


def _flows(settled: pl.DataFrame, on: date) -> pl.DataFrame:
    """Receipts of the quarter, of the quarter a year before, and who stands behind them."""
    cents, is_now, kind = pl.col("amount_cents"), pl.col("is_now"), pl.col("kind")
    is_then = pl.col("booked_on") <= months_before(on, _YEAR)
    is_month = pl.col("booked_on") > months_before(on, _MONTH)
    receipt, turnover = cents.clip(lower_bound=0), cents.abs()
    sums = settled.group_by("debtor_no").agg(
        inflow_cents=receipt.filter(is_now).sum(),
        then_cents=receipt.filter(is_then).sum(),
        person_cents=receipt.filter(is_now & (kind == _PERSON)).sum(),
        month_cents=turnover.filter(is_month).sum(),
        related_cents=turnover.filter(is_month & (kind == _RELATED)).sum(),
    )
    return sums.select(
        "debtor_no", "inflow_cents",
        inflow_change=change(pl.col("inflow_cents"), pl.col("then_cents")),
        person_receipts_share=over(pl.col("person_cents"), pl.col("inflow_cents")),
        related_transfers_share=over(pl.col("related_cents"), pl.col("month_cents")),
    )  # fmt: skip


def _new_counterparties(settled: pl.DataFrame) -> pl.DataFrame:
    """Of the ten counterparties with most in the quarter, the share that was not met before; of ten at least."""
    met = (
        settled.drop_nulls("counterparty_account")
        .group_by("debtor_no", "counterparty_account")
        .agg(
            now_cents=pl.col("amount_cents").abs().filter("is_now").sum(),
            is_here=pl.col("is_now").any(),
            is_known=(~pl.col("is_now")).any(),
        )
    )
    first = (
        met.filter("is_here")
        .sort("debtor_no", "now_cents", "counterparty_account", descending=[False, True, False])
        .group_by("debtor_no", maintain_order=True)
        .head(_TOP)
    )
    known = met.filter("is_known").select("debtor_no").unique()
    counted = (
        first.join(known, on="debtor_no", how="semi")
        .group_by("debtor_no")
        .agg(pl.len(), new=(~pl.col("is_known")).sum())
    )
    return counted.filter(pl.col("len") == _TOP).select(
        "debtor_no", new_counterparties_share=over(pl.col("new"), pl.col("len"))
    )


def _cash_drawn(recent: pl.DataFrame) -> pl.DataFrame:
    """The most cash that was drawn on a day of the quarter, against the mean of such days before."""
    drawn = recent.filter((pl.col("kind") == _CASH) & (pl.col("amount_cents") < 0))
    days = drawn.group_by("debtor_no", "booked_on", "is_now").agg(cents=-pl.col("amount_cents").sum())
    sums = days.group_by("debtor_no").agg(
        cash_out_cents=pl.col("cents").filter("is_now").max(), mean=pl.col("cents").filter(~pl.col("is_now")).mean()
    )
    return sums.select("debtor_no", "cash_out_cents", cash_out_times=over(pl.col("cash_out_cents"), pl.col("mean")))
