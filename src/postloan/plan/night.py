"""The night, top to bottom. This page is the table of contents of the engine."""

from dataclasses import dataclass
from datetime import date

import dataframely as dy
import polars as pl

from postloan.plan.inputs import Inputs
from postloan.rules.orders import orders_of
from postloan.rules.rulebook import Policy
from postloan.steps.acceleration import acceleration
from postloan.steps.agreed_changes import agreed_changes
from postloan.steps.balances import Serving, balances, without_reversed
from postloan.steps.cover import cover
from postloan.steps.days_past_due import days_past_due
from postloan.steps.debtor_floor import debtor_floor
from postloan.steps.debtor_view import debtor_view
from postloan.steps.decisions import restructure_history, technical_delays
from postloan.steps.extension_limit import extension_limit
from postloan.steps.funding import funding
from postloan.steps.instructions import instructions, written_off_by_all
from postloan.steps.interest_standing import interest_standing
from postloan.steps.ledger_breaks import ledger_breaks
from postloan.steps.overdue_floor import overdue_floor
from postloan.steps.payment_history import payment_history
from postloan.steps.portrait import debtor_portrait, loan_portrait
from postloan.steps.positions import positions
from postloan.steps.provisions import provisions
from postloan.steps.restructuring_floor import restructuring_floor
from postloan.steps.schedule import schedule
from postloan.steps.standing import standing
from postloan.steps.tier import final_tier, item_tier
from postloan.tables.published import Instruction, LedgerBreak, PublishedDebtor, PublishedLoan
from postloan.tables.results import Balances, Due, FinalTier, Position, ScheduleSource


@dataclass(frozen=True)
class Assessment:
    """What a night finds out about whole debtors; the first four tables are published, the rest answer why."""

    loans: dy.DataFrame[PublishedLoan]
    debtors: dy.DataFrame[PublishedDebtor]
    breaks: dy.DataFrame[LedgerBreak]
    instructions: dy.DataFrame[Instruction]
    positions: dy.DataFrame[Position]
    dues: dy.DataFrame[Due]
    sources: dy.DataFrame[ScheduleSource]
    payments: pl.DataFrame
    balances: dy.DataFrame[Balances]
    tiers: dy.DataFrame[FinalTier]


def assess(inputs: Inputs, policy: Policy, *, on: date) -> Assessment:
    """Take the facts of whole debtors to their published rows, at close of the business date."""
    # Where the core keeps the balance, decisions wait for it as instructions.
    decided = inputs.decision if policy.book_of_record.system == "postloan" else inputs.decision.clear()
    held = positions(
        inputs.loan, inputs.opening, decided, inputs.written_off,
        compound_rate=policy.overdue_interest.compound.rate, on=on,
    )  # fmt: skip
    book = inputs.loan.join(held, on="loan_no", how="semi", maintain_order="left")
    plan = schedule(held, inputs.instalment, inputs.opening, inputs.market, years=policy.working_days.years, on=on)
    extends = extension_limit(book, inputs.debtor, limits=policy.extension_limits)
    changed = agreed_changes(plan.dues, plan.sources, held, extends, decided, on=on)
    dues = acceleration(changed.dues, held)
    paid = without_reversed(inputs.payment, on=on)
    met = balances(held, dues, plan.sources, paid, serving=serving_under(policy), on=on)
    owed = met.balances
    history_of_payment = payment_history(held, owed, inputs.opening, met.was_walked, met.marks, on=on)
    told = instructions(
        book, inputs.decision, inputs.instalment, inputs.written_off, inputs.ledger, paid,
        book_of_record=policy.book_of_record.system, taken=changed.taken, refused=changed.refused, on=on,
    )  # fmt: skip
    gone = written_off_by_all(inputs.written_off, told)
    stood = standing(owed, inputs.ledger, gone, book_of_record=policy.book_of_record.system, on=on)
    shares = funding(book, stood, owed)
    secured = cover(book, stood, inputs.contract, inputs.pledge, inputs.guarantee, on=on)

    overdue = days_past_due(
        owed, stood, held, technical_delays(inputs.decision, on=on),
        buckets=policy.dpd_buckets.frame(), grace_counts=policy.overdue_interest.grace.counts_as_past_due, on=on,
    )  # fmt: skip
    interest = interest_standing(owed, overdue, bounds=policy.interest_bounds)
    history = restructure_history(book, inputs.decision, on=on)
    by_days = overdue_floor(overdue, floors=policy.overdue_floors)
    by_history = restructuring_floor(history, floors=policy.restructuring_floors)
    items = item_tier({"overdue_floors": by_days, "restructuring_floors": by_history})

    views = debtor_view(
        held, stood, shares, overdue, items, inputs.debtor, inputs.elsewhere,
        retail=policy.retail, over_days=policy.contamination.all_banks.over_days, on=on,
    )  # fmt: skip
    by_debtor = debtor_floor(views, contamination=policy.contamination)
    tiers = final_tier(items, held, stood, by_debtor)
    rates, reserve = policy.provision_rates, policy.general_reserve
    set_aside = provisions(book, inputs.debtor, stood, shares, tiers, rates=rates, reserve=reserve)
    breaks = ledger_breaks(
        inputs.loan, inputs.debtor, held, stood, owed, overdue, tiers, inputs.ledger, inputs.ledger_days,
        tolerance=policy.book_of_record.tolerance, on=on,
    )  # fmt: skip

    results = [
        plan.sources, stood, owed.drop("outstanding_cents"), shares, secured, history_of_payment, overdue, interest,
        extends, history, items, tiers, set_aside,
    ]  # fmt: skip
    floors = {"overdue": by_days, "restructuring": by_history}
    return Assessment(
        loans=loan_portrait(book, inputs.debtor, results, floors, views, by_debtor),
        debtors=debtor_portrait(inputs.debtor, views, by_debtor),
        breaks=breaks, instructions=told,
        positions=held, dues=dues, sources=plan.sources, payments=paid, balances=owed, tiers=tiers,
    )  # fmt: skip


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
