"""The macro overlay, the regulator's formula, and loss given default."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.errors import ModelNotFitted, UnitWrong
from postloan.models.cycle import faded, fit_satellite, history_of, pd_at, weighted, worst_rate
from postloan.models.irb import corporate_rho, other_retail_rho
from postloan.models.recovery import (
    Cases,
    completed,
    ladder_factors,
    recovery_curve,
    workout_lgd,
)

RHO = st.floats(0.02, 0.5)
PDS = st.floats(0.0005, 0.4)


# The cycle -------------------------------------------------------------------------------------------------------


@given(PDS, RHO)
def test_the_mean_over_the_cycle_is_the_pd_through_it(pd: float, rho: float) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    assert float(weights @ pd_at(pd, rho, nodes) / weights.sum()) == pytest.approx(pd, rel=2e-2)


@given(PDS, RHO)
def test_the_pd_at_the_mean_of_the_cycle_is_too_low(pd: float, rho: float) -> None:
    """Not the scenario is averaged but what comes of it."""
    assert float(pd_at(pd, rho, 0.0)) < pd


@given(PDS, RHO, st.floats(-3, 3), st.floats(0.01, 2))
def test_better_times_have_lower_pds(pd: float, rho: float, z: float, better: float) -> None:
    assert float(pd_at(pd, rho, z + better)) < float(pd_at(pd, rho, z))


def test_history_gives_back_the_cycle_that_made_it() -> None:
    z = np.random.default_rng(3).normal(size=400)
    found = history_of(pd_at(0.02, 0.12, z))
    assert found.rho == pytest.approx(0.12, abs=0.02)
    assert found.pd_ttc == pytest.approx(0.02, abs=0.003)
    assert np.corrcoef(found.z, z)[0, 1] == pytest.approx(1.0)
    given_rho = history_of(pd_at(0.02, 0.12, z), rho=0.12)
    assert pd_at(given_rho.pd_ttc, 0.12, given_rho.z) == pytest.approx(pd_at(0.02, 0.12, z))


def test_a_period_without_default_has_no_place_in_the_cycle() -> None:
    with pytest.raises(ModelNotFitted, match="each between 0 and 1"):
        history_of(np.array([0.01, 0.0, 0.02]))
    with pytest.raises(UnitWrong):
        pd_at(0.02, 1.0, 0.0)


def test_the_satellite_keeps_signs_and_takes_three_drivers_at_most() -> None:
    draw = np.random.default_rng(4)
    drivers = {name: draw.normal(size=80) for name in ("gdp", "rates", "prices", "noise", "more")}
    z = 0.5 * drivers["gdp"] - 0.3 * drivers["rates"] + 0.1 * draw.normal(size=80)
    signs = {"gdp": 1, "rates": -1, "prices": 1, "noise": 1, "more": 1}
    found = fit_satellite(z, drivers, signs, drivers_most=3)
    assert set(found.drivers) >= {"gdp", "rates"}
    assert len(found.drivers) <= 3
    assert found.slopes[found.drivers.index("gdp")] == pytest.approx(0.5, abs=0.05)
    assert np.corrcoef(found.z(drivers), z)[0, 1] > 0.9
    turned = fit_satellite(z, drivers, signs | {"gdp": -1}, drivers_most=3)
    assert "gdp" not in turned.drivers
    with pytest.raises(ModelNotFitted, match="signs"):
        fit_satellite(z, {"gdp": drivers["gdp"]}, {"gdp": -1}, drivers_most=3)


def test_errors_are_wider_where_periods_resemble_the_last() -> None:
    draw = np.random.default_rng(6)
    x, noise = np.zeros(300), np.zeros(300)
    for at in range(1, 300):
        x[at] = 0.9 * x[at - 1] + draw.normal()
        noise[at] = 0.9 * noise[at - 1] + draw.normal()
    found = fit_satellite(x + noise, {"x": x}, {"x": 1}, drivers_most=1)
    plain = found.residual / np.sqrt(((x - x.mean()) ** 2).sum())
    assert found.errors[1] > 1.5 * plain


def test_a_path_fades_to_the_mean_of_the_cycle() -> None:
    assert faded(np.array([-1.0, -2.0]), 5, 0.5).tolist() == [-1.0, -2.0, -1.0, -0.5, -0.25]
    assert faded(np.array([-1.0, -2.0]), 1, 0.5).tolist() == [-1.0]


def test_weights_are_of_the_scenarios_and_sum_to_one() -> None:
    pds = {"base": np.array([0.01]), "bad": np.array([0.05])}
    assert weighted(pds, {"base": 0.6, "bad": 0.4})[0] == pytest.approx(0.026)
    for wrong in ({"base": 1.0}, {"base": 0.6, "bad": 0.3}, {"base": 1.4, "bad": -0.4}):
        with pytest.raises(UnitWrong, match="weights sum to 1"):
            weighted(pds, wrong)


def test_correlations_fall_with_pd_and_size() -> None:
    assert corporate_rho(0.0) == pytest.approx(0.24)
    assert corporate_rho(1.0) == pytest.approx(0.12)
    assert corporate_rho(0.01, 5.0) == pytest.approx(corporate_rho(0.01) - 0.04)
    assert other_retail_rho(0.0) == pytest.approx(0.16)
    assert float(worst_rate(0.02, 0.1, 0.999)) > float(worst_rate(0.02, 0.1, 0.99))


# Loss given default ----------------------------------------------------------------------------------------------


def cases(seen: list[int], cash: list[list[float]], *, is_open: list[bool] | None = None) -> Cases:
    exposure = np.full(len(seen), 100.0)
    return Cases(exposure, np.array(seen), np.array(is_open or [True] * len(seen)), np.array(cash))


def test_open_cases_are_completed_by_those_seen_longer() -> None:
    found = cases([3, 1], [[10.0, 20.0, 10.0], [12.0, 0.0, 0.0]])
    curve = recovery_curve(found)
    assert curve.tolist() == pytest.approx([0.11, 0.31, 0.41])
    assert workout_lgd(found, curve).tolist() == pytest.approx([0.6, 1 - 0.12 - 0.30])


def test_leaving_open_cases_as_they_are_would_overstate_the_loss() -> None:
    found = cases([3, 1], [[10.0, 20.0, 10.0], [12.0, 0.0, 0.0]])
    taken_as_closed = 1 - found.cash.sum(axis=1) / found.exposure
    assert workout_lgd(found, recovery_curve(found)).mean() < taken_as_closed.mean()


def test_a_closed_case_brings_nothing_more_and_stays_in_the_ladder() -> None:
    found = cases([3, 1], [[10.0, 20.0, 10.0], [12.0, 0.0, 0.0]], is_open=[True, False])
    curve = recovery_curve(found)
    assert curve.tolist() == pytest.approx([0.11, 0.21, 0.26])
    assert workout_lgd(found, curve)[1] == pytest.approx(0.88)


def test_costs_may_make_a_loss_greater_than_the_claim() -> None:
    found = cases([1], [[-5.0]], is_open=[False])
    assert workout_lgd(found, recovery_curve(found))[0] == pytest.approx(1.05)


def test_money_that_comes_later_is_worth_less() -> None:
    found = cases([13], [[0.0] * 12 + [100.0]], is_open=[False])
    assert workout_lgd(found.discounted(0.1), recovery_curve(found))[0] == pytest.approx(1 - 1 / 1.1)
    with pytest.raises(ModelNotFitted, match="exposure"):
        Cases(np.zeros(1), np.ones(1, np.int64), np.ones(1, bool), np.zeros((1, 1)))


def test_the_ladder_of_factors_completes_a_triangle() -> None:
    triangle = np.array([[10.0, 20.0, 30.0], [20.0, 40.0, 0.0], [5.0, 0.0, 0.0]])
    seen = np.array([3, 2, 1])
    factors = ladder_factors(triangle, seen)
    assert factors.tolist() == [2.0, 1.5]
    assert completed(triangle, seen, factors).tolist() == [30.0, 60.0, 15.0]
