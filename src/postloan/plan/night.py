"""The night, top to bottom. This page is the table of contents of the engine."""

from dataclasses import dataclass
from datetime import date

import dataframely as dy
import polars as pl

from postloan.plan.inputs import Inputs
from postloan.rules.rulebook import Policy
from postloan.steps.balances import balances, without_reversed
from postloan.steps.days_past_due import days_past_due
from postloan.steps.debtor_floor import debtor_floor
from postloan.steps.debtor_view import debtor_view
from postloan.steps.decisions import restructure_history, technical_delays
from postloan.steps.overdue_floor import overdue_floor
from postloan.steps.portrait import debtor_portrait, loan_portrait
from postloan.steps.positions import positions
from postloan.steps.restructuring_floor import restructuring_floor
from postloan.steps.schedule import schedule
from postloan.steps.standing import standing
from postloan.steps.tier import final_tier, item_tier
from postloan.tables.published import PublishedDebtor, PublishedLoan
from postloan.tables.results import Balances, Due, FinalTier, Position, ScheduleSource


@dataclass(frozen=True)
class Assessment:
    """What a night finds out about whole debtors; the first two tables are published, the rest answer why."""

    loans: dy.DataFrame[PublishedLoan]
    debtors: dy.DataFrame[PublishedDebtor]
    positions: dy.DataFrame[Position]
    dues: dy.DataFrame[Due]
    sources: dy.DataFrame[ScheduleSource]
    payments: pl.DataFrame
    balances: dy.DataFrame[Balances]
    tiers: dy.DataFrame[FinalTier]


def assess(inputs: Inputs, policy: Policy, *, on: date) -> Assessment:
    """Take the facts of whole debtors to their published rows, at close of the business date."""
    held = positions(inputs.loan, inputs.opening, on=on)
    book = inputs.loan.join(held, on="loan_no", how="semi", maintain_order="left")
    plan = schedule(held, inputs.instalment, inputs.opening, inputs.market, years=policy.working_days.years, on=on)
    paid = without_reversed(inputs.payment, on=on)
    owed = balances(held, plan.dues, plan.sources, paid, order=policy.allocation_order.components, on=on)
    stood = standing(owed, inputs.ledger, inputs.written_off, book_of_record=policy.book_of_record.system, on=on)

    delays = technical_delays(inputs.decision, on=on)
    overdue = days_past_due(owed, stood, delays, buckets=policy.dpd_buckets.frame(), on=on)
    history = restructure_history(book, inputs.decision, on=on)
    by_days = overdue_floor(overdue, floors=policy.overdue_floors)
    by_history = restructuring_floor(history, floors=policy.restructuring_floors)
    items = item_tier({"overdue_floors": by_days, "restructuring_floors": by_history})

    views = debtor_view(
        held, stood, owed, overdue, items, inputs.debtor, inputs.elsewhere,
        retail=policy.retail, over_days=policy.contamination.all_banks.over_days, on=on,
    )  # fmt: skip
    by_debtor = debtor_floor(views, contamination=policy.contamination)
    tiers = final_tier(items, held, stood, by_debtor)

    results = [plan.sources, stood, owed.drop("outstanding_cents"), overdue, history, items, tiers]
    floors = {"overdue": by_days, "restructuring": by_history}
    return Assessment(
        loans=loan_portrait(book, inputs.debtor, results, floors, views, by_debtor),
        debtors=debtor_portrait(inputs.debtor, held, tiers, views, by_debtor),
        positions=held, dues=plan.dues, sources=plan.sources, payments=paid, balances=owed, tiers=tiers,
    )  # fmt: skip
