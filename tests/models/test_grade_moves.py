"""Moves between grades: cohort, duration, Aalen-Johansen, generators and their repair, and the cycle."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from postloan.errors import ModelNotFitted, TableUnfit, UnitWrong
from postloan.models.histories import moves_of
from postloan.models.migration import (
    aalen_johansen,
    cohort_matrix,
    count_moves,
    cumulative_pd,
    durations,
    moves_within,
    raw_generator,
    repaired_generator,
    under_cycle,
    weighted_generator,
)

Floats = NDArray[np.float64]
NOT_EMBEDDABLE = np.array([[0.9, 0.09, 0.01, 0], [0.02, 0.9, 0.07, 0.01], [0.0, 0.1, 0.8, 0.1], [0, 0, 0, 1.0]])


@st.composite
def matrices(draw: st.DrawFn) -> Floats:
    """Matrices whose diagonal is large, as those of grades are."""
    k = draw(st.integers(2, 6))
    off = np.array(draw(st.lists(st.lists(st.floats(0, 0.04), min_size=k, max_size=k), min_size=k, max_size=k)))
    np.fill_diagonal(off, 0.0)
    off[-1] = 0.0
    return np.asarray(off + np.diag(1 - off.sum(axis=1)))


def test_the_withdrawn_leave_the_denominator() -> None:
    counts = count_moves(np.array([0, 0, 0, 0, 1]), np.array([0, 0, 1, -1, 2]), 3)
    assert counts[0].tolist() == [2, 1, 0, 1]
    matrix = cohort_matrix(counts[:, :-1])
    assert matrix[0].tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert matrix[2].tolist() == [0, 0, 1]


def test_default_absorbs_and_a_state_nobody_was_in_stays() -> None:
    matrix = cohort_matrix(np.array([[5.0, 5.0, 0.0], [0.0, 0.0, 0.0], [9.0, 0.0, 1.0]]))
    assert matrix.tolist() == [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    with pytest.raises(ModelNotFitted):
        cohort_matrix(np.ones((1, 3)))


@given(matrices(), st.integers(1, 20))
def test_cumulative_pds_rise_and_the_defaulted_are_at_one(matrix: Floats, periods: int) -> None:
    found = cumulative_pd(matrix, periods)
    assert (np.diff(found, axis=1) >= -1e-12).all()
    assert (found[-1] == 1).all()
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()


ROUNDED = np.array(
    [
        [1.0, 0.0, 1e-18, 0.0],
        [1e-10, 0.9999999999, 0.0, 0.0],
        [0.0, 0.41576333906756757, 0.5842366609324324, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
)
"""What its logarithm's rows lack is more, by rounding, than there is to take it from."""


@given(matrices())
@example(ROUNDED)
def test_a_repaired_generator_is_one(matrix: Floats) -> None:
    for repair in (repaired_generator, weighted_generator):
        rates = repair(matrix)
        off = rates[~np.eye(len(rates), dtype=bool)]
        assert (off >= 0).all()
        assert np.abs(rates.sum(axis=1)).max() < 1e-9
        moved = moves_within(rates, 1.0)
        assert (moved >= -1e-12).all()
        assert moved.sum(axis=1) == pytest.approx(np.ones(len(moved)))


def test_a_logarithm_that_is_no_generator_is_repaired_and_stays_near() -> None:
    assert raw_generator(NOT_EMBEDDABLE).min(initial=0, where=~np.eye(4, dtype=bool)) < 0
    for repair in (repaired_generator, weighted_generator):
        assert np.abs(moves_within(repair(NOT_EMBEDDABLE), 1.0) - NOT_EMBEDDABLE).max() < 2e-3
    with pytest.raises(ModelNotFitted, match="no real logarithm"):
        raw_generator(np.array([[0.1, 0.9, 0.0], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]))


@given(matrices(), st.floats(0.05, 0.4))
def test_the_mean_over_the_cycle_is_the_matrix(matrix: Floats, rho: float) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    mean = sum(w * under_cycle(matrix, rho, float(z)) for z, w in zip(nodes, weights, strict=True)) / weights.sum()
    assert mean == pytest.approx(matrix, abs=2e-3)


def test_good_times_upgrade_and_bad_times_default() -> None:
    good, bad = under_cycle(NOT_EMBEDDABLE, 0.15, 1.5), under_cycle(NOT_EMBEDDABLE, 0.15, -1.5)
    assert good[2, -1] < NOT_EMBEDDABLE[2, -1] < bad[2, -1]
    assert good[2, 1] > bad[2, 1]
    assert good.sum(axis=1) == pytest.approx(np.ones(4))
    with pytest.raises(UnitWrong):
        under_cycle(NOT_EMBEDDABLE, 1.0, 0.0)


def test_without_ties_or_withdrawals_aalen_johansen_ends_where_debtors_ended() -> None:
    """Everybody is seen from 0 to the end, so the product telescopes to the plain shares."""
    debtor = np.array([0, 0, 1, 1, 1, 2, 3])
    since = np.array([0.0, 0.4, 0.0, 0.7, 1.1, 0.0, 0.0])
    state = np.array([0, 1, 0, 1, 2, 0, 0])
    found = aalen_johansen(debtor, since, state, states=3, until=2.0)
    assert found[0] == pytest.approx([2 / 4, 1 / 4, 1 / 4])


def test_time_out_of_sight_is_not_time_at_risk() -> None:
    found = durations(np.array([0, 0, 0]), np.array([0.0, 1.0, 3.0]), np.array([0, -1, 0]), states=2, until=4.0)
    assert found.exposure.tolist() == [2.0, 0.0]
    assert not found.moves.any()
    with pytest.raises(ModelNotFitted, match="order of time"):
        durations(np.array([0, 0]), np.array([1.0, 0.0]), np.array([0, 1]), states=2, until=4.0)


def test_a_table_of_grades_is_counted_and_the_two_estimators_differ() -> None:
    seen = {"a": "ABD", "b": "AAA", "c": "BB", "d": "A"}
    rows = [(who, year, grade) for who, grades in seen.items() for year, grade in enumerate(grades)]
    table = pl.DataFrame(rows, schema=["who", "year", "grade"], orient="row")
    cohort, moves = moves_of(table, "who", "year", "grade", ("A", "B", "D"), "cohort")
    assert moves == 5, "c is gone in year 2 and d in year 1"
    assert cohort.tolist() == [[2 / 3, 1 / 3, 0], [0, 0.5, 0.5], [0, 0, 1]]
    by_time, _ = moves_of(table, "who", "year", "grade", ("A", "B", "D"), "duration")
    assert by_time[0, 2] > 0
    with pytest.raises(TableUnfit, match="something else than A, B"):
        moves_of(table, "who", "year", "grade", ("A", "B"), "cohort")
    with pytest.raises(TableUnfit, match="twice"):
        moves_of(pl.concat([table, table]), "who", "year", "grade", ("A", "B", "D"), "cohort")
