"""Repayment schedules built from a loan's terms, where the feed brings none."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import (
    ACT_360,
    ACT_365,
    ACT_ACT,
    NEVER,
    THIRTY_360,
    THIRTY_E_360,
    civil,
    day_of_month,
)
from postloan.kernels.exact import HALF_UP, ROOM, roomy_over, rounded_over
from postloan.kernels.loan_arrays import frozen
from postloan.kernels.methods import (
    BULLET,
    CODES,
    EQUAL_PRINCIPAL,
    FLAT,
    INTEREST_ONLY,
    LEVEL,
    STEP_ARITHMETIC,
    STEP_GEOMETRIC,
    even_amount,
    is_annuity,
    next_step,
    part_of,
)
from postloan.kernels.pricing import RateChanges, no_changes, period_days, split_factor, year_base
from postloan.kernels.roll import NO_MOVES, Moves, rolled
from postloan.kernels.terms import Spans, Terms, count, month_before, nominal_due, terms_at, terms_of, whole_months

__all__ = ["BULLET", "CODES", "EQUAL_PRINCIPAL", "FLAT", "INTEREST_ONLY", "LEVEL", "build", "count_rows", "coverage"]

Cents = NDArray[np.int64]
Days = NDArray[np.int32]

_E8, _E18 = 10**8, 10**18


class Rows(NamedTuple):
    """Instalments, by loan and number: buffers that `write_rows` fills."""

    seq: Days
    due_on: Days
    principal_cents: Cents
    interest_cents: Cents


class Rounding(NamedTuple):
    """Codes of exact.ROUNDINGS."""

    interest: int = HALF_UP
    instalment: int = HALF_UP


HALF_UP_BOTH = Rounding()


def empty_rows(size: int) -> Rows:
    """Make buffers for so many rows. Filling new memory costs more than the arithmetic: use them again."""
    return Rows(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64), np.empty(size, np.int64))


@borrows
def write_rows(
    spans: Spans, terms: Terms, changes: RateChanges, calendar: Moves, rounding: Rounding, rows: Rows
) -> None:
    """Write each loan's remaining schedule into `rows`.

    spans     from terms.count. The principals of a loan sum to its balance. A row has the interest of its whole
              period, begun before a take-on or not.
    changes   of the rate: with one, an annuity is made anew of what is left. In a period that splits, the principal
              follows the old plan.
    calendar  days off on which due days roll.
    """
    for loan in range(spans.periods.size):
        row, wanted = spans.first[loan], spans.first[loan + 1] - spans.first[loan]
        if wanted > 0:
            one, at, stop = terms_at(terms, loan), changes.first[loan], changes.first[loan + 1]
            _write_loan(one, row, wanted, spans.periods[loan], at, stop, changes, calendar, rounding, rows)


@njit(cache=True, inline="always")
def _write_loan(
    one: Any,
    row: int,
    wanted: int,
    periods: int,
    at: int,
    stop: int,
    changes: RateChanges,
    calendar: Moves,
    rounding: Rounding,
    rows: Rows,
) -> None:
    gone, rate_e8, planned_e8 = periods - wanted, one.rate_e8, -1
    start, nominal, left_cents, even_cents = one.disbursed_on, one.disbursed_on, one.lent_cents, 0
    month = month_before(one)
    is_plain = _is_plain(one, rounding.interest) and at == stop
    seq = 0
    while seq < periods:
        seq += 1
        if is_plain and planned_e8 >= 0 and gone + 1 < seq < periods:
            seq, row, start, left_cents = _write_plain(
                one, seq, periods, month, start, left_cents, even_cents, calendar, rows, row
            )
        if seq == gone + 1 and left_cents != one.balance_cents:
            left_cents, planned_e8 = one.balance_cents, -1
        month += one.period_months
        nominal = nominal_due(one, nominal, month, seq == 1, seq == periods)
        due = rolled(nominal, one.disbursed_on, one.roll, calendar)
        end = due if one.moves_interest else nominal
        while at < stop and changes.on[at] <= start:
            rate_e8 = changes.rate_e8[at]
            at += 1
        is_even = 1 < seq < periods and (seq > 2 or one.first_due_on == NEVER) and not one.moves_interest
        days, is_planned = _days(one, start, end, is_even)
        factor, over = rate_e8 * days, year_base(one.day_count) * _E8
        if one.splits and at < stop and changes.on[at] < end:
            factor = split_factor(days, end, one.day_count, rate_e8, changes, at, stop)
            is_planned = one.period_months == 0 or one.day_count not in (THIRTY_360, THIRTY_E_360)
        if one.period_e18 > 0:
            factor, over, is_planned = one.period_e18, _E18, True
        base_cents = one.lent_cents if one.method == FLAT and left_cents > 0 else left_cents
        interest_cents = rounded_over(base_cents, factor, over, rounding.interest)
        part_cents = left_cents
        if seq < periods:
            even_cents, planned_e8 = _even(
                one, seq, periods, left_cents, even_cents, rate_e8, planned_e8, rounding.instalment
            )
            planned_cents = interest_cents
            if not is_planned and one.fixed_cents == 0:
                planned_cents = rounded_over(base_cents, rate_e8 * one.period_months, 12 * _E8, rounding.interest)
            part_cents = min(left_cents, _part(one, seq, even_cents, planned_cents))
        if seq > gone:
            rows.seq[row], rows.due_on[row] = seq, due
            rows.principal_cents[row], rows.interest_cents[row] = part_cents, interest_cents
            row += 1
        left_cents -= part_cents
        start = end


@njit(cache=True, inline="always")
def _is_plain(one: Any, rounding: int) -> bool:
    """Tell whether the rows between a loan's first and last follow from the one before by the shortest arithmetic."""
    is_simple = one.method in (LEVEL, EQUAL_PRINCIPAL, INTEREST_ONLY) and one.day_count != ACT_ACT
    is_usual = one.period_months > 0 and one.first_due_on == NEVER and one.period_e18 == 0 and one.may_grow == 0
    is_counted = one.day_count in (ACT_360, ACT_365) or not one.moves_interest
    days = 32 * one.period_months + 62  # No period is longer: a month and a roll at either end.
    has_room = float(max(one.lent_cents, one.balance_cents)) * float(one.rate_e8 * days) < ROOM
    return is_simple and is_usual and is_counted and has_room and rounding == HALF_UP


