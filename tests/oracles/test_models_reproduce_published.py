"""Models against answers computed independently or printed elsewhere: worked examples, rating agencies, the Accord."""

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from postloan.models.binning import information_value
from postloan.models.calibration import binomial_at_least, binomial_at_most
from postloan.models.cycle import pd_at, weighted, worst_rate
from postloan.models.irb import RESIDENTIAL_RHO, REVOLVING_RHO, corporate_rho, other_retail_rho, risk_weight
from postloan.models.migration import (
    cohort_matrix,
    count_moves,
    cumulative_pd,
    durations,
    moves_within,
    raw_generator,
    repaired_generator,
    weighted_generator,
)
from postloan.models.ranking import auc, auc_of_counts, ks_of_counts
from postloan.models.stability import psi

FOLDER = Path(__file__).parents[3] / "shared" / "oracles"
EXAMPLES = FOLDER / "ecl_worked_examples.json"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="the worked examples are not in this checkout")
Floats = NDArray[np.float64]


def example(name: str) -> Any:
    said = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return next(each for each in [*said["examples"], *said["published"]] if each["id"] == name)


def table(name: str) -> Floats:
    """A file of figures; what is no figure is NaN."""
    with (FOLDER / name).open(encoding="utf-8-sig") as file:
        rows = [[_figure(cell) for cell in row] for row in csv.reader(file)]
    width = max(len(row) for row in rows)
    return np.array([row + [np.nan] * (width - len(row)) for row in rows])


