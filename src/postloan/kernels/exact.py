"""Exact integer arithmetic: products over a divisor and level amounts, rounded, with no 64-bit overflow on the way."""

import numpy as np
from numba import njit

HALF_UP, HALF_EVEN, UP, DOWN = range(4)
ROUNDINGS = {"half_up": HALF_UP, "half_even": HALF_EVEN, "up": UP, "down": DOWN}

ROOM = 1.3e19
"""A product below it and half a divisor, at most 2**61, are together below 2**64."""
_THIRTIES = np.uint64(36_000_000_000)  # 1e8 × 360
_LOW = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)
_SHIFTS = (np.uint64(32), np.uint64(16), np.uint64(8), np.uint64(4), np.uint64(2), np.uint64(1))
_NOISE = 1e-12  # what two doubles may be off a whole or half cent that they mean
_ENDLESS = 300.0  # (1+m)^n beyond e^300 overflows on the way; the instalment is then the interest, to 1e-100 of a cent


@njit(cache=True)
def times_over(amount: int, factor: int, divisor: int) -> int:
    """Return amount × factor ÷ divisor, rounded half up, exact for any product whose quotient fits 63 bits.

    amount, factor   zero or more, below 2**63.
    divisor          one or more, below 2**62.
    """
    if float(amount) * float(factor) < ROOM:
        return roomy_over(amount, factor, divisor)
    quotient, rest = _times_over_wide(np.uint64(amount), np.uint64(factor), np.uint64(divisor))
    return quotient + (1 if rest >= divisor - rest else 0)


