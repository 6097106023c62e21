"""Business days: a due day that falls on a day off moves to a working day."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import civil

STAY, FOLLOWING, MODIFIED_FOLLOWING, PRECEDING = range(4)
ROLLS = {"none": STAY, "following": FOLLOWING, "modified_following": MODIFIED_FOLLOWING, "preceding": PRECEDING}


class DaysOff(NamedTuple):
    """A calendar: for each day from `begins_on`, whether nobody works. Days outside it are working days."""

    begins_on: int
    is_off: NDArray[np.bool_]


NO_DAYS_OFF = DaysOff(0, np.zeros(0, np.bool_))


def days_off(off_on: NDArray[np.int32]) -> DaysOff:
    """Make a calendar of the days off, in any order."""
    if off_on.size == 0:
        return NO_DAYS_OFF
    begins_on = int(off_on.min())
    is_off = np.zeros(int(off_on.max()) - begins_on + 1, np.bool_)
    is_off[off_on - begins_on] = True
    return DaysOff(begins_on, is_off)


@njit(cache=True)
def rolled(day: int, roll: int, calendar: DaysOff) -> int:
    """Return the day on which what is due on `day` falls due; `roll` is a code of ROLLS."""
    if roll == STAY or not _is_off(day, calendar):
        return day
    moved = _next_working(day, -1 if roll == PRECEDING else 1, calendar)
    # Modified: a day that would leave its month goes back instead.
    if roll == MODIFIED_FOLLOWING and civil(moved)[1] != civil(day)[1]:
        return _next_working(day, -1, calendar)
    return moved


@njit(cache=True)
def _is_off(day: int, calendar: DaysOff) -> bool:
    at = day - calendar.begins_on
    return 0 <= at < calendar.is_off.size and calendar.is_off[at]


@njit(cache=True)
def _next_working(day: int, step: int, calendar: DaysOff) -> int:
    while _is_off(day, calendar):
        day += step
    return day
