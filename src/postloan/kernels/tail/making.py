"""Making the tail: the interest, the amounts and the principal of instalments from one on."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import pairwise

from postloan.kernels.daycount import THIRTY_360, THIRTY_E_360
from postloan.kernels.methods import (
    EQUAL_PRINCIPAL,
    FLAT,
    STEP_ARITHMETIC,
    STEP_GEOMETRIC,
    is_annuity,
    next_step,
)
from postloan.kernels.pricing import days_left, period_days, year_base
from postloan.kernels.tail.plan import PLANNED, Plan, Row, Terms
from postloan.kernels.terms import whole_months

_E8 = 10**8
_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)


def is_thirty(terms: Terms) -> bool:
    """Tell whether every month counts as 30 days."""
    return terms.day_count in (THIRTY_360, THIRTY_E_360)


def is_amount(row: Row, terms: Terms) -> bool:
    """Tell whether a row asks one amount of principal and interest together."""
    return bool(is_annuity(terms.method)) and row.number >= terms.free_periods


def rate_on(plan: Plan, day: int) -> int:
    """Return the yearly rate of a day."""
    rate_e8 = plan.rates[0][1]
    for since, new_e8 in plan.rates:
        if since > day:
            break
        rate_e8 = new_e8
    return rate_e8


def interest_of(plan: Plan, terms: Terms, row: Row, left_cents: int, until: int) -> int:
    """Return the interest of a row from its start up to `until`, half up, each stretch at its balance and rate.

    left_cents   principal not yet repaid by the rows before, all that joined it included.
    """
    ends, is_flat = min(until, row.ends_on), terms.method == FLAT
    if ends <= row.starts_on or left_cents <= 0:
        return 0
    cuts = {day for day, _ in (*plan.rates, *(() if is_flat else plan.joins)) if row.starts_on < day < ends}
    days = [row.starts_on, *sorted(cuts), ends]
    whole, worth = _days(row.starts_on, row.ends_on, terms), 0
    # What is left of the period from each day: the differences are the days of the stretches, and sum to the whole.
    to_go = [whole, *(int(days_left(day, row.ends_on, terms.day_count, whole)) for day in days[1:])]
    for start, (before, after) in zip(days, pairwise(to_go), strict=False):
        joined_later = 0 if is_flat else sum(cents for day, cents in plan.joins if day > start)
        bearing_cents = plan.flat_cents if is_flat else max(0, left_cents - joined_later)
        worth += bearing_cents * rate_on(plan, start) * (before - after)
    over = year_base(terms.day_count) * _E8
    return (worth + over // 2) // over


def _days(start: int, end: int, terms: Terms) -> int:
    """Count a period in units of `year_base`; by 30/360 whole months from due day to due day count alike.

    Planned instalments are counted by the calendar (`kernels.scheduled`).
    """
    months = 0 if terms.method == PLANNED else whole_months(start, end, terms.due_day)
    return int(period_days(start, end, terms.day_count, months))


def asks_of(plan: Plan, terms: Terms, first: int) -> list[int]:
    """Return what each row from `first` on asks as it stands: its amount, or where none is planned its principal."""
    return [
        row.principal_cents + (row.interest_cents - row.carried_cents if is_amount(row, terms) else 0)
        for row in plan.rows[first:]
    ]


def remake(
    plan: Plan, terms: Terms, first: int, left_cents: int, asks: Sequence[int], *, unpaid_cents: int = 0
) -> None:
    """Repay `left_cents` by the rows from `first` on, each as far as it asks, the last taking what is left.

    unpaid_cents   interest run before the first of them that nothing has paid.
    Interest that an amount does not hold falls due with the next. Rows at the end that nothing is left for fall away,
    and their fees with them.
    """
    rows, beyond_cents = plan.rows[first:], unpaid_cents
    for row, ask in zip(rows, asks, strict=True):
        run_cents, is_last = beyond_cents + interest_of(plan, terms, row, left_cents, row.ends_on), row is rows[-1]
        beyond_cents = max(0, run_cents - ask) if is_amount(row, terms) and not is_last else 0
        part_cents = max(0, ask - run_cents) if is_amount(row, terms) else ask
        row.principal_cents = left_cents if is_last else min(left_cents, part_cents)
        row.interest_cents = run_cents - beyond_cents + row.carried_cents
        left_cents -= row.principal_cents
    while len(plan.rows) > first + 1 and plan.rows[-1].principal_cents + plan.rows[-1].interest_cents == 0:
        plan.rows.pop()


def level(plan: Plan, terms: Terms, first: int, left_cents: int, *, unpaid_cents: int = 0) -> None:
    """Repay `left_cents` by the rows from `first` on, by the method of the loan; see `remake`.

    What was split off is left to the last row.
    """
    rows, parted_cents = plan.rows[first:], max(0, left_cents - plan.split_cents)
    free = [0] * sum(row.number < terms.free_periods for row in rows[:-1])
    count = len(rows) - len(free)
    if terms.method == PLANNED:
        asks = _in_proportion(rows, parted_cents)
    elif is_annuity(terms.method):
        asks = free + _amounts(plan, terms, rows[len(free) :], left_cents)
    elif terms.method in (EQUAL_PRINCIPAL, FLAT):
        asks = free + [parted_cents // count] * count
    else:
        asks = [0] * len(rows)
    remake(plan, terms, first, left_cents, asks, unpaid_cents=unpaid_cents)


def _in_proportion(rows: list[Row], left_cents: int) -> list[int]:
    """Share an amount as the rows share theirs; the sums from the first row on are rounded down."""
    whole, begun, asks = sum(row.principal_cents for row in rows), 0, []
    for row in rows:
        before = begun
        begun += row.principal_cents
        asks.append(left_cents * begun // whole - left_cents * before // whole if whole else 0)
    return asks


def _amounts(plan: Plan, terms: Terms, rows: list[Row], left_cents: int) -> list[int]:
    """Find the amounts, level or in steps, that repay a balance at the end of the periods of the plan.

    Source   annuity with a factor of its own each period: A = (P·Π(1+f) − S − Σ gₖ·Π later) ÷ Σ qₖ·Π later, with S what
             was split off, and gₖ and qₖ what the steps up to k add and by how much they multiply. A period counts
             whole, by its months.
    """
    is_geometric, is_arithmetic = terms.method == STEP_GEOMETRIC, terms.method == STEP_ARITHMETIC
    numbers = [row.number for row in rows]
    numbers += range(numbers[-1] + 1, max(numbers[-1] + 1, terms.plan_periods))
    starts = [*(row.starts_on for row in rows), *[rows[-1].starts_on] * (len(numbers) - len(rows))]
    steps = [_step(number, terms) - _step(numbers[0], terms) for number in numbers]
    with localcontext(_EXACT):
        grown, shares, added = Decimal(1), Decimal(0), Decimal(0)
        ratio = Decimal(terms.step) / _E8 if is_geometric else Decimal(1)
        for start, step in zip(starts, steps, strict=True):
            grows = 1 + Decimal(rate_on(plan, start) * terms.period_months) / (12 * _E8)
            grown *= grows
            shares = shares * grows + ratio**step
            added = added * grows + (terms.step * step if is_arithmetic else 0)
        split_cents = min(plan.split_cents, left_cents)
        amount = max(Decimal(0), (grown * left_cents - split_cents - added) / shares)
        amount_cents = int(amount.to_integral_value(ROUND_HALF_UP))
    return _stepped(terms, amount_cents, steps[: len(rows)])


def amounts_after(terms: Terms, running: Row, amount_cents: int, rows: Sequence[Row]) -> list[int]:
    """Return what the rows after a running one ask where its amount goes on as planned, in steps or level."""
    return _stepped(terms, amount_cents, [_step(row.number, terms) - _step(running.number, terms) for row in rows])


def _stepped(terms: Terms, amount_cents: int, steps: Sequence[int]) -> list[int]:
    amounts, done = [], 0
    for step in steps:
        for _ in range(step - done if terms.method in (STEP_ARITHMETIC, STEP_GEOMETRIC) else 0):
            amount_cents = int(next_step(terms.method, amount_cents, terms.step))
        done = step
        amounts.append(amount_cents)
    return amounts


def _step(number: int, terms: Terms) -> int:
    return (number - terms.free_periods) // terms.step_periods
