"""Enforcement: what a debt is expected to bring in if it is enforced instead of restructured: how much, and when."""

import json
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from postloan.plan.inputs import Inputs
from postloan.plan.night import Assessment
from postloan.plan.recovery import KIND, StrategyWorth, strategy_worths
from postloan.rules.rulebook import Policy
from postloan.steps.decisions import in_force

RESTRUCTURES = ("restructure", "cure")
"""Strategies of a recovery plan that enforce nothing."""


class Sale(NamedTuple):
    """What securities bring in so many months after default, haircut and cost of sale taken off, in today's prices."""

    after_months: int
    cents: int


class Enforcement(NamedTuple):
    """What is expected of enforcement, the bank's own share.

    claim_cents  the claim today.
    worth_cents  what is recovered of it, in today's money: by the strategies of the recovery plan in force that
                 enforce, weighed among themselves; without one the claim less the night's loss given default.
    strategies   those strategies; sales what securities bring in and when.
    unsecured_e8, unsecured_months   of what they leave, the share that is recovered and when, by the risk group.
    """

    claim_cents: int
    worth_cents: int
    strategies: tuple[StrategyWorth, ...]
    sales: tuple[Sale, ...]
    unsecured_e8: int
    unsecured_months: int


def enforcement(
    inputs: Inputs, assessed: Assessment, policy: Policy, loan: dict[str, Any], *, on: date
) -> Enforcement | None:
    """Say what enforcing a loan is expected to bring in; None where no law of losses is in force, or none measured it.

    loan    its published row. Source: rulebook: expected_loss (sales, call, groups); regulations ECL-26.
    """
    law, found, lgd = policy.expected_loss, assessed.measured, loan["lgd_ratio"]
    if law is None or found is None or lgd is None:
        return None
    claim_cents = int(loan["claim_cents"])
    strategies = _planned(inputs, loan, on)
    weight_e8 = sum(each.weight_e8 for each in strategies)
    worth_cents = (
        sum(each.worth_cents * each.weight_e8 for each in strategies) // weight_e8
        if weight_e8
        else claim_cents - int(claim_cents * float(lgd) + 1 / 2)
    )
    sold = found.proceeds.filter(pl.col("loan_no") == loan["loan_no"]).sort("after_months")
    group = next(each for each in law.groups if each.group == loan["risk_group"])
    return Enforcement(
        claim_cents=claim_cents,
        worth_cents=worth_cents,
        strategies=strategies,
        sales=tuple(Sale(*row) for row in sold.select("after_months", "proceeds_cents").iter_rows()),
        unsecured_e8=group.recovered_e8,
        unsecured_months=group.after_months,
    )


def _planned(inputs: Inputs, loan: dict[str, Any], on: date) -> tuple[StrategyWorth, ...]:
    """The strategies of the recovery plan in force that enforce the debt."""
    is_its = (pl.col("kind") == KIND) & (pl.col("loan_no") == loan["loan_no"])
    plans = in_force(inputs.decision, on=on).filter(is_its).sort("effective_on", "decision_id")
    if plans.is_empty():
        return ()
    terms = json.loads(plans["terms"][-1])
    told = strategy_worths(terms, int(loan["rate_in_force_e8"]), on=on)
    return tuple(each for each in told if each.name not in RESTRUCTURES)
