"""The observation of restructured loans: since when each is watched, and until when it must go on paying."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, months_after
from postloan.kernels.loan_arrays import Days

Flags = NDArray[np.bool_]


@njit(cache=True)
def watch(
    place: Days,
    restructured_on: Days,
    first_due_on: Days,
    says_repeat: Flags,
    ended_on: Days,
    is_resolved: Flags,
    late_since: Days,
    months: Days,
) -> tuple[Flags, Flags, Days]:
    """Run through the days of loans that were restructured once, each loan's days in order.

    place            [row]: a number of its own for each loan, from 0 without gaps.
    restructured_on  the latest restructuring by the day, NEVER before the first; first_due_on: the first due day after
                     it; says_repeat: the decision itself says that there was one before.
    ended_on         the latest decision on the end of an observation, NEVER before the first; is_resolved: it found the
                     difficulty to be over.
    late_since       due day of what is overdue; NEVER where nothing is.
    months           how long the law of the day watches the loan, two periods or so already in months.
    Returns          is the loan restructured; was it restructured again while watched; the day until which it is
                     watched (NEVER where it is not).
    A default starts the time anew from the day it fell due, and so does the finding that the difficulty goes on. The
    end takes a decision made when the time is over and nothing is overdue: one made sooner ends nothing.
    """
    rows = place.size
    is_watched, is_repeat, until = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_), np.full(rows, NEVER, np.int32)
    loans = place.max() + 1 if rows else 0
    since = np.full(loans, NEVER, np.int32)
    again = np.zeros(loans, np.bool_)
    heard_restructured, heard_ended = np.full(loans, -1, np.int32), np.full(loans, -1, np.int32)
    for row in range(rows):
        loan = place[row]
        if restructured_on[row] != NEVER and restructured_on[row] > heard_restructured[loan]:
            again[loan] = says_repeat[row] or since[loan] != NEVER
            since[loan] = restructured_on[row] if first_due_on[row] == NEVER else first_due_on[row]
            heard_restructured[loan] = restructured_on[row]
        if since[loan] == NEVER:
            continue
        if late_since[row] != NEVER:
            since[loan] = max(since[loan], late_since[row])
        if ended_on[row] != NEVER and ended_on[row] > heard_ended[loan]:
            heard_ended[loan] = ended_on[row]
            is_over = ended_on[row] >= months_after(since[loan], months[row]) and late_since[row] == NEVER
            if is_resolved[row] and is_over:
                since[loan], again[loan] = NEVER, False
                continue
            if not is_resolved[row]:
                since[loan] = max(since[loan], ended_on[row])
        is_watched[row], is_repeat[row] = True, again[loan]
        until[row] = months_after(since[loan], months[row])
    return is_watched, is_repeat, until
