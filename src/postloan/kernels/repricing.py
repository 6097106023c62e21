"""Repricing: when a rate changes next, what of a balance falls due before that, and which instalment comes after."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER
from postloan.kernels.exact import times_over
from postloan.kernels.pricing import reprices_on

Cents = NDArray[np.int64]
Days = NDArray[np.int32]
Rows = NDArray[np.int64]


@njit(cache=True)
def next_repricings(disbursed_on: Days, matures_on: Days, every_months: Days, on: int) -> Days:
    """Return each loan's first repricing after a day; NEVER where none comes before it matures.

    every_months   months between repricings, pricing.JANUARY, or 0 for never.
    """
    resets_on = np.full(disbursed_on.size, NEVER, np.int32)
    for loan in range(disbursed_on.size):
        if every_months[loan] != 0:
            times, day = 0, disbursed_on[loan]
            while day <= on:
                times += 1
                day = reprices_on(disbursed_on[loan], times, every_months[loan])
            if day < matures_on[loan]:
                resets_on[loan] = day
    return resets_on


@njit(cache=True)
def parted(
    rows: Rows,
    due_on: Days,
    principal_cents: Cents,
    balance_cents: Cents,
    overdue_cents: Cents,
    own_cents: Cents,
    resets_on: Days,
    matures_on: Days,
    bounds_on: Days,
    on: int,
) -> Cents:
    """Part the bank's own share of each balance by the day on which its rate changes next.

    rows          from `loan_arrays.offsets`: which of the instalments are whose, by rising day.
    balance_cents principal outstanding, of which overdue_cents has fallen due and own_cents is the bank's.
    resets_on     the next repricing; NEVER for a loan that keeps its rate.
    bounds_on     the last day of each bucket, rising; one more bucket has what lies beyond.
    Returns       per loan the buckets, then what is overdue. Each loan's sum is own_cents.

    What falls due before the repricing stands in the bucket of its own day, the rest in that of the repricing. What no
    instalment covers falls due with the last, and is overdue where that is past.
    """
    buckets = bounds_on.size + 1
    parts = np.zeros((balance_cents.size, buckets + 1), np.int64)
    for loan in range(balance_cents.size):
        balance, own = balance_cents[loan], own_cents[loan]
        if balance == 0:
            continue
        gone, ends_on = min(overdue_cents[loan], balance), matures_on[loan]
        shared = times_over(gone, own, balance)
        parts[loan, buckets] = shared
        for row in range(rows[2 * loan], rows[2 * loan + 1]):
            ends_on = max(ends_on, due_on[row])
            if on < due_on[row] < resets_on[loan] and gone < balance:
                gone += min(principal_cents[row], balance - gone)
                # Of what is gone so far, so that the shares of the parts sum to the share of the whole.
                share = times_over(gone, own, balance)
                parts[loan, np.searchsorted(bounds_on, due_on[row])] += share - shared
                shared = share
        rest_on = min(resets_on[loan], ends_on)
        parts[loan, np.searchsorted(bounds_on, rest_on) if rest_on > on else buckets] += own - shared
    return parts


@njit(cache=True)
def rows_after(rows: Rows, due_on: Days, after_on: Days) -> Rows:
    """Return each loan's first row that falls due after its day; the row behind its last where none does.

    rows   from `loan_arrays.offsets`, by rising day.
    """
    found = np.empty(after_on.size, np.int64)
    for loan in range(after_on.size):
        row = rows[2 * loan]
        while row < rows[2 * loan + 1] and due_on[row] <= after_on[loan]:
            row += 1
        found[loan] = row
    return found
