"""Observation: which restructured loans are still watched on each of their days, and until when."""

import dataframely as dy
import polars as pl

from postloan.kernels import observation as kernel
from postloan.kernels.daycount import NEVER
from postloan.rules.tier_law import TierLaws
from postloan.tables.days import day_numbers, days_of
from postloan.tables.results import Due
from postloan.tables.tiers import LoanDay, place_of


def observation(rows: pl.DataFrame, dues: dy.DataFrame[Due], *, laws: TierLaws) -> dy.DataFrame[LoanDay]:
    """Say of each loan-day whether the loan is restructured, was so again while watched, and until when it is watched.

    Reads   rows: of the step loan_days; dues: the first of them after a restructuring starts the time of observation;
            laws: how long that is, by the law of the day.
    Writes  LoanDay, complete.
    Source  rulebook: restructuring_floors (Order 2023 No. 1, Arts. 20-22).
    """
    watched = rows.filter(pl.col("restructured_on").is_not_null())
    if watched.is_empty():
        found = rows.with_columns(
            is_restructured=pl.lit(value=False),
            is_repeat_restructured=pl.lit(value=False),
            observation_ends_on=pl.lit(None, pl.Date),
        )
        return LoanDay.validate(found)
    terms = [law.restructuring_floors.observation for law in laws.laws]
    months = pl.max_horizontal(
        _of_law([each.months for each in terms]), _of_law([each.periods for each in terms]) * pl.col("period_months")
    )
    first_due = (
        dues.join(watched.select("loan_no", "restructured_on").unique(), on="loan_no")
        .filter(pl.col("due_on") >= pl.col("restructured_on"))
        .group_by("loan_no", "restructured_on")
        .agg(first_due_on=pl.col("due_on").min())
    )
    watched = (
        watched.join(first_due, on=["loan_no", "restructured_on"], how="left", maintain_order="left")
        .with_columns(law=laws.which())
        .with_columns(months=months.cast(pl.Int32))
    )
    is_watched, is_repeat, until = kernel.watch(
        place_of(watched), day_numbers(watched["restructured_on"], NEVER),
        day_numbers(watched["first_due_on"], NEVER), watched["says_repeat"].to_numpy(),
        day_numbers(watched["ended_on"], NEVER), watched["is_resolved"].to_numpy(),
        day_numbers(watched["late_since_on"], NEVER), watched["months"].to_numpy(),
    )  # fmt: skip
    found = watched.select(
        "row",
        is_restructured=pl.Series(is_watched),
        is_repeat_restructured=pl.Series(is_repeat),
        observation_ends_on=days_of(until, NEVER),
    )
    return LoanDay.validate(
        rows.join(found, on="row", how="left", maintain_order="left").with_columns(
            pl.col("is_restructured", "is_repeat_restructured").fill_null(value=False)
        )
    )


def _of_law(figures: list[int]) -> pl.Expr:
    """The figure of the law that a row falls under."""
    return pl.col("law").replace_strict(list(range(len(figures))), figures, return_dtype=pl.Int64)
