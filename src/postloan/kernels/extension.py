"""How far a loan may be extended: shares of a term that is so many months and days long."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, civil, day_of_month

_ONE_E8 = 100_000_000
_DAYS_OF_A_MONTH = 30
Days = NDArray[np.int32]


@njit(cache=True)
def term_of(begins_on: int, ends_on: int) -> tuple[int, int]:
    """Return a term as (whole months, days beyond them)."""
    begin_year, begin_month, begin_day = civil(begins_on)
    end_year, end_month, _ = civil(ends_on)
    begin = begin_year * 12 + begin_month - 1
    months = end_year * 12 + end_month - 1 - begin
    while months > 0 and day_of_month(begin + months, begin_day) > ends_on:
        months -= 1
    return months, ends_on - day_of_month(begin + months, begin_day)


@njit(cache=True)
def terms(begins_on: Days, ends_on: Days) -> tuple[Days, Days]:
    """Return each term as (whole months, days beyond them)."""
    months, days = np.empty(begins_on.size, np.int32), np.empty(begins_on.size, np.int32)
    for loan in range(begins_on.size):
        months[loan], days[loan] = term_of(begins_on[loan], ends_on[loan])
    return months, days


@njit(cache=True)
def latest(
    ends_on: Days, term_months: Days, term_days: Days, share_e8: NDArray[np.int64], months: NDArray[np.int64]
) -> Days:
    """Return the last day to which each loan may be extended.

    ends_on                 the maturity as first agreed.
    term_months, term_days  the term until then, from `terms`.
    share_e8                the share of the term by which it may be extended, in 1e-8; -1 where months say it.
    months                  the months by which it may be extended; -1 where neither says it, then the answer is NEVER.
    A share is taken of the whole months and of the days beyond them; half a month is 15 days, half a day is none.
    """
    until = np.full(ends_on.size, NEVER, np.int32)
    for loan in range(ends_on.size):
        more_months, more_days = months[loan], 0
        if share_e8[loan] >= 0:
            more_months = term_months[loan] * share_e8[loan] // _ONE_E8
            of_month = term_months[loan] * share_e8[loan] % _ONE_E8
            more_days = of_month * _DAYS_OF_A_MONTH // _ONE_E8 + term_days[loan] * share_e8[loan] // _ONE_E8
        if more_months >= 0:
            year, month, day = civil(ends_on[loan])
            until[loan] = day_of_month(year * 12 + month - 1 + more_months, day) + more_days
    return until
