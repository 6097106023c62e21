"""Acceleration: a loan that was called in owes all of its principal on that day."""

import dataframely as dy
import polars as pl

from postloan.tables.results import Due, Position

_DUE = ("loan_no", "due_on", "principal_cents", "interest_cents", "fee_cents")


def acceleration(dues: dy.DataFrame[Due], positions: dy.DataFrame[Position]) -> dy.DataFrame[Due]:
    """Let everything that would fall due after a loan was called in fall due on that day.

    Reads   dues by loan and day; positions: accelerated_from_on, begins_on.
    Writes  the dues, those after the day made one of the day: all their principal, and of the period running on that
            day the interest run so far, by days, half up. Interest of later periods and later fees are not owed.
    Source  servicing: events that change a schedule (提前到期); Civil Code Art. 673 (misuse).
    """
    called = positions.filter(pl.col("accelerated_from_on").is_not_null()).select(
        "loan_no", "begins_on", called_on="accelerated_from_on"
    )
    if called.is_empty():
        return dues
    rows = dues.join(called, on="loan_no", how="left", maintain_order="left")
    is_later = (pl.col("due_on") > pl.col("called_on")).fill_null(value=False)
    begins = pl.col("due_on").shift(1).over("loan_no").fill_null(pl.col("begins_on"))
    since = pl.max_horizontal(begins, "begins_on")
    period_days = (pl.col("due_on") - since).dt.total_days().clip(lower_bound=1)
    run_days = (pl.col("called_on") - since).dt.total_days()
    run_cents = (pl.col("interest_cents") * run_days + period_days // 2) // period_days
    at_once = (
        rows.with_columns(run_cents=pl.when(run_days > 0).then(run_cents).otherwise(0))
        .filter(is_later)
        .group_by("loan_no", maintain_order=True)
        .agg(
            due_on=pl.col("called_on").first(),
            principal_cents=pl.col("principal_cents").sum(),
            interest_cents=pl.col("run_cents").first(),
            fee_cents=pl.lit(0, pl.Int64).first(),
        )
    )
    kept = rows.filter(~is_later).select(_DUE)
    return Due.cast(pl.concat([kept, at_once.select(_DUE)]).sort("loan_no", "due_on", maintain_order=True))
