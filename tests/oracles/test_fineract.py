"""The Fineract life stories: what the runner reproduces, and that it would see a wrong cent."""

import json
from pathlib import Path

import pytest

from oracles import fineract

FILE = Path(__file__).parents[3] / "shared" / "oracles" / "fineract" / "cases.json"
REPRODUCED_MIN, IN_SCOPE_MIN = 78, 78

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the life stories are not in this checkout")


def test_the_stories_in_scope_are_reproduced() -> None:
    reproduced, in_scope, lines = fineract.run(FILE)
    assert in_scope >= IN_SCOPE_MIN, "a feature was left out that was not before"
    assert reproduced >= REPRODUCED_MIN, "\n".join(lines)


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("expect_schedule", "interest"),
        ("expect_schedule", "outstanding"),
        ("expect_schedule", "paid_date"),
        ("expect_transactions", "principal"),
        ("expect_delinquency", "delinquent_days"),
    ],
)
def test_a_wrong_cent_or_day_is_seen(table: str, field: str) -> None:
    book = json.loads(FILE.read_text(encoding="utf-8"))
    ranges = book["meta"]["delinquency_ranges"]
    case = next(
        case
        for case in book["cases"]
        if case["verified"]
        and not fineract.missing(case)
        and any(step["type"] == table and step.get("verified") for step in case["timeline"])
    )
    assert not fineract.attempt(case, ranges)
    step = next(step for step in case["timeline"] if step["type"] == table and step.get("verified"))
    said = step["rows"][-1] if "rows" in step else step
    said[field] = "1999-01-01" if field == "paid_date" else "0.77"
    assert fineract.attempt(case, ranges)