def _figure(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


# Worked examples -------------------------------------------------------------------------------------------------


def test_e3_pd_in_each_state_of_the_economy() -> None:
    e3 = example("E3")
    said, satellite = e3["inputs"], e3["inputs"]["satellite"]
    pds, weights = {}, {}
    for name, state in said["scenarios"].items():
        z = satellite["a"] + satellite["b_gdp"] * state["gdp"] + satellite["b_hpi"] * state["hpi"]
        assert z == pytest.approx(e3["expected"][name]["Z"])
        pds[name] = pd_at(said["pd_ttc"], said["rho"], z)
        assert float(pds[name]) == pytest.approx(e3["expected"][name]["pd_pit"], abs=1e-9)
        weights[name] = state["w"]
    assert float(weighted(pds, weights)) == pytest.approx(e3["expected"]["weighted_pd"], abs=1e-9)
    at_mean = float(pd_at(said["pd_ttc"], said["rho"], e3["expected"]["mean_Z"]))
    assert at_mean == pytest.approx(e3["expected"]["pd_at_mean_Z"], abs=1e-9)
    assert at_mean < 0.7 * float(weighted(pds, weights)), "averaging inputs loses a third"


def test_e3_the_mean_over_the_cycle_is_the_pd_through_it() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    assert float(weights @ pd_at(0.02, 0.15, nodes) / weights.sum()) == pytest.approx(0.02, abs=1e-9)


def test_e4_cumulative_marginal_and_conditional_pd() -> None:
    e4 = example("E4")
    found = cumulative_pd(np.array(e4["inputs"]["matrix"]), 5)
    for at, grade in enumerate("ABC"):
        assert found[at] == pytest.approx(e4["expected"]["cumulative_pd_years_1_5"][grade], abs=1e-10)
    marginal = np.diff(found[1], prepend=0.0)
    assert marginal == pytest.approx(e4["expected"]["marginal_pd_B"], abs=1e-10)
    conditional = marginal / (1 - np.append([0.0], found[1][:-1]))
    assert conditional == pytest.approx(e4["expected"]["conditional_pd_B"], abs=1e-10)
    assert found[1][2] == pytest.approx(float(Fraction(e4["expected"]["exact_B_3y"])), abs=1e-10)


def test_e5_durations_and_cohorts_of_the_same_histories() -> None:
    e5 = example("E5")
    rows = [(at, since, "ABD".index(s)) for at, (_, seen) in enumerate(e5["inputs"]["histories"]) for since, s in seen]
    debtor, since, state = (np.array(each) for each in zip(*rows, strict=True))
    found = durations(debtor, since.astype(float), state, states=3, until=e5["inputs"]["horizon"])
    assert found.exposure[:2].tolist() == [e5["expected"]["exposure_years"]["A"], e5["expected"]["exposure_years"]["B"]]
    assert found.generator == pytest.approx(np.array(e5["expected"]["generator"]), abs=1e-12)
    assert moves_within(found.generator, 1.0) == pytest.approx(np.array(e5["expected"]["P_1y"]), abs=1e-10)

    def state_at(who: int, when: float) -> int:
        return int(state[(debtor == who) & (since <= when)][-1])

    pairs = [(state_at(who, year), state_at(who, year + 1)) for who in range(10) for year in (0, 1)]
    before, after = (np.array(each) for each in zip(*pairs, strict=True))
    cohort = cohort_matrix(count_moves(before, after, 3)[:, :-1])
    for at, grade in enumerate("AB"):
        expected = e5["expected"]["cohort_P_1y_pooled"][grade]
        assert cohort[at] == pytest.approx([expected[to] for to in "ABD"])


def test_e5_a_matrix_that_no_process_in_continuous_time_makes() -> None:
    said = example("E5")["expected"]["embeddability_counterexample"]
    matrix = np.array(said["matrix"], dtype=float)
    off = ~np.eye(4, dtype=bool)
    assert raw_generator(matrix)[off].min() == pytest.approx(said["min_offdiag_of_log"], abs=1e-12)
    assert repaired_generator(matrix)[off].min() >= 0


def test_e9_stability_ranking_and_calibration() -> None:
    e9 = example("E9")
    said, expected = e9["inputs"], e9["expected"]
    good, bad = (np.array(said[f"{side}_by_band_low_to_high"]) for side in ("good", "bad"))
    assert psi(np.array(said["psi_expected"]), np.array(said["psi_actual"])) == pytest.approx(expected["psi"], abs=1e-9)
    assert ks_of_counts(good, bad) == pytest.approx(expected["ks"], abs=1e-12)
    assert auc_of_counts(good, bad) == pytest.approx(float(Fraction(expected["auc_exact"])), abs=1e-12)
    assert 2 * auc_of_counts(good, bad) - 1 == pytest.approx(expected["gini"], abs=1e-12)
    plain = float((bad / bad.sum() - good / good.sum()) @ np.log((bad / bad.sum()) / (good / good.sum())))
    assert plain == pytest.approx(expected["iv"], abs=1e-9)
    # Ours adds half a row to a bin, so that one without a bad stays finite: nearly the same.
    assert information_value(good + bad, bad) == pytest.approx(expected["iv"], rel=0.02)
    grade = said["calibration"]
    assert binomial_at_least(grade["defaults"], grade["n"], grade["pd"]) == pytest.approx(
        expected["binomial_p_upper"], abs=1e-12
    )


# Published -------------------------------------------------------------------------------------------------------


def irb(pd: float) -> list[float]:
    """The eight columns of Annex 5, in per cent."""
    found = [risk_weight(pd, 0.45, corporate_rho(pd, turnover), maturity_years=2.5) for turnover in (50.0, 5.0)]
    high_and_low = {RESIDENTIAL_RHO: (0.45, 0.25), other_retail_rho(pd): (0.45, 0.85), REVOLVING_RHO: (0.45, 0.85)}
    found += [risk_weight(pd, lgd, rho) for rho, lgds in high_and_low.items() for lgd in lgds]
    return [100 * each for each in found]


def test_p1_risk_weights_of_the_accord() -> None:
    printed = table("basel2_annex5_irb_rw.csv")[1:]
    found = np.array([irb(row[0] / 100) for row in printed])
    assert found.shape == (12, 8)
    apart = np.abs(found - printed[:, 1:])
    assert apart.max() <= 0.0105
    assert (np.round(found, 2) == printed[:, 1:]).sum() >= 89


def test_p2_p3_p4_worst_case_default_rates() -> None:
    p2 = example("P2")
    for rho, row in p2["rows_rho"].items():
        if float(rho) > 0:
            found = worst_rate(np.array(p2["columns_pd"]), float(rho), 0.999)
            assert np.round(100 * found, 1).tolist() == row
    p3, p4 = float(worst_rate(0.02, 0.1, 0.999)), float(worst_rate(0.02, 0.13, 0.999))
    assert p3 == pytest.approx(example("P3")["computed"]["wcdr"], abs=1e-9)
    assert p4 == pytest.approx(example("P4")["computed"]["wcdr"], abs=1e-9)
    assert 100 * 0.5 * (p4 - 0.02) == pytest.approx(example("P4")["computed"]["ul_musd"], abs=1e-6)


def test_p7_the_area_of_hanley_and_mcneil() -> None:
    said = example("P7")["inputs"]
    goods, bads = np.array(said["neg"], float), np.array(said["pos"], float)
    assert auc_of_counts(goods[::-1], bads[::-1]) == pytest.approx(float(Fraction(example("P7")["computed"]["exact"])))
    risk = np.repeat(np.tile(np.arange(5.0), 2), np.concatenate([goods, bads]).astype(int))
    label = np.repeat([False, True], [int(goods.sum()), int(bads.sum())])
    found = auc(risk, label, confidence=0.95)
    assert found.value == pytest.approx(0.893, abs=5e-4)
    assert found.error == pytest.approx(0.032, abs=2e-3), "the paper's own formula gives 0.032"


def test_p8_cumulative_probabilities_of_exceptions() -> None:
    for count, printed in example("P8")["printed"].items():
        assert round(binomial_at_most(int(count), 250, 0.01), 3) == pytest.approx(printed, abs=1.01e-3)


# Rating agencies -------------------------------------------------------------------------------------------------


def test_counts_of_an_agency_become_its_matrix() -> None:
    counts = table("sp_global_corp_transition_counts_2000.csv")[1:, 1:]
    matrix = cohort_matrix(counts)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(8))
    assert matrix[5, 7] == pytest.approx(53 / 955)
    assert matrix[7].tolist() == [0] * 7 + [1]


