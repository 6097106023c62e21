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
from postloan.steps.event_days import busy_loans, event_days
from postloan.steps.lateness import lateness
from postloan.steps.loan_days import Told, loan_days
from postloan.steps.observation import observation
from postloan.tables.results import (
    DaysPastDue,
    Due,
    Funding,
    Late,
    Position,
    RateChange,
    Relief,
    ScheduleSource,
    Spell,
    Standing,
)
from postloan.tables.tiers import LoanDay


class Found(NamedTuple):
    """What the steps before classification found of the loans in the book, and the cash they were paid with."""

    positions: dy.DataFrame[Position]
    dues: dy.DataFrame[Due]
    sources: dy.DataFrame[ScheduleSource]
    paid: pl.DataFrame
    rates: dy.DataFrame[RateChange]
    rolled: pl.DataFrame
    reliefs: dy.DataFrame[Relief]
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
    Writes  LoanDay of the loans of whom anything is known that may bear on a tier, on each day on which something
            changed; where one loan of a debtor may touch its others, of all of them.
    """
    late = lateness(found.met.spells, on=on)
    decided = decided_of_loans(inputs.decision, inputs.opening, found.positions, on=on)
    core = policy.book_of_record.system == "core"
    ledger = inputs.ledger.filter(pl.col("on") <= on) if core else inputs.ledger.clear()
    elsewhere = inputs.elsewhere.filter(pl.col("on") <= on)
    busy = busy_loans(
        loans, found.positions, found.overdue, late, decided, inputs.debtor, elsewhere, ledger,
        is_retail=laws.is_always_retail(),
    )  # fmt: skip
    positions = Position.cast(found.positions.join(busy, on="loan_no", how="semi", maintain_order="left"))
    touching = _touching(busy, late, decided, elsewhere, laws)
    settled = found.met.balances.select("loan_no", "settled_on").drop_nulls()
    told = Told(
        spells=_every_spell(found, positions, touching, serving, on),
        late=late,
        positions=positions,
        decided=decided,
        delays=begun(inputs.decision, ("technical_delay",), on=on),
        debtors=inputs.debtor,
        elsewhere=elsewhere,
        ledger=ledger,
        written_off=found.written_off.filter(pl.col("on") <= on),
        settled=settled,
    )
    days = event_days(
        busy, positions, _shares_matter(told.spells, touching), late, decided, told.delays, elsewhere, ledger,
        pl.concat([told.written_off.select("loan_no", "on"), settled.select("loan_no", on="settled_on")]),
        cuts=laws.cuts(), merger_months=laws.merger_months(), law_days=laws.days(), on=on,
    )  # fmt: skip
    rows = loan_days(
        busy.join(days, on="group_no").select("loan_no", "on"),
        loans, told, found.standing, found.shares, found.overdue,
        grace_counts=policy.overdue_interest.grace.counts_as_past_due, on=on,
    )  # fmt: skip
    return Lives(observation(rows, found.dues, laws=laws), late)


def _touching(
    busy: pl.DataFrame, late: dy.DataFrame[Late], decided: pl.DataFrame, elsewhere: pl.DataFrame, laws: TierLaws
) -> pl.DataFrame:
    """The loans whose shares of their debtor's debt may matter, and since when: from the first debt that may be bad."""
    until_bad = pl.duration(days=laws.bad_after_days() + 1)
    is_bad = pl.col("oldest_due_on") + until_bad < pl.col("until_on")
    together = busy.filter((pl.col("group_no") > 0) & (pl.len().over("group_no") > 1))
    bad = [
        late.filter(is_bad).select("loan_no", bad_from_on=pl.col("oldest_due_on") + until_bad),
        decided.select("loan_no", bad_from_on="effective_on"),
        elsewhere.join(together, on="debtor_no").select("loan_no", bad_from_on="on"),
    ]
    since = (
        together.join(pl.concat(bad), on="loan_no").group_by("group_no").agg(bad_from_on=pl.col("bad_from_on").min())
    )
    return together.join(since, on="group_no").select("loan_no", "bad_from_on")


def _shares_matter(spells: dy.DataFrame[Spell], touching: pl.DataFrame) -> dy.DataFrame[Spell]:
    matter = spells.join(touching, on="loan_no").filter(pl.col("from_on") >= pl.col("bad_from_on"))
    return Spell.cast(matter.select(Spell.column_names()))


def _every_spell(
    found: Found, positions: dy.DataFrame[Position], touching: pl.DataFrame, serving: Serving, on: date
) -> dy.DataFrame[Spell]:
    """Add, where shares of debt matter, how those loans were repaid that were never late."""
    walked = found.positions["loan_no"].filter(pl.Series(found.met.was_walked))
    is_unwalked = ~pl.col("loan_no").is_in(walked.implode()) & (pl.col("method") != "daily_interest")
    unwalked = positions.filter(is_unwalked).join(touching, on="loan_no", how="semi", maintain_order="left")
    if unwalked.is_empty():
        return found.met.spells
    sources = unwalked.select("loan_no").join(found.sources, on="loan_no", maintain_order="left")
    more = balances(
        Position.cast(unwalked), found.dues, ScheduleSource.cast(sources), found.paid, found.rates, found.rolled,
        found.reliefs, serving=serving, on=on, walks_all=True,
    )  # fmt: skip
    return Spell.cast(pl.concat([found.met.spells, more.spells]))
