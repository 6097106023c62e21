"""Answers of the models: the economy, migrations, collateral, monitoring, circles, and what was printed elsewhere."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from postloan.kernels.network import cascade, network_of
from postloan.models.calibration import binomial_at_least, binomial_at_most
from postloan.models.circles import ALONE, circles, mutual_cores
from postloan.models.cycle import pd_at, weighted, worst_rate
from postloan.models.irb import RESIDENTIAL_RHO, REVOLVING_RHO, corporate_rho, other_retail_rho, risk_weight
from postloan.models.migration import cohort_matrix, count_moves, cumulative_pd, durations, moves_within, raw_generator
from postloan.models.provision_matrix import loss_rates
from postloan.models.ranking import auc_of_counts, ks_of_counts
from postloan.models.stability import psi

from .given_default import Piece, Terms, cost_of

Example = dict[str, Any]
Floats = NDArray[np.float64]
CONFIDENCE = 0.999
CENTS = 100
UNIT = 10**6
"""Parts of a currency unit that count as whole: finer than cents, for examples that round nothing."""


def economy(example: Example) -> Any:
    """The PD of each state of the economy, by a satellite and one factor."""
    said = example["inputs"]
    satellite = said["satellite"]
    slopes = {name.removeprefix("b_"): slope for name, slope in satellite.items() if name.startswith("b_")}
    z = {
        name: satellite["a"] + sum(slope * state[driver] for driver, slope in slopes.items())
        for name, state in said["scenarios"].items()
    }
    pds = {name: pd_at(said["pd_ttc"], said["rho"], each) for name, each in z.items()}
    weights = {name: state["w"] for name, state in said["scenarios"].items()}
    mean = sum(weights[name] * each for name, each in z.items())
    nodes, node_weights = np.polynomial.hermite_e.hermegauss(120)
    return {
        **{name: {"Z": z[name], "pd_pit": float(pds[name])} for name in pds},
        "weighted_pd": float(weighted(pds, weights)), "mean_Z": mean,
        "pd_at_mean_Z": float(pd_at(said["pd_ttc"], said["rho"], mean)),
        "identity_E_over_Z": float(node_weights @ pd_at(said["pd_ttc"], said["rho"], nodes) / node_weights.sum()),
    }  # fmt: skip


def migrations(example: Example) -> Any:
    """Cumulative, marginal and conditional PD from a yearly matrix."""
    said = example["inputs"]
    states, expected = said["states"], example["expected"]
    years = max(len(row) for row in expected["cumulative_pd_years_1_5"].values())
    found = cumulative_pd(np.array(said["matrix"]), years)
    answers: dict[str, Any] = {
        "cumulative_pd_years_1_5": {state: found[at].tolist() for at, state in enumerate(states[:-1])}
    }
    for at, state in enumerate(states[:-1]):
        marginal = np.diff(found[at], prepend=0.0)
        answers[f"marginal_pd_{state}"] = marginal.tolist()
        answers[f"conditional_pd_{state}"] = (marginal / (1 - np.append([0.0], found[at][:-1]))).tolist()
        answers |= {f"exact_{state}_{year}y": found[at][year - 1] for year in range(1, years + 1)}
    return answers


def histories(example: Example) -> Any:
    """The generator and the cohorts of the same histories."""
    said, horizon = example["inputs"], example["inputs"]["horizon"]
    states = [*sorted({state for _, seen in said["histories"] for _, state in seen} - {"D"}), "D"]
    rows = [(at, since, states.index(s)) for at, (_, seen) in enumerate(said["histories"]) for since, s in seen]
    debtor, since, state = (np.array(each) for each in zip(*rows, strict=True))
    found = durations(debtor, since.astype(float), state, states=len(states), until=horizon)

    def state_at(who: int, when: float) -> int:
        return int(state[(debtor == who) & (since <= when)][-1])

    pairs = [
        (state_at(who, year), state_at(who, year + 1)) for who in range(len(said["histories"]))
        for year in range(int(horizon))
    ]  # fmt: skip
    before, after = (np.array(each) for each in zip(*pairs, strict=True))
    cohort = cohort_matrix(count_moves(before, after, len(states))[:, : len(states)])
    example_matrix = example["expected"].get("embeddability_counterexample", {}).get("matrix")
    moves = {
        f"{states[a]}->{states[b]}": found.moves[a, b] for a in range(len(states)) for b in range(len(states)) if a != b
    }
    rates = {name: found.generator[states.index(name[0]), states.index(name[-1])] for name in moves}
    answers = {
        "exposure_years": dict(zip(states[:-1], found.exposure.tolist(), strict=False)), "transitions": moves,
        "generator": found.generator.tolist(), "generator_exact": rates,
        "P_1y": moves_within(found.generator, 1.0).tolist(),
        "cohort_P_1y_pooled": {
            name: dict(zip(states, cohort[at].tolist(), strict=True)) for at, name in enumerate(states[:-1])
        },
    }  # fmt: skip
    if example_matrix:
        matrix = np.array(example_matrix, dtype=float)
        lowest = raw_generator(matrix)[~np.eye(len(matrix), dtype=bool)].min()
        answers["embeddability_counterexample"] = {"min_offdiag_of_log": lowest}
    return answers


def collateral(example: Example) -> Any:
    """What a default costs that collateral secures, and its variants."""
    said = example["inputs"]
    answers: dict[str, Any] = {}
    for name, change in {"base": {}, **said.get("variants", {})}.items():
        each = said["base"] | change
        claim, growth = round(each["ead"] * UNIT), [each.get("g", 0.0)]
        piece = Piece(round(each["V"] * UNIT), each["hair"], each["cost"], round(each["T"] * 12))
        terms = Terms(each["r"], each["unsec"], round(each["Tu"] * 12), each["cure"], each["cureloss"])
        ((_, _, lgd),) = cost_of(claim, [piece], terms, growths=growth)
        ((worth, recovered, liquidation),) = cost_of(claim, [piece], terms._replace(cure=0.0), growths=growth)
        answers[name] = {
            "net_sale": worth / UNIT, "recovered_from_collateral": recovered / UNIT,
            "pv_recoveries": (1 - liquidation) * each["ead"], "lgd_liquidation": liquidation, "lgd": lgd,
        }  # fmt: skip
        answers[f"exact_{name}"] = lgd
    return answers


def monitoring(example: Example) -> Any:
    """Stability, ranking and calibration of a grade."""
    said = example["inputs"]
    good, bad = (np.array(said[f"{side}_by_band_low_to_high"], float) for side in ("good", "bad"))
    area, grade = auc_of_counts(good, bad), said["calibration"]
    good_share, bad_share = good / good.sum(), bad / bad.sum()
    return {
        "psi": psi(np.array(said["psi_expected"]), np.array(said["psi_actual"])), "ks": ks_of_counts(good, bad),
        "auc": area, "auc_exact": area, "gini": 2 * area - 1, "iv": psi(good_share, bad_share),
        "binomial_p_upper": binomial_at_least(grade["defaults"], grade["n"], grade["pd"]),
    }  # fmt: skip


def guarantee_circle(example: Example) -> Any:
    """Who guarantees whom in a ring, and who falls."""
    said = example["inputs"]
    names = sorted(said["buffer"])
    rows = [
        (names.index(name), names.index(to), amount) for name, all_of in _edges(said).items() for to, amount in all_of
    ]
    debtor, guarantor, amount = (np.array(each) for each in zip(*rows, strict=True))
    buffers = _in_cents([said["buffer"][name] for name in names])
    network = network_of(debtor, guarantor, _in_cents(amount), buffers)
    round_of, called = cascade(network, np.isin(names, said["seed"]))
    cores = mutual_cores(debtor, guarantor, size=len(names))
    return {
        "mutual_guarantee_cores": [
            [name for name, core in zip(names, cores, strict=True) if core == label]
            for label in np.unique(cores[cores != ALONE])
        ],
        "weakly_connected_components": int(circles(debtor, guarantor, size=len(names)).max()) + 1,
        "failed": [name for name, at in zip(names, round_of, strict=True) if at >= 0],
        "rounds": [
            [name for name, at in zip(names, round_of, strict=True) if at == fallen]
            for fallen in range(int(round_of.max()) + 1)
        ],
        "calls_on_guarantors": dict(zip(names, (called / CENTS).tolist(), strict=True)),
    }  # fmt: skip


def _in_cents(amounts: Any) -> NDArray[np.int64]:
    return np.round(np.asarray(amounts, float) * CENTS).astype(np.int64)


def _edges(said: dict[str, Any]) -> dict[str, Any]:
    return next(each for name, each in said.items() if name.startswith("guarantee_edges"))


# Printed ---------------------------------------------------------------------------------------------------------


def risk_weights(example: Example) -> Any:
    """Annex 5: the mismatches that the example names come out as it says, all other cells as they are printed."""
    found = {pd: np.array(_annex(float(pd) / 100)) for pd in example["table"]}
    apart = {pd: np.abs(found[pd] - example["table"][pd]) for pd in found}
    met = sum(int((np.round(found[pd], 2) == example["table"][pd]).sum()) for pd in found)
    cells = sum(len(row) for row in example["table"].values())
    worst = max(float(each.max()) for each in apart.values())
    return {"cells": cells, "met": met, "worst": round(worst, 2)}


def _annex(pd: float) -> list[float]:
    rows = [risk_weight(pd, 0.45, corporate_rho(pd, turnover), maturity_years=2.5) for turnover in (50.0, 5.0)]
    high_and_low = {RESIDENTIAL_RHO: (0.45, 0.25), other_retail_rho(pd): (0.45, 0.85), REVOLVING_RHO: (0.45, 0.85)}
    rows += [risk_weight(pd, lgd, rho) for rho, lgds in high_and_low.items() for lgd in lgds]
    return [100 * each for each in rows]


def worst_cases(example: Example) -> Any:
    """Default rates that are not passed in 999 years of 1,000."""
    return {
        rho: np.round(100 * worst_rate(np.array(example["columns_pd"]), float(rho), CONFIDENCE), 1).tolist()
        if float(rho) else [100 * pd for pd in example["columns_pd"]]
        for rho in example["rows_rho"]
    }  # fmt: skip


def worst_portfolio(example: Example) -> Any:
    """A portfolio of 100 million as a title says it: PD, LGD or recovery, rho."""
    title = example["title"]
    pd = float(re.search(r"PD (\d+)%", title).group(1)) / 100  # type: ignore[union-attr]
    lost = re.search(r"(LGD|recovery) (\d+)%", title)
    rho = float(re.search(r"rho (0\.\d+)", title).group(1))  # type: ignore[union-attr]
    assert lost is not None
    lgd = int(lost.group(2)) / 100 if lost.group(1) == "LGD" else 1 - int(lost.group(2)) / 100
    rate = float(worst_rate(pd, rho, CONFIDENCE))
    return {"wcdr": rate, "loss_musd": 100 * rate * lgd, "ul_musd": 100 * (rate - pd) * lgd}


def receivables(example: Example) -> Any:
    """A provision matrix from how sales were collected."""
    said = example["inputs"]
    rates = loss_rates(np.array(said["collections_path"], float), said["uncollected"])
    by_bucket = rates * np.array(said["ageing_amounts"], float)
    return {"rates": rates.tolist(), "allowance_by_bucket": by_bucket.tolist(), "total": float(by_bucket.sum())}


def area(example: Example) -> Any:
    """The area under the curve, from counts by rating."""
    said = example["inputs"]
    found = auc_of_counts(np.array(said["neg"], float)[::-1], np.array(said["pos"], float)[::-1])
    return {"auc": found, "exact": found}


def exceptions(example: Example) -> Any:
    """Cumulative probabilities of exceptions, as they are printed."""
    count, share = (float(each) for each in re.search(r"n=(\d+) p=(\d+)%", example["title"]).groups())  # type: ignore[union-attr]
    return {k: binomial_at_most(int(k), int(count), share / 100) for k in example["printed"]}


def _holds(*names: str) -> Callable[[Example], bool]:
    return lambda example: set(names) <= set(example.get("inputs", {}))


ANSWERS: list[tuple[Callable[[Example], bool], Callable[[Example], Any]]] = [
    (_holds("pd_ttc", "rho", "satellite", "scenarios"), economy),
    (_holds("states", "matrix"), migrations),
    (_holds("horizon", "histories"), histories),
    (lambda example: "ead" in example.get("inputs", {}).get("base", {}), collateral),
    (_holds("psi_expected", "psi_actual"), monitoring),
    (_holds("buffer", "seed"), guarantee_circle),
    (lambda example: "table" in example, risk_weights),
    (lambda example: "rows_rho" in example, worst_cases),
    (_holds("collections_path", "uncollected"), receivables),
    (_holds("neg", "pos"), area),
    (lambda example: "backtesting" in example["title"], exceptions),
    (lambda example: "WCDR" in example["title"], worst_portfolio),
]
