"""Disposal routes: the ways out of a bad debt side by side, each with cash, time, cost and worth today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from postloan.plan.enforcement import enforcement
from postloan.plan.inputs import Inputs, of_debtor, read_inputs
from postloan.plan.night import assess
from postloan.plan.published_day import published_day
from postloan.plan.quote import as_ours
from postloan.plan.recovery import StrategyWorth, strategy_worths
from postloan.rules.disposal_routes import DisposalRoutes
from postloan.rules.figures import ONE_E8

ROUTES = ("cash", "settlement", "court", "asset", "package", "write_off")
_CENTS, _YEAR_DAYS, _YEAR_MONTHS = 100, 365, 12


@dataclass(frozen=True)
class Position:
    """What there is to be disposed of: a debtor's loans together, the bank's own share.

    claim_cents      the claim; allowance_cents what the night set aside for it.
    appraisal_cents  what secures it, by its latest values; prior_cents what others come before with.
    unsecured_e8, unsecured_months   of what securities leave, the share recovered and when, by the risk groups.
    rate_e8          the effective rate, weighed by the claims.
    """

    on: date
    claim_cents: int
    allowance_cents: int
    appraisal_cents: int
    prior_cents: int
    unsecured_e8: int
    unsecured_months: int
    rate_e8: int


class Flow(NamedTuple):
    """Cents so many days from today."""

    days: int
    cents: int


class Outcome(NamedTuple):
    """One way in which a route may end, how likely it is, the cash it brings in and what it costs."""

    name: str
    probability_e8: int
    cash: tuple[Flow, ...]
    costs: tuple[Flow, ...]

    @property
    def days(self) -> int:
        """When it is over: the day of its last cash, or of its last cost where it brings in none."""
        return max((flow.days for flow in self.cash or self.costs), default=0)


class OutcomeWorth(NamedTuple):
    """An outcome with its cash and its costs, as they are and in today's money."""

    name: str
    probability_e8: int
    days: int
    cash_cents: int
    cost_cents: int
    cash_worth_cents: int
    cost_worth_cents: int

    @property
    def worth_cents(self) -> int:
        """What it is worth today."""
        return self.cash_worth_cents - self.cost_worth_cents


@dataclass(frozen=True)
class RouteWorth:
    """What a route comes to, expected over its outcomes.

    days        until it is over.
    npv_cents   cash less costs, in today's money.
    loss_cents  the claim less that; beyond_cents the part of it that no allowance covers: below 0 it releases some.
    """

    route: str
    outcomes: tuple[OutcomeWorth, ...]
    cash_cents: int
    cost_cents: int
    days: int
    npv_cents: int
    loss_cents: int
    beyond_cents: int


def compare_routes(position: Position, law: DisposalRoutes) -> tuple[RouteWorth, ...]:
    """Say what each route comes to; an asset is taken only where there is one.

    Cash and costs are discounted by the rate of the position, each rounded to the cent as a recovery plan's are.
    Source  rulebook: disposal_routes (DSP-20, DSP-22 for the prices of a court).
    """
    tried = [(route, _OUTCOMES[route](position, law)) for route in ROUTES]
    possible = [(route, outcomes) for route, outcomes in tried if outcomes]
    every = [outcome for _route, outcomes in possible for outcome in outcomes]
    worths = iter(_worths(position, every))
    return tuple(_route(position, route, [next(worths) for _each in outcomes]) for route, outcomes in possible)


def best_of(routes: Sequence[RouteWorth]) -> RouteWorth:
    """The route that is worth most today; of those that are worth the same the one that is over first."""
    return max(routes, key=lambda route: (route.npv_cents, -route.days))


class Offered(NamedTuple):
    """Prices at which one thing may be offered, in cents, as the compared routes have them."""

    first_cents: int
    second_cents: int
    taken_cents: int


def offered_prices(value_cents: int, prior_cents: int, law: DisposalRoutes) -> Offered:
    """Say at which prices a route would offer a thing of a value: at its first and second auction, and taken for debt.

    Amounts in cents; prior_cents is what others come before with. Parts of a cent are cut.
    Source  rulebook: disposal_routes (DSP-20, DSP-22).
    """
    first_cents = _of(value_cents, law.auctions[0].of_previous_e8)
    second_cents = _of(first_cents, law.auctions[1].of_previous_e8) if len(law.auctions) > 1 else first_cents
    free_cents = max(value_cents - prior_cents, 0)
    return Offered(first_cents, second_cents, value_cents - _of(free_cents, law.asset.discount_e8))


