"""Options of restructuring, side by side: each is tried as the decisions that it would become, by the night's steps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from postloan.errors import RequestWrong
from postloan.plan.enforcement import Enforcement, enforcement
from postloan.plan.inputs import Inputs, of_debtor, read_inputs
from postloan.plan.night import Assessment, assess
from postloan.plan.published_day import published_day
from postloan.plan.quote import as_ours
from postloan.plan.recovery import strategy_worths
from postloan.plan.trace import row_of
from postloan.rules.figures import ONE_E8
from postloan.rules.rate_risk import RateRiskLaw
from postloan.rules.rulebook import Policy
from postloan.steps.affordability import affordability, pays_from
from postloan.tables.units import TIERS

MOVES_THE_END = ("extension", "deferral", "reamortise")
"""Kinds that may move the last due day, which the law bounds whatever they are called."""
_DAY = timedelta(days=1)
_MONTHS, _CENTS = 12, 100
_TRIED = "~option-"
"""As the beginning of a decision's id it stands behind every other of its day."""


class Change(NamedTuple):
    """A decision to be: its kind, and its terms as intake/decisions.py reads them."""

    kind: str
    terms: Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """One way to restructure: its changes, in the order in which they are made; none leaves the loan as it stands."""

    name: str
    changes: tuple[Change, ...] = ()


class Instalment(NamedTuple):
    """One instalment to come, in cents."""

    due_on: date
    principal_cents: int
    interest_cents: int
    fee_cents: int

    @property
    def cents(self) -> int:
        """What is to be paid on the day."""
        return self.principal_cents + self.interest_cents + self.fee_cents


class Burden(NamedTuple):
    """What the debtor bears in a year on all its loans here.

    kind      pays_from_income or pays_from_earnings.
    year_cents  instalments of the year to come.
    ratio_e8    instalments over income, or earnings over interest; None where neither is known.
    is_over     beyond the bound of the rule; None where unknown.
    """

    kind: str
    year_cents: int
    ratio_e8: int | None
    is_over: bool | None


class Limit(NamedTuple):
    """A bound of the law: whether the option keeps it, the day or tier that it names, and its clause."""

    name: str
    is_kept: bool
    told: str
    cite: str


@dataclass(frozen=True)
class Outcome:
    """What an option makes of the loan.

    states       how the night would take each change: in_force, pending (it has no place) or refused by law.
    instalments  those to come, by due day; arrears are not among them.
    loan         the row that the night would publish.
    arrears_cents   what has fallen due and is still owed, penalties included.
    worth_cents  the bank's own share of all that is to come in, arrears at once, by the rate in force before.
    """

    option: Option
    states: tuple[str, ...]
    instalments: tuple[Instalment, ...]
    loan: Mapping[str, Any]
    arrears_cents: int
    worth_cents: int
    burden: Burden
    limits: tuple[Limit, ...]

    @property
    def is_possible(self) -> bool:
        """Whether every change takes its place and keeps the law."""
        return all(state == "in_force" for state in self.states) and all(limit.is_kept for limit in self.limits)

    @property
    def next_cents(self) -> int:
        """The next instalment."""
        return self.instalments[0].cents if self.instalments else 0

    @property
    def ends_on(self) -> date | None:
        """The last due day; None where nothing is to come."""
        return self.instalments[-1].due_on if self.instalments else None

    @property
    def interest_cents(self) -> int:
        """The interest of all instalments to come."""
        return sum(each.interest_cents for each in self.instalments)


@dataclass(frozen=True)
class Comparison:
    """Options beside the loan as it stands, on the day from which they would hold.

    rate_e8      the effective rate by which everything is discounted: the one in force before any change.
    enforcement  what is expected instead if the debt is enforced; None where no law of losses is in force.
    """

    loan_id: str
    on: date
    rate_e8: int
    as_it_stands: Outcome
    options: tuple[Outcome, ...]
    enforcement: Enforcement | None


def compare(home: Path, loan_id: str, options: Sequence[Option], on: date, *, effective_on: date) -> Comparison:
    """Try options on a published day as decisions that hold from a later day on. Writes nothing.

    Whoever keeps the balance: the schedule is what a decision would do once it is in force.
    Raises NothingPublished, LoanUnknown, NoRuleInForce; RequestWrong where the loan is not on the book.
    """
    day = published_day(home, on)
    policy = as_ours(day.policy.without_signals())
    loan_no, debtor_no, shard = day.facts.find_loan(loan_id)
    inputs = of_debtor(read_inputs(day.facts, shard, day.neighbours), debtor_no)
    law = day.rulebook.version_if_any("rate_risk", RateRiskLaw, day.law_of)
    return compared(inputs, policy, law, loan_no, options, on=effective_on)


def compared(
    inputs: Inputs, policy: Policy, law: RateRiskLaw | None, loan_no: int, options: Sequence[Option], *, on: date
) -> Comparison:
    """Try options of a loan of one debtor, whose facts are given, on a day. Raises RequestWrong."""
    before = assess(inputs, policy, on=on)
    held = before.loans.filter(pl.col("loan_no") == loan_no)
    if held.is_empty() or held["status"].item() != "active":
        raise RequestWrong(
            message="Only a loan that is on the book can be restructured.",
            hint="Choose a loan that is active on the day.",
            where={"loan_no": loan_no, "on": on},
        )
    base = held.row(0, named=True)
    tries = _Tries(inputs, policy, law, before, base, on)
    return Comparison(
        loan_id=base["loan_id"], on=on, rate_e8=base["rate_in_force_e8"],
        as_it_stands=tries.outcome(Option("as_it_stands"), before),
        options=tuple(tries.outcome(option, assess(tries.with_option(option), policy, on=on)) for option in options),
        enforcement=enforcement(inputs, before, policy, base, on=on),
    )  # fmt: skip


