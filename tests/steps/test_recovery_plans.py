"""Recoveries that people expect (risk 5.5): discounted, weighted over strategies, unwound until nothing is left."""

import json
from datetime import date, timedelta

import polars as pl
import pytest

from postloan.steps.recovery_plans import recovery_plans
from postloan.tables.results import RateInForce

ON = date(2024, 12, 31)
RATE = 0.08
LITIGATE = ("0.7", {1: "0", 2: "600000", 3: "200000"})
SELL = ("0.3", {1: "900000"})


def recovered(*strategies: tuple[str, dict[int, str]], years: int = 0) -> float:
    """What the plan is worth after so many years, in currency units."""
    terms = {
        "strategies": [
            {
                "weight": weight,
                "flows": [{"on": str(ON + timedelta(days=365 * at)), "amount": each} for at, each in flows.items()],
            }
            for weight, flows in strategies
        ]
    }
    decisions = pl.DataFrame({
        "loan_no": [1], "decision_id": ["D"], "kind": ["recovery_plan"], "effective_on": [ON],
        "terms": [json.dumps(terms)],
    })  # fmt: skip
    rates = RateInForce.cast(pl.DataFrame({
        "loan_no": [1], "rate_in_force_e8": [round(RATE * 10**8)], "rate_since_on": [None], "prime_rate_e8": [None],
        "prime_rate_on": [None],
    }))  # fmt: skip
    found = recovery_plans(decisions, rates, on=ON + timedelta(days=365 * years))
    return float(found["recovered_cents"][0]) / 100


def test_cash_is_discounted_at_the_effective_rate_of_the_loan_and_weighted() -> None:
    litigated = 600_000 / 1.08**2 + 200_000 / 1.08**3
    assert recovered(LITIGATE, SELL) == pytest.approx(0.7 * litigated + 0.3 * 900_000 / 1.08)


def test_interest_runs_on_what_is_expected_and_the_plan_ends_at_nothing() -> None:
    """On the net: opening x rate - expected cash = the change. On the claim it would grow where nothing comes in."""
    opening = recovered(LITIGATE, SELL)
    for year, expected_cash in enumerate((0.3 * 900_000, 0.7 * 600_000, 0.7 * 200_000), start=1):
        closing = recovered(LITIGATE, SELL, years=year)
        assert closing == pytest.approx(opening * (1 + RATE) - expected_cash, abs=1e-6)
        opening = closing
    assert opening == 0


def test_a_strategy_that_brings_more_than_the_claim_makes_up_for_another() -> None:
    """Weights are laid on what strategies bring in; a floor for each would lose what the better one gains."""
    both = recovered(("0.5", {1: "2160000"}), ("0.5", {1: "0"}))
    assert both == pytest.approx(1_000_000)
