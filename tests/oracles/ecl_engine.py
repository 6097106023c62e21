"""Answers of the engine of expected loss: its kernel, stages, recovery plans and the roll-forward."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.desk.report.allowance import rolled_forward
from postloan.kernels.loss import (
    Convention,
    Exposures,
    Instalments,
    Losses,
    Severities,
    claims_of,
    expected_losses,
)
from postloan.models.curves import marginal_of
from postloan.rules.stages import Stages
from postloan.steps.recovery_plans import recovery_plans
from postloan.steps.stage import stage_of
from postloan.tables.results import RateInForce
from postloan.tables.units import TIERS

Example = dict[str, Any]
Floats = NDArray[np.float64]

UNIT = 10**6
"""Parts of a currency unit that count as whole: finer than cents, for examples that round nothing."""
ON = date(2024, 12, 31)


class Term:
    """A loan by its periods, and what it loses."""

    def __init__(self, principal: float, rate: float, falls: list[float], hazards: Floats, lgds: Floats) -> None:
        periods = len(falls)
        self.first = marginal_of(hazards)[None, :, :]
        self.lgds = lgds
        self.exposures = Exposures(
            np.array([round(principal * UNIT)]), np.zeros(1, np.int64), np.zeros(1, np.int64), np.array([rate]),
            np.array([periods], np.int32), np.zeros(1, np.int32),
        )  # fmt: skip
        self.instalments = Instalments(
            np.array([0, periods]), np.arange(1, periods + 1, dtype=np.int32),
            np.array([round(cents * UNIT) for cents in falls]),
        )  # fmt: skip
        self.period_ends = np.arange(1, periods + 1, dtype=np.int32)

    def losses(self, convention: Convention) -> Losses:
        """By scenario, in currency units."""
        shape = (1, self.lgds.size)
        found = expected_losses(
            self.exposures, self.instalments,
            Severities(self.lgds.reshape(shape), np.zeros(shape), np.zeros(shape)), self.first,
            period_ends=self.period_ends, convention=convention, on=0,
        )  # fmt: skip
        return Losses(found.year[0] / UNIT, found.lifetime[0] / UNIT)

    def by_period(self, convention: Convention) -> Floats:
        """By scenario and period."""
        claims, _ = claims_of(
            0, self.exposures, self.instalments, period_ends=self.period_ends, convention=convention, on=0
        )
        return self.first[0] * self.lgds[:, None] * claims / UNIT


def yearly_bullet(example: Example) -> Any:
    """A loan whose interest is paid yearly and its principal at the end, under scenarios."""
    said = example["inputs"]
    names, years = list(said["conditional_pd"]), said["term_years"]
    hazards, lgds = np.array([said["conditional_pd"][name] for name in names]), _by_name(said["lgd"], names)
    weights = _by_name(said["weights"], names)
    falls = [0.0] * (years - 1) + [said["principal"]]
    loan = Term(said["principal"], said["eir_annual"], falls, hazards, lgds)
    whole, opening = Convention(1, 1.0, 1.0), Convention(1, 0.0, 1.0)
    found, bare, periods = loan.losses(whole), loan.losses(opening), loan.by_period(whole)
    mean = Term(said["principal"], said["eir_annual"], falls, (weights @ hazards)[None, :], np.array([weights @ lgds]))
    return {
        "scenarios": {
            name: {
                "lifetime_ecl": found.lifetime[at], "ecl_12m": found.year[at], "by_period": periods[at].tolist(),
                "exact_rational_lifetime": found.lifetime[at], "lifetime_ecl_EAD_open": bare.lifetime[at],
            }
            for at, name in enumerate(names)
        },
        "weighted_lifetime_ecl": weights @ found.lifetime,
        "weighted_12m_ecl": weights @ found.year,
        "WRONG_ecl_from_averaged_inputs": mean.losses(whole).lifetime[0],
    }  # fmt: skip


def level_loan(example: Example) -> Any:
    """A loan repaid level by the month, with a hazard a month."""
    said = example["inputs"]
    rate, months, owed = said["monthly_eir"], said["n"], said["principal"]
    payment = owed * rate / (1 - (1 + rate) ** -months) if rate else owed / months
    falls, balances = [], [owed]
    for _ in range(months):
        falls.append(payment - balances[-1] * rate)
        balances.append(balances[-1] - falls[-1])
    loan = Term(owed, rate, falls, np.array([said["hazard_monthly"]]), np.array([said["lgd"]]))
    found, bare = loan.losses(Convention(12, 1.0, 1.0)), loan.losses(Convention(12, 0.0, 1.0))
    cumulative = np.cumsum(loan.first[0, 0])
    return {
        "payment": payment, "ecl_12m": found.year[0], "lifetime_ecl": found.lifetime[0],
        "lifetime_ecl_EAD_open": bare.lifetime[0], "ecl_12m_EAD_open": bare.year[0], "balance_after_12": balances[12],
        **{f"cumulative_pd_{month}m": cumulative[month - 1] for month in range(1, months + 1)},
    }  # fmt: skip


def workout(example: Example) -> Any:
    """A credit-impaired loan with strategies of recovery, and how its loss is unwound until nothing is left."""
    said = example["inputs"]
    claim, rate, strategies = said["gross_carrying_amount"], said["eir"], said["strategies"]
    alone = {name: recovered(rate, {name: each | {"p": 1}}, 0) for name, each in strategies.items()}
    last = max(int(year) for each in strategies.values() for year in each["cf"])
    carried = [recovered(rate, strategies, year) for year in range(last + 1)]
    steps = [
        {
            "year": year, "open": opening, "interest_on_net": rate * opening,
            "expected_cash": sum(each["p"] * each["cf"].get(str(year), 0) for each in strategies.values()),
            "close": closing,
        }
        for year, (opening, closing) in enumerate(pairwise(carried), start=1)
    ]  # fmt: skip
    loss = claim - carried[0]
    return {
        "pv_by_strategy": alone, "amortised_cost": carried[0], "ecl": loss, "coverage": loss / claim,
        "ecl_if_floored_per_strategy": sum(
            each["p"] * max(0.0, claim - alone[name]) for name, each in strategies.items()
        ),
        "year1_interest_income_on_net": rate * carried[0],
        "year1_interest_if_wrongly_on_gross": rate * claim,
        "rollforward": steps,
    }  # fmt: skip


def recovered(rate: float, strategies: dict[str, Any], years: int) -> float:
    """What is recovered as of so many years from the start, as the step finds it from a decision's terms."""
    told = {
        "strategies": [
            {
                "weight": str(each["p"]),
                "flows": [
                    {"on": str(ON + timedelta(days=365 * int(year))), "amount": str(Decimal(str(cash)))}
                    for year, cash in each["cf"].items()
                ],
            }
            for each in strategies.values()
        ]
    }
    decisions = pl.DataFrame(
        {
            "loan_no": [1],
            "decision_id": ["D"],
            "kind": ["recovery_plan"],
            "effective_on": [ON],
            "terms": [json.dumps(told)],
        }
    )
    rates = RateInForce.cast(
        pl.DataFrame({
            "loan_no": [1], "rate_in_force_e8": [round(rate * 10**8)], "rate_since_on": [None], "prime_rate_e8": [None],
            "prime_rate_on": [None],
        })
    )  # fmt: skip
    found = recovery_plans(decisions, rates, on=ON + timedelta(days=365 * years))
    return float(found["recovered_cents"][0]) / 100


