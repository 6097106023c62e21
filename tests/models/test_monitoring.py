"""Watching a model: stability, ranking, calibration, what is expected without labels, and the lights."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from portfolio import BANDS, SETTINGS, borrowers

from postloan.errors import TableUnfit, UnitWrong
from postloan.models.calibration import brier, calibrate, jeffreys, judge_grade, pd_of, shift_to
from postloan.models.fitting import Asked, fit_card
from postloan.models.monitoring import Watched, contest, light_of, monitor
from postloan.models.ranking import auc, expected_auc, ks
from postloan.models.stability import band_edges, counts_by_band, psi

TABLE = borrowers()
CARD = fit_card(TABLE, "0" * 64, Asked("scorecard", "bad", "champion", id="id", held_out=0.3), SETTINGS, BANDS)
LABELLED = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: 0 < sum(bad for _, bad in rows) < len(rows)
)


def split(rows: list[tuple[int, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([float(risk) for risk, _ in rows]), np.array([bad for _, bad in rows])


# Ranking ---------------------------------------------------------------------------------------------------------


@given(LABELLED)
def test_auc_counts_pairs(rows: list[tuple[int, bool]]) -> None:
    risk, bads = split(rows)
    pairs = [(b > g) + 0.5 * (b == g) for b in risk[bads] for g in risk[~bads]]
    found = auc(risk, bads, confidence=0.95)
    assert found.value == pytest.approx(np.mean(pairs))
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert auc(-risk, bads, confidence=0.95).value == pytest.approx(1 - found.value)


@given(LABELLED)
def test_ks_is_the_greatest_distance(rows: list[tuple[int, bool]]) -> None:
    risk, bads = split(rows)
    found = max(abs((risk[bads] <= at).mean() - (risk[~bads] <= at).mean()) for at in risk)
    assert ks(risk, bads) == pytest.approx(found)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    draw = np.random.default_rng(8)
    held = 0
    for _ in range(400):
        bads = np.arange(200) < 60
        found = auc(draw.normal(size=200) + bads, bads, confidence=0.9)
        held += found.low <= 0.7602 <= found.high
    assert held / 400 == pytest.approx(0.9, abs=0.05)


@given(LABELLED)
def test_expected_auc_of_certain_pds_is_the_auc(rows: list[tuple[int, bool]]) -> None:
    risk, bads = split(rows)
    assert expected_auc(risk, bads.astype(float)) == pytest.approx(auc(risk, bads, confidence=0.95).value)


def test_expected_auc_is_close_where_pds_are_right() -> None:
    draw = np.random.default_rng(9)
    pd = draw.beta(1, 8, 20_000)
    bads = draw.random(20_000) < pd
    assert expected_auc(pd, pd) == pytest.approx(auc(pd, bads, confidence=0.95).value, abs=0.015)


def test_one_label_ranks_nothing() -> None:
    with pytest.raises(TableUnfit, match="same label"):
        auc(np.arange(3.0), np.zeros(3, bool), confidence=0.95)


# Stability -------------------------------------------------------------------------------------------------------


COUNTS = st.integers(1, 1000)


@given(st.lists(COUNTS, min_size=2, max_size=12), st.lists(COUNTS, min_size=12, max_size=12))
def test_psi_is_nothing_at_home_and_never_negative(first: list[int], other: list[int]) -> None:
    e, a = np.array(first, float), np.array(other[: len(first)], float)
    assert psi(e, e) == pytest.approx(0)
    assert psi(e, 7 * e) == pytest.approx(0)
    assert psi(e, a) >= 0
    assert psi(e, a) == pytest.approx(psi(a, e))


def test_an_empty_bin_counts_and_a_bin_empty_on_both_sides_does_not() -> None:
    assert np.isfinite(psi(np.array([10.0, 0.0]), np.array([5.0, 5.0])))
    assert psi(np.array([10.0, 0.0]), np.array([5.0, 5.0])) > 0.5
    assert psi(np.array([10.0, 5.0, 0.0]), np.array([10.0, 5.0, 0.0])) == 0
    assert np.isfinite(psi(np.array([0.5, 0.5]), np.array([1.0, 0.0])))


def test_bands_are_of_equal_count() -> None:
    values = np.arange(1000.0)
    assert counts_by_band(values, band_edges(values, 10)).tolist() == [100.0] * 10
    assert counts_by_band(np.ones(5), band_edges(np.ones(5), 10)).tolist() == [5.0]
    assert band_edges(np.empty(0), 10).tolist() == []


# Calibration -----------------------------------------------------------------------------------------------------


def test_a_grade_is_judged_on_both_sides() -> None:
    low = judge_grade("1", 500, 17, 0.02, BANDS.calibration)
    assert low.light == "amber"
    assert low.p_under == pytest.approx(0.0257, abs=1e-4)
    assert judge_grade("1", 500, 25, 0.02, BANDS.calibration).light == "red"
    assert judge_grade("1", 500, 1, 0.02, BANDS.calibration).light == "red"
    assert judge_grade("1", 500, 10, 0.02, BANDS.calibration).light == "green"
    assert judge_grade("1", 500, 0, 0.02, BANDS.calibration).p_under == 1


@given(st.integers(0, 50), st.floats(0.001, 0.5))
def test_jeffreys_falls_with_defaults(defaults: int, pd: float) -> None:
    assert jeffreys(defaults + 1, 60, pd) <= jeffreys(defaults, 60, pd)


def test_brier_is_its_parts() -> None:
    draw = np.random.default_rng(1)
    pd = draw.choice([0.01, 0.1, 0.3], 5000)
    bads = draw.random(5000) < pd
    found = brier(pd, bads, (pd * 100).astype(np.int64))
    assert found.value == pytest.approx(found.reliability - found.resolution + found.uncertainty)
    assert found.within == pytest.approx(0, abs=1e-12)
    apart = brier(pd, bads, np.zeros(5000, np.int64))
    assert apart.value == pytest.approx(apart.reliability - apart.resolution + apart.uncertainty + apart.within)
    assert abs(apart.within) > 1e-3


def test_calibration_by_segment_and_to_the_long_run() -> None:
    draw = np.random.default_rng(2)
    score = draw.normal(600, 40, 8000)
    segments: list[str | None] = ["a" if i % 2 else "b" for i in range(8000)]
    shift = np.array([0.0 if each == "a" else 1.0 for each in segments])
    bads = draw.random(8000) < 1 / (1 + np.exp((score - 600) / 28.85 + 3 - shift))
    lines = calibrate(score, bads, segments, SETTINGS, None)
    by = {line.segment: line for line in lines}
    assert by["a"].slope == pytest.approx(-1 / 28.85, rel=0.15)
    pd = pd_of(lines, score, segments)
    for name in ("a", "b"):
        held = np.array([each == name for each in segments])
        assert pd[held].mean() == pytest.approx(bads[held].mean(), abs=1e-6)
    anchored = calibrate(score, bads, None, SETTINGS, 0.02)
    assert pd_of(anchored, score, None).mean() == pytest.approx(0.02)
    assert anchored[0].slope == pytest.approx(lines[0].slope), "the anchor moves the level, not the ranking"
    with pytest.raises(UnitWrong):
        shift_to(score, 1.0)


# The whole watch -------------------------------------------------------------------------------------------------


def value_of(found: Watched, measure: str, subject: str = "model") -> float:
    return next(each.value for each in found.findings if (each.measure, each.subject) == (measure, subject))


def test_the_table_of_the_fit_is_all_green_in_stability() -> None:
    found = monitor(CARD, TABLE, TABLE, "bad", BANDS)
    assert {each.light for each in found.findings if each.measure in {"psi", "csi", "missing", "auc"}} == {"green"}
    assert sum(each.rows for each in found.grades) == len(TABLE)


def test_a_population_that_moved_turns_red_and_is_named() -> None:
    moved = borrowers(seed=3).with_columns(pl.col("late") + 2, income=pl.lit(None, pl.Float64))
    found = monitor(CARD, TABLE, moved, None, BANDS)
    lights = {(each.measure, each.subject): each.light for each in found.findings}
    assert lights["psi", "model"] == lights["csi", "late"] == lights["missing", "income"] == "red"
    assert lights["csi", "kind"] == "green"
    assert found.alarms[0].light == "red"
    assert not found.grades


def test_rates_that_come_out_otherwise_are_found_though_nothing_moved() -> None:
    worse = TABLE.with_columns(bad=pl.when(pl.col("id") % 5 == 0).then(1).otherwise(pl.col("bad")))
    found = monitor(CARD, TABLE, worse, "bad", BANDS)
    lights = {(each.measure, each.subject): each.light for each in found.findings}
    assert lights["psi", "model"] == "green"
    assert lights["calibration_p", "model"] == "red"
    assert lights["auc", "model"] == "red"


def test_rows_without_a_ripe_label_are_left_out_of_what_needs_one() -> None:
    unripe = TABLE.with_columns(bad=pl.when(pl.col("id") < 1000).then(pl.col("bad")))
    found = monitor(CARD, TABLE, unripe, "bad", BANDS)
    assert sum(each.rows for each in found.grades) == 1000
    whole = monitor(CARD, TABLE, TABLE, None, BANDS)
    assert value_of(found, "expected_auc") == pytest.approx(value_of(whole, "expected_auc"))


@given(st.floats(0, 1))
@settings(max_examples=30)
def test_a_light_never_goes_back(value: float) -> None:
    lights = ["green", "amber", "red"]
    worse = light_of(min(value + 0.1, 1), BANDS.stability)
    assert lights.index(light_of(value, BANDS.stability)) <= lights.index(worse)
    assert light_of(0.10, BANDS.stability) == "amber"
    assert light_of(0.25, BANDS.stability) == "amber"
    assert light_of(0.2501, BANDS.stability) == "red"


def test_two_cards_on_one_table() -> None:
    weak = fit_card(TABLE, "0" * 64, Asked("scorecard", "bad", "weak", features=("kind",)), SETTINGS, BANDS)
    found = contest(CARD, weak, TABLE, "bad", BANDS)
    assert found.difference > 0.1
    assert found.p < 1e-6
    assert contest(CARD, CARD, TABLE, "bad", BANDS).p == 1.0
    assert dataclasses.asdict(found)["rows"] == len(TABLE)


def test_a_card_that_does_not_score_is_not_watched() -> None:
    rows = pl.DataFrame({"who": [1, 1, 2, 2], "at": [0, 1, 0, 1], "grade": ["A", "B", "A", "A"]})
    asked = Asked("migration", "grade", "m", id="who", time="at", grades=("A", "B", "D"), unit="year")
    with pytest.raises(TableUnfit, match="gives no score"):
        monitor(fit_card(rows, "0" * 64, asked, SETTINGS, BANDS), rows, rows, None, BANDS)
