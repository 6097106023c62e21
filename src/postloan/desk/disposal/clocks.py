"""Legal clocks as the desk reads them: those of a day with names and balances, and those that ask for work."""

import hashlib

import polars as pl

from postloan.desk.book.narrow import file_of, kept, loan_rows
from postloan.desk.core.authority import rows_within
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.pages import Desk
from postloan.errors import NothingPublished
from postloan.rules.clock_desk import ClockDesk
from postloan.rules.desk_rules import load_desk_rules
from postloan.snapshot.read import scan_clocks
from postloan.tables.clocks import LegalClock

RUNNING = ("running", "suspended")
_OF_LOAN = ("loan_no", "debtor_name", "product", "legal_form", "tier", "status", "outstanding_cents")


def clock_rows(day: BusinessDay) -> pl.DataFrame:
    """The clocks of a day, each with its debtor's name and its loan's balance, what ends first before."""
    return kept(file_of(day, "clock"), lambda: _made(day))


def _made(day: BusinessDay) -> pl.DataFrame:
    try:
        found = scan_clocks(day.home, day.on)
    except NothingPublished:
        # A version of the program before there were clocks published the day.
        found = LegalClock.create_empty().lazy()
    loans = loan_rows(day).lazy().select(_OF_LOAN).rename({"status": "loan_status"})
    rows = found.join(loans, on="loan_no", how="left").sort("ends_on", "clock_id", nulls_last=True).collect()
    return rows.with_columns(pl.col("product").cast(pl.String))


def clocks_seen(desk: Desk) -> pl.DataFrame:
    """The clocks of the day on loans in the desk's offices."""
    return rows_within(clock_rows(desk.day), desk.scope)


def rules_of(day: BusinessDay) -> ClockDesk:
    """How long before a clock ends the desk speaks of it."""
    return load_desk_rules(day.home).version("legal_clocks", ClockDesk, day.on)


def clocks_to_keep(day: BusinessDay) -> pl.DataFrame:
    """The running clocks within the bank's lead, each with the lead that it has reached, once per lead and last day.

    Writes  columns of clock_rows, and subject: another lead, or another last day after an interruption, is another.
    """
    near = clock_rows(day).filter(pl.col("state").is_in(RUNNING))
    lead = pl.lit(None, pl.Int64)
    for each in sorted(rules_of(day).leads, key=lambda each: -each.days):
        lead = pl.when(pl.col("days_left") <= each.days).then(pl.lit(each.days, pl.Int64)).otherwise(lead)
    reached = near.with_columns(lead_days=lead).filter(pl.col("lead_days").is_not_null())
    return reached.with_columns(subject=_subjects(reached))


def _subjects(rows: pl.DataFrame) -> pl.Series:
    """Identifiers of clocks may be longer than what a work item holds: they are told by a hash."""
    said = rows.select(pl.format("{}|{}|{}", "clock_id", "lead_days", "ends_on")).to_series().to_list()
    return pl.Series([f"clock:{hashlib.sha256(each.encode()).hexdigest()[:32]}" for each in said], dtype=pl.String)


def proofs_due(day: BusinessDay) -> pl.DataFrame:
    """Limitation that runs and was last interrupted, or began, longer ago than the bank's cycle of proof (PRA-13)."""
    running = clock_rows(day).filter(pl.col("state").is_in(RUNNING) & (pl.col("kind") == "limitation"))
    since, due = pl.coalesce("restarted_on", "began_on"), pl.lit(None, pl.Date)
    for each in rules_of(day).proofs:
        mine = pl.col("legal_form").cast(pl.String).is_in(each.legal_forms)
        due = pl.when(mine).then(since.dt.offset_by(f"{each.months}mo")).otherwise(due)
    late = running.with_columns(proof_due_on=due, since_on=since).filter(pl.col("proof_due_on") <= day.on)
    return late.with_columns(subject=pl.format("proof:{}:{}", "loan_no", "since_on"))
