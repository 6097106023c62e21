"""Agreed changes: decisions that make a new tail of a schedule, or take amounts out of the arrears, on their day."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import dataframely as dy
import polars as pl

from postloan.errors import EventImpossible
from postloan.kernels import daycount
from postloan.kernels.methods import CODES
from postloan.kernels.pricing import RateChanges
from postloan.kernels.roll import ROLLS, Moves
from postloan.kernels.tail import changes
from postloan.kernels.tail.plan import PLANNED, Instalment, Plan, Terms, plan_of
from postloan.tables.decided import has_begun
from postloan.tables.results import Due, ExtensionLimit, Position, Relief, ScheduleSource

_EPOCH = date(1970, 1, 1)
_OF_TERMS = ("prepayment", "extension", "rate_change", "deferral", "capitalise", "reamortise", "split")
_KINDS = (*_OF_TERMS, "waiver")
_ONE_E8, _CENTS = 10**8, 100
_OVERDUE = {
    "interest": "overdue_interest_cents", "principal": "overdue_principal_cents",
    "penalty": "penalty_cents", "compound": "compound_cents",
}  # fmt: skip


class Changed(NamedTuple):
    """The dues with the changes in them, what left the arrears, and the decisions that did it or the law forbids."""

    dues: dy.DataFrame[Due]
    reliefs: dy.DataFrame[Relief]
    taken: list[str]
    refused: list[str]


class Reckoning(Protocol):
    """What the plan reckons for the few loans whose terms change."""

    def rates(self, positions: pl.DataFrame) -> RateChanges:
        """Return the rates of the positions, as repriced by the business date."""

    def calendar(self, positions: pl.DataFrame) -> Moves:
        """Return the days off by which their due days roll."""

    def dues_of(self, loan_no: int, on: date) -> pl.DataFrame:
        """Return a loan's dues as nobody had yet changed them on an earlier day."""

    def owed_by(
        self, loan_no: int, dues: pl.DataFrame, reliefs: pl.DataFrame, taken: Sequence[str], on: date
    ) -> dict[str, Any]:
        """Return a loan's Balances at close of an earlier day, by what the decisions taken had made by then.

        Beside them credit_cents: cash ahead of the amounts fallen due, where interest runs by the day.
        """


def agreed_changes(
    dues: dy.DataFrame[Due],
    sources: dy.DataFrame[ScheduleSource],
    positions: dy.DataFrame[Position],
    limits: dy.DataFrame[ExtensionLimit],
    decisions: pl.DataFrame,
    instalments: pl.DataFrame,
    reckoning: Reckoning,
    *,
    on: date,
) -> Changed:
    """Make the schedule anew where a change of terms was decided by the day, and say what leaves the arrears.

    Reads   dues, sources, positions; limits: the last day of an extension; decisions: facts of `decision`; instalments:
            facts, whose later versions bring a change themselves; reckoning: what else is asked of single loans.
    Writes  the dues: those up to a change as they were, those after it made by the loan's method at the rates of their
            days. reliefs: what is waived, made principal or moved into instalments to come. taken: the decisions so
            applied. refused: those that would move the last due day beyond the limit.
    Source  servicing: prepayment, extension, rate change, deferral, capitalisation, re-amortisation, waiver;
            regulations LN-17 to LN-19 bound what moves the last due day; docs/decisions/0024.

    A change that has no place in the schedule waits. Decisions are people's work: loans are taken one by one.
    """
    decided = decisions.filter(pl.col("kind").is_in(_KINDS) & has_begun(on))
    nothing = Relief.create_empty()
    if decided.is_empty():
        return Changed(dues, nothing, [], [])
    able = (
        positions.join(decided.select("loan_no").unique(), on="loan_no", how="semi", maintain_order="left")
        .join(sources, on="loan_no", maintain_order="left")
        .join(limits.select("loan_no", "extension_latest_on"), on="loan_no", how="left", maintain_order="left")
        .join(_last_versions(instalments, on), on="loan_no", how="left", maintain_order="left")
    )
    by_loan = _by_loan(dues.join(able.select("loan_no"), on="loan_no", how="semi", maintain_order="left"))
    of_loan = _by_loan(decided.sort("effective_on", "decision_id"))
    rates, calendar = reckoning.rates(able), reckoning.calendar(able)
    done: list[_Change] = []
    for at, loan in enumerate(able.iter_rows(named=True)):
        number = loan["loan_no"]
        first, end = rates.first[at], rates.first[at + 1]
        repricings = list(zip(rates.on[first:end].tolist(), rates.rate_e8[first:end].tolist(), strict=True))
        change = _Change(loan, _terms(loan, calendar), repricings, reckoning)
        change.run(by_loan.get(number, dues.clear()), of_loan[number].to_dicts(), _number(on))
        done.append(change)
    made = pl.concat([each.dues for each in done if each.dues is not None] or [dues.clear()])
    kept = dues.join(made.select("loan_no").unique(), on="loan_no", how="anti", maintain_order="left")
    return Changed(
        Due.cast(pl.concat([kept, made]).sort("loan_no", "due_on", maintain_order=True)) if made.height else dues,
        Relief.validate(pl.concat([nothing, *(each.relieved() for each in done)])),
        [name for each in done for name in each.taken],
        [name for each in done for name in each.refused],
    )


