"""Rates that change while a loan runs: repricing after the prime rate, and the interest of a period with a change."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import THIRTY_360, THIRTY_E_360, civil, day_number, months_later, year_part

Cents = NDArray[np.int64]
Days = NDArray[np.int32]

JANUARY = -1
"""In place of months between repricings: every 1 January."""


class RateChanges(NamedTuple):
    """Changes of the yearly rate: loan i has rows first[i] to first[i + 1], by rising day."""

    first: Cents
    on: Days
    rate_e8: Cents


class Publications(NamedTuple):
    """Published rates: series s has rows first[s] to first[s + 1], by rising day."""

    first: Cents
    on: Days
    rate_e8: Cents


def no_changes(loans: int) -> RateChanges:
    """Say of each of so many loans that its rate never changes."""
    return RateChanges(np.zeros(loans + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64))


@borrows
def published_row(day: int, series: int, published: Publications) -> int:
    """Return the row of the rate last published by a day, the day included; -1 where none was."""
    first, row = published.first[series], published.first[series + 1]
    while row > first and published.on[row - 1] > day:
        row -= 1
    return row - 1 if row > first else -1


@njit(cache=True)
def reprices_on(disbursed_on: int, times: int, every_months: int) -> int:
    """Return the day of the `times`-th repricing of a loan; the 0th is the day of paying out."""
    if times == 0:
        return disbursed_on
    year, _, day = civil(disbursed_on)
    if every_months == JANUARY:
        return day_number(year + times, 1, 1)
    return months_later(disbursed_on, times * every_months, day)


@njit(cache=True)
def repricings(
    disbursed_on: Days,
    matures_on: Days,
    every_months: Days,
    spread_e8: Cents,
    series: Days,
    stated_e8: Cents,
    stated_on: Days,
    known_to: int,
    published: Publications,
) -> tuple[RateChanges, Cents]:
    """Return the rates of floating loans: one from the day of paying out, and one from each repricing up to `known_to`.

    every_months   months between repricings, JANUARY, or 0 for never.
    series         which of the published series the loan follows; -1 is none.
    stated_e8      the rate its row states, in force on `stated_on`. It holds in the repricing period of that day, and
                   wherever nothing was published yet.
    Returns        the changes, and of each the row of the publication behind it; -1 for the stated rate.
    Source         PBOC notice 2019 No. 30: prime rate of the latest month on the repricing day, plus a spread that
                   stays. A rate never falls below zero.
    """
    first = np.zeros(disbursed_on.size + 1, np.int64)
    for loan in range(disbursed_on.size):
        times = 0
        if series[loan] >= 0 and every_months[loan] != 0:
            until = min(known_to, matures_on[loan] - 1)
            while reprices_on(disbursed_on[loan], times, every_months[loan]) <= until:
                times += 1
        first[loan + 1] = first[loan] + times
    on, rate_e8, base = np.empty(first[-1], np.int32), np.empty(first[-1], np.int64), np.empty(first[-1], np.int64)
    for loan in range(disbursed_on.size):
        for row in range(first[loan], first[loan + 1]):
            times = row - first[loan]
            on[row] = reprices_on(disbursed_on[loan], times, every_months[loan])
            until = reprices_on(disbursed_on[loan], times + 1, every_months[loan])
            is_stated = on[row] <= max(stated_on[loan], disbursed_on[loan]) < until
            base[row] = -1 if is_stated else published_row(on[row], series[loan], published)
            rate_e8[row] = stated_e8[loan]
            if base[row] >= 0:
                rate_e8[row] = max(0, published.rate_e8[base[row]] + spread_e8[loan])
    return RateChanges(first, on, rate_e8), base


@njit(cache=True)
def year_base(day_count: int) -> int:
    """Return the denominator in which `period_days` counts a year: 360, 365, or 365 × 366 for ACT/ACT."""
    return year_part(0, 0, day_count)[1]


@njit(cache=True)
def period_days(start: int, end: int, day_count: int, whole_months: int) -> int:
    """Count a period in units of `year_base`; the 30/360 counts take each of so many whole months as 30 days."""
    if whole_months > 0 and day_count in (THIRTY_360, THIRTY_E_360):
        return 30 * whole_months
    return year_part(start, end, day_count)[0]


@njit(cache=True)
def days_left(day: int, end: int, day_count: int, days: int) -> int:
    """Count what is left of a period from one of its days on, after its first, in units of `year_base`.

    days   of the whole period, as `period_days` counts them.
    What has run by the day is the rest. So parts sum to the whole under the 30/360 counts too, where a 31st or the end
    of February would else make them a day or two more or less.
    """
    return min(days, year_part(day, end, day_count)[0])


@borrows
def split_factor(days: int, end: int, day_count: int, rate_e8: int, changes: RateChanges, after: int, stop: int) -> int:
    """Return rate × days of a period in which the rate changes, each change counted from its day.

    days      of the whole period, as `period_days` counts them; `end` is its last day.
    rate_e8   rate in force at the start; `changes` from row `after` to `stop` come later.
    """
    factor = rate_e8 * days
    for row in range(after, stop):
        if changes.on[row] >= end:
            break
        # What is left of the period goes over from one rate to the next, so that the parts sum to the whole.
        factor += (changes.rate_e8[row] - rate_e8) * days_left(changes.on[row], end, day_count, days)
        rate_e8 = changes.rate_e8[row]
    return factor
