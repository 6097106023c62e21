"""Repayment schedules built from a loan's terms, where the feed brings none."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import THIRTY_360, THIRTY_E_360, months_between, months_later, year_part
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
def count_periods(disbursed_on: int, matures_on: int, period_months: int) -> int:
    """Count the periods of a loan, a begun period counted whole; at least one."""
    return max(1, -(-months_between(disbursed_on, matures_on) // period_months))


@njit(cache=True)
def _due_on(disbursed_on: int, matures_on: int, period_months: int, due_day: int, seq: int, periods: int) -> int:
    """Return the due day of instalment `seq`, the last on the day of maturity."""
    if seq >= periods:
        return matures_on
    return min(matures_on, months_later(disbursed_on, seq * period_months, due_day))


@njit(cache=True)
def _interest(balance_cents: int, rate_e8: int, start: int, end: int, months: int, day_count: int) -> int:
    """Return the interest of one period; the 30/360 counts take every period of whole months as equal."""
    if day_count in (THIRTY_360, THIRTY_E_360):
        return times_over(balance_cents, rate_e8 * months, 1_200_000_000)
    numerator, denominator = year_part(start, end, day_count)
    return times_over(balance_cents, rate_e8 * numerator, 100_000_000 * denominator)


@njit(cache=True)
def count_rows(starts_on: Days, disbursed_on: Days, matures_on: Days, period_months: Days, due_day: Days) -> Cents:
    """Count the instalments that fall due after `starts_on`, as offsets: loan i has rows first[i] to first[i + 1]."""
    first = np.zeros(starts_on.size + 1, dtype=np.int64)
    for loan in range(starts_on.size):
        periods = count_periods(disbursed_on[loan], matures_on[loan], period_months[loan])
        seq = 1
        while (
            seq < periods
            and _due_on(disbursed_on[loan], matures_on[loan], period_months[loan], due_day[loan], seq, periods)
            <= starts_on[loan]
        ):
            seq += 1
        rows = periods - seq + 1 if matures_on[loan] > starts_on[loan] else 0
        first[loan + 1] = first[loan] + rows
    return first


@njit(cache=True)
def build(
    first: Cents,
    balance_cents: Cents,
    starts_on: Days,
    disbursed_on: Days,
    matures_on: Days,
    period_months: Days,
    due_day: Days,
    rate_e8: Cents,
    method: Days,
    day_count: Days,
    fixed_cents: Cents,
) -> tuple[Days, Days, Cents, Cents]:
    """Build each loan's remaining schedule.

    first         offsets from `count_rows`.
    balance_cents principal to be repaid by these rows: at paying out, or at the take-on in `starts_on`.
    method        a code of CODES; day_count a code of daycount.CODES.
    fixed_cents   level amount fixed by contract; 0 lets the annuity formula find it.
    Returns       (seq, due_on, principal_cents, interest_cents) per row; principals of a loan sum to its balance.
    """
    rows = first[-1]
    seqs, due_on = np.empty(rows, np.int32), np.empty(rows, np.int32)
    principal_cents, interest_cents = np.empty(rows, np.int64), np.empty(rows, np.int64)
    for loan in range(balance_cents.size):
        count = first[loan + 1] - first[loan]
        if count == 0:
            continue
        months, rate, whole_cents = period_months[loan], rate_e8[loan], balance_cents[loan]
        periods = count_periods(disbursed_on[loan], matures_on[loan], months)
        level_cents = fixed_cents[loan]
        if method[loan] == LEVEL and level_cents == 0:
            level_cents = level_instalment(whole_cents, rate, months, count)
        left_cents, start = whole_cents, starts_on[loan]
        for step in range(count):
            row = first[loan] + step
            seq = periods - count + 1 + step
            due = _due_on(disbursed_on[loan], matures_on[loan], months, due_day[loan], seq, periods)
            base_cents = whole_cents if method[loan] == FLAT else left_cents
            interest = _interest(base_cents, rate, start, due, months, day_count[loan])
            if method[loan] == BULLET and step < count - 1:
                interest = 0
            elif method[loan] == BULLET:
                begun = starts_on[loan]
                interest = _interest(base_cents, rate, begun, due, months * count, day_count[loan])
            if step == count - 1:
                part_cents = left_cents
            elif method[loan] == LEVEL:
                part_cents = min(left_cents, max(0, level_cents - interest))
            elif method[loan] in (EQUAL_PRINCIPAL, FLAT):
                part_cents = whole_cents // count
            else:
                part_cents = 0
            seqs[row], due_on[row] = seq, due
            principal_cents[row], interest_cents[row] = part_cents, interest
            left_cents -= part_cents
            start = due
    return seqs, due_on, principal_cents, interest_cents


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
