"""What a value that comes in at once would meet of what a loan owes, in the order of the rulebook: a dry run."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from postloan.intake.facts import Facts
from postloan.plan.inputs import NO_NEIGHBOURS, law_day
from postloan.plan.night import assess
from postloan.plan.one_loan import assess_one
from postloan.plan.quote import as_ours
from postloan.plan.trace import row_of
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.tables.units import COMPONENTS

_TRIED = "met"


class Met(NamedTuple):
    """What a value meets of each component, in cents; beyond_cents is more than is owed."""

    parts: dict[str, int]
    beyond_cents: int


def value_meets(home: Path, loan_id: str, cents: int, on: date) -> Met:
    """Let a value meet what a loan owes at close of a day, as if it were paid on it; it decides nothing.

    What has fallen due is met as the night would let cash meet it, by stage and product; what is left then meets
    principal to come. Raises LoanUnknown, NoRuleInForce, HomeNotReady.
    Source  rulebook: allocation_order, allocation; Civil Code Art. 561.
    """
    facts, rulebook = Facts(home, None), load_rulebook(home)
    policy = as_ours(policy_on(rulebook, law_day(on, facts)).without_signals())
    loan_no, _shard, inputs, before = assess_one(facts, NO_NEIGHBOURS, policy, loan_id, on)
    row = dict.fromkeys(inputs.payment.columns) | {
        "loan_no": loan_no, "payment_id": _TRIED, "paid_on": on, "amount_cents": cents,
    }  # fmt: skip
    paid = pl.concat([inputs.payment, pl.DataFrame([row], schema=inputs.payment.schema)])
    after = assess(replace(inputs, payment=paid), policy, on=on)
    was, stands = (row_of(each.balances, loan_no) for each in (before, after))
    parts = {name: int(stands[f"paid_{name}_cents"] - was[f"paid_{name}_cents"]) for name in COMPONENTS}
    left_cents = max(0, cents - sum(parts.values()))
    to_come_cents = int(row_of(before.loans, loan_no)["own_outstanding_cents"]) - parts["principal"]
    more_cents = max(0, min(left_cents, to_come_cents))
    parts["principal"] += more_cents
    return Met(parts, left_cents - more_cents)
