"""What a default costs: each part of risk 5.4, by the night's own path from a valuation to the share that is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracles.given_default import Piece, Terms, cost_of

CLAIM = 1_000_000_00
HOUSE = Piece(value=900_000_00, haircut=0.2, cost=0.08, months=24)
TERMS = Terms(yearly_rate=0.06, unsecured=0.1, unsecured_months=36, cure=0.25, cure_loss=0.01)
BARE = Terms(yearly_rate=0.06)


def lgd(*pieces: Piece, terms: Terms = BARE, growth: float = 0.0) -> float:
    return cost_of(CLAIM, pieces, terms, growths=[growth])[0].lgd


def test_a_forced_sale_loses_its_haircut_and_of_the_rest_its_costs() -> None:
    (found,) = cost_of(CLAIM, [HOUSE], BARE)
    assert found.worth == 900_000_00 * 0.8 * 0.92
    assert found.lgd == pytest.approx(1 - 0.9 * 0.8 * 0.92 / 1.06**2)


def test_money_that_comes_later_saves_less() -> None:
    losses = [lgd(HOUSE._replace(months=months)) for months in (0, 12, 24, 60)]
    assert losses == sorted(losses)
    assert losses[1] == pytest.approx(1 - 0.6624 / 1.06), "a year at the effective rate of a year"


def test_more_collateral_than_debt_still_loses_time() -> None:
    (found,) = cost_of(CLAIM, [HOUSE._replace(value=9_000_000_00)], BARE)
    assert found.recovered == CLAIM, "a default takes no more than its claim"
    assert found.lgd == pytest.approx(1 - 1 / 1.06**2)


def test_prices_move_until_the_sale_scenario_by_scenario() -> None:
    up, flat, down = cost_of(CLAIM, [HOUSE], BARE, growths=[0.05, 0.0, -0.1])
    assert (up.worth, down.worth) == (pytest.approx(flat.worth * 1.05**2), pytest.approx(flat.worth * 0.9**2))
    assert up.lgd < flat.lgd < down.lgd


def test_of_what_is_short_a_part_comes_in_later() -> None:
    assert lgd(terms=BARE._replace(unsecured=0.1, unsecured_months=36)) == pytest.approx(1 - 0.1 / 1.06**3)
    short = 1 - 0.6624
    found = lgd(HOUSE, terms=BARE._replace(unsecured=0.1, unsecured_months=36))
    assert found == pytest.approx(1 - 0.6624 / 1.06**2 - short * 0.1 / 1.06**3)


def test_a_default_that_cures_costs_what_cures_cost() -> None:
    liquidated = lgd(HOUSE)
    assert lgd(HOUSE, terms=BARE._replace(cure=0.25, cure_loss=0.01)) == pytest.approx(0.25 * 0.01 + 0.75 * liquidated)


def test_claims_that_come_before_ours_are_not_counted_as_ours() -> None:
    assert lgd(HOUSE._replace(rank=2)) == 1.0, "what a first rank leaves is not known, so a second brings nothing"


def test_pieces_are_sold_each_in_its_time_and_share_one_claim() -> None:
    car = Piece(value=100_000_00, haircut=0.5, cost=0.1, months=12)
    (found,) = cost_of(CLAIM, [HOUSE, car], BARE)
    assert found.worth == pytest.approx(662_400_00 + 45_000_00)
    assert found.lgd == pytest.approx(1 - 0.6624 / 1.06**2 - 0.045 / 1.06)
    assert cost_of(CLAIM, [HOUSE, HOUSE], BARE)[0].recovered == CLAIM


@given(
    st.integers(0, 5_000_000_00), st.floats(0, 0.9), st.integers(0, 96), st.floats(0, 0.9), st.integers(0, 96),
    st.floats(-0.3, 0.3),
)  # fmt: skip
def test_nothing_recovers_more_than_the_claim_or_less_than_nothing(
    value: int, haircut: float, months: int, unsecured: float, after: int, growth: float
) -> None:
    terms = TERMS._replace(unsecured=unsecured, unsecured_months=after)
    piece = Piece(value, haircut, 0.05, months)
    with_it, without = lgd(piece, terms=terms, growth=growth), lgd(terms=terms)
    assert 0 <= with_it <= without <= 1, "security never makes a claim worse"
