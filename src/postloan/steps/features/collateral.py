"""Collateral features: what secures a debtor's loans, what it is worth, and how long its papers run."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.ratios import change, over
from postloan.tables.features import CollateralFeatures, told_of_nobody
from postloan.tables.losses import SecurityTie

_GONE = ("released", "sold")
_SEIZED = "seized"


def collateral_features(
    ties: dy.DataFrame[SecurityTie],
    loans: pl.DataFrame,
    collateral: pl.DataFrame,
    valuations: pl.DataFrame,
    *,
    on: date,
) -> dy.DataFrame[CollateralFeatures]:
    """Sum up the collateral of each debtor's loans on the book.

    Reads   ties: which security secures which loan today; loans: loan_no, debtor_no, outstanding_cents of those on the
            book; collateral, valuations: facts, values up to the day.
    Writes  the worst of each, per debtor; loan to value as a fraction.
    Source  regulations COL-02, 03, 10 and 20; warning signals WS-COL-01 to 04 and 08 to 10.

    A loan is measured by all its collateral together. A collateral of several loans counts for each by what it owes of
    them; what earlier ranks or other debtors take of it is not known here. Collateral without a value leaves the loan
    to value of its loans unknown.
    """
    owed = loans.filter(pl.col("outstanding_cents") > 0).select("loan_no", "debtor_no", "outstanding_cents")
    held = collateral.filter(~pl.col("status").is_in(_GONE).fill_null(value=False))
    tied = (
        ties.drop_nulls("collateral_id").select("loan_no", "collateral_id").unique(maintain_order=True)
        .join(owed, on="loan_no").join(held, on="collateral_id")
    )  # fmt: skip
    if tied.is_empty():
        return told_of_nobody(CollateralFeatures)
    valued = tied.join(_values(tied, valuations, on), on="collateral_id", how="left")
    left = (pl.col("insured_to_on", "registration_ends_on") - on).dt.total_days().cast(pl.Int32)
    told = (
        valued.with_columns(left)
        .group_by("debtor_no")
        .agg(
            collateral_value_change=change(pl.col("value_cents"), pl.col("before_cents")).min(),
            collateral_value_age_days=(on - pl.col("valued_on").min()).dt.total_days().cast(pl.Int32),
            insurance_days_left=pl.col("insured_to_on").min(),
            registration_days_left=pl.col("registration_ends_on").min(),
            is_collateral_seized=(pl.col("status") == _SEIZED).any(),
        )
    )
    rows = told.join(_highest(valued), on="debtor_no", how="left").sort("debtor_no")
    return CollateralFeatures.validate(rows)


def _values(tied: pl.DataFrame, valuations: pl.DataFrame, on: date) -> pl.DataFrame:
    """The latest value of each collateral, its day, and the value before it."""
    known = valuations.join(tied, on="collateral_id", how="semi").filter(pl.col("valued_on") <= on)
    return (
        known.sort("collateral_id", "valued_on")
        .group_by("collateral_id", maintain_order=True)
        .agg(
            pl.col("valued_on", "value_cents").last(),
            before_cents=pl.col("value_cents").shift(1).last(),
        )
    )


def _highest(valued: pl.DataFrame) -> pl.DataFrame:
    """Each debtor's loan with the highest loan to value, and what is worth most of its collateral."""
    owed = pl.col("outstanding_cents")
    share = owed / owed.sum().over("debtor_no", "collateral_id")
    by_loan = (
        valued.with_columns(worth=pl.col("value_cents") * share)
        .sort("worth", descending=True, nulls_last=True)
        .group_by("debtor_no", "loan_no")
        .agg(
            owed.first(),
            worth=pl.when(pl.col("worth").is_not_null().all()).then(pl.col("worth").sum()),
            main_collateral_kind=pl.col("kind").first(),
        )
    )
    return (
        by_loan.with_columns(loan_to_value=over(owed, pl.col("worth")))
        .drop_nulls("loan_to_value")
        .sort("debtor_no", "loan_to_value", "loan_no", descending=[False, True, False])
        .group_by("debtor_no", maintain_order=True)
        .first()
        .select("debtor_no", "loan_to_value", "main_collateral_kind")
    )
