"""The frappe cases: what the runner reproduces, and that it would see a wrong amount or day."""

import json
from pathlib import Path

import pytest

from oracles import frappe

FILE = Path(__file__).parents[3] / "shared" / "oracles" / "frappe" / "cases.json"
REPRODUCED_MIN, IN_SCOPE_MIN = 7, 7

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the frappe cases are not in this checkout")


def test_the_cases_whose_convention_we_offer_are_reproduced() -> None:
    reproduced, in_scope, lines = frappe.run(FILE)
    assert in_scope >= IN_SCOPE_MIN
    assert reproduced >= REPRODUCED_MIN, "\n".join(lines)


def test_a_wrong_amount_or_day_is_seen() -> None:
    cases = [case for case in json.loads(FILE.read_text())["cases"] if case["verified"]]
    for case in cases:
        if frappe.reason_left_out(case):
            continue
        assert not list(frappe.differences(case))
        name, value = next(iter(case["expected"].items()))
        if name == "dpd":
            value["2024-11-06"] += 1
        elif name == "rows":
            value[1]["interest"] += 1
        else:
            case["expected"][name] = value + 1
        assert list(frappe.differences(case)), case["id"]
