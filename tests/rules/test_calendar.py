"""Days off: what the State Council arranged, what the rulebook arranges instead, and years that nobody knows."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from postloan.errors import YearNotArranged
from postloan.rules.calendar import days_off
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.rules.shapes import YearArranged

ON = date(2026, 11, 24)
NATIONAL_DAY = list(range(1, 9))


def of_month(year: int, month: int, on: date = ON, arranged: tuple[YearArranged, ...] = ()) -> list[int]:
    last = 30 if month in {4, 6, 9, 11} else 28 if month == 2 else 31
    return [day.day for day in days_off(date(year, month, 1), date(year, month, last), arranged, on=on)]


def a_year(**says: object) -> YearArranged:
    return YearArranged.model_validate(
        {"year": 2027, "off": [date(2027, 1, 1)], "worked": [date(2027, 1, 2)], "cite": {"text": "x", "at": "y"}} | says
    )


@pytest.mark.parametrize(
    ("year", "month", "off"),
    [
        (2025, 10, [*NATIONAL_DAY, 12, 18, 19, 25, 26]),  # Saturday the 11th was worked
        (2025, 9, [6, 7, 13, 14, 20, 21, 27]),  # and so was Sunday 28 September
        (2020, 1, [1, 4, 5, 11, 12, 18, *range(24, 32)]),  # the spring festival that was made longer
        (2024, 2, [3, *range(10, 18), 24, 25]),  # Sunday the 4th and the 18th were worked
    ],
)
def test_holidays_and_the_weekends_worked_for_them(year: int, month: int, off: list[int]) -> None:
    assert of_month(year, month) == off


def test_a_year_to_come_has_its_weekends() -> None:
    assert of_month(2027, 10) == [2, 3, 9, 10, 16, 17, 23, 24, 30, 31]


@pytest.mark.parametrize(("year", "on"), [(2027, date(2027, 1, 1)), (2003, ON), (1998, ON)])
def test_a_year_that_has_begun_and_nobody_knows_is_refused(year: int, on: date) -> None:
    with pytest.raises(YearNotArranged, match=f"PL-R05 The holidays of {year} are not known"):
        of_month(year, 1, on)


def test_a_year_in_the_rulebook_stands_in_the_place_of_the_library() -> None:
    assert of_month(2027, 1, date(2027, 5, 1), (a_year(),)) == [1, 3, 9, 10, 16, 17, 23, 24, 30, 31]
    mine = a_year(year=2025, off=[], worked=[])
    assert of_month(2025, 10, ON, (mine,)) == [4, 5, 11, 12, 18, 19, 25, 26]


@pytest.mark.parametrize(
    "says",
    [
        {"off": [date(2026, 1, 1)]},
        {"off": [date(2027, 1, 2)]},
        {"worked": [date(2027, 1, 4)]},
        {"off": [date(2027, 1, 4), date(2027, 1, 1)]},
        {"off": [date(2027, 1, 1), date(2027, 1, 1)]},
    ],
)
def test_slips_of_the_pen_are_refused(says: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_year(**says)


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)), st.dates(date(2004, 1, 1), date(2026, 12, 31)))
def test_parts_of_a_span_join_to_the_whole(one: date, other: date) -> None:
    first, last = sorted((one, other))
    whole = days_off(date(2004, 1, 1), date(2026, 12, 31), (), on=ON)
    assert days_off(first, last, (), on=ON) == [day for day in whole if first <= day <= last]
    assert whole == sorted(set(whole))


def test_the_policy_of_a_day_has_the_arrangements() -> None:
    assert policy_on(load_rulebook(None), ON).working_days.years == ()


def test_a_year_of_the_banks_own_file_stands_beside_the_laws(tmp_path: Path) -> None:
    own = tmp_path / "rulebook" / "bank"
    own.mkdir(parents=True)
    (own / "working_days.yaml").write_text(
        "rule: working_days\nsays: The bank knows 2027 already.\nversions:\n  - from: 2026-11-01\n    years:\n"
        "      - {year: 2027, off: [2027-01-01], worked: [2027-01-02], cite: {text: cn-civil-code, at: none}}\n"
    )
    book = load_rulebook(tmp_path)
    assert policy_on(book, date(2026, 10, 31)).working_days.years == ()
    (arranged,) = policy_on(book, ON).working_days.years
    assert arranged.written() == "year 2027, off 1, worked 1"
    assert of_month(2027, 1, ON, (arranged,))[:2] == [1, 3]
