"""The interest of instalments whose days and principals the contract says (按计划还款)."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import year_part
from postloan.kernels.exact import rounded_over
from postloan.kernels.pricing import RateChanges, split_factor, year_base
from postloan.kernels.terms import Terms

_E8 = 10**8


@njit(cache=True)
def interest_of(
    first: NDArray[np.int64],
    terms: Terms,
    ends_on: NDArray[np.int32],
    principal_cents: NDArray[np.int64],
    changes: RateChanges,
    rounding: int,
) -> NDArray[np.int64]:
    """Return the interest of each row, on the balance before it, for the days from the row before.

    ends_on   last days of the interest periods, rising within a loan: loan i has rows first[i] to first[i + 1].
    rounding  a code of exact.ROUNDINGS.
    """
    interest_cents = np.empty(ends_on.size, np.int64)
    for loan in range(first.size - 1):
        start, left_cents, rate_e8 = terms.disbursed_on[loan], terms.lent_cents[loan], terms.rate_e8[loan]
        at, stop, day_count = changes.first[loan], changes.first[loan + 1], terms.day_count[loan]
        for row in range(first[loan], first[loan + 1]):
            while at < stop and changes.on[at] <= start:
                rate_e8 = changes.rate_e8[at]
                at += 1
            days = year_part(start, ends_on[row], day_count)[0]
            until = stop if terms.splits[loan] else at
            factor = split_factor(days, ends_on[row], day_count, rate_e8, changes, at, until)
            interest_cents[row] = rounded_over(left_cents, factor, year_base(day_count) * _E8, rounding)
            left_cents -= principal_cents[row]
            start = ends_on[row]
    return interest_cents
