"""Capacity features: whether what a debtor earns and takes in pays what falls due within a year."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.ratios import over
from postloan.tables.features import AccountFeatures, BureauFeatures, CapacityFeatures, told_of_nobody

_INCOME, _CASH_FLOW = "annual_income", "operating_cash_flow"
_MONTHS, _KNOWN_MONTHS, _QUARTERS = 12, 24, 4
_SUMMED = ("service_year_cents", "matures_year_cents", "service_past_year_cents", "own_share_outstanding_cents")

OF_LOANS = ("debtor_no", "disbursed_on", *_SUMMED)
"""The columns of a published loan that are read."""


def capacity_features(
    loans: pl.DataFrame,
    statements: pl.DataFrame,
    bureau: dy.DataFrame[BureauFeatures],
    accounts: dy.DataFrame[AccountFeatures],
    *,
    on: date,
) -> dy.DataFrame[CapacityFeatures]:
    """Set the instalments of a year against incomes, operating cash flow and receipts.

    Reads   loans: published rows of the same night, of those on the book; statements: facts; the others: features.
    Writes  cents, shares and multiples as fractions, and how they moved against a year before.
    Source  warning signals WS-RPY-11 and 18; regulations LN-12, LN-13.

    An income or a year's statement of the last 24 months speaks. A year before is that of the same day a year earlier,
    against the instalments that fell due in the year up to the day; there is none where a loan is younger than that.
    """
    if loans["service_year_cents"].null_count():  # A day that was published before there was such a column.
        return told_of_nobody(CapacityFeatures)
    owed = loans.group_by("debtor_no").agg(
        pl.col(_SUMMED).sum(),
        is_a_year_old=(pl.col("disbursed_on") <= pl.lit(on).dt.offset_by("-12mo")).all(),
    )  # fmt: skip
    rows = owed.join(_of_years(statements, on), on="debtor_no", how="left", maintain_order="left")
    for family, columns in ((bureau, ["all_banks_cents"]), (accounts, ["inflow_cents"])):
        rows = rows.join(family.select("debtor_no", *columns), on="debtor_no", how="left", maintain_order="left")
    service, then = pl.col("service_year_cents"), pl.col("service_past_year_cents")
    before = pl.when(pl.col("is_a_year_old"))
    share, cover = over(service, pl.col("income_cents")), over(pl.col("cash_flow_year_cents"), service)
    owes_more = over(pl.col("all_banks_cents"), pl.col("own_share_outstanding_cents")).clip(lower_bound=1)
    told = rows.sort("debtor_no").with_columns(
        income_age_days=(on - pl.col("income_on")).dt.total_days().cast(pl.Int32),
        instalment_to_income=share,
        instalment_to_income_change=share - before.then(over(then, pl.col("income_then_cents"))),
        all_banks_instalment_to_income=share * owes_more,
        cash_flow_cover=cover,
        cash_flow_cover_change=cover - before.then(over(pl.col("cash_flow_then_cents"), then)),
        receipts_cover=over(pl.col("inflow_cents") * _QUARTERS, service),
    )
    return CapacityFeatures.validate(told.select(CapacityFeatures.column_names()))


def _of_years(statements: pl.DataFrame, on: date) -> pl.DataFrame:
    """The latest income and the operating cash flow of the latest whole year, each with that of the year before."""
    since = pl.lit(on).dt.offset_by(f"-{_KNOWN_MONTHS}mo")
    is_year = pl.col("period_end_on").dt.month() == _MONTHS
    asked = statements.filter(
        (pl.col("period_end_on") <= on) & ((pl.col("item") == _INCOME) | ((pl.col("item") == _CASH_FLOW) & is_year))
    ).select("debtor_no", "period_end_on", "item", "value_cents")
    latest = asked.filter(pl.col("period_end_on") >= since).sort("period_end_on").unique(
        ["debtor_no", "item"], keep="last"
    )  # fmt: skip
    year_before = latest.with_columns(then_on=pl.col("period_end_on").dt.offset_by("-1y").dt.month_end()).join(
        asked.select("debtor_no", "item", then_on="period_end_on", then_cents="value_cents"),
        on=["debtor_no", "item", "then_on"], how="left",
    )  # fmt: skip
    is_income = pl.col("item") == _INCOME
    return year_before.group_by("debtor_no").agg(
        income_cents=pl.col("value_cents").filter(is_income).first(),
        income_then_cents=pl.col("then_cents").filter(is_income).first(),
        income_on=pl.col("period_end_on").filter(is_income).first(),
        cash_flow_year_cents=pl.col("value_cents").filter(~is_income).first(),
        cash_flow_then_cents=pl.col("then_cents").filter(~is_income).first(),
    )
