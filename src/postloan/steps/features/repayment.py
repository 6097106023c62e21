"""Repayment features: how a debtor's loans on the book stand and were paid."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.features import RepaymentFeatures
from postloan.tables.units import LATE_AT_END

_YEAR = 12


def repayment_features(loans: pl.DataFrame, *, on: date) -> dy.DataFrame[RepaymentFeatures]:
    """Sum up the loans of each debtor that has any on the book.

    Reads   loans: published rows of the same night, of those on the book.
    Writes  sums in cents, the worst of days and tiers.
    Source  warning signals WS-RPY-01 to 04 and 06; months by the codes of the payment string.
    """
    on_book = loans.join(
        _late_months(loans), on="payment_string", how="left", maintain_order="left", nulls_equal=True
    ).with_columns(
        is_extended=(pl.col("matures_on") > pl.col("original_matures_on")).fill_null(value=False),
    )
    summed = on_book.group_by("debtor_no").agg(
        exposure_cents=pl.col("own_share_outstanding_cents").sum(),
        overdue_principal_cents=pl.col("overdue_principal_cents").sum(),
        overdue_interest_cents=pl.col("overdue_interest_cents").sum(),
        principal_overdue_days=pl.col("days_past_due_principal").max(),
        interest_overdue_days=pl.col("days_past_due_interest").max(),
        late_months=pl.col("late_months").max(),
        late_months_in_row=pl.col("late_months_in_row").max(),
        days_to_maturity=(pl.col("matures_on").min() - on).dt.total_days().cast(pl.Int32),
        is_extended=pl.col("is_extended").any(),
        is_restructured=pl.col("is_restructured").any(),
        tier_worst=pl.col("tier").max(),
    )
    return RepaymentFeatures.validate(summed.sort("debtor_no"))


def _late_months(loans: pl.DataFrame) -> pl.DataFrame:
    """Read each payment string once: most loans were paid alike."""
    string = pl.col("payment_string")
    return loans.select(string.unique()).with_columns(
        late_months=string.str.tail(_YEAR).str.count_matches(LATE_AT_END).cast(pl.Int32),
        late_months_in_row=string.str.extract(f"({LATE_AT_END}+)$").str.len_chars().fill_null(0).cast(pl.Int32),
    )
