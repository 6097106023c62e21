"""Days that come round: every so many days or months from an anchor, with the end-of-month rule and the last stub."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import civil, month_length, months_later

DAYS, MONTHS = range(2)
"""What a cycle steps by."""
SHORT, LONG = range(2)
"""What is done with days left over at the end: a last period shorter than the others, or one longer."""


@njit(cache=True)
def month_end_day(anchor: int) -> int:
    """Return the due day under the end-of-month rule: 31 for the last day of a month, else the anchor's own day."""
    year, month, day = civil(anchor)
    return 31 if day == month_length(year, month) else day


@njit(cache=True)
def cycle_day(anchor: int, at: int, step: int, unit: int, due_day: int) -> int:
    """Return the day `at` steps after the anchor, so that a short month shortens one day and not all that follow.

    step, unit  so many days or months, by a code above.
    due_day     the day of the month of a step in months, or the month's last day where that is earlier.
    """
    return anchor + at * step if unit == DAYS else months_later(anchor, at * step, due_day)


@njit(cache=True)
def cycle_days(anchor: int, ends_on: int, step: int, unit: int, stub: int, due_day: int) -> NDArray[np.int64]:
    """Return the days of a cycle from its anchor until before `ends_on`, rising; none if the anchor is not before it.

    stub  SHORT keeps every day. LONG drops the last one where the next does not fall on `ends_on`, so that the days
          left over join the period before; the anchor itself is never dropped.
    """
    size = 0
    while cycle_day(anchor, size, step, unit, due_day) < ends_on:
        size += 1
    if stub == LONG and size > 1 and cycle_day(anchor, size, step, unit, due_day) != ends_on:
        size -= 1
    days = np.empty(size, np.int64)
    for at in range(size):
        days[at] = cycle_day(anchor, at, step, unit, due_day)
    return days
