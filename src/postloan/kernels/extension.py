"""How far a loan may be extended: shares of a term that is so many months and days long."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, civil, months_later

_ONE_E8 = 100_000_000
_DAYS_OF_A_MONTH = 30
Days = NDArray[np.int32]


@njit(cache=True)
def term_of(begins_on: int, ends_on: int) -> tuple[int, int]:
    """Return a term as (whole months, days beyond them)."""
    begin_year, begin_month, begin_day = civil(begins_on)
    end_year, end_month, _ = civil(ends_on)
    months = (end_year - begin_year) * 12 + end_month - begin_month
    while months > 0 and months_later(begins_on, months, begin_day) > ends_on:
        months -= 1
    return months, ends_on - months_later(begins_on, months, begin_day)


@njit(cache=True)
def terms(begins_on: Days, ends_on: Days) -> Days:
    """Return each term in months, a begun month counted whole."""
    months = np.empty(begins_on.size, np.int32)
    for loan in range(begins_on.size):
        whole, rest = term_of(begins_on[loan], ends_on[loan])
        months[loan] = whole + (1 if rest > 0 else 0)
    return months


@njit(cache=True)
def latest(begins_on: Days, ends_on: Days, share_e8: NDArray[np.int64], months: NDArray[np.int64]) -> Days:
    """Return the last day to which each loan may be extended.

    begins_on, ends_on  the day of paying out and the maturity as first agreed.
    share_e8            the share of the term by which it may be extended, in 1e-8; -1 where months say it.
    months              the months by which it may be extended; -1 where neither says it, then the answer is NEVER.
    A share is taken of the whole months and of the days beyond them; half a month is 15 days, half a day is none.
    """
    until = np.full(begins_on.size, NEVER, np.int32)
    for loan in range(begins_on.size):
        more_months, more_days = months[loan], 0
        if share_e8[loan] >= 0:
            whole, rest = term_of(begins_on[loan], ends_on[loan])
            more_months = whole * share_e8[loan] // _ONE_E8
            of_month = whole * share_e8[loan] % _ONE_E8
            more_days = of_month * _DAYS_OF_A_MONTH // _ONE_E8 + rest * share_e8[loan] // _ONE_E8
        if more_months >= 0:
            _, _, day = civil(ends_on[loan])
            until[loan] = months_later(ends_on[loan], more_months, day) + more_days
    return until
