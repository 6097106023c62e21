"""The day count 30E/360 ISDA, which needs to know the day on which the loan ends."""

from numba import njit

from postloan.kernels.daycount import civil, month_length


@njit(cache=True)
def thirty_e_isda_days(start: int, end: int, terminates_on: int) -> int:
    """Return the days from `start` to `end` where every month has 30, to be divided by 360.

    The last day of a month, February's too, is the 30th; but a loan that terminates at the end of February counts to
    the day itself.
    Source   2006 ISDA Definitions 4.16 (h).
    """
    start_year, start_month, start_day = civil(start)
    end_year, end_month, end_day = civil(end)
    if start_day == month_length(start_year, start_month):
        start_day = 30
    if end_day == month_length(end_year, end_month) and (end_day > 29 or end != terminates_on):
        end_day = 30
    return (end_year - start_year) * 360 + (end_month - start_month) * 30 + end_day - start_day
