"""What falls due of each loan within a year of a day."""

import numpy as np
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows

AHEAD, AT_ONCE, BEHIND = 0, 1, 2


@borrows
def service_within(
    rows: NDArray[np.int64],
    due_on: NDArray[np.int32],
    parts_cents: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    is_even: NDArray[np.bool_],
    window: tuple[int, int, int],
    out_cents: NDArray[np.int64],
) -> None:
    """Sum up the dues of each loan in the year ahead and the year behind, into `out_cents`.

    rows         where each loan's dues lie, by day, see `loan_arrays.offsets`.
    parts_cents  principal, interest and fees of each due.
    is_even      whether a loan is paid evenly: then no principal stands apart.
    window       the days a year ago, today, and in a year; a year begins after its first day.
    out_cents    (3, loans), zeros: due ahead; principal of the last due ahead, where it stands apart; due behind.
    """
    principal, interest, fee = parts_cents
    year_ago, today, year_on = window
    for loan in range(is_even.size):
        last = rows[2 * loan + 1] - 1
        for at in range(rows[2 * loan], last + 1):
            day = due_on[at]
            if day <= year_ago or day > year_on:
                continue
            cents = principal[at] + interest[at] + fee[at]
            if at == last and not is_even[loan]:
                cents -= principal[at]
                if day > today:
                    out_cents[AT_ONCE, loan] += principal[at]
            out_cents[AHEAD if day > today else BEHIND, loan] += cents
