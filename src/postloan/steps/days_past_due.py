"""Days past due: how long the oldest unpaid principal and interest have been waiting."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.beside import beside
from postloan.tables.results import Balances, DaysPastDue, Position, Standing


def days_past_due(
    balances: dy.DataFrame[Balances],
    standing: dy.DataFrame[Standing],
    positions: dy.DataFrame[Position],
    delays: pl.DataFrame,
    *,
    buckets: pl.DataFrame,
    grace_counts: bool,
    on: date,
) -> dy.DataFrame[DaysPastDue]:
    """Count calendar days from the oldest unpaid due day to the business date.

    Reads   balances; standing: the core's own count; positions: days of grace; delays: loans with a technical delay
            today; buckets: the rulebook's bands, from_days rising; grace_counts: days of grace are days past due.
    Writes  days by principal, by interest, and the longest of these and the core's; bucket; delay_is_technical.
    Source  rulebook: dpd_buckets (credit registry codes); regulations CLS-23: the longer of principal and interest.

    An instalment due today and unpaid is 0 days past due; tomorrow it is 1. A settled or written-off loan has none.
    Where grace does not count, a loan within it has none either; beyond it days count from the due day.
    """
    frame = beside(
        balances.select("loan_no", "oldest_principal_due_on", "oldest_interest_due_on"),
        standing.select("loan_no", "status", "core_days_past_due"),
        positions.select("loan_no", "grace_days"),
    )
    excused_days = pl.lit(0) if grace_counts else pl.col("grace_days")
    counted = frame.select(
        "loan_no",
        "status",
        "core_days_past_due",
        days_past_due_principal=_days_since("oldest_principal_due_on", on, excused_days),
        days_past_due_interest=_days_since("oldest_interest_due_on", on, excused_days),
    ).with_columns(
        days_past_due=pl.max_horizontal(
            "days_past_due_principal", "days_past_due_interest", _on_book(pl.col("core_days_past_due"))
        ).cast(pl.Int32)
    )
    return DaysPastDue.validate(
        in_buckets(counted, buckets).with_columns(
            delay_is_technical=pl.col("loan_no").is_in(delays["loan_no"].implode())
        )
    )


def in_buckets(counted: pl.DataFrame, buckets: pl.DataFrame) -> pl.DataFrame:
    """Put each row's days_past_due into its band; bands are few and closed below."""
    edges = buckets.sort("from_days")
    index = pl.lit(-1, pl.Int32)
    for from_days in edges["from_days"]:
        index = index + (pl.col("days_past_due") >= from_days).cast(pl.Int32)
    return counted.with_columns(bucket=edges["bucket"].gather(counted.select(index).to_series()))


def _days_since(due_on: str, on: date, excused_days: pl.Expr) -> pl.Expr:
    days = (pl.lit(on) - pl.col(due_on)).dt.total_days()
    return _on_book(pl.when(days > excused_days).then(days).otherwise(0))


def _on_book(days: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("status") == "active").then(days).fill_null(0).cast(pl.Int32)
