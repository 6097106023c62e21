"""Exact arithmetic against Python's own whole numbers and a 60-digit decimal."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from postloan.kernels.exact import level_instalment, times_over

INT64_MAX = 2**63 - 1
YEAR_E8 = {360: 100_000_000 * 360, 365: 100_000_000 * 365, 365 * 366: 100_000_000 * 365 * 366, 12: 1_200_000_000}


def half_up(amount: int, factor: int, divisor: int) -> int:
    """The quotient's nearest whole number, the greater where two are as near."""
    return (2 * amount * factor + divisor) // (2 * divisor)


@given(st.integers(0, 10**15), st.integers(0, 10**8), st.integers(0, 366), st.sampled_from(sorted(YEAR_E8)))
@example(10**15, 10**8, 366, 360)
@example(3_037_000_498, 10_000_000, 303, 360)
def test_interest_is_exact_for_any_balance_rate_and_days(cents: int, rate_e8: int, days: int, year: int) -> None:
    assert times_over(cents, rate_e8 * days, YEAR_E8[year]) == half_up(cents, rate_e8 * days, YEAR_E8[year])


@settings(max_examples=300)
@given(st.integers(0, INT64_MAX), st.integers(0, INT64_MAX), st.integers(1, 2**62 - 1))
@example(INT64_MAX, 1, 1)
@example(1, INT64_MAX, 1)
@example(INT64_MAX, 2**62 - 1, 2**62 - 1)
@example(3_037_000_498, 3_037_000_498, 2**62 - 1)
@example(3_037_000_498, 3_037_000_498, 36_000_000_000)
@example(0, 0, 1)
@example(2 * 10**14 + 1, 2**60, 2**61)  # half a unit, of a product beyond 64 bits
def test_a_product_is_exact_at_the_edges_of_64_bits(amount: int, factor: int, divisor: int) -> None:
    expected = half_up(amount, factor, divisor)
    if expected <= INT64_MAX:
        assert times_over(amount, factor, divisor) == expected


@given(st.integers(3_036_900_000, 3_037_100_000), st.integers(3_036_900_000, 3_037_100_000), st.integers(1, 2**62 - 1))
def test_a_product_around_64_bits_is_exact_with_half_its_divisor(amount: int, factor: int, divisor: int) -> None:
    expected = half_up(amount, factor, divisor)
    if expected <= INT64_MAX:
        assert times_over(amount, factor, divisor) == expected


def test_the_kernel_itself_counts_in_whole_numbers() -> None:
    """Compiled code may turn a sum of signed and unsigned numbers into a float without a word."""
    assert type(times_over(10**18, 3, 1)) is int
    assert type(times_over(1, 1, 1)) is int
    assert type(level_instalment(10**15, 3_450_000, 1, 360)) is int
    assert type(level_instalment(10**15, 0, 1, 360)) is int


@pytest.mark.parametrize(
    ("amount", "factor", "divisor", "rounded"),
    [
        (1, 1, 2, 1),
        (1, 1, 3, 0),
        (2, 1, 3, 1),
        (3, 1, 2, 2),
        (5, 1, 10, 1),
        (4, 1, 10, 0),
        (10**18, 10**18, 10**18, 10**18),
    ],
)
def test_a_half_goes_up(amount: int, factor: int, divisor: int, rounded: int) -> None:
    assert times_over(amount, factor, divisor) == rounded


def annuity(principal_cents: int, rate_e8: int, months: int, periods: int) -> int:
    """The annuity formula in 200 digits, more than any growth has, rounded once."""
    with localcontext(Context(prec=200, Emax=10**6)) as exact:
        if rate_e8 == 0:
            return int((Decimal(principal_cents) / periods).to_integral_value(ROUND_HALF_UP))
        rate = Decimal(rate_e8) * months / 1_200_000_000
        grown = exact.power(1 + rate, periods)
        level = Decimal(principal_cents) * rate * grown / (grown - 1)
        return int(level.to_integral_value(ROUND_HALF_UP))


MONTHS = st.sampled_from([1, 3, 6, 12])


@settings(max_examples=300)
@given(st.integers(0, 10**15), st.integers(0, 10**8), MONTHS, st.integers(1, 480))
@example(10**15, 10**8, 12, 480)
@example(1, 10**8, 6, 350)
@example(10**15, 1, 1, 480)
@example(12_345, 0, 1, 7)
@example(5, 50_000_000, 12, 2)  # 4.5 cents: a tie goes up
@example(105, 10_000_000, 12, 2)  # 60.5 cents, and a tenth is no binary fraction
def test_the_level_instalment_is_the_annuity_to_the_cent(cents: int, rate_e8: int, months: int, periods: int) -> None:
    assert level_instalment(cents, rate_e8, months, periods) == annuity(cents, rate_e8, months, periods)


@settings(max_examples=300)
@given(st.integers(10**15, 10**17 - 1), st.integers(0, 10**8), MONTHS, st.integers(1, 480))
@example(10**17 - 1, 3_450_000, 12, 2)
def test_it_holds_up_to_the_greatest_principal_it_promises(cents: int, rate_e8: int, months: int, periods: int) -> None:
    assert level_instalment(cents, rate_e8, months, periods) == annuity(cents, rate_e8, months, periods)


@settings(max_examples=100)
@given(st.integers(1, 10**12), st.integers(1, 10**9), st.sampled_from([1, 3, 6, 12, 120]), st.integers(481, 120_000))
@example(100_000_000, 12_000_000, 1, 96_000)  # a loan of 8,000 years
@example(100_000_000, 10**9, 120, 600)
def test_a_loan_that_hardly_ever_ends_pays_its_interest(cents: int, rate_e8: int, months: int, periods: int) -> None:
    assert level_instalment(cents, rate_e8, months, periods) == annuity(cents, rate_e8, months, periods)
