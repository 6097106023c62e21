"""Days and months of the demo bank as whole numbers, so that a million of them move at once."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int32]
Months = NDArray[np.int32]

LAST_MONTH_END = date(2026, 10, 31)
"""The demo ends here whatever the clock says: the same seed must give the same bytes next year."""

NEVER = np.int32(2**30)
"""A day that does not come; greater than any real day, so that comparisons need no special case."""

EPOCH_YEAR = 1970


def month_of(days: Days) -> Months:
    """The month a day lies in, counted from January 1970."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int32)


def first_day(months: Months) -> Days:
    """The first day of a month."""
    return months.astype("M8[M]").astype("M8[D]").astype(np.int32)


def last_day(months: Months) -> Days:
    """The last day of a month."""
    return np.asarray(first_day((months + 1).astype(np.int32)) - 1, dtype=np.int32)


def day_in_month(months: Months, day_of_month: Days) -> Days:
    """That day of the month, or the month's last day where the month is too short."""
    wanted = first_day(months) + day_of_month - 1
    return np.asarray(np.minimum(wanted, last_day(months)), dtype=np.int32)


def day_of_month(days: Days) -> Days:
    """1 to 31."""
    return (days - first_day(month_of(days)) + 1).astype(np.int32)


def add_months(days: Days, months: Months) -> Days:
    """The same day so many months on, or that month's last day."""
    return day_in_month((month_of(days) + months).astype(np.int32), day_of_month(days))


def year_of(days: Days) -> NDArray[np.int32]:
    """The calendar year."""
    return (month_of(days) // 12 + EPOCH_YEAR).astype(np.int32)


def to_weekday(days: Days) -> Days:
    """The day itself, or the Friday before a Saturday or Sunday: banks pay loans out on weekdays."""
    weekday = (days + 3) % 7
    return (days - np.maximum(weekday - 4, 0)).astype(np.int32)


def to_date(day: int) -> date:
    """A day number as a date."""
    return date.fromordinal(int(day) + date(EPOCH_YEAR, 1, 1).toordinal())


def to_day(on: date) -> int:
    """A date as a day number."""
    return on.toordinal() - date(EPOCH_YEAR, 1, 1).toordinal()


def month_ends(count: int) -> Days:
    """So many month-ends, the last of them LAST_MONTH_END."""
    last = (LAST_MONTH_END.year - EPOCH_YEAR) * 12 + LAST_MONTH_END.month - 1
    return last_day(np.arange(last - count + 1, last + 1, dtype=np.int32))
