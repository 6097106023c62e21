"""One schedule from terms, with the arithmetic of its interest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from postloan.errors import TermsWrong
from postloan.kernels import daycount
from postloan.kernels.daycount import civil, day_number, is_leap
from postloan.kernels.exact import ROUNDINGS
from postloan.kernels.methods import BULLET, CODES, FLAT
from postloan.kernels.pricing import (
    JANUARY,
    Publications,
    RateChanges,
    days_left,
    no_changes,
    period_days,
    repricings,
    year_base,
)
from postloan.kernels.roll import NO_MOVES, ROLLS, Moves, moves_of, rolled
from postloan.kernels.schedule import Rounding, lay_out
from postloan.kernels.scheduled import interest_of
from postloan.kernels.terms import Terms, count, terms_of, whole_months
from postloan.plan.terms import LoanTerms
from postloan.rules.calendar import days_off
from postloan.rules.shapes import YearArranged

EPOCH = date(1970, 1, 1)
ONE_E8 = 10**8
ROLL_SPAN = timedelta(days=31)
_PACES = {"yearly_jan_1": JANUARY, "anniversary": 12, "monthly": 1}


@dataclass(frozen=True)
class Part:
    """A part of a period at one rate: rate × days ÷ base."""

    rate_e8: int
    days: int
    base: int


@dataclass(frozen=True)
class Instalment:
    """One row of a schedule; its interest is base_cents × the sum of its parts, rounded."""

    seq: int
    begins_on: date
    ends_on: date
    due_on: date
    base_cents: int
    parts: tuple[Part, ...]
    interest_cents: int
    principal_cents: int
    left_cents: int


def schedule_of(given: LoanTerms, years: Sequence[YearArranged]) -> list[Instalment]:
    """Return the schedule of a loan.

    years   arrangements of working days that the rulebook holds. A year after the one of paying out that nobody knows
            yet has its weekends.
    """
    calendar = _calendar(given, years)
    terms, changes = _terms(given), _changes(given)
    rounding = Rounding(ROUNDINGS[given.interest_rounding], ROUNDINGS[given.instalment_rounding])
    if given.rows:
        nominal = [_number(row.due_on) for row in given.rows]
        due = np.array([rolled(day, terms.disbursed_on[0], terms.roll[0], calendar) for day in nominal], np.int32)
        principal = np.array([row.principal_cents for row in given.rows], np.int64)
        ends = due if given.roll_moves_interest else np.array(nominal, np.int32)
        interest = interest_of(np.array([0, due.size]), terms, ends, principal, changes, rounding.interest)
    else:
        spans = count(terms.disbursed_on, terms, calendar)
        rows = lay_out(spans, terms, changes, calendar, rounding)
        due, principal, interest = rows.due_on, rows.principal_cents, rows.interest_cents
        unrolled = lay_out(spans, terms._replace(roll=np.zeros(1, np.int32)), changes, NO_MOVES, rounding).due_on
        ends = due if given.roll_moves_interest else unrolled
    if (principal[:-1] == 0).any() and given.method.startswith("step"):
        raise TermsWrong(
            message="The first instalments would not cover their interest.",
            hint="Choose a smaller step, fewer steps or a longer term.",
            where={"method": given.method},
        )
    return list(_told(given, terms, changes, due.tolist(), ends.tolist(), principal.tolist(), interest.tolist()))


def _terms(given: LoanTerms) -> Terms:
    periods = -(-given.amortization_months // given.months) if given.amortization_months else 0
    first_due_on = daycount.NEVER if given.first_due_on is None else _number(given.first_due_on)
    return terms_of(
        disbursed_on=np.array([_number(given.disbursed_on)]), matures_on=_number(given.matures_on),
        first_due_on=first_due_on, period_months=given.months, period_days=given.period_days or 0,
        due_day=given.due_day or given.disbursed_on.day,
        lent_cents=given.principal_cents, rate_e8=given.annual_rate_e8, splits=given.splits_periods,
        method=CODES.get(given.method, 0), day_count=daycount.CODES[given.day_count], roll=ROLLS[given.holiday_roll],
        moves_interest=given.roll_moves_interest, fixed_cents=given.instalment_cents or 0, plan_periods=periods,
        free_periods=given.interest_only_periods, step_periods=given.step_periods or 1,
        step=given.step_factor_e8 or given.step_cents or 0,
    )  # fmt: skip


def _changes(given: LoanTerms) -> RateChanges:
    if given.floating is None:
        if not given.rate_changes:
            return no_changes(1)
        days = [_number(change.on) for change in given.rate_changes]
        rates = [change.annual_rate_e8 for change in given.rate_changes]
        return RateChanges(np.array([0, len(days)]), np.array(days, np.int32), np.array(rates, np.int64))
    published, one = given.floating.published, np.zeros(1, np.int32)
    pace = _PACES.get(given.floating.reprices, given.floating.reprice_months or 0)
    changes, _ = repricings(
        one + _number(given.disbursed_on), one + _number(given.matures_on), one + pace,
        np.array([given.floating.spread_e8]), one, np.array([given.annual_rate_e8]), one + _number(given.disbursed_on),
        _number(given.matures_on),
        Publications(
            np.array([0, len(published)]),
            np.array([_number(each.on) for each in published], np.int32),
            np.array([each.annual_rate_e8 for each in published], np.int64),
        ),
    )  # fmt: skip
    return changes


def _calendar(given: LoanTerms, years: Sequence[YearArranged]) -> Moves:
    if given.holiday_roll == "none":
        return NO_MOVES
    off = days_off(given.disbursed_on, given.matures_on + ROLL_SPAN, years, on=given.disbursed_on)
    return moves_of(np.array([_number(day) for day in off], np.int32))


def _told(
    given: LoanTerms,
    terms: Terms,
    changes: RateChanges,
    due: list[int],
    ends: list[int],
    principal: list[int],
    interest: list[int],
) -> Iterator[Instalment]:
    """Put each row beside the balance, the days and the rates it was counted from."""
    start, left = int(terms.disbursed_on[0]), given.principal_cents
    for at, end in enumerate(ends):
        base = given.principal_cents if terms.method[0] == FLAT and left > 0 and not given.rows else left
        parts = tuple(_parts(given, terms, changes, start, end))
        left -= principal[at]
        days = (_day(start), _day(end), _day(due[at]))
        yield Instalment(at + 1, *days, base, parts, interest[at], principal[at], left)
        start = end


def _parts(given: LoanTerms, terms: Terms, changes: RateChanges, start: int, end: int) -> Iterator[Part]:
    """Cut a period where its rate changes, and count each part by the loan's day count."""
    rate, cuts = given.annual_rate_e8, []
    for on, changed in zip(changes.on.tolist(), changes.rate_e8.tolist(), strict=True):
        if on <= start:
            rate = changed
        elif on < end and given.splits_periods:
            cuts.append((on, changed))
    day_count = int(terms.day_count[0])
    if given.day_count == "ACT/ACT":
        for since, until, at_rate in _spans(start, end, rate, cuts):
            yield from _by_year(since, until, at_rate)
        return
    due_day = civil(start)[2] if terms.method[0] == BULLET else int(terms.due_day[0])
    whole = 0 if given.rows or given.period_days else whole_months(start, end, due_day)
    base = year_base(day_count)
    # What is left of the period from each cut; the differences are the days of the parts, and sum to the whole.
    left = [period_days(start, end, day_count, whole)]
    left += [days_left(since, end, day_count, left[0]) for since, _ in cuts]
    for at, at_rate in enumerate([rate, *(changed for _, changed in cuts)]):
        yield Part(at_rate, left[at] - (left[at + 1] if at + 1 < len(left) else 0), base)


def _spans(start: int, end: int, rate: int, cuts: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    marks = [(start, rate), *cuts]
    for at, (since, at_rate) in enumerate(marks):
        yield since, marks[at + 1][0] if at + 1 < len(marks) else end, at_rate


def _by_year(since: int, until: int, rate: int) -> Iterator[Part]:
    """Cut a span at the ends of years: days of a leap year count over 366."""
    while since < until:
        year = civil(since)[0]
        next_year = min(until, day_number(year + 1, 1, 1))
        yield Part(rate, next_year - since, 366 if is_leap(year) else 365)
        since = next_year


def _number(day: date) -> int:
    return (day - EPOCH).days


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)
