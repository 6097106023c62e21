"""The level payment over uneven periods against fractions: it pays off what it was made for, and nothing else would."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernels.annuity import level_payment
from postloan.kernels.exact import level_instalment

RATE = 10**8
PERIODS = st.lists(st.integers(1, 366), max_size=480)


def fractions_of(days: list[int], rate_e8: int) -> tuple[np.ndarray, np.ndarray]:
    lent = np.full(len(days), 365 * RATE, np.int64)
    return lent + np.array(days, np.int64) * rate_e8, lent


@given(st.integers(1, 10**15), PERIODS, st.integers(-500_000, 100_000_000))
def test_it_is_what_is_owed_over_the_discount_factors(owed: int, days: list[int], rate_e8: int) -> None:
    grown, lent = fractions_of(days, rate_e8)
    factor = worth = Fraction(1)
    for more, less in zip(grown.tolist(), lent.tolist(), strict=True):
        factor *= Fraction(less, more)
        worth += Fraction(round(factor * 10**40), 10**40)
    exact = owed / worth
    assert abs(level_payment(owed, grown, lent) - exact) <= Fraction(1, 2) + exact / 10**14


@given(st.integers(100, 10**12), st.lists(st.integers(1, 92), min_size=1, max_size=360), st.integers(0, 36_000_000))
def test_paid_on_every_day_it_leaves_nothing(owed: int, days: list[int], rate_e8: int) -> None:
    """What is left is the payment's half unit of rounding, grown over the periods, and what 1e-15 leaves."""
    grown, lent = fractions_of(days, rate_e8)
    payment = level_payment(owed, grown, lent)
    left, off_by = Fraction(owed - payment), Fraction(1)
    for more, less in zip(grown.tolist(), lent.tolist(), strict=True):
        growth = Fraction(round(Fraction(more, less) * 10**40), 10**40)
        left = Fraction(round((left * growth - payment) * 10**40), 10**40)
        off_by = Fraction(round((off_by * growth + 1) * 10**40), 10**40)
    assert abs(left) <= off_by * (Fraction(1, 2) + Fraction(payment, 10**14))


@given(st.integers(100, 10**14), st.integers(1, 480), st.integers(1, 36_000_000))
def test_over_equal_periods_it_is_the_level_instalment(principal_cents: int, periods: int, rate_e8: int) -> None:
    """The first payment comes a period after the money, so that period's interest is owed by then."""
    twelfth = 12 * RATE
    grown, lent = np.full(periods - 1, twelfth + rate_e8, np.int64), np.full(periods - 1, twelfth, np.int64)
    # In thousandths of a cent, so that rounding what is owed to whole units stays far below a cent.
    owed = principal_cents * 1_000 + principal_cents * 1_000 * rate_e8 // twelfth
    instalment_cents = level_instalment(principal_cents, rate_e8, 1, periods)
    assert abs(level_payment(owed, grown, lent) - instalment_cents * 1_000) <= 501 + instalment_cents * 1_000 // 10**14


def test_one_payment_is_all_that_is_owed_and_no_rate_shares_evenly() -> None:
    none = np.empty(0, np.int64)
    assert level_payment(12_345, none, none) == 12_345
    assert level_payment(1_000, np.full(2, 365, np.int64), np.full(2, 365, np.int64)) == 333