def decided(inputs: Inputs, loan_no: int, option: Option, on: date) -> Inputs:
    """Lay an option over the facts, as the decisions of a day in their order."""
    if not option.changes:
        return inputs
    rows = [
        {
            "loan_no": loan_no, "decision_id": f"{_TRIED}{place}", "kind": change.kind, "effective_on": on,
            "ends_on": None, "terms": json.dumps(dict(change.terms)), "is_withdrawn": None,
        }
        for place, change in enumerate(option.changes)
    ]  # fmt: skip
    return replace(inputs, decision=pl.concat([inputs.decision, pl.DataFrame(rows, schema=inputs.decision.schema)]))


def instalments_to_come(dues: pl.DataFrame, loan_no: int, on: date) -> tuple[Instalment, ...]:
    """The instalments of a loan after a day."""
    rows = dues.filter((pl.col("loan_no") == loan_no) & (pl.col("due_on") > on)).sort("due_on", maintain_order=True)
    return tuple(Instalment(*row) for row in rows.select(Instalment._fields).iter_rows())


class _Tries:
    """What all options of one comparison share."""

    def __init__(
        self, inputs: Inputs, policy: Policy, law: RateRiskLaw | None, before: Assessment, base: dict[str, Any],
        on: date,
    ) -> None:  # fmt: skip
        self.inputs, self.policy, self.law, self.before, self.base, self.on = inputs, policy, law, before, base, on

    def with_option(self, option: Option) -> Inputs:
        return decided(self.inputs, self.base["loan_no"], option, self.on)

    def outcome(self, option: Option, assessed: Assessment) -> Outcome:
        loan_no = self.base["loan_no"]
        row, told = row_of(assessed.loans, loan_no), instalments_to_come(assessed.dues, loan_no, self.on)
        arrears_cents = sum(
            row[f"{name}_cents"]
            for name in ("overdue_principal", "overdue_interest", "overdue_fee", "penalty", "compound")
        )
        states = dict(assessed.instructions.select("decision_id", pl.col("state").cast(pl.String)).iter_rows())
        of_changes = tuple(states[f"{_TRIED}{place}"] for place in range(len(option.changes)))
        return Outcome(
            option, of_changes, told, row, arrears_cents, self._worth(told, arrears_cents, row),
            self._burden(assessed), tuple(self._limits(option, of_changes, row)),
        )  # fmt: skip

    def _worth(self, told: Sequence[Instalment], arrears_cents: int, row: Mapping[str, Any]) -> int:
        """Discount what is to come in as the night discounts the cash of a recovery plan."""
        flows = [(self.on + _DAY, arrears_cents), *((each.due_on, each.cents) for each in told)]
        terms = {"strategies": [{"name": "restructure", "weight": "1", "flows": [
            {"on": day.isoformat(), "amount": f"{Decimal(cents) / _CENTS:.2f}"} for day, cents in flows
        ]}]}  # fmt: skip
        (worth,) = strategy_worths(terms, self.base["rate_in_force_e8"], on=self.on)
        share_e8 = row["funding_share_e8"]
        return worth.worth_cents if share_e8 is None else worth.worth_cents * int(share_e8) // ONE_E8

    def _burden(self, assessed: Assessment) -> Burden:
        debtor_no = self.base["debtor_no"]
        before_cents, year_cents = (_service_cents(each, debtor_no) for each in (self.before, assessed))
        rise_cents = self._interest_cents(assessed) - self._interest_cents(self.before)
        if self.law is None:
            return Burden("pays_from_income", year_cents, None, None)
        asked = self.inputs.debtor.select(
            "debtor_no", "legal_form", before_cents=pl.lit(before_cents // _MONTHS),
            after_cents=pl.lit(year_cents // _MONTHS), rise_year_cents=pl.lit(rise_cents),
        )  # fmt: skip
        found = affordability(asked, pays_from(self.inputs.statement, law=self.law, on=self.on), law=self.law)
        told = found.row(0, named=True)
        return Burden(told["kind"], year_cents, told["after_e8"], told["is_over"])

    def _interest_cents(self, assessed: Assessment) -> int:
        """The interest of the year to come, of all the debtor's loans."""
        until = pl.lit(self.on).dt.offset_by(f"{_MONTHS}mo")
        year = assessed.dues.filter((pl.col("due_on") > self.on) & (pl.col("due_on") <= until))
        return int(year["interest_cents"].sum())

    def _limits(self, option: Option, states: Sequence[str], row: Mapping[str, Any]) -> list[Limit]:
        limits = []
        moving = [state for change, state in zip(option.changes, states, strict=True) if change.kind in MOVES_THE_END]
        if moving and self.base["extension_latest_on"]:
            latest_on, cite = self.base["extension_latest_on"], self.base["extension_cite"]
            limits.append(Limit("extension", "refused" not in moving, latest_on.isoformat(), cite))
        if row["is_restructured"] and row["restructuring_floor_cite"]:
            floor = row["restructuring_floor_tier"]
            is_kept = TIERS.index(row["tier"]) >= TIERS.index(floor)
            limits.append(Limit("restructuring_floor", is_kept, floor, row["restructuring_floor_cite"]))
        return limits


def _service_cents(assessed: Assessment, debtor_no: int) -> int:
    mine = assessed.loans.filter((pl.col("debtor_no") == debtor_no) & (pl.col("status") == "active"))
    return int(mine["service_year_cents"].sum())
