"""One day's interest of a whole book."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.exact import times_over

_E8 = 10**8


@njit(cache=True)
def one_day(
    balance_cents: NDArray[np.int64], rate_e8: NDArray[np.int64], year_days: int, interest_cents: NDArray[np.int64]
) -> None:
    """Write each loan's interest of one day into `interest_cents`: balance × rate ÷ 1e8 ÷ year_days, half up.

    balance_cents, rate_e8   one value per loan, zero or more.
    year_days                360, 365 or 366.
    Source                   日利率 = 年利率 ÷ 360 in the usual contract; the contract decides the days of the year.
    """
    for loan in range(balance_cents.size):
        interest_cents[loan] = times_over(balance_cents[loan], rate_e8[loan], year_days * _E8)
