"""Business days: a due day that falls on a day off moves to a working day."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import civil

STAY, FOLLOWING, MODIFIED_FOLLOWING, PRECEDING = range(4)
ROLLS = {"none": STAY, "following": FOLLOWING, "modified_following": MODIFIED_FOLLOWING, "preceding": PRECEDING}


class Moves(NamedTuple):
    """A calendar, solved: by how many days each day from `begins_on` moves, one line a code of ROLLS.

    Days outside it are working days. Looking a move up costs a tenth of walking to a working day.
    """

    begins_on: int
    days: NDArray[np.int16]


def moves_of(off_on: NDArray[np.int32]) -> Moves:
    """Solve a calendar, given its days off in any order."""
    if off_on.size == 0:
        return NO_MOVES
    begins_on = int(off_on.min())
    is_off = np.zeros(int(off_on.max()) - begins_on + 1, np.bool_)
    is_off[off_on - begins_on] = True
    return Moves(begins_on, _solved(begins_on, is_off))


@njit(cache=True)
def _solved(begins_on: int, is_off: NDArray[np.bool_]) -> NDArray[np.int16]:
    days = np.zeros((4, is_off.size), np.int16)
    days[PRECEDING, 0] = -1  # a calendar begins with a day off, and before it is a working day
    for at in range(1, is_off.size):
        if is_off[at]:
            days[PRECEDING, at] = days[PRECEDING, at - 1] - 1
    for at in range(is_off.size - 1, -1, -1):
        if is_off[at]:
            days[FOLLOWING, at] = 1 + (days[FOLLOWING, at + 1] if at + 1 < is_off.size else 0)
            on = begins_on + at
            # Modified: a day that would leave its month goes back instead.
            leaves = civil(on + days[FOLLOWING, at])[1] != civil(on)[1]
            days[MODIFIED_FOLLOWING, at] = days[PRECEDING, at] if leaves else days[FOLLOWING, at]
    return days


NO_MOVES = Moves(0, np.zeros((4, 0), np.int16))


@njit(cache=True, inline="always")
def rolled(day: int, not_before: int, roll: int, calendar: Moves) -> int:
    """Return the day on which what is due on `day` falls due, but no day up to `not_before`: there it stays.

    roll   a code of ROLLS.
    """
    at = day - calendar.begins_on
    moved = day
    if 0 <= at < calendar.days.shape[1]:
        moved = day + calendar.days[roll, at]
    return moved if moved > not_before else day
