"""Calendar days as whole numbers since 1970-01-01, months added to them, and the five day counts."""

import numpy as np
from numba import njit

THIRTY_360, THIRTY_E_360, ACT_360, ACT_365, ACT_ACT = range(5)
CODES = {"30/360": THIRTY_360, "30E/360": THIRTY_E_360, "ACT/360": ACT_360, "ACT/365": ACT_365, "ACT/ACT": ACT_ACT}
NEVER = np.iinfo(np.int32).max
"""A day after all days: what a date column holds in a kernel where a table would hold null."""


@njit(cache=True)
def civil(days: int) -> tuple[int, int, int]:
    """Return (year, month, day) of a day number (proleptic Gregorian; Hinnant's algorithm)."""
    shifted = days + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year_of_era = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * of_year + 2) // 153
    day = of_year - (153 * month_index + 2) // 5 + 1
    month = month_index + 3 if month_index < 10 else month_index - 9
    return year_of_era + era * 400 + (1 if month <= 2 else 0), month, day


@njit(cache=True)
def day_number(year: int, month: int, day: int) -> int:
    """Return the day number of a calendar day; the inverse of `civil`."""
    year -= 1 if month <= 2 else 0
    era = year // 400
    year_of_era = year - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year - 719_468


@njit(cache=True)
def is_leap(year: int) -> bool:
    """Tell whether a year has 366 days."""
    return (year % 4 == 0 and year % 100 != 0) or year % 400 == 0


@njit(cache=True)
def month_length(year: int, month: int) -> int:
    """Return the number of days of a month."""
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


_FIRST_YEAR, _YEARS = 1900, 400
_MONTH_STARTS = (
    (np.datetime64(f"{_FIRST_YEAR}-01", "M") + np.arange(_YEARS * 12 + 1)).astype("datetime64[D]").astype(np.int32)
)


@njit(cache=True)
def month_index(days: int) -> int:
    """Return the number of a day's month: twelve times its year, and the months of that year gone."""
    year, month, _ = civil(days)
    return year * 12 + month - 1


@njit(cache=True)
def day_of_month(index: int, due_day: int) -> int:
    """Return `due_day` of the month numbered `index`, or the month's last day if that is shorter."""
    at = index - _FIRST_YEAR * 12
    if 0 <= at < _YEARS * 12:
        return min(int(_MONTH_STARTS[at]) + due_day, int(_MONTH_STARTS[at + 1])) - 1
    year, month = index // 12, index % 12 + 1
    return day_number(year, month, min(due_day, month_length(year, month)))


@njit(cache=True)
def months_later(days: int, months: int, due_day: int) -> int:
    """Return `due_day` of the month that is `months` after the day's month, or that month's last day if shorter."""
    return day_of_month(month_index(days) + months, due_day)


@njit(cache=True)
def months_after(day: int, months: int) -> int:
    """Return the same day of the month so many months on, or that month's last."""
    return months_later(day, months, civil(day)[2])


@njit(cache=True)
def year_part(start: int, end: int, day_count: int) -> tuple[int, int]:
    """Return the part of a year from `start` to `end` as (numerator, denominator), both whole.

    The first day counts, the last does not (算头不算尾).
    Source   30/360 US, 30E/360, ACT/360, ACT/365 fixed, ACT/ACT ISDA (2006 ISDA Definitions 4.16).
    """
    if day_count == ACT_360:
        return end - start, 360
    if day_count == ACT_365:
        return end - start, 365
    start_year, start_month, start_day = civil(start)
    end_year, end_month, end_day = civil(end)
    if day_count == ACT_ACT:
        in_leap_years, in_common_years = 0, 0
        for year in range(start_year, end_year + 1):
            first = max(start, day_number(year, 1, 1))
            last = min(end, day_number(year + 1, 1, 1))
            if is_leap(year):
                in_leap_years += last - first
            else:
                in_common_years += last - first
        return in_leap_years * 365 + in_common_years * 366, 365 * 366
    if start_day == 31:
        start_day = 30
    if end_day == 31 and (day_count == THIRTY_E_360 or start_day == 30):
        end_day = 30
    return (end_year - start_year) * 360 + (end_month - start_month) * 30 + end_day - start_day, 360