def read_position(home: Path, loan_ids: Sequence[str], on: date) -> Position | None:
    """Read what there is to be disposed of as a published day knew it; None where none of the loans is on the book.

    loan_ids  loans of one debtor. Raises NothingPublished, LoanUnknown, NoRuleInForce.
    """
    day = published_day(home, on)
    policy = as_ours(day.policy.without_signals())
    numbers, shard, debtor_no = [], 0, 0
    for loan_id in loan_ids:
        loan_no, debtor_no, shard = day.facts.find_loan(loan_id)
        numbers.append(loan_no)
    inputs = of_debtor(read_inputs(day.facts, shard, day.neighbours), debtor_no)
    assessed = assess(inputs, policy, on=on)
    held = assessed.loans.filter(pl.col("loan_no").is_in(numbers) & (pl.col("status") == "active"))
    if held.is_empty():
        return None
    parts = []
    for row in held.sort("loan_no").iter_rows(named=True):
        found = enforcement(inputs, assessed, policy, row, on=on)
        claim_cents = int(row["claim_cents"] or row["own_share_outstanding_cents"] or row["outstanding_cents"])
        unsecured = (found.unsecured_e8, found.unsecured_months) if found else (0, 0)
        parts.append((claim_cents, int(row["ecl_cents"] or 0), int(row["rate_in_force_e8"] or 0), *unsecured))
    claim_cents = sum(part[0] for part in parts)
    appraisal_cents, prior_cents = _secured(inputs, debtor_no, on)
    return Position(
        on=on, claim_cents=claim_cents, allowance_cents=sum(part[1] for part in parts),
        appraisal_cents=appraisal_cents, prior_cents=prior_cents, rate_e8=_weighed(parts, 2),
        unsecured_e8=_weighed(parts, 3), unsecured_months=max(part[4] for part in parts),
    )  # fmt: skip


def _weighed(parts: Sequence[tuple[int, ...]], place: int) -> int:
    claim_cents = sum(part[0] for part in parts)
    return sum(part[0] * part[place] for part in parts) // claim_cents if claim_cents else parts[0][place]