class _Change:
    """The changes of one loan, one decision after the other."""

    def __init__(
        self, loan: dict[str, Any], terms: Terms, repricings: list[tuple[int, int]], reckoning: Reckoning
    ) -> None:
        self.loan, self.terms, self.reckoning = loan, terms, reckoning
        self.repricings = repricings or [(terms.disbursed_on, loan["annual_rate_e8"])]
        self.reliefs: list[tuple[int, str, int, str]] = []
        self.taken: list[str] = []
        self.refused: list[str] = []
        self.dues: pl.DataFrame | None = None

    def run(self, dues: pl.DataFrame, decisions: list[dict[str, Any]], on: int) -> None:
        """Apply the decisions in order; one that has no place or is forbidden leaves the others be."""
        begun = [each for each in decisions if self._is_ours(each)]
        changing = [each for each in begun if each["kind"] in _OF_TERMS and self._may_change(each)]
        plan = self._plan(dues, changing[0]["effective_on"], on) if changing else None
        is_changed = False
        for decision in begun:
            if decision["kind"] == "waiver":
                self._waive(decision)
            elif plan and decision in changing:
                changed = self._decide(plan, decision)
                is_changed, plan = is_changed or changed is not None, changed or plan
        if plan and is_changed:
            self._reprice(plan, on)
            self.dues = _as_dues(self.loan["loan_no"], plan)

    def relieved(self) -> pl.DataFrame:
        """Return the reliefs, by day and in the order of the decisions."""
        return _as_reliefs(self.loan["loan_no"], self.reliefs)

    def _is_ours(self, decision: dict[str, Any]) -> bool:
        """What was decided before a take-on is in the opening."""
        return not self.loan["is_taken_on"] or bool(decision["effective_on"] > self.loan["begins_on"])

    def _may_change(self, decision: dict[str, Any]) -> bool:
        """Tell whether a schedule may be changed on the day: a loan called in or written off has none any more.

        A version of the feed that begins on the day or later holds the change already.
        """
        loan, day = self.loan, decision["effective_on"]
        ends = (loan["accelerated_from_on"], loan["written_off_from_on"])
        is_fed = loan["fed_from_on"] is not None and loan["fed_from_on"] >= day
        return loan["schedule_source"] != "none" and not is_fed and not any(end and end <= day for end in ends)

    def _plan(self, dues: pl.DataFrame, first_on: date, on: int) -> Plan:
        """Read the plan as it stood on the day of the first change: what was repriced later follows in its turn."""
        day = _number(first_on)
        if any(day < since <= on for since, _ in self.repricings):
            dues = self.reckoning.dues_of(self.loan["loan_no"], first_on)
        known = [rate for rate in self.repricings if rate[0] <= day] or self.repricings[:1]
        plan = plan_of(_instalments(dues), self.terms, known, self.loan["principal_cents"])
        self.repricings = [rate for rate in self.repricings if rate[0] > day]
        if not self.terms.splits:
            plan.rates = [(_period_start(plan, since), rate_e8) for since, rate_e8 in plan.rates]
        return plan

    def _reprice(self, plan: Plan, until: int) -> None:
        while self.repricings and self.repricings[0][0] <= until:
            changes.reprice(plan, self.terms, *self.repricings.pop(0))

    def _decide(self, plan: Plan, decision: dict[str, Any]) -> Plan | None:
        """Return the plan that a decision makes; None where it waits or is refused."""
        self._reprice(plan, _number(decision["effective_on"]))
        changed = plan.copied()
        if self.terms.is_daily:
            self._as_it_ran(changed, decision["effective_on"])
        try:
            reliefs = self._apply(changed, decision)
        except EventImpossible:
            return None
        latest_on, ends_on = self.loan["extension_latest_on"], changed.rows[-1].ends_on
        if latest_on is not None and ends_on > max(_number(latest_on), plan.rows[-1].ends_on):
            self.refused.append(decision["decision_id"])
            return None
        self.taken.append(decision["decision_id"])
        self.reliefs += reliefs
        return changed

    def _as_it_ran(self, plan: Plan, on: date) -> None:
        """Let the principal to come be what cash left of it, where interest runs by the day.

        It is all that is left when the last instalment before the day fell due, but what these still owe. Cash ahead of
        them is to come again, as it counts towards the next; so is interest for which their amounts had no room.
        """
        place = plan.fallen_by(_number(on))
        fell_on = plan.rows[place - 1].due_on if place else self.terms.begins_on
        if fell_on > self.terms.begins_on:
            owed = self._owed(plan, _EPOCH + timedelta(days=fell_on))
            left_cents = owed["outstanding_cents"] - owed["overdue_principal_cents"] + owed["credit_cents"]
            carried_cents = sum(row.carried_cents for row in plan.rows[place:])
            changes.part_as_run(plan, place, left_cents + owed["accrued_interest_cents"] - carried_cents)

    def _apply(self, plan: Plan, decision: dict[str, Any]) -> list[tuple[int, str, int, str]]:
        """Change the plan by a decision; return what leaves the arrears."""
        terms, kind, day, said = (
            self.terms, decision["kind"], _number(decision["effective_on"]), json.loads(decision["terms"])
        )  # fmt: skip
        if kind == "prepayment":
            changes.prepay(plan, terms, day, _cents(said["amount"]), is_shorter=said["choice"] == "shorter_term")
        elif kind == "extension":
            changes.extend(plan, terms, day, said["periods"])
        elif kind == "rate_change":
            changes.change_rate(plan, terms, day, int(Decimal(said["annual_rate"]) * _ONE_E8))
        elif kind == "deferral":
            due_on, new_due_on = (_number(date.fromisoformat(said[name])) for name in ("due_on", "new_due_on"))
            changes.defer(plan, terms, day, due_on, new_due_on)
        elif kind == "split":
            changes.split(plan, terms, day, _cents(said["amount"]))
        elif kind == "capitalise":
            owed = self._owed(plan, decision["effective_on"])
            parts = {name: owed[_OVERDUE[name]] for name in said["components"]}
            changes.capitalise(plan, terms, day, sum(parts.values()))
            return [(day, name, cents, "principal") for name, cents in parts.items() if cents]
        else:
            owed = self._owed(plan, decision["effective_on"])
            parts = {name: owed[_OVERDUE[name]] for name in ("principal", "interest")}
            changes.reamortise(plan, terms, day, parts["principal"], parts["interest"], said.get("periods"))
            moved = [("principal", parts["principal"])] * bool(parts["principal"])
            moved += self._moved(plan, day, parts["interest"])
            return [(day, name, cents, "instalments") for name, cents in moved]
        return []

    def _moved(self, plan: Plan, day: int, cents: int) -> list[tuple[str, int]]:
        """Cut interest as it was moved into instalments, where the walk asks how much of it falls due with each."""
        if cents == 0:
            return []
        count = len(plan.rows) - plan.first_after(day) if self.terms.is_daily else 1
        return [("interest", cents // count)] * (count - 1) + [("interest", cents // count + cents % count)]

    def _owed(self, plan: Plan, on: date) -> dict[str, Any]:
        number = self.loan["loan_no"]
        reliefs = Relief.validate(_as_reliefs(number, self.reliefs))
        return self.reckoning.owed_by(number, _as_dues(number, plan), reliefs, self.taken, on)

    def _waive(self, decision: dict[str, Any]) -> None:
        """Give up as much as is owed at close of the day, up to the amount."""
        said = json.loads(decision["terms"])
        self.reliefs.append((_number(decision["effective_on"]), said["component"], _cents(said["amount"]), "waived"))
        self.taken.append(decision["decision_id"])


def _last_versions(instalments: pl.DataFrame, on: date) -> pl.DataFrame:
    return (
        instalments.filter(pl.col("effective_on") <= on)
        .group_by("loan_no")
        .agg(fed_from_on=pl.col("effective_on").max())
    )


def _by_loan(frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
    parts = frame.partition_by("loan_no", as_dict=True, maintain_order=True)
    return {number: part for (number,), part in parts.items()}


def _terms(loan: dict[str, Any], calendar: Moves) -> Terms:
    method, months = loan["method"], loan["period_months"]
    first_due_on = loan["first_due_on"]
    return Terms(
        method=CODES.get(method, PLANNED),
        begins_on=_number(loan["begins_on"]),
        disbursed_on=_number(loan["disbursed_on"]),
        matures_on=_number(loan["matures_on"]),
        first_due_on=daycount.NEVER if first_due_on is None else _number(first_due_on),
        period_months=months,
        due_day=loan["disbursed_on"].day if method == "bullet" else loan["due_day"],
        day_count=daycount.CODES[loan["day_count"]],
        roll=ROLLS[loan["holiday_roll"]],
        moves_interest=loan["roll_moves_interest"],
        splits=loan["splits_periods"],
        fixed_cents=loan["instalment_cents"],
        plan_periods=-(-loan["amortization_months"] // months) if method == "balloon" else 0,
        free_periods=loan["interest_only_periods"],
        step_periods=loan["step_periods"],
        step=loan["step_factor_e8"] if method == "step_geometric" else loan["step_cents"],
        calendar=calendar,
        is_daily=method == "daily_interest",
    )


def _period_start(plan: Plan, day: int) -> int:
    """Return the day from which a rate counts that does not split a period."""
    return next((row.ends_on for row in plan.rows if row.starts_on < day < row.ends_on), day)


def _instalments(dues: pl.DataFrame) -> list[Instalment]:
    return dues.select(pl.col("due_on").to_physical(), "principal_cents", "interest_cents", "fee_cents").rows()


def _as_dues(loan_no: int, plan: Plan) -> pl.DataFrame:
    rows = [
        (loan_no, _EPOCH + timedelta(days=row.due_on), row.principal_cents, row.interest_cents, row.fee_cents)
        for row in plan.rows
        if row.principal_cents + row.interest_cents + row.fee_cents > 0
    ]
    return pl.DataFrame(rows, schema=Due.create_empty().schema, orient="row").sort("due_on", maintain_order=True)


def _as_reliefs(loan_no: int, reliefs: Sequence[tuple[int, str, int, str]]) -> pl.DataFrame:
    rows = [(loan_no, _EPOCH + timedelta(days=day), *rest) for day, *rest in reliefs]
    return pl.DataFrame(rows, schema=Relief.create_empty().schema, orient="row").sort(
        "relieved_on", maintain_order=True
    )


def _cents(amount: str) -> int:
    return int(Decimal(amount) * _CENTS)


def _number(day: date) -> int:
    return (day - _EPOCH).days
