"""Rate factors and level amounts: day counts against their definitions, roundings against their rules."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernels import daycount
from postloan.kernels.daycount import day_number, months_later, year_part
from postloan.kernels.exact import level_instalment
from postloan.kernels.life.factors import arithmetic, factor, later, level_amount, to_instalment, to_money
from postloan.kernels.life.terms import (
    DAYS,
    INTEREST_FIRST,
    MONTHS,
    SHARE_OF_MONTH,
    SHARE_OF_PERIOD,
    WEEKS,
    Terms,
)

TWELVE = Terms(rate_e8=12_000_000, periods=12, policy=INTEREST_FIRST)
RATE = Decimal("0.12")


def days(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@given(
    st.sampled_from([daycount.ACT_360, daycount.ACT_365, daycount.ACT_ACT]),
    st.integers(day_number(1999, 1, 1), day_number(2030, 1, 1)),
    st.integers(1, 500),
)
def test_actual_counts_are_those_of_the_day_count_kernel(count: int, start: int, length: int) -> None:
    found = factor(TWELVE._replace(day_count=count), (start, start + length), start, start + length, RATE)
    numerator, denominator = year_part(start, start + length, count)
    assert abs(Fraction(found) - Fraction(12, 100) * Fraction(numerator, denominator)) < Fraction(1, 10**20)


@given(st.integers(day_number(2000, 1, 1), day_number(2030, 1, 1)), st.integers(1, 6), st.data())
def test_a_share_of_months_sums_to_the_whole(start: int, every: int, data: st.DataObject) -> None:
    terms = TWELVE._replace(day_count=SHARE_OF_MONTH, every=every, due_day=daycount.civil(start)[2])
    due = months_later(start, every, terms.due_day)
    cut = data.draw(st.integers(start, due))
    whole = factor(terms, (start, due), start, due, RATE)
    assert abs(whole - RATE * every / 12) < Decimal("1e-20")
    parts = factor(terms, (start, due), start, cut, RATE) + factor(terms, (start, due), cut, due, RATE)
    assert abs(parts - whole) < Decimal("1e-20")


@given(
    st.sampled_from([daycount.THIRTY_360, daycount.THIRTY_E_360]),
    st.integers(day_number(2000, 1, 1), day_number(2030, 1, 1)),
    st.integers(1, 6),
    st.data(),
)
def test_a_period_of_months_of_thirty_days_is_split_without_winning_or_losing_one(
    count: int, start: int, every: int, data: st.DataObject
) -> None:
    terms = TWELVE._replace(day_count=count, every=every, due_day=daycount.civil(start)[2])
    due = months_later(start, every, terms.due_day)
    days = [start, *sorted(data.draw(st.lists(st.integers(start, due), max_size=3))), due]
    parts = [factor(terms, (start, due), since, until, RATE) for since, until in pairwise(days)]
    assert abs(sum(parts) - RATE * every / 12) < Decimal("1e-20")
    assert min(parts) >= 0


@pytest.mark.parametrize(
    ("start", "due", "units"),
    [
        ("2024-01-01", "2024-02-18", 1 + Fraction(17, 29)),
        ("2024-02-01", "2024-04-15", 2 + Fraction(14, 30)),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-02-29", "2024-03-31", 1),
    ],
)
def test_a_stretched_period_counts_whole_months_and_its_share_of_the_next(
    start: str, due: str, units: Fraction
) -> None:
    terms = TWELVE._replace(day_count=SHARE_OF_MONTH, due_day=31 if due in ("2024-02-29", "2024-03-31") else 0)
    found = factor(terms, (days(start), days(due)), days(start), days(due), RATE)
    assert abs(Fraction(found) - units / 100) < Fraction(1, 10**20)


def test_the_year_may_end_a_day_early_and_leap_days_may_count_only_where_they_are() -> None:
    period = (days("2023-12-20"), days("2024-01-20"))
    plain = TWELVE._replace(day_count=daycount.ACT_ACT)
    isda = Fraction(12, 365) + Fraction(19, 366)
    early = Fraction(11, 365) + Fraction(20, 366)
    for terms, part in [
        (plain, isda),
        (plain._replace(year_ends_early=True), early),
        (plain._replace(leap_by_period=True), Fraction(31, 365)),
    ]:
        assert abs(Fraction(factor(terms, period, *period, Decimal(1))) - part) < Fraction(1, 10**20)
    february = (days("2024-02-20"), days("2024-03-20"))
    found = factor(plain._replace(leap_by_period=True), february, *february, Decimal(1))
    assert abs(Fraction(found) - Fraction(29, 366)) < Fraction(1, 10**20)


@pytest.mark.parametrize(("unit", "periods"), [(DAYS, 365), (WEEKS, 52), (MONTHS, 12)])
def test_every_period_may_be_the_same_part_of_a_year(unit: int, periods: int) -> None:
    terms = TWELVE._replace(day_count=SHARE_OF_PERIOD, unit=unit)
    start = days("2024-02-01")
    due = later(start, 1, unit, 1)
    assert abs(factor(terms, (start, due), start, due, RATE) - RATE / periods) < Decimal("1e-20")


@given(st.integers(1, 10**13), st.integers(1, 36_000_000), st.integers(1, 360))
def test_the_level_amount_is_the_annuity(balance: int, rate_e8: int, periods: int) -> None:
    with localcontext(arithmetic(TWELVE)):
        one = Decimal(rate_e8) / 1_200_000_000
        assert to_money(level_amount(balance, [one] * periods), TWELVE) == level_instalment(
            balance, rate_e8, 1, periods
        )


@given(st.integers(0, 10**9), st.integers(0, 999))
def test_money_rounds_as_its_product_says(whole: int, thousandths: int) -> None:
    amount = Decimal(whole) + Decimal(thousandths) / 1000
    assert to_money(amount, TWELVE) == whole + (thousandths >= 500)
    even = to_money(amount, TWELVE._replace(is_half_even=True))
    assert even == int(amount.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    assert to_money(amount, TWELVE._replace(unit_cents=100)) == (whole * 1000 + thousandths + 50_000) // 100_000 * 100


def test_instalments_are_whole_steps_and_never_nothing() -> None:
    yuan = TWELVE._replace(step_cents=100)
    assert to_instalment(Decimal("16666.67"), yuan) == 16_700
    assert to_instalment(Decimal("16650"), yuan._replace(is_half_even=True)) == 16_600
    assert to_instalment(Decimal("16601"), yuan._replace(steps_up=True)) == 16_700
    assert to_instalment(Decimal("33"), yuan) == 33


def test_significant_digits_are_a_setting() -> None:
    start = days("2024-01-01")
    period = (start, days("2024-02-01"))
    nineteen = factor(TWELVE._replace(day_count=SHARE_OF_MONTH, digits=19), period, *period, Decimal("0.07"))
    assert nineteen == Decimal("0.0058333333333333333")
    with localcontext(arithmetic(TWELVE._replace(digits=19, is_half_even=True))):
        assert Decimal(1) / 3 == Decimal("0.3333333333333333333")
