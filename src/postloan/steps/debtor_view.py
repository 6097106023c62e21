"""The debtor view: everything one debtor owes here, and what the credit bureau says of all banks."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.rules.shapes import Retail
from postloan.tables.beside import beside, found_beside
from postloan.tables.results import DaysPastDue, DebtorView, Funding, Position, Standing
from postloan.tables.tiers import TierHistory
from postloan.tables.units import NON_PERFORMING, TIERS


def debtor_view(
    positions: dy.DataFrame[Position],
    standing: dy.DataFrame[Standing],
    shares: dy.DataFrame[Funding],
    overdue: dy.DataFrame[DaysPastDue],
    tiers: dy.DataFrame[TierHistory],
    debtors: pl.DataFrame,
    elsewhere: pl.DataFrame,
    *,
    retail: Retail,
    over_days: int,
    on: date,
) -> dy.DataFrame[DebtorView]:
    """Sum each debtor's debts on the book.

    Reads   the loan tables; debtors: facts of `debtor`; elsewhere: facts of `elsewhere`, the latest report up to `on`.
            over_days: debts past due longer than this count in over_90_cents.
    Writes  one row a debtor with a loan in the book; shares are left to the rules, sums are in cents.
    Source  rulebook: contamination (what counts), retail (who is retail).

    Debt is principal outstanding: the base of the shares in Order 2023 No. 1. Of a joint loan the
    bank's own share counts.
    """
    loans = _on_book(positions, standing, shares, overdue, tiers).with_columns(
        npl_cents=pl.when(pl.col("item_tier").is_in(NON_PERFORMING)).then("outstanding_cents").otherwise(0),
        over_90_cents=pl.when(pl.col("days_past_due") > over_days).then("outstanding_cents").otherwise(0),
    )
    sums = (
        loans.group_by("debtor_no")
        .agg(
            loan_count=pl.col("is_on_book").sum().cast(pl.Int64),
            exposure_cents=pl.col("outstanding_cents").sum(),
            overdue_cents=pl.col("overdue_cents").sum(),
            npl_cents=pl.col("npl_cents").sum(),
            over_90_cents=pl.col("over_90_cents").sum(),
            days_past_due_worst=pl.col("days_past_due").max(),
            tier_worst=pl.col("tier").max(),
        )
        .sort("debtor_no")
    )
    return DebtorView.validate(
        sums.pipe(found_beside, debtors.select("debtor_no", is_retail=retail.is_retail()), by="debtor_no")
        .pipe(found_beside, _latest(elsewhere, on), by="debtor_no")
        .with_columns(
            pl.col("is_retail").fill_null(value=False),
            other_bank_npl=pl.col("other_bank_npl").fill_null(value=False),
        )
    )


def _on_book(
    positions: dy.DataFrame[Position],
    standing: dy.DataFrame[Standing],
    shares: dy.DataFrame[Funding],
    overdue: dy.DataFrame[DaysPastDue],
    tiers: dy.DataFrame[TierHistory],
) -> pl.DataFrame:
    """Put what counts of each loan side by side; a loan off the book keeps its row and counts nothing."""
    is_on_book = pl.col("status") == "active"
    return beside(
        positions.select("loan_no", "debtor_no"),
        standing.select("loan_no", "status"),
        overdue.select("loan_no", "days_past_due"),
        tiers.select("loan_no", "item_tier", "tier"),
        shares.select(
            "loan_no",
            outstanding_cents="own_share_outstanding_cents",
            overdue_principal_cents="own_share_overdue_principal_cents",
        ),
    ).select(
        "debtor_no",
        "outstanding_cents",
        "days_past_due",
        "tier",
        is_on_book=is_on_book,
        item_tier=pl.when(is_on_book).then("item_tier").otherwise(pl.lit("pass", pl.Enum(TIERS))),
        overdue_cents=pl.when(is_on_book).then("overdue_principal_cents").otherwise(0),
    )


def _latest(elsewhere: pl.DataFrame, on: date) -> pl.DataFrame:
    return (
        elsewhere.filter(pl.col("on") <= on)
        .sort("debtor_no", "on")
        .unique("debtor_no", keep="last", maintain_order=True)
        .select("debtor_no", "all_banks_cents", "all_banks_over_90_cents", "other_bank_npl")
    )
