"""30E/360 ISDA worked by hand around the ends of February, and against 30E/360 everywhere else."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from postloan.kernels.daycount import THIRTY_E_360, year_part
from postloan.kernels.thirty_isda import thirty_e_isda_days

EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def number(day: date) -> int:
    return (day - EPOCH).days


@pytest.mark.parametrize(
    ("start", "end", "terminates", "days"),
    [
        ("2023-02-28", "2023-03-31", "2030-01-01", 30),
        ("2023-02-27", "2023-03-31", "2030-01-01", 33),
        ("2023-01-31", "2023-02-28", "2030-01-01", 30),
        ("2023-01-31", "2023-02-28", "2023-02-28", 28),
        ("2024-01-15", "2024-02-29", "2024-02-29", 44),
        ("2024-01-15", "2024-02-29", "2030-01-01", 45),
        ("2024-02-28", "2024-02-29", "2030-01-01", 2),
        ("2024-02-29", "2024-03-01", "2030-01-01", 1),
        ("2023-08-31", "2023-12-31", "2023-12-31", 120),
    ],
)
def test_the_end_of_february_is_the_thirtieth_but_on_the_last_day_of_all(
    start: str, end: str, terminates: str, days: int
) -> None:
    first, last, until = (number(date.fromisoformat(day)) for day in (start, end, terminates))
    assert thirty_e_isda_days(first, last, until) == days


@given(DAYS, DAYS)
def test_away_from_february_it_is_30e_360(one: date, other: date) -> None:
    start, end = sorted((one, other))
    assume(start.month != 2 and end.month != 2)
    assert thirty_e_isda_days(number(start), number(end), -1) == year_part(number(start), number(end), THIRTY_E_360)[0]