@njit(cache=True, inline="always")
def _write_plain(
    one: Any,
    seq: int,
    periods: int,
    month: int,
    start: int,
    left_cents: int,
    even_cents: int,
    calendar: Moves,
    rows: Rows,
    row: int,
) -> tuple[int, int, int, int]:
    """Write the rows of a plain loan up to the last; return the last's number and row, its start and what is left."""
    is_thirty = one.day_count not in (ACT_360, ACT_365)
    over = year_base(one.day_count) * _E8
    level = -1 if one.method == LEVEL else 0
    even_cents = 0 if one.method == INTEREST_ONLY else even_cents
    while seq < periods:
        nominal = day_of_month(month + one.period_months, one.due_day)
        month += one.period_months
        due = rolled(nominal, one.disbursed_on, one.roll, calendar)
        end = due if one.moves_interest else nominal
        days = 30 * one.period_months if is_thirty else end - start
        interest_cents = roomy_over(left_cents, one.rate_e8 * days, over)
        part_cents = min(left_cents, max(0, even_cents - (interest_cents & level)))
        rows.seq[row], rows.due_on[row] = seq, due
        rows.principal_cents[row], rows.interest_cents[row] = part_cents, interest_cents
        left_cents -= part_cents
        start = end
        seq += 1
        row += 1
    return seq, row, start, left_cents


