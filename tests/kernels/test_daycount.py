"""The calendar against datetime, and the five day counts against vectors worked by hand and by the standard's text."""

import calendar
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernels.daycount import (
    CODES,
    civil,
    day_number,
    is_leap,
    month_length,
    months_later,
    year_part,
)
from postloan.tables.units import DAY_COUNTS

EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number_of_day: int) -> date:
    return EPOCH + timedelta(days=number_of_day)


def test_every_day_of_three_centuries_goes_there_and_back() -> None:
    for at in range(number(date(1900, 1, 1)), number(date(2200, 12, 31)) + 1):
        day = day_of(at)
        assert civil(at) == (day.year, day.month, day.day)
        assert day_number(day.year, day.month, day.day) == at


def test_months_are_as_long_as_the_calendar_says() -> None:
    for year in range(1900, 2201):
        assert is_leap(year) == calendar.isleap(year)
        for month in range(1, 13):
            assert month_length(year, month) == calendar.monthrange(year, month)[1]


@pytest.mark.parametrize(
    ("day", "months", "due_day", "later"),
    [
        (date(2024, 1, 31), 1, 31, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, 31, date(2023, 2, 28)),
        (date(2024, 2, 29), 1, 31, date(2024, 3, 31)),  # the due day comes back after a short month
        (date(2024, 2, 29), 12, 29, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, 29, date(2028, 2, 29)),
        (date(2024, 12, 15), 1, 15, date(2025, 1, 15)),
        (date(2024, 1, 15), 0, 31, date(2024, 1, 31)),
        (date(1899, 11, 30), 3, 30, date(1900, 2, 28)),  # 1900 was no leap year
        (date(1999, 11, 30), 3, 30, date(2000, 2, 29)),  # 2000 was
        (date(2024, 1, 5), 1, 20, date(2024, 2, 20)),
    ],
)
def test_a_due_day_keeps_its_number_where_the_month_has_it(day: date, months: int, due_day: int, later: date) -> None:
    assert day_of(months_later(number(day), months, due_day)) == later


@given(DAYS, st.integers(0, 600), st.integers(1, 31))
def test_months_later_is_the_due_day_of_that_month_or_its_last(day: date, months: int, due_day: int) -> None:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    assert day_of(months_later(number(day), months, due_day)) == date(
        year, month, min(due_day, calendar.monthrange(year, month)[1])
    )


VECTORS = [
    # 2006 ISDA Definitions 4.16 (f): the 31st is the 30th at the start; at the end only after a 30th or 31st.
    ("30/360", date(2024, 1, 15), date(2024, 2, 15), Fraction(30, 360)),
    ("30/360", date(2024, 1, 31), date(2024, 2, 29), Fraction(29, 360)),
    ("30/360", date(2024, 1, 30), date(2024, 3, 31), Fraction(60, 360)),
    ("30/360", date(2024, 1, 29), date(2024, 3, 31), Fraction(62, 360)),
    ("30/360", date(2024, 1, 31), date(2024, 3, 31), Fraction(60, 360)),
    ("30/360", date(2024, 2, 29), date(2024, 3, 31), Fraction(32, 360)),
    ("30/360", date(2023, 12, 31), date(2024, 12, 31), Fraction(1)),
    # (g): the 31st is always the 30th.
    ("30E/360", date(2024, 1, 29), date(2024, 3, 31), Fraction(61, 360)),
    ("30E/360", date(2024, 1, 31), date(2024, 2, 29), Fraction(29, 360)),
    ("30E/360", date(2024, 2, 29), date(2024, 3, 31), Fraction(31, 360)),
    ("30E/360", date(2024, 1, 31), date(2024, 3, 31), Fraction(60, 360)),
    # Days as they are, over 360 or 365; a leap day is a day.
    ("ACT/360", date(2024, 1, 1), date(2025, 1, 1), Fraction(366, 360)),
    ("ACT/360", date(2023, 1, 1), date(2024, 1, 1), Fraction(365, 360)),
    ("ACT/365", date(2024, 1, 1), date(2025, 1, 1), Fraction(366, 365)),
    ("ACT/365", date(2024, 2, 28), date(2024, 3, 1), Fraction(2, 365)),
    # (b): days of a leap year over 366, the others over 365.
    ("ACT/ACT", date(2024, 1, 1), date(2025, 1, 1), Fraction(1)),
    ("ACT/ACT", date(2023, 11, 1), date(2024, 5, 1), Fraction(61, 365) + Fraction(121, 366)),  # ISDA's own example
    ("ACT/ACT", date(2024, 12, 31), date(2025, 1, 2), Fraction(1, 366) + Fraction(1, 365)),
    ("ACT/ACT", date(2023, 12, 31), date(2024, 1, 1), Fraction(1, 365)),
    ("ACT/ACT", date(2003, 7, 1), date(2005, 7, 1), Fraction(184, 365) + 1 + Fraction(181, 365)),
]  # fmt: skip


@pytest.mark.parametrize(("count", "start", "end", "part"), VECTORS)
def test_known_parts_of_a_year(count: str, start: date, end: date, part: Fraction) -> None:
    numerator, denominator = year_part(number(start), number(end), CODES[count])
    assert Fraction(numerator, denominator) == part


@given(DAYS, DAYS, DAYS, st.sampled_from(["ACT/360", "ACT/365", "ACT/ACT"]))
def test_counts_of_actual_days_add_up(one: date, two: date, three: date, count: str) -> None:
    start, middle, end = sorted([one, two, three])

    def part(since: date, until: date) -> Fraction:
        return Fraction(*year_part(number(since), number(until), CODES[count]))

    assert part(start, middle) + part(middle, end) == part(start, end)


@given(DAYS, st.integers(0, 50_000), st.sampled_from(sorted(CODES)))
def test_one_more_day_never_counts_less(start: date, days: int, count: str) -> None:
    now = Fraction(*year_part(number(start), number(start) + days, CODES[count]))
    later = Fraction(*year_part(number(start), number(start) + days + 1, CODES[count]))
    assert later >= now >= 0


def test_every_day_count_of_the_feed_has_a_code() -> None:
    assert CODES.keys() == set(DAY_COUNTS)
