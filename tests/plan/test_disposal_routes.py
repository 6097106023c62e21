"""Disposal routes: by hand where a hand can reckon, and what must hold whatever the figures are."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from postloan.plan.disposal_routes import ROUTES, Position, RouteWorth, best_of, compare_routes
from postloan.plan.recovery import strategy_worths
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.disposal_routes import DisposalRoutes
from postloan.rules.figures import ONE_E8

ON = date(2026, 3, 31)
LAW = load_desk_rules(None).version("disposal_routes", DisposalRoutes, ON)
CLAIM = 1_000_000_00
PLACE = Position(
    on=ON, claim_cents=CLAIM, allowance_cents=400_000_00, appraisal_cents=900_000_00, prior_cents=100_000_00,
    unsecured_e8=ONE_E8 // 5, unsecured_months=30, rate_e8=5_000_000,
)  # fmt: skip

cents = st.integers(0, 10**13)
positions = st.builds(
    Position, on=st.just(ON), claim_cents=st.integers(1, 10**13), allowance_cents=cents, appraisal_cents=cents,
    prior_cents=st.integers(0, 10**12), unsecured_e8=st.integers(0, ONE_E8), unsecured_months=st.integers(0, 60),
    rate_e8=st.integers(0, ONE_E8 // 2),
)  # fmt: skip
few = settings(max_examples=15)


def told(position: Position, law: DisposalRoutes = LAW) -> dict[str, RouteWorth]:
    return {each.route: each for each in compare_routes(position, law)}


def test_the_prices_of_a_court_fall_from_the_appraisal_to_seventy_and_fifty_six_per_cent() -> None:
    """630,000, then 504,000 twice; 8 % of costs and 100,000 of prior claims first; of the rest 20 % after all that."""
    court = told(PLACE)["court"]
    prices = [630_000_00, 504_000_00, 504_000_00]
    sold = [price - price * 8 // 100 - 100_000_00 for price in prices]
    assert [each.name for each in court.outcomes] == ["first_auction", "second_auction", "sell_off", "unsold"]
    assert [each.probability_e8 for each in court.outcomes] == [35_000_000, 22_750_000, 12_675_000, 29_575_000]
    rest = [(CLAIM - each) // 5 for each in sold]
    assert [each.cash_cents for each in court.outcomes] == [
        *(a + b for a, b in zip(sold, rest, strict=True)), CLAIM // 5,
    ]  # fmt: skip
    assert {each.cost_cents for each in court.outcomes} == {24_000_00}


def test_a_package_is_its_price_discounted_and_its_loss_is_what_the_claim_lacks() -> None:
    package = told(PLACE)["package"]
    flows = [{"on": "2026-07-29", "amount": "300000.00"}], [{"on": "2026-07-29", "amount": "3000.00"}]
    terms = {"strategies": [{"name": "a", "weight": "1", "flows": each} for each in flows]}
    price, cost = strategy_worths(terms, PLACE.rate_e8, on=ON)
    # 120 days at 5 %: 300,000 / 1.05 ** (120 / 365)
    assert price.worth_cents == 295_226_21
    assert package.npv_cents == price.worth_cents - cost.worth_cents
    assert package.loss_cents == CLAIM - package.npv_cents
    assert package.beyond_cents == package.loss_cents - 400_000_00
    assert (package.cash_cents, package.cost_cents, package.days) == (300_000_00, 3_000_00, 120)


def test_an_asset_is_taken_up_to_the_claim_and_only_where_there_is_one() -> None:
    assert "asset" not in told(replace(PLACE, appraisal_cents=0))
    assert [each.name for each in told(replace(PLACE, appraisal_cents=0))["court"].outcomes] == ["unsold"]
    rich = told(replace(PLACE, appraisal_cents=50 * CLAIM))["asset"]
    assert rich.cash_cents == CLAIM * 9 // 10
    assert told(PLACE)["asset"].cash_cents == (800_000_00 - 200_000_00) * 9 // 10


def test_the_best_is_worth_most_and_of_equals_ends_first() -> None:
    routes = compare_routes(PLACE, LAW)
    assert best_of(routes).npv_cents == max(each.npv_cents for each in routes)
    alike = [replace(each, npv_cents=1) for each in routes]
    assert best_of(alike).days == min(each.days for each in routes)


def test_a_price_below_what_a_court_may_set_is_refused(tmp_path: Path) -> None:
    first, second, last = LAW.auctions
    for steps in (
        (first.model_copy(update={"of_previous_e8": 69_999_999}), second, last),
        (first, second.model_copy(update={"of_previous_e8": 79_999_999}), last),
    ):
        with pytest.raises(ValidationError):
            DisposalRoutes.model_validate(dict(LAW) | {"from": LAW.since, "auctions": steps}, by_name=True)


@few
@given(positions)
def test_nothing_is_made_or_lost_between_outcomes(position: Position) -> None:
    for route in compare_routes(position, LAW):
        assert sum(each.probability_e8 for each in route.outcomes) == ONE_E8
        for each in route.outcomes:
            assert 0 <= each.cash_worth_cents <= each.cash_cents <= position.claim_cents
            assert 0 <= each.cost_worth_cents <= each.cost_cents
        weighed = sum(each.worth_cents * each.probability_e8 for each in route.outcomes)
        assert route.npv_cents == weighed // ONE_E8
        assert route.loss_cents + route.npv_cents == position.claim_cents
        assert route.beyond_cents + position.allowance_cents == route.loss_cents
    assert {each.route for each in compare_routes(position, LAW)} <= set(ROUTES)


@few
@given(positions, st.integers(0, ONE_E8 // 2))
def test_a_higher_discount_never_raises_what_a_route_is_worth(position: Position, more_e8: int) -> None:
    """Where an outcome is worth something: a discount lowers costs too, and a lost suit has nothing else."""
    dearer = told(replace(position, rate_e8=position.rate_e8 + more_e8))
    for name, route in told(position).items():
        for before, after in zip(route.outcomes, dearer[name].outcomes, strict=True):
            assert after.cash_worth_cents <= before.cash_worth_cents
            assert after.cost_worth_cents <= before.cost_worth_cents
            # A cent each is rounded on both sides.
            assert after.worth_cents < 0 or after.worth_cents <= before.worth_cents + 2


@few
@given(positions, cents)
def test_a_higher_appraisal_never_lowers_what_a_route_is_worth(position: Position, more_cents: int) -> None:
    richer = told(replace(position, appraisal_cents=position.appraisal_cents + more_cents))
    for name, route in told(position).items():
        if name == "court" and not position.appraisal_cents:
            continue
        # Shares of costs are cut to the cent, each for itself.
        assert richer[name].npv_cents >= route.npv_cents - 4