@njit(cache=True, inline="always")
def _days(one: Any, start: int, end: int, is_even: bool) -> tuple[int, bool]:  # noqa: FBT001
    """Return the days of a period as its day count has them, and whether its interest is the plan's.

    The 30/360 counts take every period from due day to due day as whole months; an odd one changes its interest, not
    the plan of principal. Periods that are counted by the day are planned with the interest they have.
    """
    days, is_plain = end - start, True
    if one.day_count not in (ACT_360, ACT_365):
        months = one.period_months
        if one.method == BULLET:
            months = whole_months(start, end, civil(one.disbursed_on)[2])
        elif months > 0 and not is_even:
            months = whole_months(start, end, one.due_day)
        days = period_days(start, end, one.day_count, months)
        is_plain = months == one.period_months or one.day_count == ACT_ACT
    return days, is_plain


@njit(cache=True, inline="always")
def _even(
    one: Any,
    seq: int,
    periods: int,
    left_cents: int,
    even_cents: int,
    rate_e8: int,
    planned_e8: int,
    rounding: int,
) -> tuple[int, int]:
    """Return what the plan is made of from row `seq`, and the rate it was made with; -1 asks for a new one."""
    done = seq - 1 - one.free_periods
    if done < 0:
        planned_e8 = -1
    elif planned_e8 < 0 or (rate_e8 != planned_e8 and one.fixed_cents == 0 and is_annuity(one.method)):
        planned_e8 = rate_e8
        even_cents = one.fixed_cents
        if one.fixed_cents == 0 or not is_annuity(one.method):
            numerator, denominator = _period_rate(one, rate_e8)
            even_cents = even_amount(
                one.method, left_cents, numerator, denominator, max(periods, one.plan_periods) - seq + 1,
                done % one.step_periods, one.step_periods, one.step, rounding,
            )  # fmt: skip
    elif one.method in (STEP_ARITHMETIC, STEP_GEOMETRIC) and done % one.step_periods == 0:
        even_cents = next_step(one.method, even_cents, one.step)
    return even_cents, planned_e8


@njit(cache=True, inline="always")
def _period_rate(one: Any, rate_e8: int) -> tuple[int, int]:
    """Return the rate of a regular period as a ratio."""
    numerator, denominator = one.period_e18, _E18
    if numerator == 0:
        if one.period_months > 0:
            numerator, denominator = rate_e8 * one.period_months, 12 * _E8
        else:
            year_days = 365 if one.day_count in (ACT_365, ACT_ACT) else 360
            numerator, denominator = rate_e8 * one.period_days, year_days * _E8
    return numerator, denominator


@njit(cache=True, inline="always")
def _part(one: Any, seq: int, even_cents: int, planned_cents: int) -> int:
    """Return the principal of a row before the last."""
    part_cents = 0
    if seq > one.free_periods:
        part_cents = part_of(one.method, even_cents, planned_cents, one.may_grow)
    return part_cents


def lay_out(
    spans: Spans, terms: Terms, changes: RateChanges, calendar: Moves, rounding: Rounding = HALF_UP_BOTH
) -> Rows:
    """Return what `write_rows` writes, in new rows."""
    rows = empty_rows(int(spans.first[-1]))
    write_rows(frozen(spans), frozen(terms), frozen(changes), frozen(calendar), rounding, rows)
    return rows


def count_rows(
    starts_on: Days, disbursed_on: Days, matures_on: Days, period_months: Days, due_day: Days, method: Days
) -> Cents:
    """Count the instalments that fall due after `starts_on`, as `terms.count` does, where no due day rolls."""
    terms = terms_of(
        disbursed_on=disbursed_on, matures_on=matures_on, period_months=period_months, due_day=due_day, method=method,
        lent_cents=0,
    )  # fmt: skip
    return count(starts_on, terms, NO_MOVES).first


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
) -> Rows:
    """Build each loan's remaining schedule where its rate never changes and no due day rolls; arrays as in Terms."""
    terms = terms_of(
        disbursed_on=disbursed_on, matures_on=matures_on, period_months=period_months, due_day=due_day, method=method,
        lent_cents=lent_cents, balance_cents=balance_cents, rate_e8=rate_e8, day_count=day_count,
        fixed_cents=fixed_cents,
    )  # fmt: skip
    spans = Spans(first, count(terms.disbursed_on, terms, NO_MOVES).periods)
    return lay_out(spans, terms, no_changes(balance_cents.size), NO_MOVES)


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
