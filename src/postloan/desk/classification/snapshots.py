"""What a batch takes from the published day: loans with their tier beside that of the last quarter's end."""

from datetime import date

import polars as pl

from postloan.desk.core.days import BusinessDay
from postloan.snapshot.read import Edition, scan_debtors, scan_loans
from postloan.tables.units import TIERS

_COLUMNS = (
    "loan_id", "debtor_id", "org_id", "officer_id", "product", "legal_form", "security_kind", "outstanding_cents",
    "overdue_principal_cents", "days_past_due", "tier", "tier_cite", "tier_last_quarter", "is_held",
    "may_upgrade_from_on", "is_retail",
)  # fmt: skip


def edition_of(day: BusinessDay, on: date, run_id: str) -> BusinessDay:
    """The day that a batch was opened on, in the version it was opened on."""
    return BusinessDay(day.home, Edition.of(on, run_id), run_id, day.latest_on)


def classed_loans(day: BusinessDay) -> pl.LazyFrame:
    """The loans on the book of a day, named, with whether the tier is another than at the last quarter's end."""
    names = scan_debtors(day.home, day.on).select("debtor_no", debtor_name="name")
    before = pl.col("tier_last_quarter").cast(pl.String).fill_null(TIERS[0])
    return (
        scan_loans(day.home, day.on)
        .filter(pl.col("status") == "active")
        .select("debtor_no", *_COLUMNS)
        .join(names, on="debtor_no", how="left")
        .drop("debtor_no")
        .with_columns(is_changed=before != pl.col("tier").cast(pl.String))
    )


def retail_loans(day: BusinessDay, org_id: str) -> pl.DataFrame:
    """The loans of an office that are classed by days past due."""
    return classed_loans(day).filter(pl.col("is_retail"), pl.col("org_id") == org_id).sort("loan_id").collect()
