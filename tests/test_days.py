"""Quarters: their ends and names, at every month and at the turn of the year."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.tables.days import last_quarter_end, quarter_end, quarter_said


@pytest.mark.parametrize(
    ("on", "end", "said"),
    [
        (date(2024, 1, 1), date(2024, 3, 31), "2024Q1"),
        (date(2024, 2, 29), date(2024, 3, 31), "2024Q1"),
        (date(2024, 3, 31), date(2024, 3, 31), "2024Q1"),
        (date(2024, 4, 1), date(2024, 6, 30), "2024Q2"),
        (date(2024, 9, 30), date(2024, 9, 30), "2024Q3"),
        (date(2024, 12, 31), date(2024, 12, 31), "2024Q4"),
    ],
)
def test_a_quarter_ends_and_is_called(on: date, end: date, said: str) -> None:
    assert (quarter_end(on), quarter_said(on)) == (end, said)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_quarters_follow_one_another(on: date) -> None:
    end = quarter_end(on)
    assert last_quarter_end(on) < on <= end
    assert last_quarter_end(end + timedelta(days=1)) == end
    assert end.day == calendar.monthrange(end.year, end.month)[1]
