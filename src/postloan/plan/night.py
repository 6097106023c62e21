"""The night, top to bottom. This page is the table of contents of the engine."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.plan.classify import classify
from postloan.plan.covenants import tested
from postloan.plan.inputs import Inputs
from postloan.plan.lives import Found, lives
from postloan.plan.losses import Classed, losses
from postloan.plan.reckoning import Reckoner
from postloan.plan.warnings import warned
from postloan.rules.orders import orders_of
from postloan.rules.rulebook import Policy
from postloan.steps.acceleration import acceleration
from postloan.steps.agreed_changes import Changed, agreed_changes
from postloan.steps.balances import Serving, balances, without_reversed
from postloan.steps.behaviour_score import behaviour_score
from postloan.steps.contract_rates import rates_in_force, repriced, with_agreed
from postloan.steps.cover import cover
from postloan.steps.days_past_due import days_past_due
from postloan.steps.debt_service import debt_service
from postloan.steps.debtor_floor import debtor_floor
from postloan.steps.debtor_view import debtor_view
from postloan.steps.decisions import technical_delays
from postloan.steps.extension_limit import extension_limit
from postloan.steps.funding import funding
from postloan.steps.instructions import instructions, written_off_by_all
from postloan.steps.interest_standing import interest_standing
from postloan.steps.ledger_breaks import ledger_breaks
from postloan.steps.legal_clocks.found import Facts, legal_clocks
from postloan.steps.loss import Measured
from postloan.steps.payment_history import payment_history
from postloan.steps.portrait import debtor_portrait, loan_portrait
from postloan.steps.positions import positions
from postloan.steps.provisions import provisions
from postloan.steps.schedule import Schedule, schedule
from postloan.steps.security_ties import security_ties
from postloan.steps.standing import standing
from postloan.steps.tier_history import tier_history
from postloan.tables.clocks import LegalClock
from postloan.tables.covenants import CovenantTest
from postloan.tables.published import Instruction, LedgerBreak, PublishedDebtor, PublishedLoan
from postloan.tables.results import (
    Balances,
    DaysPastDue,
    DebtorView,
    Due,
    ExtensionLimit,
    Funding,
    Position,
    RateChange,
    Relief,
    ScheduleSource,
    Standing,
)
from postloan.tables.tiers import Judged, TierHistory
from postloan.tables.warnings import PublishedWarning, WarningScore


@dataclass(frozen=True)
class Assessment:
    """What a night finds out about whole debtors; the first eight tables are published, the rest answer why."""

    loans: dy.DataFrame[PublishedLoan]
    debtors: dy.DataFrame[PublishedDebtor]
    breaks: dy.DataFrame[LedgerBreak]
    instructions: dy.DataFrame[Instruction]
    warnings: dy.DataFrame[PublishedWarning]
    scores: dy.DataFrame[WarningScore]
    covenants: dy.DataFrame[CovenantTest]
    clocks: dy.DataFrame[LegalClock]
    positions: dy.DataFrame[Position]
    rates: dy.DataFrame[RateChange]
    dues: dy.DataFrame[Due]
    rolled: pl.DataFrame
    reliefs: dy.DataFrame[Relief]
    sources: dy.DataFrame[ScheduleSource]
    payments: pl.DataFrame
    balances: dy.DataFrame[Balances]
    judged: dy.DataFrame[Judged]
    measured: Measured | None
    classed: Classed
    book: pl.DataFrame


def assess(inputs: Inputs, policy: Policy, *, on: date) -> Assessment:
    """Take the facts of whole debtors to their published rows, at close of the business date."""
    held, book, extends, paid, serving, plan, changed, rates, dues = planned(inputs, policy, on=on)
    met = balances(held, dues, plan.sources, paid, rates, plan.rolled, changed.reliefs, serving=serving, on=on)
    owed = met.balances
    history_of_payment = payment_history(held, owed, inputs.opening, met.was_walked, met.marks, on=on)
    told = instructions(
        book, inputs.decision, inputs.instalment, inputs.written_off, inputs.ledger, paid,
        book_of_record=policy.book_of_record.system, taken=changed.taken, refused=changed.refused, on=on,
    )  # fmt: skip
    gone = written_off_by_all(inputs.written_off, told, owed, paid, on=on)
    stood = standing(owed, inputs.ledger, gone, paid, book_of_record=policy.book_of_record.system, on=on)
    shares = funding(book, stood, owed)
    ties = security_ties(book, inputs.contract, inputs.pledge, inputs.guarantee, on=on)

    overdue = days_past_due(
        owed, stood, held, technical_delays(inputs.decision, on=on),
        buckets=policy.dpd_buckets.frame(), grace_counts=policy.overdue_interest.grace.counts_as_past_due, on=on,
    )  # fmt: skip
    interest = interest_standing(owed, overdue, bounds=policy.interest_bounds)
    seen = Found(held, dues, plan.sources, paid, rates, plan.rolled, changed.reliefs, met, stood, shares, overdue, gone)
    laws = policy.tier_laws_for(on)
    lived = lives(inputs, book, seen, policy, serving, laws=laws, on=on)
    judged = classify(lived.days, laws=laws)
    tiers = tier_history(judged, book, held, overdue, lived.late, grades=policy.grades, on=on)

    views = _views(held, stood, shares, overdue, tiers, inputs, policy, on)
    set_aside = provisions(
        book, inputs.debtor, stood, shares, tiers, rates=policy.provision_rates, reserve=policy.general_reserve
    )
    in_force = rates_in_force(held, rates)
    classed = Classed(held, dues, owed, stood, shares, in_force, ties, overdue, interest, judged, tiers, views)
    lost = losses(inputs, book, classed, policy, on=on)
    breaks = ledger_breaks(
        inputs.loan, inputs.debtor, held, stood, owed, overdue, tiers, inputs.ledger, inputs.ledger_days,
        tolerance=policy.book_of_record.tolerance, on=on,
    )  # fmt: skip

    results = [
        in_force, plan.sources, stood, owed.drop("outstanding_cents"), debt_service(held, book, dues, on=on), shares,
        cover(stood, ties), history_of_payment, overdue, interest, extends, tiers, set_aside, *lost[:3],
    ]  # fmt: skip
    portrait = loan_portrait(book, inputs.debtor, results, views)
    loans = behaviour_score(portrait, policy.scorecard, on=on)
    tests = tested(inputs, loans, policy, on=on)
    raised = warned(inputs, loans, ties, tests, policy, on=on)
    of_law = Facts(book, inputs.contract, inputs.guarantee, inputs.legal_event, paid)
    clocks = legal_clocks(loans, dues, of_law, law=policy.legal_clocks, calendar=policy.working_days, on=on)
    floors = debtor_floor(views, contamination=policy.tier_law.contamination)
    return Assessment(
        loans=loans, debtors=debtor_portrait(inputs.debtor, views, floors, raised.signals), breaks=breaks,
        instructions=told, warnings=raised.signals, scores=raised.scores, covenants=tests, clocks=clocks,
        positions=held, rates=rates, dues=dues, rolled=plan.rolled, reliefs=changed.reliefs, sources=plan.sources,
        payments=paid, balances=owed, judged=judged, measured=lost.measured, classed=classed, book=book,
    )  # fmt: skip


class Planned(NamedTuple):
    """What is to be paid and when, before anybody looks at what was."""

    held: dy.DataFrame[Position]
    book: pl.DataFrame
    extends: dy.DataFrame[ExtensionLimit]
    paid: pl.DataFrame
    serving: Serving
    plan: Schedule
    changed: Changed
    rates: dy.DataFrame[RateChange]
    dues: dy.DataFrame[Due]


def planned(inputs: Inputs, policy: Policy, *, on: date) -> Planned:
    """Take the facts of whole debtors to what falls due, and to the rates of each day up to this one."""
    # Where the core keeps the balance, decisions wait for it as instructions.
    decided = inputs.decision if policy.book_of_record.system == "postloan" else inputs.decision.clear()
    held = positions(
        inputs.loan, inputs.opening, decided, inputs.written_off,
        compound_rate=policy.overdue_interest.compound.rate, on=on,
    )  # fmt: skip
    book = _in_book(inputs.loan, held)
    extends = extension_limit(book, inputs.debtor, limits=policy.extension_limits)
    paid, serving = without_reversed(inputs.payment, on=on), serving_under(policy)
    plan, changed, rates = _falling_due(held, extends, inputs, decided, paid, policy, serving, on)
    dues = acceleration(changed.dues, held)
    return Planned(held, book, extends, paid, serving, plan, changed, rates, dues)


def _views(
    held: dy.DataFrame[Position],
    stood: dy.DataFrame[Standing],
    shares: dy.DataFrame[Funding],
    overdue: dy.DataFrame[DaysPastDue],
    tiers: dy.DataFrame[TierHistory],
    inputs: Inputs,
    policy: Policy,
    on: date,
) -> dy.DataFrame[DebtorView]:
    """Sum up each debtor's debts, those past due for long by the law of the day."""
    long_overdue = policy.tier_law.contamination.all_banks or policy.interest_bounds.off_balance
    return debtor_view(
        held, stood, shares, overdue, tiers, inputs.debtor, inputs.elsewhere,
        retail=policy.tier_law.retail, over_days=long_overdue.over_days, on=on,
    )  # fmt: skip


