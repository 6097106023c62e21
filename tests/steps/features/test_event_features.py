"""Event features: days since the latest of a kind, how often and how much, and what ends a listing."""

from datetime import date, timedelta
from typing import Any

import pytest

from engine_rows import Row, facts
from postloan.steps.features.events import event_features

ON = date(2024, 6, 30)


def happened(kind: str, days_ago: int, **says: Any) -> Row:
    return {"debtor_no": 1, "kind": kind, "happened_on": ON - timedelta(days=days_ago), "source": "court",
            "event_id": f"{kind}{days_ago}"} | says  # fmt: skip


def told(*events: Row) -> dict[str, Any]:
    rows = event_features(facts("event", *events), on=ON)
    return rows.row(0, named=True) if rows.height else {}


def test_the_day_itself_counts_and_the_day_after_is_not_known_yet() -> None:
    assert told(happened("sued", 0))["days_since_sued"] == 0
    assert told(happened("sued", 400))["days_since_sued"] == 400
    assert told(happened("sued", -1)) == {}


def test_the_latest_of_a_kind_counts() -> None:
    assert told(happened("sued", 400), happened("sued", 30), happened("sued", -5))["days_since_sued"] == 30


def test_an_unknown_kind_is_left_out() -> None:
    assert told(happened("won_a_prize", 3)) == {}
    beside = told(happened("won_a_prize", 3), happened("sued", 5))
    assert beside["days_since_sued"] == 5
    assert {name: value for name, value in beside.items() if value is not None} == {
        "debtor_no": 1, "days_since_sued": 5,
    }  # fmt: skip


def test_each_debtor_has_its_own() -> None:
    rows = event_features(facts("event", happened("sued", 5), happened("died", 7, debtor_no=2)), on=ON)
    assert rows.select("debtor_no", "days_since_sued", "days_since_died").rows() == [(1, 5, None), (2, None, 7)]


@pytest.mark.parametrize(
    ("listed", "lifted", "days"),
    [((90,), (30,), None), ((30,), (90,), 30), ((30,), (30,), None), ((90, 10), (30,), 10), ((90,), (-1,), 90)],
)
def test_a_listing_stays_until_it_is_lifted(listed: tuple[int, ...], lifted: tuple[int, ...], days: int | None) -> None:
    events = [happened("dishonest", ago) for ago in listed] + [happened("dishonest_lifted", ago) for ago in lifted]
    assert told(*events, happened("sued", 1))["days_since_dishonest"] == days


def test_lifting_one_kind_leaves_the_others() -> None:
    rows = told(happened("enforced", 90), happened("dishonest_lifted", 30))
    assert rows["days_since_enforced"] == 90


def test_amounts_of_a_year_are_summed_up_where_they_are_told() -> None:
    """30 June 2023 is a year before and not within it any more."""
    rows = told(
        happened("sued", 0, amount_cents=100), happened("sued", 365, amount_cents=20), happened("sued", 366,
        amount_cents=3), happened("sued", 9), happened("enforced", 9),
    )  # fmt: skip
    assert (rows["sued_cents"], rows["enforced_cents"], rows["days_since_enforced"]) == (120, None, 9)


def test_how_often_counts_within_its_months() -> None:
    """Half a year before 30 June 2024 is 30 December 2023, which is 183 days ago."""
    rows = told(happened("executives_left", 182), happened("executives_left", 183), happened("rating_cut", 365))
    assert (rows["executives_left_times"], rows["rating_cut_times"]) == (1, 1)
    assert rows["inspection_refused_times"] is None
    assert told(happened("inspection_refused", 700))["inspection_refused_times"] == 0


def test_no_event_tells_of_nobody() -> None:
    assert event_features(facts("event"), on=ON).is_empty()
