"""Decisions: what the desk decided about a loan and holds on the day."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.results import RestructureHistory


def technical_delays(decisions: pl.DataFrame, *, on: date) -> pl.DataFrame:
    """Name the loans whose delay on this day is excused as technical.

    Reads   decisions: facts of `decision`; intake admits a technical delay only with cause, evidence and approver.
    Writes  loan_no, once each.
    Source  rulebook: overdue_floors, technical_delay.

    A decision excuses the days it names and no others: a loan-day outside them counts as overdue from day 1.
    """
    return _in_force(decisions, "technical_delay", on).select("loan_no").unique().sort("loan_no")


def restructure_history(loans: pl.DataFrame, decisions: pl.DataFrame, *, on: date) -> dy.DataFrame[RestructureHistory]:
    """Say of each loan whether it is restructured or refinanced on the day.

    Reads   loans: facts of `loan` in the book; decisions: facts of `decision`.
    Writes  four yes-or-no columns a loan.
    Source  rulebook: restructuring_floors.

    A loan stays restructured while a decision says so: the end of observation is a decision too, never a date passing.
    """
    restructured = (
        _in_force(decisions, "restructure", on)
        .with_columns(is_repeat=pl.col("terms").str.json_path_match("$.is_repeat") == "true")
        .group_by("loan_no")
        .agg(is_repeat=pl.col("is_repeat").fill_null(value=False).any())
        .with_columns(is_restructured=True)
    )
    is_renewal = pl.col("is_no_principal_renewal").fill_null(value=False)
    return RestructureHistory.validate(
        loans.select("loan_no", "renews_loan_id", "is_no_principal_renewal")
        .join(restructured, on="loan_no", how="left", maintain_order="left")
        .select(
            "loan_no",
            is_restructured=pl.col("is_restructured").fill_null(value=False),
            is_repeat_restructured=pl.col("is_repeat").fill_null(value=False),
            is_refinanced=pl.col("renews_loan_id").is_not_null() | is_renewal,
            is_no_principal_renewal=is_renewal,
        )
    )


def _in_force(decisions: pl.DataFrame, kind: str, on: date) -> pl.DataFrame:
    return decisions.filter(
        (pl.col("kind") == kind)
        & (pl.col("effective_on") <= on)
        & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= on))
        & ~pl.col("is_withdrawn").fill_null(value=False)
    )
