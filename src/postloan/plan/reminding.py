"""Which loans a published day reminds of, and what is to be paid then; pure but for the reading of facts."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from postloan.plan.inputs import read_debtors
from postloan.plan.night import planned
from postloan.plan.published_day import published_day
from postloan.rules.reminder_rules import Reminders, ReminderStep

_DAY = timedelta(days=1)
_RUN_OF_DAYS_OFF = 20
"""No run of days off is longer."""
_FOUND = {"loan_no": pl.Int64, "step": pl.String, "of": pl.String, "due_on": pl.Date}


def last_day_asked(on: date) -> date:
    """Up to which day `steps_of_day` asks of a business date whether somebody works."""
    return on + timedelta(days=1 + _RUN_OF_DAYS_OFF)


def steps_of_day(loans: pl.DataFrame, rules: Reminders, on: date, off: Iterable[date]) -> pl.DataFrame:
    """Find the step that each loan has come to at close of a business date.

    loans   loan_no, disbursed_on, matures_on, next_due_on (after `on`), days_past_due, arrears_since_on.
    off     the days off from the morning after `on`, up to `last_day_asked`.

    Returns loan_no, step, of, due_on: the day that falls due, or since when something is past due. One row for each day
    of a loan that falls due: of its steps that have come the latest; and one for its arrears.
    Source  rulebook: reminders (LN-22, PRA-12).
    """
    goes_on, is_off = on + _DAY, set(off)
    # A step whose morning is a day off has come on the working day before: that is, before the next one begins.
    reach = next(day for day in (goes_on + _DAY * ahead for ahead in range(1, _RUN_OF_DAYS_OFF)) if day not in is_off)
    short = pl.col("matures_on") <= pl.col("disbursed_on").dt.offset_by(f"{rules.short_term.months}mo")
    ahead = [_ahead(loans, step, short, goes_on, reach) for step in rules.steps if step.of != "arrears"]
    nothing = pl.DataFrame(schema=_FOUND)
    latest = (
        pl.concat([nothing.with_columns(days=pl.lit(0)), *ahead], how="vertical_relaxed")
        .sort("loan_no", "due_on", "days")
        .unique(["loan_no", "due_on"], keep="first", maintain_order=True)
        .select(*_FOUND)
    )
    return pl.concat([latest, _behind(loans, rules.steps)]).sort("loan_no", "due_on")


def _ahead(loans: pl.DataFrame, step: ReminderStep, short: pl.Expr, goes_on: date, reach: date) -> pl.DataFrame:
    due_on = pl.col("matures_on" if step.of == "maturity" else "next_due_on")
    is_of = pl.lit(value=True) if step.term is None else short if step.term == "short" else ~short
    has_come = (due_on >= goes_on) & (due_on.dt.offset_by(f"-{step.days}d") < reach)
    return loans.filter(is_of & has_come).select(
        "loan_no", step=pl.lit(step.step), of=pl.lit(step.of), due_on=due_on, days=pl.lit(step.days)
    )


def _behind(loans: pl.DataFrame, steps: Sequence[ReminderStep]) -> pl.DataFrame:
    days = pl.col("days_past_due")
    latest = sorted((step for step in steps if step.of == "arrears"), key=lambda step: -step.days)
    holds = [
        pl.when((days >= step.days) & (days <= (step.until_days or 0))).then(pl.lit(step.step)) for step in latest
    ]  # fmt: skip
    late = loans.filter(days > 0).select(
        "loan_no", step=pl.coalesce(*holds, pl.lit(None, pl.String)), of=pl.lit("arrears"),
        due_on=pl.col("arrears_since_on"),
    )  # fmt: skip
    return late.filter(pl.col("step").is_not_null(), pl.col("due_on").is_not_null()).cast(_FOUND)  # type: ignore[arg-type]


def falling_due(home: Path, on: date, loans: pl.DataFrame) -> pl.DataFrame:
    """Read from the schedule of a published day what some loans have to pay.

    loans   loan_no, debtor_no, shard, of, due_on: the next due day of an instalment, or the last day of the loan, which
            the calendar may have moved.

    Returns loan_no, of, principal_cents, interest_cents and fee_cents of that day; a loan without a
    schedule is left out. Raises NothingPublished.
    """
    day = published_day(home, on)
    found = []
    for (shard,), asked in loans.partition_by("shard", as_dict=True).items():
        inputs = read_debtors(day.facts, int(shard), asked["debtor_no"].unique().to_list())
        dues = planned(inputs, day.policy, on=on).dues.filter(pl.col("due_on") > on)
        of_loans = dues.join(asked.select("loan_no", "of", wanted_on="due_on"), on="loan_no")
        is_last = pl.col("due_on") == pl.col("due_on").max().over("loan_no")
        found.append(
            of_loans.filter(pl.when(of="maturity").then(is_last).otherwise(pl.col("due_on") == pl.col("wanted_on")))
        )
    if not found:
        return pl.DataFrame(schema={"loan_no": pl.Int64, "of": pl.String} | dict.fromkeys(_TO_PAY, pl.Int64))
    return pl.concat(found).select("loan_no", "of", *_TO_PAY)


_TO_PAY = ("principal_cents", "interest_cents", "fee_cents")
