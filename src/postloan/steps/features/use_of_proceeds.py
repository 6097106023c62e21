"""Proceeds features: where the money of a loan went after it was paid out, as far as the bank's accounts show."""

from datetime import date, timedelta

import dataframely as dy
import polars as pl

from postloan.steps.features.months import months_before
from postloan.steps.features.ratios import over
from postloan.tables.features import ProceedsFeatures, told_of_nobody

_WATCHED_MONTHS = 12
_TRACED, _RAPID = timedelta(days=30), timedelta(days=3)
_RELATED, _RESTRICTED = "related", ("securities", "real_estate")


def proceeds_features(entries: pl.DataFrame, loans: pl.DataFrame, *, on: date) -> dy.DataFrame[ProceedsFeatures]:
    """Follow the money of each loan paid out within a year, from its day of paying out.

    Reads   entries: facts; loans: debtor_no, loan_no, disbursed_on, principal_cents.
    Writes  the greatest share of any of the debtor's loans, as a fraction of its principal.
    Source  regulations LN-05 to 09; warning signals WS-ACC-03, 04 and 06.

    What came back counts from accounts to which money had gone between the paying out and the return, up to what had
    gone there. Money that returns by other accounts, or through other banks, is not seen. An entry within the time of
    two loans counts for both.
    """
    watched = loans.filter(
        (pl.col("disbursed_on") > months_before(on, _WATCHED_MONTHS)) & (pl.col("disbursed_on") <= on)
    ).select("debtor_no", "loan_no", "disbursed_on", "principal_cents")
    if entries.is_empty() or watched.is_empty():
        return told_of_nobody(ProceedsFeatures)
    booked_on = pl.col("booked_at").dt.date()
    after = pl.col("booked_on") - pl.col("disbursed_on")
    traced = (
        entries.with_columns(booked_on=booked_on)
        .filter(pl.col("booked_on") <= on)
        .join(watched, on="debtor_no")
        .filter((after >= timedelta(0)) & (after <= _TRACED))
    )
    kind, paid = pl.col("counterparty_kind").fill_null(""), -pl.col("amount_cents").clip(upper_bound=0)
    went = traced.group_by("debtor_no", "loan_no").agg(
        pl.col("principal_cents").first(),
        restricted_cents=paid.filter(kind.is_in(_RESTRICTED)).sum(),
        rapid_cents=paid.filter((kind == _RELATED) & (after <= _RAPID)).sum(),
    )
    shares = went.join(_returned(traced), on="loan_no", how="left").with_columns(
        returned_share=over(pl.col("returned_cents").fill_null(0), pl.col("principal_cents")),
        restricted_share=over(pl.col("restricted_cents"), pl.col("principal_cents")),
        rapid_related_share=over(pl.col("rapid_cents"), pl.col("principal_cents")),
    )
    worst = shares.group_by("debtor_no").agg(
        pl.col(name).max() for name in ProceedsFeatures.column_names() if name != "debtor_no"
    )
    return ProceedsFeatures.validate(worst.sort("debtor_no"))


def _returned(traced: pl.DataFrame) -> pl.DataFrame:
    """What came back to each loan's debtor from accounts to which money had gone before, no more than had gone."""
    cents = pl.col("amount_cents")
    of_account = ["loan_no", "counterparty_account"]
    in_order = traced.drop_nulls("counterparty_account").sort("booked_at", maintain_order=True)
    return (
        in_order.with_columns(has_gone=(cents < 0).cum_max().over(of_account))
        .group_by(of_account)
        .agg(
            gone_cents=-cents.clip(upper_bound=0).sum(),
            back_cents=cents.filter((cents > 0) & pl.col("has_gone")).sum(),
        )
        .group_by("loan_no")
        .agg(returned_cents=pl.min_horizontal("gone_cents", "back_cents").sum())
    )
