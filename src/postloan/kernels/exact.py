"""Exact integer arithmetic: a product over a divisor, rounded half up, with no 64-bit overflow on the way."""

import numpy as np
from numba import njit

_SAFE = 2**31  # two factors below it leave room for half a divisor: 2**62 + 2**61 is below 2**63
_LOW = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)
_ENDLESS = 300.0  # (1+m)^n beyond e^300 overflows on the way; the instalment is then the interest, to 1e-100 of a cent


@njit(cache=True)
def times_over(amount: int, factor: int, divisor: int) -> int:
    """Return amount × factor ÷ divisor, rounded half up, exact for any product whose quotient fits 63 bits.

    amount, factor   zero or more, below 2**63.
    divisor          one or more, below 2**62.
    """
    if (amount < _SAFE and factor < _SAFE) or amount <= (2**63 - 1 - divisor) // max(factor, 1):
        return (amount * factor + divisor // 2) // divisor
    return _times_over_wide(np.uint64(amount), np.uint64(factor), np.uint64(divisor))


@njit(cache=True)
def _times_over_wide(amount: np.uint64, factor: np.uint64, divisor: np.uint64) -> int:
    """Multiply to 128 bits in 32-bit halves, add half the divisor, then divide bit by bit."""
    a_high, a_low = amount >> _HALF_WORD, amount & _LOW
    b_high, b_low = factor >> _HALF_WORD, factor & _LOW
    low_low, low_high, high_low = a_low * b_low, a_low * b_high, a_high * b_low
    middle = (low_low >> _HALF_WORD) + (low_high & _LOW) + (high_low & _LOW)
    low = (middle << _HALF_WORD) | (low_low & _LOW)
    high = a_high * b_high + (low_high >> _HALF_WORD) + (high_low >> _HALF_WORD) + (middle >> _HALF_WORD)
    rounded = low + (divisor >> np.uint64(1))
    if rounded < low:
        high += np.uint64(1)
    quotient, rest = np.uint64(0), high % divisor
    for bit in range(63, -1, -1):
        rest = (rest << np.uint64(1)) | ((rounded >> np.uint64(bit)) & np.uint64(1))
        quotient <<= np.uint64(1)
        if rest >= divisor:
            rest -= divisor
            quotient |= np.uint64(1)
    # Signed, like the short way: of int64 and uint64 numba would make a float.
    return int(np.int64(quotient))


@njit(cache=True)
def _double_times(a_high: float, a_low: float, b_high: float, b_low: float) -> tuple[float, float]:
    """Multiply two double-doubles (Dekker 1971, with Veltkamp's split), about 31 decimal digits."""
    split = 134_217_729.0
    a_big, b_big = split * a_high, split * b_high
    a_big, b_big = a_big - (a_big - a_high), b_big - (b_big - b_high)
    a_small, b_small = a_high - a_big, b_high - b_big
    product = a_high * b_high
    error = ((a_big * b_big - product) + a_big * b_small + a_small * b_big) + a_small * b_small
    error += a_high * b_low + a_low * b_high
    total = product + error
    return total, error - (total - product)


@njit(cache=True)
def _double_plus(a_high: float, a_low: float, b_high: float, b_low: float) -> tuple[float, float]:
    """Add two double-doubles (Knuth's two-sum)."""
    total = a_high + b_high
    part = total - a_high
    error = (a_high - (total - part)) + (b_high - part) + a_low + b_low
    high = total + error
    return high, error - (high - total)


@njit(cache=True)
def _double_over(a_high: float, a_low: float, b_high: float, b_low: float) -> tuple[float, float]:
    """Divide two double-doubles by three quotients of the remainder."""
    high, low = a_high / b_high, 0.0
    for _ in range(3):
        product_high, product_low = _double_times(high, low, b_high, b_low)
        rest_high, rest_low = _double_plus(a_high, a_low, -product_high, -product_low)
        high, low = _double_plus(high, low, (rest_high + rest_low) / b_high, 0.0)
    return high, low


@njit(cache=True)
def _round_half_up(high: float, low: float) -> int:
    """Round a double-double to a whole number, half up."""
    # Above 2**53 a double is whole and its low part may be several units.
    whole = np.floor(high)
    return int(whole) + int(np.floor((high - whole) + low + 0.5))


@njit(cache=True)
def level_instalment(principal_cents: int, rate_e8: int, months: int, periods: int) -> int:
    """Return the level instalment P·m(1+m)^n ÷ ((1+m)^n − 1), half up to the cent; P ÷ n where the rate is zero.

    principal_cents  P, below 1e17.
    rate_e8          yearly rate; m is rate × months ÷ 12.
    periods          n, one or more.
    Source           等额本息, the annuity formula.
    """
    if rate_e8 <= 0:
        return (principal_cents + periods // 2) // periods
    if periods * np.log1p(rate_e8 * months / 1.2e9) > _ENDLESS:
        return times_over(principal_cents, rate_e8 * months, 1_200_000_000)
    m_high, m_low = _double_over(float(rate_e8 * months), 0.0, 1.2e9, 0.0)
    base_high, base_low = _double_plus(1.0, 0.0, m_high, m_low)
    grown_high, grown_low = 1.0, 0.0
    power = periods
    while power > 0:
        if power & 1:
            grown_high, grown_low = _double_times(grown_high, grown_low, base_high, base_low)
        base_high, base_low = _double_times(base_high, base_low, base_high, base_low)
        power >>= 1
    top_high, top_low = _double_times(grown_high, grown_low, m_high, m_low)
    # A principal above 2**53 is not a double: carry it in two.
    p_high = float(principal_cents)
    p_low = float(principal_cents - int(p_high))
    top_high, top_low = _double_times(top_high, top_low, p_high, p_low)
    under_high, under_low = _double_plus(grown_high, grown_low, -1.0, 0.0)
    level_high, level_low = _double_over(top_high, top_low, under_high, under_low)
    return _round_half_up(level_high, level_low)
