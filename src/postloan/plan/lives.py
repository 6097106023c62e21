"""The lives of loans: all that their classes may rest on, gathered from the facts and from what the steps found."""

from datetime import date
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.plan.inputs import Inputs
from postloan.rules.rulebook import Policy
from postloan.rules.tier_law import TierLaws
from postloan.steps.balances import Met, Serving, balances
from postloan.steps.decisions import begun, decided_of_loans
from postloan.steps.event_days import busy_debtors, event_days
from postloan.steps.lateness import lateness
from postloan.steps.loan_days import Told, loan_days
from postloan.steps.observation import observation
from postloan.tables.results import (
    DaysPastDue,
    Due,
    Funding,
    Late,
    LoanDay,
    Position,
    ScheduleSource,
    Spell,
    Standing,
)


class Found(NamedTuple):
    """What the steps before classification found of the loans in the book, and the cash they were paid with."""

    positions: dy.DataFrame[Position]
    dues: dy.DataFrame[Due]
    sources: dy.DataFrame[ScheduleSource]
    paid: pl.DataFrame
    met: Met
    standing: dy.DataFrame[Standing]
    shares: dy.DataFrame[Funding]
    overdue: dy.DataFrame[DaysPastDue]
    written_off: pl.DataFrame


class Lives(NamedTuple):
    """The days of the loans of whom anything is known, and the stretches on which they were past due."""

    days: dy.DataFrame[LoanDay]
    late: dy.DataFrame[Late]


def lives(
    inputs: Inputs, loans: pl.DataFrame, found: Found, policy: Policy, serving: Serving, *, laws: TierLaws, on: date
) -> Lives:
    """Gather what the classes of loans may rest on, day by day.

    Reads   inputs: facts; loans: those in the book; found: of the same loans.
    Writes  LoanDay of every debtor of whom anything is known that may bear on a tier: all its loans, on each day on which
            something changed.
    """
    late = lateness(found.met.spells, on=on)
    decided = decided_of_loans(inputs.decision, inputs.opening, found.positions, on=on)
    core = policy.book_of_record.system == "core"
    ledger = inputs.ledger.filter(pl.col("on") <= on) if core else inputs.ledger.clear()
    busy = busy_debtors(loans, found.positions, found.overdue, late, decided, inputs.elsewhere, ledger, on=on)
    positions = found.positions.filter(pl.col("debtor_no").is_in(busy.implode()))
    told = Told(
        spells=_every_spell(found, positions, serving, on),
        late=late,
        positions=positions,
        decided=decided,
        delays=begun(inputs.decision, ("technical_delay",), on=on),
        debtors=inputs.debtor,
        elsewhere=inputs.elsewhere.filter(pl.col("on") <= on),
        ledger=ledger,
        written_off=found.written_off.filter(pl.col("on") <= on),
        settled=found.met.balances.select("loan_no", "settled_on"),
    )
    days = event_days(
        positions, told.spells, late, decided, told.delays, told.elsewhere, ledger, told.written_off,
        cuts=laws.cuts(), law_days=laws.days(), on=on,
    )  # fmt: skip
    rows = loan_days(
        days, loans, told, found.standing, found.shares, found.overdue,
        grace_counts=policy.overdue_interest.grace.counts_as_past_due, on=on,
    )  # fmt: skip
    return Lives(observation(rows, found.dues, laws=laws), late)


def _every_spell(
    found: Found, positions: dy.DataFrame[Position], serving: Serving, on: date
) -> dy.DataFrame[Spell]:
    """Add, of debtors with several loans, how those that were never late were repaid: shares of debt count them too."""
    several = positions.filter(pl.len().over("debtor_no") > 1)
    walked = found.positions["loan_no"].filter(pl.Series(found.met.was_walked))
    unwalked = several.filter(~pl.col("loan_no").is_in(walked.implode()) & (pl.col("method") != "daily_interest"))
    if unwalked.is_empty():
        return found.met.spells
    sources = unwalked.select("loan_no").join(found.sources, on="loan_no", maintain_order="left")
    # Whoever asks for a log has every loan walked.
    more = balances(
        Position.cast(unwalked), found.dues, ScheduleSource.cast(sources), found.paid, serving=serving, on=on, log_lines=1
    )
    return Spell.cast(pl.concat([found.met.spells, more.spells]))
