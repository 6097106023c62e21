"""Tier history: each loan's class on the day, and how it came to it; those of whom nothing is known are pass."""

from datetime import date, timedelta

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels.upgrade import trace
from postloan.rules.judging import Grades
from postloan.tables.beside import beside, found_beside
from postloan.tables.days import last_quarter_end
from postloan.tables.results import Late, Position
from postloan.tables.tiers import Judged, TierHistory, place_of, ranks_of, tiers_of
from postloan.tables.units import NON_PERFORMING

_EPOCH = date(1970, 1, 1)


def tier_history(
    judged: dy.DataFrame[Judged],
    loans: pl.DataFrame,
    positions: dy.DataFrame[Position],
    overdue: pl.DataFrame,
    late: dy.DataFrame[Late],
    *,
    grades: Grades,
    on: date,
) -> dy.DataFrame[TierHistory]:
    """Give each loan its class on the day, and what it was yesterday, at the last quarter's end, and before.

    Reads   judged: of the loans of whom anything is known, by debtor, day and loan, the business date among the days;
            loans: facts of the loans in the book; positions: where each begins; overdue: days_past_due on the day;
            late: stretches of days past due; grades: the bank's finer ones.
    Writes  one row a loan. A loan that is not judged is pass, and always was.
    Source  design 5, step 6; regulations CLS-28 (old tier, new tier, since when, why).
    """
    begun = beside(
        loans.select("loan_no", originated_on=pl.coalesce("signed_on", "disbursed_on")),
        positions.select("loan_no", "begins_on", "period_months"),
    )
    today = judged.filter(pl.col("on") == on)
    ready_on = pl.col("debtor_clean_since_on").dt.offset_by(pl.format("{}mo", "clean_months"))
    waits = pl.col("tier").is_in(NON_PERFORMING) & ~pl.col("is_free")
    known = today.with_columns(may_upgrade_from_on=pl.when(waits).then(ready_on)).select(
        *(name for name in TierHistory.column_names() if name in judged.columns and name not in begun.columns[1:]),
        "may_upgrade_from_on",
    )
    yesterday, quarter_end = on - timedelta(days=1), last_quarter_end(on)
    rows = (
        begun.pipe(found_beside, known.join(_ways(judged, positions, (yesterday, quarter_end)), on="loan_no"))
        .pipe(found_beside, _month_worst(late, on))
        .with_columns(overdue["days_past_due"])
    )
    return TierHistory.validate(
        rows.with_columns(
            *_unknown_is_pass(),
            tier_since_on=pl.coalesce("tier_since_on", "begins_on"),
            tier_yesterday=_then("tier_yesterday", yesterday),
            tier_last_quarter=_then("tier_last_quarter", quarter_end),
            month_worst_days_past_due=pl.max_horizontal("worst_days", "days_past_due").cast(pl.Int32),
            clean_since_on=pl.when(pl.col("overdue_floor_tier").is_null())
            .then("begins_on")
            .otherwise("clean_since_on"),
        ).with_columns(grade=grade_of(grades))
    )


def grade_of(grades: Grades) -> pl.Expr:
    """The bank's finer grade of a row, from its tier and days_past_due; null where the bank has none.

    Source  rulebook: grades (the bank's own).
    """
    grade = pl.lit(None, pl.String)
    for band in reversed(grades.bands):
        fits = pl.col("tier") == band.tier
        if band.up_to_days is not None:
            fits &= pl.col("days_past_due") <= band.up_to_days
        grade = pl.when(fits).then(pl.lit(band.grade)).otherwise(grade)
    return grade


def _ways(judged: pl.DataFrame, positions: pl.DataFrame, looked_at: tuple[date, date]) -> pl.DataFrame:
    """How each judged loan came to its tier."""
    numbers = judged.select(pl.col("loan_no").unique().sort())
    begins_on = numbers.join(positions.select("loan_no", "begins_on"), on="loan_no", maintain_order="left")["begins_on"]
    since, other, then = trace(
        place_of(judged), judged["on"].to_physical().to_numpy(), begins_on.to_physical().to_numpy(),
        ranks_of(judged["tier"]),
        np.array([(day - _EPOCH).days for day in looked_at], np.int32),
    )  # fmt: skip
    before = pl.Series(other)
    before = before.set(before < 0, None)
    return numbers.with_columns(
        tier_since_on=pl.Series(since).cast(pl.Date),
        tier_before=judged["tier"].gather(before),
        tier_before_cite=judged["tier_cite"].gather(before),
        tier_yesterday=_known(then[:, 0]),
        tier_last_quarter=_known(then[:, 1]),
    )


def _known(codes: np.ndarray) -> pl.Series:
    found = pl.Series(codes)
    return tiers_of(found.set(found < 0, None))


def _month_worst(late: dy.DataFrame[Late], on: date) -> pl.DataFrame:
    first = on.replace(day=1)
    last_day = pl.min_horizontal(pl.col("until_on") - pl.duration(days=1), pl.lit(on))
    return (
        late.filter(pl.col("until_on") > first)
        .group_by("loan_no")
        .agg(worst_days=(last_day - pl.col("oldest_due_on")).dt.total_days().max())
    )


def _unknown_is_pass() -> list[pl.Expr]:
    tiers = [name for name in TierHistory.column_names() if name.endswith("_tier") and name != "manual_tier"]
    flags = ["use_changed", "impaired", "rating_fall", "evasion", "bankruptcy", "is_restructured",
             "is_repeat_restructured", "is_refinanced", "is_no_principal_renewal", "is_held"]  # fmt: skip
    return [
        *(pl.col(name).fill_null("pass") for name in (*tiers, "tier")),
        *(pl.col(name).fill_null(value=False) for name in flags),
        *(pl.col(name).fill_null(value=True) for name in ("renews_pass_loan", "is_renewed_in_time")),
    ]


def _then(name: str, day: date) -> pl.Expr:
    """A loan that is not judged was pass on any day of its life."""
    was_there = pl.col("begins_on") <= day
    return pl.when(was_there).then(pl.col(name).fill_null("pass"))
