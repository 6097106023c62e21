"""Rate factors: what part of a balance a stretch of days costs, and the level instalment that repays it."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from postloan.kernels.daycount import (
    ACT_360,
    ACT_365,
    ACT_ACT,
    civil,
    day_number,
    is_leap,
    month_length,
    months_later,
)
from postloan.kernels.life.terms import DAYS, MONTHS, SHARE_OF_MONTH, SHARE_OF_PERIOD, WEEKS, Terms
from postloan.kernels.pricing import days_left, period_days, year_base
from postloan.kernels.terms import whole_months

_DAYS_OF_UNIT = {DAYS: 1, WEEKS: 7, MONTHS: 30}
_SNAP, _WIDE = Decimal("1e-25"), Context(prec=100, rounding=ROUND_HALF_EVEN)
_PERIODS_OF_YEAR = {DAYS: 365, WEEKS: 52, MONTHS: 12}


def arithmetic(terms: Terms) -> Context:
    """Return the decimal context of a product: so many significant digits, ties as it rounds money."""
    return Context(prec=terms.digits, rounding=ROUND_HALF_EVEN if terms.is_half_even else ROUND_HALF_UP)


def to_money(amount: Decimal, terms: Terms) -> int:
    """Round an amount of cents to the unit of the product.

    What is closer to a tie than 1e-25 is the tie: amounts of interest are fractions whose denominators (days of a year,
    a month and a period, and 1e8 of a rate) stay far below 1e24, so that no other can come so close.
    """
    amount = amount.quantize(_SNAP, context=_WIDE)
    return _to_multiple(amount, terms.unit_cents, ROUND_HALF_EVEN if terms.is_half_even else ROUND_HALF_UP)


def to_instalment(amount: Decimal, terms: Terms) -> int:
    """Round an instalment to the unit of the product, then to whole steps of it; never a positive one to nothing."""
    if terms.steps_up:
        return _to_multiple(amount, terms.step_cents, ROUND_UP)
    amount_cents = to_money(amount, terms)
    rounding = ROUND_HALF_EVEN if terms.is_half_even else ROUND_HALF_UP
    return _to_multiple(Decimal(amount_cents), terms.step_cents, rounding) or amount_cents


def to_share(amount: Decimal, terms: Terms) -> int:
    """Round an equal share of principal as the product does."""
    if not terms.shares_down:
        return to_instalment(amount, terms)
    return _to_multiple(amount.quantize(_SNAP, context=_WIDE), max(terms.unit_cents, terms.step_cents), ROUND_DOWN)


def _to_multiple(amount: Decimal, unit: int, rounding: str) -> int:
    return int((amount / unit).to_integral_value(rounding=rounding)) * unit


def later(day: int, count: int, unit: int, due_day: int) -> int:
    """Return the day `count` units after a day; months fall on `due_day` or the month's last day."""
    return months_later(day, count, due_day) if unit == MONTHS else day + count * _DAYS_OF_UNIT[unit]


def factor(terms: Terms, period: tuple[int, int], start: int, end: int, rate: Decimal) -> Decimal:
    """Return what part of a balance the days from `start` to `end` cost, both within `period`.

    period   (first day, due day) of the instalment.
    rate     yearly rate as a fraction, one for all the days.
    Source   the product's day count; ACT/ACT by the days of each part's own year.
    """
    days, length = end - start, period[1] - period[0]
    if length <= 0:
        return Decimal(0)
    if terms.day_count == SHARE_OF_PERIOD:
        return _scaled(terms, rate * (Decimal(terms.every) / _PERIODS_OF_YEAR[terms.unit]) * days / length)
    if terms.day_count == SHARE_OF_MONTH:
        part = _DAYS_OF_UNIT[terms.unit] * _units(terms, period) / (terms.year_days or 360)
        return _scaled(terms, rate * part * days / length)
    if terms.day_count == ACT_ACT:
        return _scaled(terms, rate * _years(terms, period, start, end))
    if terms.day_count in (ACT_360, ACT_365):
        year_days = terms.year_days or (360 if terms.day_count == ACT_360 else 365)
        return _scaled(terms, rate * (Decimal(days) / year_days))
    return _scaled(terms, rate * _thirty_part(terms, period, start, end))


def _scaled(terms: Terms, value: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-terms.digits), context=_WIDE)


def _thirty_part(terms: Terms, period: tuple[int, int], start: int, end: int) -> Decimal:
    """Return the part of a year by 30/360; whole months count alike, odd days by what is left of the period."""
    begins, ends = period
    months = whole_months(begins, ends, terms.due_day or civil(begins)[2]) if terms.unit == MONTHS else 0
    whole, over = period_days(begins, ends, terms.day_count, months), year_base(terms.day_count)
    left, left_after = (
        whole if day == begins else days_left(day, ends, terms.day_count, whole) for day in (start, end)
    )
    return Decimal(int(left - left_after)) / over


def _units(terms: Terms, period: tuple[int, int]) -> Decimal:
    """Count the units (days, weeks, months) of a period, a begun one by its share of its own days."""
    start, due = period
    # A month's last day may stand for a later due day that the month does not have.
    year, month, day = civil(start)
    if day == month_length(year, month) and terms.due_day > day:
        day = terms.due_day
    whole = 0
    while later(start, whole + 1, terms.unit, day) <= due:
        whole += 1
    reached, beyond = later(start, whole, terms.unit, day), later(start, whole + 1, terms.unit, day)
    return whole + Decimal(due - reached) / (beyond - reached)


def _years(terms: Terms, period: tuple[int, int], start: int, end: int) -> Decimal:
    """Return the part of a year by ACT/ACT, split where the year turns."""
    first_year, last_year = civil(start)[0], civil(end)[0]
    if terms.leap_by_period and not _holds_leap_day(period):
        return Decimal(end - start) / 365
    if first_year == last_year:
        return Decimal(end - start) / (366 if is_leap(first_year) else 365)
    years, begun = Decimal(0), start
    for year in range(first_year, last_year + 1):
        turn = day_number(year, 12, 31) if terms.year_ends_early else day_number(year + 1, 1, 1)
        until = min(end, turn) if year < last_year else end
        years += Decimal(until - begun) / (366 if is_leap(year) else 365)
        begun = until
    return years


def _holds_leap_day(period: tuple[int, int]) -> bool:
    years = range(civil(period[0])[0], civil(period[1])[0] + 1)
    return any(is_leap(year) and period[0] < day_number(year, 2, 29) <= period[1] for year in years)


def level_amount(balance_cents: int, factors: Sequence[Decimal]) -> Decimal:
    """Return the one amount that, paid at the end of every period, repays a balance.

    balance_cents  owed at the start of the first period.
    factors        the rate factor of each period.
    Source         P · Π(1+f) ÷ (1 + (1+f_n)·(1 + (1+f_n−1)·(…))), the annuity with a factor of its own each period.
    """
    grown, stacked = Decimal(1), Decimal(1)
    for place, value in enumerate(factors):
        grown *= 1 + value
        if place > 0:
            stacked = 1 + stacked * (1 + value)
    owed = grown * balance_cents
    return owed / stacked
