"""A quote: what pays a loan off on a day, and what a prepayment would make of its schedule. It decides nothing."""

import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from postloan.errors import RequestWrong
from postloan.intake.facts import Facts
from postloan.plan.inputs import NO_NEIGHBOURS, Inputs, law_day
from postloan.plan.night import Assessment, assess
from postloan.plan.one_loan import assess_one
from postloan.plan.trace import row_of
from postloan.rules.rulebook import Policy, load_rulebook, policy_on

CHOICES = ("shorter_term", "smaller_instalment")
_CENTS = 100
_TRIED = "quote"


@dataclass(frozen=True)
class Tail:
    """The instalments after a day: how many, the first, the last due day, and the interest of them all."""

    count: int
    next_cents: int
    ends_on: date | None
    interest_cents: int


@dataclass(frozen=True)
class Quote:
    """What is owed on a day, by component, and the tails that a prepayment would leave.

    owed        fee, penalty, compound, interest (due and accrued) and principal, in cents.
    waiting     cash received that waits; it is taken off.
    due_cents   of what is owed, that which has fallen due.
    prepaid     cents that lower the principal and pay the interest run since the last due day.
    tails       by choice, `as_agreed` first; only that one where nothing is to be prepaid.
    """

    loan_id: str
    on: date
    currency: str
    owed: dict[str, int]
    waiting_cents: int
    due_cents: int
    prepaid_cents: int
    tails: dict[str, Tail]

    @property
    def payoff_cents(self) -> int:
        """What closes the loan on the day."""
        return max(0, sum(self.owed.values()) - self.waiting_cents)


def quote(home: Path, loan_id: str, on: date, *, prepay: Decimal | None) -> Quote:
    """Quote a loan from the facts as they are known now.

    prepay   an amount in major units, what has fallen due included; None asks for the payoff alone.
    Raises LoanUnknown, NoRuleInForce, HomeNotReady; RequestWrong where the amount does not pay what has fallen due, or
    pays the loan off, or the loan has no schedule that a prepayment changes.
    """
    facts, rulebook = Facts(home, None), load_rulebook(home)
    policy = as_ours(policy_on(rulebook, law_day(on, facts)).without_signals())
    loan_no, _, inputs, assessed = assess_one(facts, NO_NEIGHBOURS, policy, loan_id, on)
    loan, balance = row_of(assessed.loans, loan_no), row_of(assessed.balances, loan_no)
    interest_cents = balance["overdue_interest_cents"] + balance["accrued_interest_cents"]
    owed = {
        "fee": balance["overdue_fee_cents"], "penalty": balance["penalty_cents"],
        "compound": balance["compound_cents"], "interest": interest_cents,
        "principal": loan["own_outstanding_cents"],
    }  # fmt: skip
    due_cents = sum(owed[name] for name in ("fee", "penalty", "compound"))
    due_cents += balance["overdue_interest_cents"] + balance["overdue_principal_cents"]
    told = Quote(
        loan_id, on, loan["currency"], owed, balance["unapplied_cents"], due_cents, 0,
        {"as_agreed": _tail(assessed, loan_no, on)},
    )  # fmt: skip
    return told if prepay is None else _with_prepayment(told, inputs, policy, loan_no, int(prepay * _CENTS))


def as_ours(policy: Policy) -> Policy:
    """A quote asks what a decision would do once it is in force, whoever keeps the balance."""
    record = policy.book_of_record
    holder = record.holder.model_copy(update={"system": "postloan"})
    return replace(policy, book_of_record=record.model_copy(update={"holder": holder}))


def _with_prepayment(told: Quote, inputs: Inputs, policy: Policy, loan_no: int, cents: int) -> Quote:
    """Try the prepayment as a decision of the day, each way, and look at what it leaves."""
    beyond_cents = cents + told.waiting_cents - told.due_cents
    if beyond_cents <= 0 or cents >= told.payoff_cents:
        raise RequestWrong(
            message=f"{Decimal(cents) / _CENTS:,.2f} is not a prepayment of this loan.",
            hint="Give more than what has fallen due and less than what pays the loan off.",
            where={
                "fallen_due": f"{Decimal(told.due_cents) / _CENTS:.2f}",
                "payoff": f"{Decimal(told.payoff_cents) / _CENTS:.2f}",
            },
        )
    tails = dict(told.tails)
    for choice in CHOICES:
        decided = pl.concat([inputs.decision, _decision(inputs, loan_no, told.on, beyond_cents, choice)])
        tried = assess(replace(inputs, decision=decided), policy, on=told.on)
        state = tried.instructions.filter(pl.col("decision_id") == _TRIED)["state"].item()
        if state != "in_force":
            raise RequestWrong(
                message=f"A prepayment changes no instalment of loan {told.loan_id}.",
                hint="No instalment is still to come: ask for the payoff.",
                where={"loan_id": told.loan_id},
            )
        tails[choice] = _tail(tried, loan_no, told.on)
    return replace(told, prepaid_cents=beyond_cents, tails=tails)


def _decision(inputs: Inputs, loan_no: int, on: date, cents: int, choice: str) -> pl.DataFrame:
    said = {
        "loan_no": loan_no, "decision_id": _TRIED, "kind": "prepayment", "effective_on": on, "ends_on": None,
        "terms": json.dumps({"amount": f"{Decimal(cents) / _CENTS:.2f}", "choice": choice}), "is_withdrawn": None,
    }  # fmt: skip
    return pl.DataFrame([said], schema=inputs.decision.schema)


def _tail(assessed: Assessment, loan_no: int, on: date) -> Tail:
    rows = assessed.dues.filter((pl.col("loan_no") == loan_no) & (pl.col("due_on") > on))
    if rows.is_empty():
        return Tail(0, 0, None, 0)
    first = rows.row(0, named=True)
    next_cents = first["principal_cents"] + first["interest_cents"] + first["fee_cents"]
    return Tail(rows.height, next_cents, rows["due_on"].max(), int(rows["interest_cents"].sum()))  # type: ignore[arg-type]
