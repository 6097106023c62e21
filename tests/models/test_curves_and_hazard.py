"""Curves keep their unit; the hazard finds age, segment and economy again."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from portfolio import BANDS, SETTINGS, loan_periods

from postloan.errors import ModelNotFitted, TableUnfit, UnitWrong
from postloan.models.card import HazardPart
from postloan.models.curves import Curve, hazards_of, marginal_of, survival_of
from postloan.models.fitting import Asked, fit_card
from postloan.models.hazard import Columns, cells_of, explained, fit_hazard, hazards_at, row_hazards, term_structure
from postloan.models.logit import fit_logit

RATES = st.lists(st.floats(0, 0.5), min_size=1, max_size=40)
PERIODS, DRIVER = loan_periods()
COLUMNS = Columns("age", "segment", "time", ("gdp",), 1)
CELLS = cells_of(PERIODS, COLUMNS, label="default", exits="prepaid")
PART = fit_hazard(CELLS, COLUMNS, unit="quarter", settings=SETTINGS)


# Curves: a peer read a monthly curve by the year and lost half of a provision ------------------------------------


def test_a_curve_is_not_read_in_another_unit() -> None:
    with pytest.raises(UnitWrong, match="by the month is read by the year"):
        Curve("month", np.array([0.01]), 1.0).over(12, "year")


@given(RATES)
def test_in_months_keeps_survival(yearly: list[float]) -> None:
    hazards = np.array(yearly)
    monthly = Curve("year", hazards, 1.0).in_months()
    assert monthly.unit == "month"
    assert len(monthly.hazards) == 12 * len(hazards)
    assert np.prod(1 - monthly.hazards) == pytest.approx(np.prod(1 - hazards))
    assert monthly.in_years().hazards == pytest.approx(hazards, abs=1e-12)


def test_a_curve_that_is_too_short_says_so_and_holds_or_fades() -> None:
    held, was_short = Curve("month", np.array([0.01, 0.02]), 1.0).over(4, "month")
    assert was_short
    assert held.tolist() == [0.01, 0.02, 0.02, 0.02]
    faded, _ = Curve("month", np.array([0.01, 0.02]), 0.5, long_run=0.01).over(4, "month")
    assert faded == pytest.approx([0.01, 0.02, 0.015, 0.0125])
    assert not Curve("month", np.array([0.01, 0.02]), 1.0).over(2, "month")[1]


@pytest.mark.parametrize(("hazards", "fade", "long_run"), [([], 1.0, None), ([1.5], 1.0, None), ([0.1], 0.5, None)])
def test_a_curve_that_is_none_is_refused(hazards: list[float], fade: float, long_run: float | None) -> None:
    with pytest.raises(UnitWrong):
        Curve("month", np.array(hazards), fade, long_run)


@given(RATES)
def test_marginals_sum_to_what_is_lost_and_give_the_hazards_back(rates: list[float]) -> None:
    hazards = np.array(rates)
    marginal = marginal_of(hazards)
    assert marginal.sum() == pytest.approx(1 - np.prod(1 - hazards))
    assert hazards_of(np.cumsum(marginal)) == pytest.approx(hazards, abs=1e-9)
    assert survival_of(hazards)[0] == 1


def test_prepayment_lowers_the_pd() -> None:
    hazards, exits = np.full(36, 0.01), np.full(36, 0.05)
    assert marginal_of(hazards, exits).sum() < marginal_of(hazards).sum()


# Hazard ----------------------------------------------------------------------------------------------------------


def test_it_finds_segment_driver_and_the_bend_of_age() -> None:
    terms = {each.name: each for each in PART.causes[0].terms}
    # `near` is measured against `far`, the first by name.
    assert terms["segment near"].beta == pytest.approx(-0.8, abs=3 * terms["segment near"].error)
    assert terms["gdp"].beta == pytest.approx(-0.6, abs=3 * terms["gdp"].error)
    ages = np.array([2.0, 10.0, 22.0])
    h = hazards_at(PART, ages, np.zeros(3, np.int64), np.zeros((3, 1)))
    truth = 1 / (1 + np.exp(-(-4.5 + 0.25 * ages - 0.012 * ages**2 + 0.8)))
    assert h == pytest.approx(truth, rel=0.35)
    assert h[1] > h[0]
    assert h[1] > h[2]


def test_grouped_cells_say_all_that_single_rows_say() -> None:
    design = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1.0]])
    single = fit_logit(design, np.array([0, 0, 1, 1, 1, 0.0]), np.ones(6), penalty=0, rounds_most=50)
    grouped = fit_logit(np.array([[1, 0], [1, 1.0]]), np.array([1, 2.0]), np.array([3, 3.0]), penalty=0, rounds_most=50)
    assert single.beta == pytest.approx(grouped.beta)
    assert single.errors == pytest.approx(grouped.errors)


def test_fitted_defaults_sum_to_those_seen() -> None:
    h = hazards_at(PART, CELLS.age, CELLS.segment, CELLS.drivers)
    assert h @ CELLS.trials == pytest.approx(CELLS.defaults.sum(), rel=0.01)
    exits = hazards_at(PART, CELLS.age, CELLS.segment, CELLS.drivers, "exit")
    assert exits @ CELLS.trials == pytest.approx(CELLS.exits.sum(), rel=0.01)


def test_the_long_run_of_a_driver_is_a_mean_of_periods_not_of_loans() -> None:
    times = sorted(set(CELLS.time.tolist()))
    assert PART.means[0] == pytest.approx(np.mean([DRIVER[time - 1] for time in times]))


def test_a_default_is_never_an_exit_too() -> None:
    both = PERIODS.with_columns(prepaid=1)
    assert (cells_of(both, COLUMNS, label="default", exits="prepaid").exits <= CELLS.trials - CELLS.defaults).all()


def test_drivers_come_so_many_periods_before() -> None:
    rows = explained(PERIODS, COLUMNS)
    seen = rows.filter(pl.col("gdp").is_not_null())
    assert seen["gdp"].to_list() == pytest.approx([DRIVER[time - 1] for time in seen["time"]])
    assert rows.filter(pl.col("gdp").is_null())["time"].unique().to_list() == [PERIODS["time"].min()]


def test_the_trend_of_vintages_is_none() -> None:
    """Age, calendar and vintage are one equation. A book moved in time is the same book but for what drivers say."""
    assert not [each.name for each in PART.causes[0].terms if "vintage" in each.name]
    undriven = Columns("age", "segment", "time")
    moved = PERIODS.with_columns(pl.col("time") + 100)
    fits = [
        fit_hazard(cells_of(each, undriven, label="default", exits=None), undriven, unit="quarter", settings=SETTINGS)
        for each in (PERIODS, moved)
    ]
    assert fits[0] == fits[1]


def test_a_term_structure_has_its_unit_and_fades_to_the_long_run() -> None:
    plain, leaving = term_structure(PART, "near", age=4, periods=40)
    bad, _ = term_structure(PART, "near", age=4, periods=40, scenario={"gdp": np.full(4, -1.0)})
    assert plain.unit == leaving.unit == "quarter"
    assert (bad.hazards[:4] > plain.hazards[:4]).all()
    apart = np.log(bad.hazards / (1 - bad.hazards)) - np.log(plain.hazards / (1 - plain.hazards))
    assert apart[4:] == pytest.approx(apart[3] * 0.9 ** np.arange(1, 37))
    assert plain.hazards[20:] == pytest.approx(np.full(20, plain.hazards[20])), "beyond the oldest age it is held"


def test_the_years_of_a_card_are_what_the_rule_of_losses_writes() -> None:
    """(1 - default) x (1 - repaid early) of its years is what is left after its periods: 1 - h - p, one by one."""
    assert [each.segment for each in PART.years] == list(PART.segments)
    for each in PART.years:
        default, leaving = term_structure(PART, each.segment, age=0, periods=4 * len(each.yearly_pd))
        left = np.prod((1 - default.hazards - leaving.hazards).reshape(-1, 4), axis=1)
        taken = zip(each.yearly_pd, each.yearly_prepaid, strict=True)
        assert left == pytest.approx([(1 - pd) * (1 - prepaid) for pd, prepaid in taken])
        assert each.yearly_pd == pytest.approx(default.in_years().hazards)
    alone = cells_of(PERIODS, COLUMNS, label="default", exits=None)
    never = fit_hazard(alone, COLUMNS, unit="quarter", settings=SETTINGS).years[0]
    assert set(never.yearly_prepaid) == {0.0}, "without a column of exits nobody leaves"


def test_beyond_the_outer_knots_lies_the_share_that_is_asked() -> None:
    wide = SETTINGS.model_copy(update={"age": SETTINGS.age.model_copy(update={"tail_e8": 30_000_000})})
    narrow = fit_hazard(CELLS, COLUMNS, unit="quarter", settings=wide).knots
    assert PART.knots[0] < narrow[0] < narrow[-1] < PART.knots[-1]
    assert CELLS.trials[CELLS.age < narrow[0]].sum() <= 0.3 * CELLS.trials.sum()


def test_what_the_card_does_not_know_is_refused_or_has_no_hazard() -> None:
    with pytest.raises(TableUnfit, match="no segment"):
        term_structure(PART, "moon", age=0, periods=1)
    with pytest.raises(TableUnfit, match="path for every driver"):
        term_structure(PART, "near", age=0, periods=1, scenario={})
    with pytest.raises(TableUnfit, match="--time"):
        explained(PERIODS, Columns("age", drivers=("gdp",)))
    with pytest.raises(TableUnfit, match="whole number"):
        explained(PERIODS.with_columns(time=pl.date(2024, 1, 1)), COLUMNS)
    with pytest.raises(TableUnfit, match="no column"):
        explained(PERIODS, Columns("months"))
    odd = PERIODS.head(3).with_columns(segment=pl.Series(["near", "moon", None]), time=pl.lit(10))
    h = row_hazards(PART, odd, "segment")
    assert np.isnan(h).all(), "the driver a period before is not in the table"


def test_what_cannot_be_fitted_says_why() -> None:
    never = PERIODS.with_columns(default=0)
    with pytest.raises(ModelNotFitted, match="same label"):
        fit_hazard(cells_of(never, COLUMNS, label="default", exits=None), COLUMNS, unit="month", settings=SETTINGS)
    design = np.column_stack([np.ones(40), np.repeat([0.0, 1.0], 20)])
    with pytest.raises(ModelNotFitted, match=r"without error|settle"):
        fit_logit(design, np.repeat([0.0, 1.0], 20), np.ones(40), penalty=0, rounds_most=200)
    with pytest.raises(ModelNotFitted, match="same"):
        fit_logit(np.ones((40, 2)), np.tile([0.0, 1.0], 20), np.ones(40), penalty=0, rounds_most=20)


def test_the_card_of_a_hazard_predicts_held_out_loans() -> None:
    asked = Asked(
        "hazard", "default", "h", id="loan", time="time", segment="segment", age="age", drivers=("gdp",), lag=1,
        unit="quarter", exits="prepaid", held_out=0.3,
    )  # fmt: skip
    card = fit_card(PERIODS, "0" * 64, asked, SETTINGS, BANDS)
    assert isinstance(card.parameters, HazardPart)
    metrics = {(each.name, each.sample): each.value for each in card.metrics}
    assert metrics["mean_pd", "held_out"] == pytest.approx(metrics["default_rate", "held_out"], rel=0.15)
    assert metrics["auc", "held_out"] > 0.6