@njit(cache=True, inline="always")
def roomy_over(amount: int, factor: int, divisor: int) -> int:
    """Return what `times_over` does, of a product that the caller knows to be below ROOM."""
    product = np.uint64(amount) * np.uint64(factor) + (np.uint64(divisor) >> np.uint64(1))
    # A compiler divides by a number it knows three times as fast as by one it does not.
    return int(np.int64(product // _THIRTIES if divisor == _THIRTIES else product // np.uint64(divisor)))


@njit(cache=True)
def rounded_over(amount: int, factor: int, divisor: int, rounding: int) -> int:
    """Return amount × factor ÷ divisor, rounded by a code of ROUNDINGS; the arguments as in `times_over`."""
    if rounding == HALF_UP:
        return times_over(amount, factor, divisor)
    quotient, rest = _times_over_wide(np.uint64(amount), np.uint64(factor), np.uint64(divisor))
    if rounding == HALF_EVEN:
        is_tie = rest == divisor - rest
        return quotient + (quotient & 1 if is_tie else (1 if rest > divisor - rest else 0))
    return quotient + (1 if rounding == UP and rest > 0 else 0)


@njit(cache=True)
def _times_over_wide(amount: np.uint64, factor: np.uint64, divisor: np.uint64) -> tuple[int, int]:
    """Multiply to 128 bits in 32-bit halves, divide in two digits of 32 bits; return the quotient and the rest."""
    a_high, a_low = amount >> _HALF_WORD, amount & _LOW
    b_high, b_low = factor >> _HALF_WORD, factor & _LOW
    low_low, low_high, high_low = a_low * b_low, a_low * b_high, a_high * b_low
    middle = (low_low >> _HALF_WORD) + (low_high & _LOW) + (high_low & _LOW)
    low = (middle << _HALF_WORD) | (low_low & _LOW)
    high = a_high * b_high + (low_high >> _HALF_WORD) + (high_low >> _HALF_WORD) + (middle >> _HALF_WORD)
    # A divisor whose first bit is set makes a guess of each digit at most two too great (Knuth 4.3.1 D).
    shift = np.uint64(0)
    for step in _SHIFTS:
        if (divisor << shift) >> (np.uint64(64) - step) == np.uint64(0):
            shift += step
    scaled = divisor << shift
    rest = (high % divisor) << shift
    if shift > np.uint64(0):
        rest |= low >> (np.uint64(64) - shift)
    low <<= shift
    first, rest = _digit(rest, low >> _HALF_WORD, scaled)
    second, rest = _digit(rest, low & _LOW, scaled)
    # Signed, like the short way: of int64 and uint64 numba would make a float.
    return int(np.int64((first << _HALF_WORD) | second)), int(np.int64(rest >> shift))


@njit(cache=True)
def _digit(rest: np.uint64, next_half: np.uint64, divisor: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return one 32-bit digit of a quotient, and what rests."""
    top, under = divisor >> _HALF_WORD, divisor & _LOW
    digit = rest // top
    left = rest - digit * top
    while digit > _LOW or digit * under > (left << _HALF_WORD) + next_half:
        digit -= np.uint64(1)
        left += top
        if left > _LOW:
            break
    return digit, ((rest << _HALF_WORD) | next_half) - digit * divisor


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
def _double_of(whole: int) -> tuple[float, float]:
    """Carry a whole number in two doubles: above 2**53 it is not one."""
    high = float(whole)
    return high, float(whole - int(high))


@njit(cache=True)
def _rounded(high: float, low: float, rounding: int) -> int:
    """Round a double-double that is not negative to a whole number."""
    # Above 2**53 a double is whole and its low part may be several units.
    floor = np.floor(high)
    part = (high - floor) + low
    if rounding == HALF_UP:
        return int(floor) + int(np.floor(part + 0.5))
    nearest = np.floor(part * 2.0 + 0.5) / 2.0
    if abs(part - nearest) < _NOISE:
        part = nearest
    whole = int(floor) + int(np.floor(part))
    part -= np.floor(part)
    if rounding == HALF_EVEN:
        return whole + (whole & 1 if part == 0.5 else (1 if part > 0.5 else 0))
    return whole + (1 if rounding == UP and part > 0.0 else 0)


@njit(cache=True)
def level_instalment(principal_cents: int, rate_e8: int, months: int, periods: int) -> int:
    """Return the level instalment P·m(1+m)^n ÷ ((1+m)^n − 1), half up to the cent; P ÷ n where the rate is zero.

    principal_cents  P, below 1e17.
    rate_e8          yearly rate; m is rate × months ÷ 12.
    periods          n, one or more.
    Source           等额本息, the annuity formula.
    """
    return level_at(principal_cents, rate_e8 * months, 1_200_000_000, periods, HALF_UP)


@njit(cache=True)
def level_at(principal_cents: int, numerator: int, denominator: int, periods: int, rounding: int) -> int:
    """Return the level instalment where the rate of a period is numerator ÷ denominator; else as level_instalment."""
    if numerator <= 0:
        return rounded_over(principal_cents, 1, periods, rounding)
    grows = periods * np.log1p(numerator / denominator)
    if grows > _ENDLESS:
        return rounded_over(principal_cents, numerator, denominator, rounding)
    # Doubles are right to 3e-15 of the amount: they serve unless that leaves open to which cent it is rounded.
    rough = principal_cents * (numerator / denominator) / -np.expm1(-grows)
    above = rough - np.floor(rough)
    if rounding == HALF_UP and abs(above - 0.5) > 1e-14 * rough + 1e-9:
        return int(rough + 0.5)
    m_high, m_low = _double_over(*_double_of(numerator), *_double_of(denominator))
    base_high, base_low = _double_plus(1.0, 0.0, m_high, m_low)
    grown_high, grown_low = 1.0, 0.0
    power = periods
    while power > 0:
        if power & 1:
            grown_high, grown_low = _double_times(grown_high, grown_low, base_high, base_low)
        base_high, base_low = _double_times(base_high, base_low, base_high, base_low)
        power >>= 1
    top_high, top_low = _double_times(grown_high, grown_low, m_high, m_low)
    top_high, top_low = _double_times(top_high, top_low, *_double_of(principal_cents))
    under_high, under_low = _double_plus(grown_high, grown_low, -1.0, 0.0)
    level_high, level_low = _double_over(top_high, top_low, under_high, under_low)
    return _rounded(level_high, level_low, rounding)


@njit(cache=True)
def first_step(
    principal_cents: int,
    numerator: int,
    denominator: int,
    periods: int,
    begun: int,
    every: int,
    plus_cents: int,
    times_e8: int,
    rounding: int,
) -> int:
    """Return the amount of the first step of instalments that change by steps and repay a principal.

    numerator, denominator   rate of a period, as a ratio.
    periods, begun, every    instalments to come; how many of the first step are gone; how many make a step.
    plus_cents, times_e8     each step's amount is the one before, times `times_e8`, plus `plus_cents` (one of the two
                             is idle: 0, or 1e8). Zero where the steps alone repay more than the principal.
    Source                   阶梯还款: A = (P − G·Σ j·v^k) ÷ Σ q^j·v^k, v = 1 ÷ (1 + m), j steps before k.
    """
    m_high, m_low = _double_over(*_double_of(numerator), *_double_of(denominator))
    v_high, v_low = _double_over(1.0, 0.0, *_double_plus(1.0, 0.0, m_high, m_low))
    q_high, q_low = _double_over(*_double_of(times_e8), 1e8, 0.0)
    worth, grown, plain, risen = (1.0, 0.0), (1.0, 0.0), (0.0, 0.0), (0.0, 0.0)
    steps = 0
    for seq in range(periods):
        worth = _double_times(worth[0], worth[1], v_high, v_low)
        if (begun + seq) // every > steps:
            steps += 1
            grown = _double_times(grown[0], grown[1], q_high, q_low)
        term = _double_times(worth[0], worth[1], grown[0], grown[1])
        plain = _double_plus(plain[0], plain[1], term[0], term[1])
        term = _double_times(worth[0], worth[1], float(steps), 0.0)
        risen = _double_plus(risen[0], risen[1], term[0], term[1])
    risen = _double_times(risen[0], risen[1], *_double_of(-plus_cents))
    top = _double_plus(*_double_of(principal_cents), risen[0], risen[1])
    level = _double_over(top[0], top[1], plain[0], plain[1])
    return max(0, _rounded(max(level[0], 0.0), level[1], rounding))
