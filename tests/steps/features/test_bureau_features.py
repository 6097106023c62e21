"""Bureau features: the latest report up to the day, and the one of about a quarter before."""

from datetime import date, timedelta
from typing import Any

import pytest

from engine_rows import Row, facts
from postloan.steps.features.bureau import bureau_features

ON = date(2024, 6, 30)


def report(on: date, cents: int, over_90: int = 0, **says: Any) -> Row:
    return {"debtor_no": 1, "on": on, "all_banks_cents": cents, "all_banks_over_90_cents": over_90,
            "other_bank_npl": False} | says  # fmt: skip


def told(*reports: Row) -> dict[str, Any]:
    rows = bureau_features(facts("elsewhere", *reports), on=ON)
    return rows.row(0, named=True) if rows.height else {}


def test_the_latest_report_up_to_the_day_counts() -> None:
    rows = told(
        report(date(2024, 3, 31), 1_000), report(ON, 800, 200, other_bank_npl=True, queries_3m=7),
        report(date(2024, 7, 1), 1, 1),
    )  # fmt: skip
    assert (rows["bureau_age_days"], rows["all_banks_cents"], rows["queries_3m"]) == (0, 800, 7)
    assert (rows["all_banks_over_90_share"], rows["other_bank_npl"]) == (0.25, True)
    assert rows["all_banks_change"] == pytest.approx(-0.2)


@pytest.mark.parametrize(("days", "change"), [(79, None), (80, -0.5), (190, -0.5), (191, None)])
def test_the_report_before_is_about_a_quarter_older(days: int, change: float | None) -> None:
    assert told(report(ON, 500), report(ON - timedelta(days=days), 1_000))["all_banks_change"] == change


def test_of_several_reports_before_the_latest_counts() -> None:
    reports = (report(ON, 500), report(ON - timedelta(days=85), 1_000), report(ON - timedelta(days=180), 4_000))
    assert told(*reports)["all_banks_change"] == -0.5


def test_what_is_not_known_stays_empty() -> None:
    rows = told(report(ON, 0, other_bank_npl=None))
    assert (rows["all_banks_over_90_share"], rows["all_banks_change"]) == (None, None)
    assert (rows["other_bank_npl"], rows["queries_3m"]) == (None, None)
    assert told(report(ON, 5), report(ON - timedelta(days=90), 0))["all_banks_change"] is None
    assert told(report(date(2024, 7, 1), 5)) == {}
