"""Recovery: what a plan for a credit-impaired loan is worth, and what the loan would lose by it: a dry run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from postloan.plan.inputs import of_debtor, read_inputs
from postloan.plan.night import assess
from postloan.plan.published_day import published_day
from postloan.plan.trace import row_of
from postloan.rules.figures import exact_cents, exact_share_e8
from postloan.snapshot.read import scan_loans
from postloan.steps.recovery_plans import recovery_plans
from postloan.tables.results import RateInForce

KIND = "recovery_plan"
_LAST = "~"
"""As a decision's id it stands behind every other of its day, so that the plan that is tried out is the latest."""


@dataclass(frozen=True)
class StrategyWorth:
    """One strategy by itself: its weight in 1e-8, the cash it brings in, and what that is worth today."""

    name: str
    weight_e8: int
    cash_cents: int
    worth_cents: int


@dataclass(frozen=True)
class PlanWorth:
    """What a plan comes to.

    rate_e8             the effective rate by which it is discounted.
    recovered_cents     the strategies' worth, weighted.
    claim_cents         the claim today, the bank's own share; so is all below.
    before_cents        the published allowance; method_before how it was reckoned.
    model_cents, overlay_cents   what the night would reckon if the plan were in force; loss_cents is both.
    """

    rate_e8: int
    strategies: tuple[StrategyWorth, ...]
    recovered_cents: int
    claim_cents: int
    before_cents: int
    method_before: str
    model_cents: int
    overlay_cents: int
    loss_cents: int


def strategy_worths(terms: Mapping[str, Any], rate_e8: int, *, on: date) -> tuple[StrategyWorth, ...]:
    """Discount each strategy of a plan by itself, as the night discounts the plan.

    terms    of a decision of kind recovery_plan.
    rate_e8  the effective rate of the loan.
    Source   regulations ECL-26; risk 5.5. Cash of a day gone by, or of today, is worth nothing any more.
    """
    strategies = terms["strategies"]
    alone = [{"strategies": [{**strategy, "weight": "1"}]} for strategy in strategies]
    worth = _worth(alone, rate_e8, on=on)
    return tuple(
        StrategyWorth(
            name=strategy["name"],
            weight_e8=exact_share_e8(strategy["weight"]),
            cash_cents=sum(exact_cents(Decimal(flow["amount"])) for flow in strategy["flows"]),
            worth_cents=_whole(worth.get(place, 0.0)),
        )
        for place, strategy in enumerate(strategies)
    )


def plan_worth(home: Path, loan_id: str, terms: Mapping[str, Any], on: date) -> PlanWorth:
    """Try a plan out on a published day: assess the loan's debtor again as if it had been decided by then.

    Writes nothing. Raises NothingPublished, LoanUnknown.
    """
    day = published_day(home, on)
    loan_no, debtor_no, shard = day.facts.find_loan(loan_id)
    inputs = of_debtor(read_inputs(day.facts, shard, day.neighbours), debtor_no)
    planned = pl.concat([inputs.decision, _decided(loan_no, terms, on)], how="diagonal_relaxed")
    after = row_of(assess(replace(inputs, decision=planned), day.policy.without_signals(), on=on).loans, loan_no)
    published = scan_loans(home, on, shard=shard).filter(pl.col("loan_no") == loan_no).collect().row(0, named=True)
    rate_e8 = int(after["rate_in_force_e8"])
    recovered = _worth([terms], rate_e8, on=on)
    return PlanWorth(
        rate_e8=rate_e8,
        strategies=strategy_worths(terms, rate_e8, on=on),
        recovered_cents=_whole(recovered.get(0, 0.0)),
        claim_cents=int(after["claim_cents"] or 0),
        before_cents=int(published["ecl_cents"] or 0),
        method_before=str(published["ecl_method"] or "none"),
        model_cents=int(after["ecl_model_cents"] or 0),
        overlay_cents=int(after["ecl_overlay_cents"] or 0),
        loss_cents=int(after["ecl_cents"] or 0),
    )


def _worth(plans: Sequence[Mapping[str, Any]], rate_e8: int, *, on: date) -> dict[int, float]:
    """What each of some plans brings in, in today's money; they stand in for loans, by place."""
    told = pl.concat(_decided(place, terms, on) for place, terms in enumerate(plans))
    rates = RateInForce.validate(
        pl.DataFrame({"loan_no": range(len(plans))}, schema={"loan_no": pl.Int64}).with_columns(
            rate_in_force_e8=pl.lit(rate_e8, pl.Int64), rate_since_on=pl.lit(None, pl.Date),
            prime_rate_e8=pl.lit(None, pl.Int64), prime_rate_on=pl.lit(None, pl.Date),
        )
    )  # fmt: skip
    return dict(recovery_plans(told, rates, on=on).select("loan_no", "recovered_cents").iter_rows())


def _decided(loan_no: int, terms: Mapping[str, Any], on: date) -> pl.DataFrame:
    """A plan as a decision that holds from a day on."""
    return pl.DataFrame({
        "loan_no": [loan_no], "decision_id": [_LAST], "kind": [KIND], "effective_on": [on],
        "terms": [json.dumps(terms)], "is_withdrawn": [False],
    })  # fmt: skip


def _whole(cents: float) -> int:
    return int(cents + 1 / 2)
