"""Days off: weekends and the State Council's holidays, less the weekends that are worked in return."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from postloan.errors import YearNotArranged
from postloan.rules.shapes import SATURDAY, YearArranged


def days_off(first: date, last: date, arranged: Iterable[YearArranged], *, on: date) -> list[date]:
    """Return the days from `first` to `last` on which nobody works, in order.

    arranged   years whose arrangement the rulebook holds; the others come from the library.
    on         the day as of which is asked. A year that has begun by then and nobody knows is refused. Of a later year
               nobody can know more than its weekends: the State Council arranges it in the November before.
    """
    given = {year.year: year for year in arranged}
    found: list[date] = []
    for year in range(first.year, last.year + 1):
        off = _as_arranged(given[year]) if year in given else _from_library(year)
        if off is None and year <= on.year:
            raise YearNotArranged(
                message=f"The holidays of {year} are not known.",
                hint="Upgrade chinesecalendar, or give the year in working_days.yaml of the bank's rulebook.",
                where={"year": year, "rule": "working_days", "on": on},
            )
        found += _weekends(year) if off is None else off
    return [day for day in found if first <= day <= last]


@cache
def _days(year: int) -> tuple[date, ...]:
    return tuple(date(year, 1, 1) + timedelta(days=at) for at in range((date(year + 1, 1, 1) - date(year, 1, 1)).days))


@cache
def _weekends(year: int) -> tuple[date, ...]:
    return tuple(day for day in _days(year) if day.weekday() >= SATURDAY)


@cache
def _from_library(year: int) -> tuple[date, ...] | None:
    """Return a year's days off; None where the library does not know it."""
    try:
        return tuple(day for day in _days(year) if not chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _as_arranged(year: YearArranged) -> tuple[date, ...]:
    return tuple(sorted({*_weekends(year.year), *year.off} - {*year.worked}))
