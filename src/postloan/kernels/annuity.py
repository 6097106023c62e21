"""The level payment over periods that are not equal: what is owed over the sum of the discount factors, in integers."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.exact import times_over

_ONE = 10**15  # the worth of 1 in fixed point: 4,000 of it stay below 2**62, the limit of a divisor


@njit(cache=True)
def level_payment(owed: int, grown: NDArray[np.int64], lent: NDArray[np.int64]) -> int:
    """Return the payment that, made on each of n days, pays off what is owed on the first of them, interest and all.

    owed         principal and interest on the first payment day, in the unit of money that the answer has.
    grown, lent  for each of the n − 1 periods between payments, 1 + rate × part of a year as a fraction in whole
                 numbers: `lent` grows to `grown`. Both below 2**62, so that any unit of rate and any day count do.
    Returns      owed ÷ Σ discount factors, half up. The factors are carried to 1e-15; their sum may be up to 4,000,
                 which without a negative rate is 4,000 payments.
    Source       the annuity formula with its periods written out (等额本息 over days).
    """
    worth = _ONE
    for period in range(grown.size - 1, -1, -1):
        worth = _ONE + times_over(worth, lent[period], grown[period])
    return times_over(owed, _ONE, worth)