def test_withdrawn_ratings_of_an_agency_leave_the_denominator() -> None:
    rows = table("tm_sp_1981-2016.csv")[2:9, :9] / 100
    matrix = cohort_matrix(rows[:, :8])
    assert matrix[:7].sum(axis=1) == pytest.approx(np.ones(7))
    adjusted = rows[:, 7] / rows[:, :8].sum(axis=1)
    assert matrix[:7, 7] == pytest.approx(adjusted)
    assert (matrix[:7, 7] >= rows[:, 7]).all()


def test_powers_of_one_year_come_near_what_the_agency_saw_in_five() -> None:
    """Nearly, not wholly: grades have a memory that a matrix has not."""
    saw = table("tm_sp_1981-2016.csv")
    one, five = (cohort_matrix(saw[2 + 7 * at : 9 + 7 * at, :8] / 100) for at in (0, 3))
    found = cumulative_pd(one, 5)[:7, -1]
    assert np.corrcoef(found, five[:7, 7])[0, 1] > 0.97
    assert np.abs(found - five[:7, 7]).max() < 0.08


def test_the_matrix_of_jarrow_lando_and_turnbull_has_a_generator_after_repair() -> None:
    matrix = cohort_matrix(table("tm_JLT.csv")[1:])
    off = ~np.eye(8, dtype=bool)
    assert raw_generator(matrix)[off].min() < 0
    for repair in (repaired_generator, weighted_generator):
        rates = repair(matrix)
        assert rates[off].min() >= 0
        assert np.abs(moves_within(rates, 1.0) - matrix).max() < 0.005


def test_a_yearly_matrix_is_taken_apart_into_months_and_carried_ten_years_forward() -> None:
    monthly = np.array(json.loads((FOLDER / "tm_generic_monthly.json").read_text(encoding="utf-8")))
    yearly = np.array(json.loads((FOLDER / "tm_generic_multiperiod.json").read_text(encoding="utf-8")))
    one = cohort_matrix(yearly[0])
    assert raw_generator(one).min(initial=0, where=~np.eye(8, dtype=bool)) < 0
    for repair in (repaired_generator, weighted_generator):
        rates = repair(one)
        for month in (1, 12, 60, 120):
            assert np.abs(moves_within(rates, month / 12) - monthly[month - 1]).max() < 3e-4
    within = cumulative_pd(cohort_matrix(yearly[0]), 10)
    assert within == pytest.approx(yearly[:, :, -1].T, abs=2e-4)
