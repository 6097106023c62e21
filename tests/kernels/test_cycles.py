"""Cycles against the calendar worked by hand and against datetime, with stubs at the end and months too short."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernels.cycles import DAYS, LONG, MONTHS, SHORT, cycle_day, cycle_days, month_end_day

EPOCH = date(1970, 1, 1)
ANCHORS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def number(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def texts(days: list[int]) -> list[str]:
    return [(EPOCH + timedelta(days=int(day))).isoformat()[5:] for day in days]


@pytest.mark.parametrize(
    ("ends_on", "stub", "last"),
    [
        ("2025-06-15", SHORT, ["03-15", "04-15", "05-15"]),
        ("2025-06-15", LONG, ["03-15", "04-15", "05-15"]),
        ("2025-06-20", SHORT, ["03-15", "04-15", "05-15", "06-15"]),
        ("2025-06-20", LONG, ["03-15", "04-15", "05-15"]),
        ("2025-06-14", SHORT, ["03-15", "04-15", "05-15"]),
        ("2025-06-14", LONG, ["03-15", "04-15"]),
        ("2025-03-20", LONG, ["03-15"]),
        ("2025-03-15", SHORT, []),
        ("2025-03-14", LONG, []),
    ],
)
def test_days_left_over_are_a_short_last_period_or_join_the_one_before(
    ends_on: str, stub: int, last: list[str]
) -> None:
    anchor = number("2025-03-15")
    assert texts(cycle_days(anchor, number(ends_on), 1, MONTHS, stub, 15)) == last


@pytest.mark.parametrize(
    ("anchor", "keeps_month_end", "first_four"),
    [
        ("2025-04-30", True, ["04-30", "05-31", "06-30", "07-31"]),
        ("2025-04-30", False, ["04-30", "05-30", "06-30", "07-30"]),
        ("2025-01-30", True, ["01-30", "02-28", "03-30", "04-30"]),
        ("2025-01-31", False, ["01-31", "02-28", "03-31", "04-30"]),
        ("2024-02-29", True, ["02-29", "03-31", "04-30", "05-31"]),
        ("2024-02-29", False, ["02-29", "03-29", "04-29", "05-29"]),
    ],
)
def test_the_end_of_a_month_is_kept_only_where_the_rule_says(
    anchor: str, keeps_month_end: bool, first_four: list[str]
) -> None:
    first = number(anchor)
    due_day = month_end_day(first) if keeps_month_end else date.fromisoformat(anchor).day
    assert texts([cycle_day(first, at, 1, MONTHS, due_day) for at in range(4)]) == first_four


@given(ANCHORS, st.integers(1, 40), st.integers(0, 900), st.sampled_from([SHORT, LONG]))
def test_a_cycle_of_days_is_an_arithmetic_row(anchor: date, step: int, length: int, stub: int) -> None:
    first = (anchor - EPOCH).days
    expected = list(range(first, first + length, step))
    if stub == LONG and length % step and len(expected) > 1:
        expected.pop()
    assert cycle_days(first, first + length, step, DAYS, stub, anchor.day).tolist() == expected


@given(ANCHORS, st.integers(1, 14), st.integers(0, 60))
def test_a_month_day_moves_only_where_its_month_is_too_short(anchor: date, step: int, at: int) -> None:
    found = EPOCH + timedelta(days=int(cycle_day((anchor - EPOCH).days, at, step, MONTHS, anchor.day)))
    assert (found.year * 12 + found.month) - (anchor.year * 12 + anchor.month) == at * step
    assert found.day == anchor.day or (found.day < anchor.day and (found + timedelta(days=1)).day == 1)
