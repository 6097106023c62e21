"""Prepayment: what is repaid early defaults no more, so every loan defaults, is repaid early, or is still there."""

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from postloan.models.curves import marginal_of, survival_of
from postloan.models.default_curves import (
    MONTHS,
    YEAR,
    curves_of,
    hazards_through_the_cycle,
    hazards_under,
    prepaid_under,
)
from postloan.rules.expected_loss import ExpectedLoss
from postloan.rules.figures import ONE_E8
from postloan.rules.rulebook import load_rulebook

LAW = load_rulebook(home=None).version("expected_loss", ExpectedLoss, date(2026, 6, 30))
SHARES = st.lists(st.integers(0, ONE_E8 - 1), max_size=4).map(tuple)


def prepaying(*yearly_e8: int) -> ExpectedLoss:
    """The bank's rule, where every group is repaid early by so much a year."""
    groups = tuple(group.model_copy(update={"yearly_prepaid_e8": yearly_e8}) for group in LAW.groups)
    return LAW.model_copy(update={"groups": groups})


@given(SHARES, st.integers(0, len(LAW.groups) - 1))
def test_default_repaid_early_and_still_there_make_one(yearly: tuple[int, ...], at: int) -> None:
    group = LAW.groups[at].model_copy(update={"yearly_prepaid_e8": yearly})
    hazards = hazards_under([group], LAW.scenarios, months=61)
    leaving = prepaid_under([group], hazards)
    assert (leaving >= 0).all()
    assert (hazards + leaving <= 1).all(), "no more leaves in a month than is there"
    there = survival_of(hazards, leaving)
    defaulted, repaid = (np.cumsum(there * each, axis=-1)[..., :-1] for each in (hazards, leaving))
    assert defaulted + repaid + there[..., 1:] == pytest.approx(np.ones_like(defaulted), abs=1e-12)


@given(st.lists(st.tuples(st.floats(0, 0.6), st.floats(0, 0.4)), min_size=1, max_size=5))
def test_first_defaults_are_those_of_every_way_a_loan_may_go(months: list[tuple[float, float]]) -> None:
    """Each month a loan stays, defaults or is repaid: all ways are written out, and summed by what came first."""
    hazards, exits = (np.array(each) for each in zip(*months, strict=True))
    chances = [{"stays": 1 - h - p, "defaults": h, "repaid": p} for h, p in months]
    found: NDArray[np.float64] = np.zeros(len(months))
    left = 0.0
    for way in product(("stays", "defaults", "repaid"), repeat=len(months)):
        chance = float(np.prod([chances[at][event] for at, event in enumerate(way)]))
        first = next((at for at, event in enumerate(way) if event != "stays"), None)
        if first is None:
            left += chance
        elif way[first] == "defaults":
            found[first] += chance
    assert marginal_of(hazards, exits) == pytest.approx(found, abs=1e-12)
    assert survival_of(hazards, exits)[-1] * chances[-1]["stays"] == pytest.approx(left, abs=1e-12)


@given(st.lists(st.integers(0, ONE_E8 // 2), min_size=1, max_size=4), st.integers(0, ONE_E8 // 2 - 1))
def test_the_more_is_repaid_early_the_less_defaults(yearly: list[int], more: int) -> None:
    some, rest = curves_of(prepaying(*yearly)), curves_of(prepaying(*(each + more for each in yearly)))
    assert (rest.weighted <= some.weighted + 1e-12).all()
    assert (some.weighted <= curves_of(LAW).weighted + 1e-12).all()
    assert (np.cumsum(rest.first, axis=-1) <= np.cumsum(some.first, axis=-1) + 1e-12).all(), "in every scenario"


def test_a_year_is_what_the_rule_says_of_it() -> None:
    """The share still there after a year is (1 - default) x (1 - repaid early), though both come month by month."""
    curves = curves_of(prepaying(ONE_E8 // 2, ONE_E8 // 4))
    for at, group in enumerate(LAW.groups):
        stays = 1.0
        for year, repaid in enumerate((0.5, 0.25, 0.25)):
            stays *= (1 - group.yearly_pd_e8[min(year, len(group.yearly_pd_e8) - 1)] / ONE_E8) * (1 - repaid)
            assert curves.remaining[at, YEAR * (year + 1)] == pytest.approx(stays, rel=1e-12)


def test_none_is_what_it_was_before_to_the_bit() -> None:
    hazards = hazards_under(LAW.groups, LAW.scenarios, months=MONTHS)
    cycle = hazards_through_the_cycle(LAW.groups, months=MONTHS + 1)
    for law in (LAW, prepaying(0), prepaying(0, 0, 0)):
        curves = curves_of(law)
        assert curves.first.tobytes() == marginal_of(hazards).tobytes()
        assert curves.remaining.tobytes() == survival_of(cycle).tobytes()
        assert not curves.prepaid.any()


def test_defaults_before_a_loan_is_repaid_are_told_by_the_same_chances() -> None:
    """What the first year holds is the twelve-month measure; both it and the whole life are lower."""
    plain, early = curves_of(LAW), curves_of(prepaying(ONE_E8 // 5))
    assert (early.weighted[:, YEAR] < plain.weighted[:, YEAR]).all()
    assert early.weighted[:, YEAR] == pytest.approx(
        sum(
            scenario.weight_e8 / ONE_E8 * early.first[:, at, :YEAR].sum(axis=-1)
            for at, scenario in enumerate(LAW.scenarios)
        )
    )
    assert (early.remaining[:, -1] + early.prepaid[:, -1] < 1).all(), "the rest defaults"