def _even(cents: int, parts: int, days: int, *, begins: int = 0) -> tuple[Flow, ...]:
    """Cut an amount into even parts over some days; what does not divide comes with the last."""
    each = cents // parts
    last = cents - each * (parts - 1)
    return tuple(
        Flow(max(begins + days * place // parts, 1), last if place == parts else each)
        for place in range(1, parts + 1)
    )  # fmt: skip


def _of(cents: int, share_e8: int) -> int:
    return cents * share_e8 // ONE_E8


def _in_cash(position: Position, law: DisposalRoutes) -> list[Outcome]:
    route, cents = law.cash, _of(position.claim_cents, law.cash.collected_e8)
    cash = _even(cents, route.parts, route.over_days)
    costs = _even(_of(cents, route.cost_e8), route.parts, route.over_days)
    return [Outcome("collected", ONE_E8, cash, costs)]


def _settled(position: Position, law: DisposalRoutes) -> list[Outcome]:
    route = law.settlement
    agreed_cents = position.claim_cents - _of(position.claim_cents, route.haircut_e8)
    first = Flow(1, _of(agreed_cents, route.at_once_e8))
    costs = (Flow(1, _of(agreed_cents, route.cost_e8)),)
    later = _even(agreed_cents - first.cents, route.parts, route.over_days)
    return [
        Outcome("kept", route.kept_e8, (first, *later), costs),
        Outcome("broken", ONE_E8 - route.kept_e8, (first,), costs),
    ]


def _in_court(position: Position, law: DisposalRoutes) -> list[Outcome]:
    """Stages paid one after the other, then tries to sell at falling prices; what is left is recovered unsecured.

    What a sale costs comes out of its price first, then what others come before with; nobody gets more than the claim.
    """
    at, costs = 0, []
    for stage in law.stages:
        costs.append(Flow(max(at, 1), _of(position.claim_cents, stage.cost_e8)))
        at += stage.lasts_days
    outcomes, left_e8, price_cents = [], ONE_E8, position.appraisal_cents
    for step in law.auctions if position.appraisal_cents else ():
        at += step.after_days
        price_cents = _of(price_cents, step.of_previous_e8)
        paid_cents = price_cents - _of(price_cents, law.sale.cost_e8) - position.prior_cents
        cents = min(max(paid_cents, 0), position.claim_cents)
        probability_e8 = _of(left_e8, step.sold_e8)
        left_e8 -= probability_e8
        sold = (Flow(max(at, 1), cents),) if cents else ()
        rest = _unsecured(position, position.claim_cents - cents, at)
        outcomes.append(Outcome(step.step, probability_e8, (*sold, *rest), tuple(costs)))
    rest = _unsecured(position, position.claim_cents, at)
    return [*outcomes, Outcome("unsold", left_e8, rest, tuple(costs))]


def _unsecured(position: Position, cents: int, at: int) -> tuple[Flow, ...]:
    """What is recovered of what no security met: not before the securities are gone."""
    recovered_cents = _of(cents, position.unsecured_e8)
    days = max(position.unsecured_months * _YEAR_DAYS // _YEAR_MONTHS, at, 1)
    return (Flow(days, recovered_cents),) if recovered_cents else ()


def _taken(position: Position, law: DisposalRoutes) -> list[Outcome]:
    """An asset taken at a discount, up to the claim, held and sold: what it costs to hold falls due year by year."""
    route = law.asset
    free_cents = max(position.appraisal_cents - position.prior_cents, 0)
    price_cents = min(free_cents - _of(free_cents, route.discount_e8), position.claim_cents)
    if not price_cents:
        return []
    begins = max(route.taken_after_days, 1)
    years = max(-(-route.held_days // _YEAR_DAYS), 1)
    holding_cents = _of(price_cents, route.yearly_cost_e8) * route.held_days // _YEAR_DAYS
    costs = (
        Flow(begins, _of(price_cents, route.taking_cost_e8)),
        *_even(holding_cents, years, route.held_days, begins=begins),
    )
    sold = Flow(begins + route.held_days, _of(price_cents, route.sells_at_e8))
    return [Outcome("sold", ONE_E8, (sold,), costs)]


def _in_package(position: Position, law: DisposalRoutes) -> list[Outcome]:
    route = law.package
    return _at_once("transferred", position.claim_cents, route.price_e8, route.after_days, route.cost_e8)


def _written_off(position: Position, law: DisposalRoutes) -> list[Outcome]:
    route = law.write_off
    return _at_once("pursued", position.claim_cents, route.recovered_e8, route.after_days, route.cost_e8)


def _at_once(name: str, claim_cents: int, share_e8: int, days: int, cost_e8: int) -> list[Outcome]:
    cents, at = _of(claim_cents, share_e8), max(days, 1)
    return [Outcome(name, ONE_E8, (Flow(at, cents),), (Flow(at, _of(cents, cost_e8)),))]


_OUTCOMES = {
    "cash": _in_cash, "settlement": _settled, "court": _in_court, "asset": _taken, "package": _in_package,
    "write_off": _written_off,
}  # fmt: skip


def _worths(position: Position, outcomes: Sequence[Outcome]) -> list[OutcomeWorth]:
    """Discount the cash and the costs of each outcome apart, as strategies of one plan are."""
    strategies = [_strategy(part, position.on) for outcome in outcomes for part in (outcome.cash, outcome.costs)]
    told = strategy_worths({"strategies": strategies}, position.rate_e8, on=position.on)
    pairs: list[tuple[StrategyWorth, StrategyWorth]] = list(zip(told[::2], told[1::2], strict=True))
    return [
        OutcomeWorth(
            outcome.name, outcome.probability_e8, outcome.days, cash.cash_cents, costs.cash_cents, cash.worth_cents,
            costs.worth_cents,
        )
        for outcome, (cash, costs) in zip(outcomes, pairs, strict=True)
    ]  # fmt: skip


def _strategy(flows: Sequence[Flow], on: date) -> dict[str, Any]:
    told = [
        {"on": (on + timedelta(days=flow.days)).isoformat(), "amount": f"{Decimal(flow.cents) / _CENTS:.2f}"}
        for flow in flows
    ]
    return {"name": "route", "weight": "1", "flows": told}


def _route(position: Position, route: str, outcomes: Sequence[OutcomeWorth]) -> RouteWorth:
    def expected(cents: Sequence[int]) -> int:
        weighed = sum(each * one.probability_e8 for each, one in zip(cents, outcomes, strict=True))
        return weighed // ONE_E8

    npv_cents = expected([each.worth_cents for each in outcomes])
    loss_cents = position.claim_cents - npv_cents
    return RouteWorth(
        route=route, outcomes=tuple(outcomes), cash_cents=expected([each.cash_cents for each in outcomes]),
        cost_cents=expected([each.cost_cents for each in outcomes]), days=expected([each.days for each in outcomes]),
        npv_cents=npv_cents, loss_cents=loss_cents, beyond_cents=loss_cents - position.allowance_cents,
    )  # fmt: skip


def _secured(inputs: Inputs, debtor_no: int, on: date) -> tuple[int, int]:
    """What secures the debtor by its latest values, and what others come before with: in this bank's book, or outside.

    Source  regulations DSP-25: a sale that leaves nothing after prior claims brings in nothing.
    """
    gone = pl.col("status").is_in(["released", "sold"]).fill_null(value=False)
    values = inputs.valuation.filter(pl.col("valued_on") <= on).sort("valued_on").unique("collateral_id", keep="last")
    running = inputs.pledge.filter(pl.col("ends_on").is_null() | (pl.col("ends_on") >= on))
    ties = running.group_by("collateral_id").agg(
        rank=pl.col("rank").min(), outside_cents=pl.col("prior_claims_cents").max().fill_null(0)
    )
    held = inputs.collateral.filter(~gone).join(ties, on="collateral_id").join(values, on="collateral_id")
    others = inputs.neighbours.claims.filter(pl.col("debtor_no") != debtor_no)
    before = (
        others.join(held.select("collateral_id", own_rank="rank"), on="collateral_id")
        .filter(pl.col("rank") < pl.col("own_rank"))
        .group_by("collateral_id")
        .agg(inside_cents=pl.col("secured_cents").sum())
    )
    told = held.join(before, on="collateral_id", how="left").select(
        "value_cents",
        prior_cents=pl.min_horizontal("value_cents", pl.col("outside_cents") + pl.col("inside_cents").fill_null(0)),
    )
    return int(told["value_cents"].sum()), int(told["prior_cents"].sum())
