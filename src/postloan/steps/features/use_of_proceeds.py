"""Proceeds features: where the money of a loan went after it was paid out, as far as the bank's accounts show."""

from datetime import date, timedelta

import dataframely as dy
import polars as pl

from postloan.steps.features.months import months_before
from postloan.steps.features.ratios import over
from postloan.tables.features import ProceedsFeatures, told_of_nobody
from postloan.tables.money_trail import ProceedsPath

_WATCHED_MONTHS = 12
_TRACED, _RAPID = timedelta(days=30), timedelta(days=3)
_RELATED, _RESTRICTED = "related", ("securities", "real_estate")
_FOUND = {"returned": ["returned", "returned_to_related"], "restricted": list(_RESTRICTED), "cash": ["cash"]}
_BREACHED = {"self_paid": "self_paid", "split_paid": "split", "other_payee": "payee_differs"}


def proceeds_features(
    entries: pl.DataFrame, loans: pl.DataFrame, paths: dy.DataFrame[ProceedsPath], *, on: date
) -> dy.DataFrame[ProceedsFeatures]:
    """Follow the money of each loan paid out within a year, from its day of paying out.

    Reads   entries: facts; loans: debtor_no, loan_no, loan_id, disbursed_on, principal_cents; paths: of the whole bank.
    Writes  the greatest share of any of the debtor's loans, as a fraction of its principal; cents of all of them.
    Source  regulations LN-05 to 09; warning signals WS-ACC-03 to 06, 17 and 18.

    What came back counts from accounts to which money had gone between the paying out and the return, up to what had
    gone there. Money that returns by other accounts, or through other banks, is not seen. An entry within the time of
    two loans counts for both.
    """
    watched = loans.filter(
        (pl.col("disbursed_on") > months_before(on, _WATCHED_MONTHS)) & (pl.col("disbursed_on") <= on)
    ).select("debtor_no", "loan_no", "loan_id", "disbursed_on", "principal_cents")
    if watched.is_empty() or (entries.is_empty() and paths.is_empty()):
        return told_of_nobody(ProceedsFeatures)
    first, along = _first_hop(entries, watched, on), _along_hops(paths, watched)
    told = first.join(along, on="debtor_no", how="full", coalesce=True)
    return ProceedsFeatures.validate(told.sort("debtor_no").select(ProceedsFeatures.column_names()))


def _first_hop(entries: pl.DataFrame, watched: pl.DataFrame, on: date) -> pl.DataFrame:
    """The shares that the debtor's own entries tell, whatever drawdowns say."""
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
    return shares.group_by("debtor_no").agg(pl.col("returned_share", "restricted_share", "rapid_related_share").max())


def _along_hops(paths: pl.DataFrame, watched: pl.DataFrame) -> pl.DataFrame:
    """What was found along the paths of each debtor's loans: the worst shares, and the cents of all."""
    shares = {
        f"traced_{name}_share": over(pl.col("amount_cents").filter(pl.col("finding").is_in(found)).sum(),
                                     pl.col("principal_cents").first())
        for name, found in _FOUND.items()
    }  # fmt: skip
    breaches = {
        f"{name}_cents": pl.col("amount_cents").filter(pl.col("breach") == breach).sum()
        for name, breach in _BREACHED.items()
    }
    of_loans = (
        paths.join(watched.select("loan_id", "principal_cents"), on="loan_id")
        .group_by("debtor_no", "loan_id")
        .agg(**shares, **breaches)
    )
    return of_loans.group_by("debtor_no").agg(pl.col(list(shares)).max(), pl.col(list(breaches)).sum())


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
