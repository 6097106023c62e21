"""Options tried at the desk: a loan's published row, what was typed, and what the night would make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from postloan.desk.book.queries import name_of
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.pages import Desk
from postloan.desk.restructure.models import Offer, Restructuring
from postloan.desk.restructure.typed import Typed, adjustment_of, typed_of
from postloan.plan.options import Change, Comparison, Option, Outcome, compare
from postloan.snapshot.read import scan_loans

_OF_LOAN = (
    "outstanding_cents", "tier", "tier_cite", "stage", "ecl_cents", "general_provision_cents",
    "specific_provision_cents", "special_provision_cents", "waived_cents", "capitalised_cents", "days_past_due",
    "observation_ends_on", "rate_in_force_e8",
)  # fmt: skip
DIFFICULTY = "cash_flow_short"
"""What a comparison supposes before anybody said which difficulty it is: each of them sets the same floor."""


@dataclass(frozen=True)
class Tried:
    """An option as it was tried.

    loan     the published row of the day.
    outcome  what the night would make of it; comparison all that was tried with it.
    """

    loan: Mapping[str, Any]
    debtor_name: str
    typed: Typed
    outcome: Outcome
    comparison: Comparison

    @property
    def new_end(self) -> date | None:
        """The last due day, where the option moves it."""
        ends_on, before = self.outcome.ends_on, self.comparison.as_it_stands.ends_on
        return ends_on if ends_on != before else None

    @property
    def figures(self) -> dict[str, Any]:
        """What is kept of it with an offer."""
        return figures_of(self.outcome)

    @property
    def instalments(self) -> list[list[Any]]:
        """Its schedule as an offer keeps it: day, principal, interest, fee."""
        return [[each.due_on.isoformat(), *each[1:]] for each in self.outcome.instalments]


def effective_day(day: BusinessDay) -> date:
    """The first day on which a decision of today can hold."""
    return day.latest_on + timedelta(days=1)


def tried_all(desk: Desk, loan: Mapping[str, Any], columns: Sequence[Typed], *, is_eased: bool) -> Comparison:
    """Try columns side by side, from the next business day on; columns with faults change nothing.

    is_eased  the debtor is in difficulty, so that what is agreed restructures the loan.
    """
    options = [Option(each.name, _laid(each, DIFFICULTY if is_eased else "")) for each in columns]
    return compare(desk.day.home, loan["loan_id"], options, desk.day.on, effective_on=effective_day(desk.day))


def tried_one(desk: Desk, loan: Mapping[str, Any], typed: Typed, *, is_eased: bool) -> Tried:
    """Try one column, to be offered."""
    comparison = tried_all(desk, loan, [typed], is_eased=is_eased)
    name = name_of(desk, loan["debtor_id"])
    return Tried(loan, name, typed, comparison.options[0], comparison)


def tried_again(held: Restructuring, offer: Offer, day: BusinessDay, *, on: date, difficulty: str) -> Tried:
    """Try an offer once more, as it would hold from a day on. Raises RequestWrong where the loan left the book."""
    row = scan_loans(day.home, day.on).filter(loan_id=held.loan_id).collect().row(0, named=True)
    typed = typed_of(offer.typed, row, name=str(offer.round))
    changes = tuple(Change(kind, terms) for kind, terms in offer.changes)
    # What was agreed on is what was offered then, not what the same fields would mean today.
    typed = Typed(typed.name, typed.fields, (), changes)
    option = Option(typed.name, _laid(typed, difficulty))
    comparison = compare(day.home, held.loan_id, [option], day.on, effective_on=on)
    return Tried(row, held.debtor_name, typed, comparison.options[0], comparison)


def figures_of(outcome: Outcome) -> dict[str, Any]:
    """The figures of an outcome, as pages and papers tell them."""
    return {
        "count": len(outcome.instalments), "next_cents": outcome.next_cents, "ends_on": outcome.ends_on,
        "interest_cents": outcome.interest_cents, "arrears_cents": outcome.arrears_cents,
        "worth_cents": outcome.worth_cents, "year_cents": outcome.burden.year_cents,
        "ratio_e8": outcome.burden.ratio_e8, "is_over": outcome.burden.is_over, "kind": outcome.burden.kind,
        "is_possible": outcome.is_possible,
        **{name: outcome.loan[name] for name in _OF_LOAN},
    }  # fmt: skip


def _laid(typed: Typed, difficulty: str) -> tuple[Change, ...]:
    """The changes of a column, before them that the loan is restructured, where the debtor is in difficulty."""
    if not difficulty or not typed.changes:
        return typed.changes
    eased = Change("restructure", {"difficulty": difficulty, "adjustment": adjustment_of(typed.changes)})
    return (eased, *typed.changes)
