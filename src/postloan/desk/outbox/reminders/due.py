"""Which reminders a published day owes: the step that each loan has come to, whom it concerns, and how much is due."""

from datetime import date, timedelta

import polars as pl

from postloan.desk.book.narrow import debtor_rows, loan_rows
from postloan.desk.core.days import BusinessDay
from postloan.plan.contact.reached import parties_in_bulk
from postloan.plan.reminding import falling_due, last_day_asked, steps_of_day
from postloan.rules.calendar import days_off
from postloan.rules.reminder_rules import Reminders
from postloan.rules.rulebook import load_rulebook
from postloan.rules.shapes import WorkingDays
from postloan.snapshot.read import scan_loans

_MORE = ("loan_no", "debtor_no", "oldest_principal_due_on", "oldest_interest_due_on",
         "unapplied_cents")  # fmt: skip
_OF_LOAN = (
    "loan_no", "loan_id", "debtor_no", "debtor_id", "debtor_name", "org_id", "officer_id", "shard", "days_past_due",
    "owed_cents", "unapplied_cents",
)  # fmt: skip


def reminders_due(day: BusinessDay, rules: Reminders, known: pl.Series) -> pl.DataFrame:
    """Find the reminders of a day that were not made before; three reads of the bank's facts, whatever their number.

    known  the subjects, loan_id:step:due_on, of reminders that were made already: nothing is reckoned for them.

    Returns a row for each party of each reminder: the loan and its debtor, step, of, due_on, party_id, role, name,
    form, region, phone, principal_cents, interest_cents (fees in it; what waits as cash taken off), owed_cents.
    """
    loans = _loans(day)
    steps = steps_of_day(loans, rules, day.on, _off(day)).join(loans.select(_OF_LOAN), on="loan_no")
    subject = pl.format("{}:{}:{}", "loan_id", "step", "due_on")
    fresh = steps.with_columns(subject=subject).filter(~pl.col("subject").is_in(known.implode()))
    if fresh.is_empty():
        return fresh
    asked = fresh.filter(pl.col("of") != "arrears")
    amounts = falling_due(day.home, day.on, asked.select("loan_no", "debtor_no", "shard", "of", "due_on"))
    priced = _priced(fresh.join(amounts, on=["loan_no", "of"], how="left"))
    to = {step.step: list(step.to) for step in rules.steps}
    roles = sorted({role for step in rules.steps for role in step.to})
    parties = parties_in_bulk(
        day.home, day.on, priced.unique("loan_no").select("loan_no", "debtor_no", "debtor_id", "shard"),
        debtor_rows(day), roles=roles,
    ).drop("debtor_id")  # fmt: skip
    reached = priced.join(parties, on="loan_no", maintain_order="left")
    is_told = pl.col("role").is_in(pl.col("step").replace_strict(to, return_dtype=pl.List(pl.String)))
    return reached.filter(is_told)


def _loans(day: BusinessDay) -> pl.DataFrame:
    """The loans on the book with what a reminder asks of them."""
    more = scan_loans(day.home, day.on).select(_MORE).collect()
    rows = loan_rows(day).filter(pl.col("status") == "active").join(more, on="loan_no")
    since = pl.min_horizontal("oldest_principal_due_on", "oldest_interest_due_on")
    return rows.with_columns(
        pl.col("org_id", "product").cast(pl.String),
        arrears_since_on=since, owed_cents=pl.col("overdue_principal_cents") + pl.col("arrears_cents"),
    )  # fmt: skip


def _off(day: BusinessDay) -> list[date]:
    years = load_rulebook(day.home).version("working_days", WorkingDays, day.on).years
    return days_off(day.on + timedelta(days=1), last_day_asked(day.on), years, on=day.on)


def _priced(rows: pl.DataFrame) -> pl.DataFrame:
    """Take what waits as cash off the next instalment, interest first; what is paid already is reminded of no more."""
    charges = (pl.col("interest_cents") + pl.col("fee_cents")).fill_null(0)
    waits = pl.when(of="instalment").then("unapplied_cents").otherwise(0)
    left = rows.with_columns(
        interest_cents=(charges - waits).clip(0),
        principal_cents=(pl.col("principal_cents").fill_null(0) - (waits - charges).clip(0)).clip(0),
    )
    owes = pl.when(of="arrears").then("owed_cents").otherwise(pl.col("principal_cents") + pl.col("interest_cents"))
    return left.filter(owes > 0)