REASONS = {
    "none": "none", "low_risk": "low_credit_risk", "stage_2_probation": "stage2_probation",
    "left_stage_3": "stage3_cure_to_stage2", "pd_rise": "pd_ratio", "pd_ceiling": "pd_absolute",
    "watched": "watch_list", "restructured": "forborne_probation", "overdue": "dpd_backstop",
    "stage_3_probation": "stage3_probation", "cross_default": "cross_default_10pct",
    "credit_impaired": "credit_impaired", "default_overdue": "default_dpd", "poci": "poci",
}  # fmt: skip
NUMBERS = {"stage_1": 1, "stage_2": 2, "stage_3": 3, "poci": "POCI"}


def stage_table(example: Example) -> Any:
    """Loans that say what a stage rests on, under thresholds of the example's own."""
    law = stages_of(example["inputs"]["config"])
    rows = [_stage_row(each["input"]) for each in example["expected"]]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.col("tier").cast(pl.Enum(TIERS)), pl.col("left_stage_3_on", "left_stage_2_on").cast(pl.Date)
    )
    found = stage_of(frame, law=law, on=ON)
    return [
        {"stage": NUMBERS[stage], "reason": REASONS[cause]}
        for stage, cause in found.select("stage", "cause").iter_rows()
    ]


def stages_of(said: dict[str, Any]) -> Stages:
    """The rule with an example's thresholds."""
    cite = {"text": "oracle", "at": "config"}

    def share(value: float) -> str:
        return str(Decimal(str(value)))

    return Stages.model_validate({
        "from": date(2018, 1, 1), "tiers": (), "cross_default": {"over_share": "0.10", "cite": cite},
        "overdue": ({"stage": 2, "over_days": said["sicr_dpd_backstop"], "cite": cite},
                    {"stage": 3, "over_days": said["default_dpd"], "cite": cite}),
        "forborne": {"stage": 2, "cite": cite}, "watched": {"stage": 2, "cite": cite},
        "pd_ceiling": {"over_pd": share(said["pd_abs_alone"]), "cite": cite},
        "pd_rise": {"times": share(said["pd_ratio"]), "by": share(said["pd_abs_min"]), "cite": cite},
        "low_risk": {"below_pd": share(said["low_credit_risk_pd"]), "cite": cite},
        "probations": ({"stage": 2, "months": said["stage2_cure_months"], "cite": cite},
                       {"stage": 3, "months": said["stage3_probation_months"], "cite": cite}),
    })  # fmt: skip


