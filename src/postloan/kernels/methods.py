"""The repayment methods: how much principal each row of a plan repays."""

from numba import njit

from postloan.kernels.exact import first_step, level_at, times_over

LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY, BULLET, STEP_ARITHMETIC, STEP_GEOMETRIC = range(7)
CODES = {
    "level_instalment": LEVEL,
    "daily_interest": LEVEL,
    "equal_principal": EQUAL_PRINCIPAL,
    "flat_rate": FLAT,
    "interest_only": INTEREST_ONLY,
    "bullet": BULLET,
    "balloon": LEVEL,
    "step_arithmetic": STEP_ARITHMETIC,
    "step_geometric": STEP_GEOMETRIC,
}
"""The methods that can be built from terms alone; 按计划还款 needs its rows. A balloon is level over a longer term."""

_WHOLE_E8 = 100_000_000


@njit(cache=True)
def even_amount(
    method: int,
    left_cents: int,
    numerator: int,
    denominator: int,
    periods: int,
    begun: int,
    every: int,
    step: int,
    rounding: int,
) -> int:
    """Return what a plan of so many periods is made of: its level or first amount, or its share of principal.

    numerator, denominator  rate of a period, as a ratio.
    begun, every, step      of a stepped plan: periods gone of the step it is in, periods of a step, and the step:
                            cents added, or a factor in 1e-8.
    """
    if method == LEVEL:
        return level_at(left_cents, numerator, denominator, periods, rounding)
    if method == STEP_ARITHMETIC:
        return first_step(left_cents, numerator, denominator, periods, begun, every, step, _WHOLE_E8, rounding)
    if method == STEP_GEOMETRIC:
        return first_step(left_cents, numerator, denominator, periods, begun, every, 0, step, rounding)
    return left_cents // periods


@njit(cache=True)
def next_step(method: int, amount_cents: int, step: int) -> int:
    """Return the amount of the step after one of `amount_cents`; a geometric step is rounded each time."""
    if method == STEP_ARITHMETIC:
        return max(0, amount_cents + step)
    return times_over(amount_cents, step, _WHOLE_E8)


@njit(cache=True)
def is_annuity(method: int) -> bool:
    """Tell whether rows are amounts that hold interest, so that a change of rate changes the plan."""
    return method in (LEVEL, STEP_ARITHMETIC, STEP_GEOMETRIC)


@njit(cache=True)
def part_of(method: int, even_cents: int, interest_cents: int, may_grow: int) -> int:
    """Return the principal of a row before the last; below zero only where unpaid interest may join the principal."""
    if is_annuity(method):
        part = even_cents - interest_cents
        return part if may_grow != 0 or part > 0 else 0
    return even_cents if method in (EQUAL_PRINCIPAL, FLAT) else 0
