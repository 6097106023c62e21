"""Every signal that is asked has cases: each of its levels fires, and something beside it does not."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from postloan.rules.reading import read_yaml
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.rules.sources import shipped_rules
from postloan.rules.warnings import FEATURES, WarningRule
from postloan.steps.warnings import warnings

RULES = {rule.id: rule for rule in policy_on(load_rulebook(None), load_rulebook(None).begins_on).warnings}
FILES = sorted((shipped_rules() / "cases" / "warnings").glob("*.yaml"))
CASES = {case["signal"]: case for file in FILES for case in read_yaml(file.read_bytes())}


def _level(rule: WarningRule, told: dict[str, Any]) -> str | None:
    kinds = FEATURES[rule.of].kinds
    unknown = told.keys() - kinds.keys()
    assert not unknown, f"{rule.id}: no such feature {unknown}"
    names = {"debtor_no": pl.Int64(), "debtor_id": pl.String(), **kinds}
    row = {name: [None] for name in names} | {name: [value] for name, value in told.items()}
    row |= {"debtor_no": [1], "debtor_id": ["C1"]} | ({"loan_id": ["L1"]} if rule.of == "loan" else {})
    frame = pl.DataFrame(row, schema=names)
    none = frame.clear()
    found = warnings(frame if rule.of == "debtor" else none, frame if rule.of == "loan" else none, rules=[rule])
    return None if found.is_empty() else str(found["level"][0])


@pytest.mark.parametrize("signal", [rule.id for rule in RULES.values() if rule.levels])
def test_a_signal_fires_at_each_level_and_not_beside(signal: str) -> None:
    rule, case = RULES[signal], CASES[signal]
    for each in case["fires"]:
        assert _level(rule, each["of"]) == each["level"], each
    for told in case["quiet"]:
        assert _level(rule, told) is None, told
    assert {each["level"] for each in case["fires"]} == {rung.level for rung in rule.levels}
    assert case["quiet"]


def test_no_case_is_of_a_signal_that_is_not_asked() -> None:
    assert [signal for signal in CASES if signal not in RULES or not RULES[signal].levels] == []


def test_every_signal_of_the_catalogue_is_asked_or_says_what_it_waits_for() -> None:
    catalogue = Path(__file__).parents[3] / "shared" / "warning_signals.csv"
    if not catalogue.exists():
        pytest.skip("the catalogue of signals is not here")
    listed = pl.read_csv(catalogue, encoding="utf8")
    names = {
        row["id"]: row["name_zh"] for row in listed.rename(lambda name: name.lstrip("\ufeff")).iter_rows(named=True)
    }
    assert {rule.id: rule.zh for rule in RULES.values() if rule.id in names} == names