def _stage_row(said: dict[str, Any]) -> dict[str, Any]:
    now = float(said.get("pd_now", 0.01))
    left = {3: said.get("months_performing"), 2: said.get("months_without_trigger")}
    before = said.get("prev_stage")
    return {
        "tier": "pass", "impaired": said.get("credit_impaired", False), "is_poci": said.get("poci", False),
        "is_watched": said.get("watch_list", False), "is_restructured": said.get("forborne_performing", False),
        "is_retail": said.get("retail", True), "days_past_due": said.get("dpd", 0),
        "npl_cents": round(said.get("cross_default_share", 0) * 10**6), "exposure_cents": 10**6,
        "left_stage_3_on": _months_before(left[3]) if before == 3 else None,
        "left_stage_2_on": _months_before(left[2]) if before == 2 else None,
        "pd_year_ratio": now, "pd_left_ratio": now, "pd_expected_ratio": float(said.get("pd_orig", now)),
    }  # fmt: skip


def _months_before(months: int | None) -> date | None:
    return None if months is None else pl.Series([ON]).dt.offset_by(f"-{months}mo")[0]


CAUSES = {
    "new_originations": "new", "derecognised_repaid": "repaid", "transfer_1_to_2_remeasure": "worsened",
    "transfer_2_to_1_remeasure": "improved", "pd_lgd_parameter_change": "model", "macro_scenario_change": "scenarios",
    "unwind_of_discount_stage3": "unwinding", "write_off": "written_off", "recoveries_of_written_off": "recovered",
}  # fmt: skip


def roll_forward(example: Example) -> Any:
    """An allowance from its opening to its closing, and what of it is charged."""
    said = example["inputs"]
    causes = {CAUSES.get(name, name): Decimal(str(amount)) for name, amount in said["movements"].items()}
    closing, charge = rolled_forward(
        int(Decimal(str(said["opening"])) * 100), {name: int(amount * 100) for name, amount in causes.items()}
    )
    return {"closing": closing / 100, "profit_or_loss_charge": charge / 100}


def one_period(example: Example) -> Any:
    """PD times LGD times exposure, as a title says them: 0.5% x 25% x $1m."""
    pd, lgd, claim = (float(word) for word in _figures(example["title"].split(":", 1)[1])[:3])
    loan = Term(claim * 10**6, 0.0, [claim * 10**6], np.array([[pd / 100]]), np.array([lgd / 100]))
    found = float(loan.losses(Convention(1, 1.0, 1.0)).lifetime[0])
    return {"": found}


def _figures(text: str) -> list[str]:
    kept = "".join(each if each.isdigit() or each == "." else " " for each in text)
    return [word for word in kept.split() if word.strip(".")]


def _by_name(said: dict[str, float], names: list[str]) -> Floats:
    return np.array([said[name] for name in names])


def _holds(*names: str) -> Callable[[Example], bool]:
    return lambda example: set(names) <= set(example.get("inputs", {}))


ANSWERS: list[tuple[Callable[[Example], bool], Callable[[Example], Any]]] = [
    (_holds("eir_annual", "term_years", "conditional_pd", "lgd", "weights"), yearly_bullet),
    (_holds("monthly_eir", "n", "hazard_monthly", "lgd"), level_loan),
    (_holds("gross_carrying_amount", "eir", "strategies"), workout),
    (_holds("config"), stage_table),
    (_holds("opening", "movements"), roll_forward),
    (lambda example: "Illustrative Example 8" in example["title"], one_period),
]
