"""Repayment schedules built from a loan's terms, where the feed brings none."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import THIRTY_360, THIRTY_E_360, civil, months_between, months_later, year_part
from postloan.kernels.exact import level_instalment, times_over

Cents = NDArray[np.int64]
Days = NDArray[np.int32]

LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY, BULLET = range(5)
CODES = {
    "level_instalment": LEVEL,
    "daily_interest": LEVEL,
    "equal_principal": EQUAL_PRINCIPAL,
    "flat_rate": FLAT,
    "interest_only": INTEREST_ONLY,
    "bullet": BULLET,
}
"""The methods that can be built from terms alone; the others need the feed's instalments."""


@njit(cache=True)
def count_periods(disbursed_on: int, matures_on: int, period_months: int, due_day: int, method: int) -> int:
    """Count the periods of a loan, a begun period counted whole; at least one. A bullet has one."""
    if method == BULLET:
        return 1
    periods = max(1, -(-months_between(disbursed_on, matures_on) // period_months))
    # A due day that comes after the day of maturity begins no further period.
    while periods > 1 and months_later(disbursed_on, (periods - 1) * period_months, due_day) >= matures_on:
        periods -= 1
    return periods


@njit(cache=True)
def _due_on(disbursed_on: int, matures_on: int, period_months: int, due_day: int, seq: int, periods: int) -> int:
    """Return the due day of instalment `seq`, the last on the day of maturity."""
    return matures_on if seq >= periods else months_later(disbursed_on, seq * period_months, due_day)


@njit(cache=True)
def _interest(balance_cents: int, rate_e8: int, start: int, end: int, months: int, due_day: int, day_count: int) -> int:
    """Return the interest of one period; the 30/360 counts take every period of whole months as equal."""
    is_whole = start == months_later(start, 0, due_day) and end == months_later(start, months, due_day)
    if is_whole and day_count in (THIRTY_360, THIRTY_E_360):
        return times_over(balance_cents, rate_e8 * months, 1_200_000_000)
    numerator, denominator = year_part(start, end, day_count)
    return times_over(balance_cents, rate_e8 * numerator, 100_000_000 * denominator)


@njit(cache=True)
def count_rows(
    starts_on: Days, disbursed_on: Days, matures_on: Days, period_months: Days, due_day: Days, method: Days
) -> Cents:
    """Count the instalments that fall due after `starts_on`, as offsets: loan i has rows first[i] to first[i + 1]."""
    first = np.zeros(starts_on.size + 1, dtype=np.int64)
    for loan in range(starts_on.size):
        months, day = period_months[loan], due_day[loan]
        periods = count_periods(disbursed_on[loan], matures_on[loan], months, day, method[loan])
        seq = 1
        while (
            seq < periods
            and _due_on(disbursed_on[loan], matures_on[loan], months, day, seq, periods) <= starts_on[loan]
        ):
            seq += 1
        rows = periods - seq + 1 if matures_on[loan] > starts_on[loan] else 0
        first[loan + 1] = first[loan] + rows
    return first


@njit(cache=True)
def build(
    first: Cents,
    balance_cents: Cents,
    lent_cents: Cents,
    disbursed_on: Days,
    matures_on: Days,
    period_months: Days,
    due_day: Days,
    method: Days,
    rate_e8: Cents,
    day_count: Days,
    fixed_cents: Cents,
) -> tuple[Days, Days, Cents, Cents]:
    """Build each loan's remaining schedule.

    first         offsets from `count_rows`.
    balance_cents principal to be repaid by these rows: at paying out, or at a take-on since.
    lent_cents    principal at paying out. The plan is made of it; where the plan does not leave `balance_cents` at the
                  take-on, the rest is planned anew. A row has the interest of its whole period, begun before or not.
    method        a code of CODES; day_count a code of daycount.CODES.
    fixed_cents   level amount fixed by contract; 0 lets the annuity formula find it.
    Returns       (seq, due_on, principal_cents, interest_cents) per row; principals of a loan sum to its balance.
    """
    seqs, due_on = np.empty(first[-1], np.int32), np.empty(first[-1], np.int32)
    principal_cents, interest_cents = np.empty(first[-1], np.int64), np.empty(first[-1], np.int64)
    for loan in range(balance_cents.size):
        count = first[loan + 1] - first[loan]
        if count == 0:
            continue
        months, day, rate, kind = period_months[loan], due_day[loan], rate_e8[loan], method[loan]
        start, end = disbursed_on[loan], matures_on[loan]
        periods = count_periods(start, end, months, day, kind)
        if kind == BULLET:
            months = months_between(start, end)
            _, _, day = civil(start)
        left_cents, gone = lent_cents[loan], periods - count
        even_cents = _even(kind, left_cents, rate, months, periods, fixed_cents[loan])
        for seq in range(1, periods + 1):
            if seq == gone + 1 and left_cents != balance_cents[loan]:
                left_cents = balance_cents[loan]
                even_cents = _even(kind, left_cents, rate, months, count, fixed_cents[loan])
            due = _due_on(disbursed_on[loan], end, months, day, seq, periods)
            base_cents = lent_cents[loan] if kind == FLAT and left_cents > 0 else left_cents
            interest = _interest(base_cents, rate, start, due, months, day, day_count[loan])
            part_cents = left_cents
            if seq < periods:
                planned_cents = interest
                if fixed_cents[loan] == 0 and day_count[loan] in (THIRTY_360, THIRTY_E_360):
                    # An odd first period changes its interest, not the plan of principal.
                    planned_cents = times_over(base_cents, rate * months, 1_200_000_000)
                part_cents = min(left_cents, _part(kind, even_cents, planned_cents))
            if seq > gone:
                row = first[loan] + seq - gone - 1
                seqs[row], due_on[row] = seq, due
                principal_cents[row], interest_cents[row] = part_cents, interest
            left_cents -= part_cents
            start = due
    return seqs, due_on, principal_cents, interest_cents


@njit(cache=True)
def _even(kind: int, whole_cents: int, rate: int, months: int, periods: int, fixed_cents: int) -> int:
    """Return what is the same in every row of a plan: the level amount, or the share of principal."""
    if kind != LEVEL:
        return whole_cents // periods
    return fixed_cents if fixed_cents > 0 else level_instalment(whole_cents, rate, months, periods)


@njit(cache=True)
def _part(kind: int, even_cents: int, interest_cents: int) -> int:
    """Return the principal of a row before the last."""
    if kind == LEVEL:
        return max(0, even_cents - interest_cents)
    return even_cents if kind in (EQUAL_PRINCIPAL, FLAT) else 0


@njit(cache=True)
def coverage(
    loans: Cents, balance_cents: Cents, owners: Cents, due_on: Days, principal_cents: Cents
) -> tuple[Cents, Cents, bool]:
    """Return per loan how many rows it has and its balance less their principal; and whether the rows are in order.

    loans, balance_cents               one value per loan, by rising number.
    owners, due_on, principal_cents    one value per row, by rising loan number and then day. Where they are not, the
                                       first two answers mean nothing.
    """
    counts, short_cents = np.zeros(loans.size, np.int64), balance_cents.copy()
    loan = 0
    for row in range(owners.size):
        if row > 0 and (
            owners[row] < owners[row - 1] or (owners[row] == owners[row - 1] and due_on[row] < due_on[row - 1])
        ):
            return counts, short_cents, False
        while loan < loans.size and loans[loan] < owners[row]:
            loan += 1
        if loan < loans.size and loans[loan] == owners[row]:
            counts[loan] += 1
            short_cents[loan] -= principal_cents[row]
    return counts, short_cents, True
