"""The terms a schedule is built from, and the days on which its instalments fall due."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, civil, day_of_month, month_index
from postloan.kernels.methods import BULLET
from postloan.kernels.roll import Moves, rolled

Cents = NDArray[np.int64]
Days = NDArray[np.int32]


class Terms(NamedTuple):
    """One value per loan.

    first_due_on    first due day; NEVER is the due day of the month that is one period after paying out.
    period_months   months between due days; 0 where `period_days` says the days instead.
    lent_cents      principal at paying out. The plan is made of it.
    balance_cents   principal to be repaid by the rows wanted: at paying out, or at a take-on since. Where the plan does
                    not leave it, the rest is planned anew.
    rate_e8         yearly rate at paying out; later ones are RateChanges.
    splits          a change of rate inside a period counts from its day; else from the next period.
    method          a code of methods.CODES; day_count of daycount.CODES; roll of roll.ROLLS.
    moves_interest  a due day that rolls ends its interest period too.
    fixed_cents     level amount fixed by contract; 0 lets the annuity formula find it.
    plan_periods    periods of the plan where the loan ends sooner (a balloon); 0 is as many as there are.
    free_periods    periods at the start in which only interest falls due.
    step_periods    instalments in a step; step is cents added by each step, or the factor in 1e-8.
    may_grow        interest that an instalment does not cover joins the principal.
    period_e18      rate of one period in 1e-18, where it does not follow from the yearly rate by division; else 0.
    """

    disbursed_on: Days
    first_due_on: Days
    matures_on: Days
    period_months: Days
    period_days: Days
    due_day: Days
    lent_cents: Cents
    balance_cents: Cents
    rate_e8: Cents
    splits: Days
    method: Days
    day_count: Days
    roll: Days
    moves_interest: Days
    fixed_cents: Cents
    plan_periods: Days
    free_periods: Days
    step_periods: Days
    step: Cents
    may_grow: Days
    period_e18: Cents


class Spans(NamedTuple):
    """Which rows are whose: loan i has rows first[i] to first[i + 1], the last of its `periods`."""

    first: Cents
    periods: Days


def terms_of(**given: Any) -> Terms:
    """Make terms of arrays or single values; the disbursement days give their number, terms not given are idle."""
    idle = {"first_due_on": NEVER, "step_periods": 1}
    given.setdefault("balance_cents", given["lent_cents"])
    wide = {"lent_cents", "balance_cents", "rate_e8", "fixed_cents", "step", "period_e18"}
    loans = np.asarray(given["disbursed_on"]).size
    columns = {}
    for name in Terms._fields:
        value = np.asarray(given.pop(name, idle.get(name, 0)), np.int64 if name in wide else np.int32)
        columns[name] = np.ascontiguousarray(np.broadcast_to(value, loans))
    if given:
        raise TypeError(f"no such terms: {', '.join(given)}")
    return Terms(**columns)


@njit(cache=True, inline="always")
def terms_at(terms: Terms, loan: int) -> Any:
    """Return the terms of one loan: the same names, each a single value."""
    return Terms(
        terms.disbursed_on[loan], terms.first_due_on[loan], terms.matures_on[loan], terms.period_months[loan],
        terms.period_days[loan], terms.due_day[loan], terms.lent_cents[loan], terms.balance_cents[loan],
        terms.rate_e8[loan], terms.splits[loan], terms.method[loan], terms.day_count[loan], terms.roll[loan],
        terms.moves_interest[loan], terms.fixed_cents[loan], terms.plan_periods[loan], terms.free_periods[loan],
        terms.step_periods[loan], terms.step[loan], terms.may_grow[loan], terms.period_e18[loan],
    )  # fmt: skip


@njit(cache=True, inline="always")
def count_periods(one: Any) -> int:
    """Count the periods of a loan, a begun period counted whole; at least one. A bullet has one.

    one   the terms of the loan, from `terms_at`.

    Without a first due day as many as the months from paying out to maturity make, so that a last period may be longer
    than the others; with one, a last period is at most as long as the others.
    """
    periods = 1
    if one.method != BULLET:
        begun_on, gone = one.disbursed_on, 0
        if one.first_due_on != NEVER:
            begun_on, gone = one.first_due_on, 1
        if one.period_months == 0:
            # The due day that comes on or after the day of maturity begins no further period.
            periods = max(1, gone - (begun_on - one.matures_on) // one.period_days)
        else:
            periods = _count_months(begun_on, one.matures_on, one.period_months, one.due_day, gone)
    return periods


@njit(cache=True)
def _count_months(begun_on: int, matures_on: int, period_months: int, due_day: int, gone: int) -> int:
    """Count the periods up to maturity, of which so many are gone on `begun_on`."""
    year, month, day = civil(begun_on)
    last_year, last_month, last_day = civil(matures_on)
    months = (last_year - year) * 12 + last_month - month + (1 if last_day > day else 0)
    periods = gone - (-months // period_months) + gone
    month += year * 12 - 1
    # The first due day stands where it was put, whatever the due day of its month.
    while periods > 1 + gone and day_of_month(month + (periods - 1 - gone) * period_months, due_day) >= matures_on:
        periods -= 1
    return 1 if begun_on >= matures_on else max(1, periods)


@njit(cache=True)
def count(starts_on: Days, terms: Terms, calendar: Moves) -> Spans:
    """Count each loan's periods, and its instalments that fall due after `starts_on`."""
    first, counted = np.zeros(starts_on.size + 1, dtype=np.int64), np.empty(starts_on.size, np.int32)
    for loan in range(starts_on.size):
        one = terms_at(terms, loan)
        periods, gone, month = count_periods(one), 0, month_before(one)
        if starts_on[loan] > one.disbursed_on:
            day = one.disbursed_on
            while gone < periods:
                month += one.period_months
                day = nominal_due(one, day, month, gone == 0, gone + 1 == periods)
                if rolled(day, one.disbursed_on, one.roll, calendar) > starts_on[loan]:
                    break
                gone += 1
        first[loan + 1], counted[loan] = first[loan] + periods - gone, periods
    return Spans(first, counted)


@njit(cache=True, inline="always")
def month_before(one: Any) -> int:
    """Return the month a period before the one of the first due day, from which due days are counted."""
    month = month_index(one.disbursed_on)
    if one.first_due_on != NEVER:
        month = month_index(one.first_due_on) - one.period_months
    return month


@njit(cache=True, inline="always")
def nominal_due(one: Any, before: int, month: int, is_first: bool, is_last: bool) -> int:  # noqa: FBT001
    """Return a due day before it rolls, given the one before it and the month it falls into."""
    day: int = one.matures_on
    if not is_last:
        if is_first and one.first_due_on != NEVER:
            day = one.first_due_on
        elif one.period_months > 0:
            day = day_of_month(month, one.due_day)
        else:
            day = before + one.period_days
    return day


@njit(cache=True)
def whole_months(start: int, end: int, due_day: int) -> int:
    """Count the months of a period from due day to due day; 0 where it begins or ends on another day."""
    first, last = month_index(start), month_index(end)
    is_whole = start == day_of_month(first, due_day) and end == day_of_month(last, due_day)
    return last - first if is_whole else 0