def _in_book(loans: pl.DataFrame, held: dy.DataFrame[Position]) -> pl.DataFrame:
    """Keep the facts of the loans that have a position; most nights that is all of them."""
    if held.height == loans.height:
        return loans
    return loans.join(held.select("loan_no"), on="loan_no", how="semi", maintain_order="left")


def _falling_due(
    held: dy.DataFrame[Position],
    extends: dy.DataFrame[ExtensionLimit],
    inputs: Inputs,
    decided: pl.DataFrame,
    paid: pl.DataFrame,
    policy: Policy,
    serving: Serving,
    on: date,
) -> tuple[Schedule, Changed, dy.DataFrame[RateChange]]:
    """Find what falls due, what decisions made of it, and the contract rates, repriced or agreed."""
    repricings = repriced(held, inputs.market, on=on)
    plan = schedule(
        held, inputs.instalment, inputs.opening, repricings,
        years=policy.working_days.years, overdue_from=policy.overdue_interest.holiday.overdue_from, on=on,
    )  # fmt: skip
    reckoner = Reckoner(inputs, decided, held, plan, repricings, paid, serving, policy, on)
    changed = agreed_changes(plan.dues, plan.sources, held, extends, decided, inputs.instalment, reckoner, on=on)
    return plan, changed, with_agreed(repricings, decided, changed.taken)


def serving_under(policy: Policy) -> Serving:
    """Say what law and policy of the day say about serving loans."""
    law, bank = policy.allocation_order, policy.allocation
    return Serving(
        contractual=orders_of(law, bank.contractual),
        accounting=orders_of(law, bank.accounting),
        long_overdue_over_days=bank.long_overdue.over_days,
        overdue=policy.overdue_interest,
        bucket_from_days=tuple(band.from_days for band in policy.dpd_buckets.buckets),
    )
