"""The tail: what every unpaid instalment asks, made anew from the balances of each day."""

from bisect import bisect_left, bisect_right
from decimal import Decimal

from postloan.kernels.daycount import NEVER
from postloan.kernels.life.factors import factor, level_amount, to_instalment, to_money, to_share
from postloan.kernels.life.plan import Plan, Row
from postloan.kernels.life.terms import INTEREST, MONTHS, PRINCIPAL, Terms
from postloan.kernels.schedule import EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY

PRINCIPAL_FIRST = (EQUAL_PRINCIPAL, INTEREST_ONLY)
"""Methods whose principal is planned, interest coming on top; with the others the instalment is planned."""

_PASSES = 3


def remake(plan: Plan, terms: Terms, until: int = NEVER) -> None:
    """Compute principal and interest of every row; the last row that is not served takes what is left over.

    Σ principal is what was lent, always: where every row is served, the last one takes it. Interest that no row has
    room for falls due with the last.

    until   days from this one on bear no interest: what is owed as of a day.
    """
    for _ in range(len(plan.rows) + 1):
        homeless = _walk(plan, terms, until)
        lacking = plan.lent_cents + sum(row.owed[INTEREST] - row.asks_cents for row in plan.rows)
        open_rows = [row for row in plan.rows if not row.is_served()]
        if lacking == 0:
            plan.rows[-1].owed[INTEREST] += homeless
            return
        for last in reversed(open_rows or plan.rows):
            if terms.method in PRINCIPAL_FIRST:
                planned, floor = max(last.level_cents, last.met(PRINCIPAL)), last.met(PRINCIPAL)
                last.level_cents = max(planned + lacking, floor)
                lacking -= last.level_cents - planned
            else:
                planned, floor = last.asks_cents, last.met_cents()
                if terms.method == FLAT:
                    floor = last.met(PRINCIPAL) + last.owed[INTEREST]
                last.asks_cents = max(planned + lacking, floor)
                lacking -= last.asks_cents - planned
            if lacking == 0:
                break


def count_to(plan: Plan, terms: Terms, day: int) -> None:
    """Count interest on overdue principal to a day; where nothing is overdue, nothing changes."""
    plan.counted_on = day
    if any(row.due_on < day and row.owed[PRINCIPAL] > row.moved_cents for row in plan.rows):
        remake(plan, terms)


def _walk(plan: Plan, terms: Terms, until: int) -> int:
    """Walk the rows with the balance of each day. Interest a row cannot hold is handed to the next; return the rest."""
    moves = sorted(plan.moves, key=lambda move: move[0])
    balance, arrears, carry, place = 0, 0, 0, 0
    counted_on = min(plan.counted_on, plan.frozen_on)
    if terms.rests_by_period and plan.running(counted_on) < len(plan.rows):
        counted_on = plan.rows[plan.running(counted_on)].due_on
    days = _change_days(plan, counted_on, until)
    for number, row in enumerate(plan.rows):
        stretches: list[tuple[int, int, Decimal]] = []
        for start in _cuts(plan, terms, row, days):
            while place < len(moves) and moves[place][0] <= start:
                balance += moves[place][1]
                place += 1
            if start >= counted_on:
                balance, arrears = balance - arrears, 0
            if start == row.starts_on:
                row.opening_cents = balance if number else 0
            bearing = max(balance, 0) if _bears(plan, terms, row, start, until) else 0
            stretch = (start, bearing, _rate(plan, start))
            # A day on which nothing changes is no cut: each part is rounded to the digits of the product.
            if not stretches or stretches[-1][1:] != stretch[1:]:
                stretches.append(stretch)
        is_flat = terms.method == FLAT
        interest = _flat_interest(plan, terms, row) if is_flat else _interest(plan, terms, row, stretches)
        carry = _settle_row(row, terms, to_money(interest, terms) + row.rest_cents + carry)
        while place < len(moves) and moves[place][0] <= row.due_on:
            balance += moves[place][1]
            place += 1
        unpaid = row.owed[PRINCIPAL] - row.moved_cents
        if terms.overdue_bears and terms.recalculates and row.due_on < counted_on:
            arrears += unpaid
        else:
            balance -= unpaid
    return carry


def _change_days(plan: Plan, counted_on: int, until: int) -> list[int]:
    """Return the days on which a balance or a rate may change, in order; pauses, which depend on the row, apart."""
    days = {day for day, _, _ in plan.moves} | {day for day, _ in plan.rates}
    return sorted(days | {counted_on, until, plan.stops_on})


def _cuts(plan: Plan, terms: Terms, row: Row, days: list[int]) -> list[int]:
    """Return the days of a period on which something may change, its first day before them."""
    cuts = days[bisect_right(days, row.starts_on) : bisect_left(days, row.due_on)]
    paused = {day for pause in plan.pauses for day in _paused(terms, row, pause) if row.starts_on < day < row.due_on}
    return [row.starts_on, *(sorted(paused.union(cuts)) if paused else cuts)]


def _paused(terms: Terms, row: Row, pause: tuple[int, int]) -> tuple[int, int]:
    """Return the days without interest of a pause as (from, to before).

    A day's interest runs from it to the next day, or, where days are reckoned from the eve, from the day before; then
    a pause that begins a day after the period leaves the period's first day its interest.
    """
    first, last = pause
    if not terms.from_the_eve:
        return first, last + 1
    return (first if first == row.starts_on + 1 else first - 1), last


def _bears(plan: Plan, terms: Terms, row: Row, start: int, until: int) -> bool:
    if start >= until or start >= plan.stops_on:
        return False
    return not any(begin <= start < end for begin, end in (_paused(terms, row, pause) for pause in plan.pauses))


def _rate(plan: Plan, day: int) -> Decimal:
    return [rate for begins_on, rate in plan.rates if begins_on <= day][-1]


def _interest(plan: Plan, terms: Terms, row: Row, stretches: list[tuple[int, int, Decimal]]) -> Decimal:
    """Return the interest of a period's stretches of one balance and one rate: (first day, balance, rate)."""
    interest, ends = Decimal(0), [start for start, _, _ in stretches[1:]]
    for (start, balance, rate), end in zip(stretches, [*ends, row.due_on], strict=True):
        left = row.due_on - start
        if balance and left and terms.prorates:
            interest += balance * _cost(plan, terms, row, (start, row.due_on), rate) / left * (end - start)
        elif balance and left:
            interest += balance * _cost(plan, terms, row, (start, end), rate)
    return interest


def _cost(plan: Plan, terms: Terms, row: Row, days: tuple[int, int], rate: Decimal) -> Decimal:
    """Return a rate factor, found once."""
    key = (*row.period(), *days, rate)
    if key not in plan.costs:
        plan.costs[key] = factor(terms, row.period(), *days, rate)
    return plan.costs[key]


def _settle_row(row: Row, terms: Terms, accrued: int) -> int:
    """Split what a row asks into interest and principal; return the interest it has no room for."""
    if terms.method in PRINCIPAL_FIRST and not row.is_emptied:
        row.asks_cents = max(row.level_cents, row.met(PRINCIPAL)) + accrued
    row.asks_cents = max(row.asks_cents, row.met_cents())
    has_more_principal = terms.method != FLAT and row.met(PRINCIPAL) > max(row.asks_cents - accrued, 0)
    due = row.met(INTEREST) if has_more_principal or row.is_emptied else min(accrued, row.asks_cents)
    row.owed[INTEREST] = max(due, row.met(INTEREST))
    row.owed[PRINCIPAL] = max(row.asks_cents - row.owed[INTEREST], row.met(PRINCIPAL), 0)
    row.asks_cents = row.owed[PRINCIPAL] + row.owed[INTEREST]
    return max(accrued - row.owed[INTEREST], 0)


def _flat_interest(plan: Plan, terms: Terms, row: Row) -> Decimal:
    """Return the interest of a period on all that was lent before it ends, repaid or not."""
    lent = sum(cents for day, cents, is_lent in plan.moves if is_lent and day < row.due_on)
    return _interest(plan, terms, row, [(row.starts_on, lent, _rate(plan, row.starts_on))])


def level(plan: Plan, terms: Terms, first: int) -> None:
    """Make what the rows from `first` on ask equal again, by the method of the loan.

    A row that was paid more than the new amount keeps what it asked.
    """
    rows = plan.rows[first:]
    if not rows:
        return
    remake(plan, terms)
    opening = rows[0].opening_cents + sum(
        cents
        for day, cents, is_lent in plan.moves
        if is_lent and day <= rows[0].due_on and (day > rows[0].starts_on or first == 0)
    )
    if terms.method in PRINCIPAL_FIRST:
        _share_principal(plan, terms, first, opening)
    elif terms.method == FLAT:
        parts = [_flat_interest(plan, terms, row) for row in rows]
        interest = sum(to_money(part, terms) for part in parts)
        if first == 0 and not terms.evens_out and not terms.shares_down:
            rows[-1].rest_cents = to_money(sum(parts, Decimal(0)), terms) - interest
            interest += rows[-1].rest_cents
        if terms.shares_down:
            share = to_share(Decimal(opening) / len(rows), terms)
            for row, part in zip(rows, parts, strict=True):
                _ask([row], share + to_money(part, terms))
        else:
            _ask(rows, to_instalment(Decimal(opening + interest) / len(rows), terms))
    else:
        factors = [_row_factor(plan, terms, row) for row in rows]
        fixed = terms.fixed_cents
        _ask(rows, fixed or to_instalment(level_amount(opening, factors), terms))
    remake(plan, terms)
    if terms.evens_out and not terms.fixed_cents:
        _even_out(plan, terms, first)


def _ask(rows: list[Row], asks_cents: int) -> None:
    for row in rows:
        if asks_cents >= row.met_cents():
            row.asks_cents = row.level_cents = asks_cents


def _row_factor(plan: Plan, terms: Terms, row: Row) -> Decimal:
    """Return the factor of a whole period, its days each at their own rate."""
    if terms.levels_by_months and terms.unit == MONTHS:
        return _rate(plan, row.starts_on) * (30 * terms.every) / (terms.year_days or 360)
    days = sorted({row.starts_on} | {day for day, _ in plan.rates if row.starts_on < day < row.due_on})
    total = Decimal(0)
    for start, end in zip(days, [*days[1:], row.due_on], strict=True):
        total += factor(terms, (row.starts_on, row.due_on), start, end, _rate(plan, start))
    return total


def _share_principal(plan: Plan, terms: Terms, first: int, opening: int) -> None:
    """Share the principal out in equal parts, none in the periods of grace; the last row takes the rest."""
    rows = plan.rows[max(first, min(terms.grace_periods, len(plan.rows) - 1)) :]
    if terms.method == INTEREST_ONLY:
        rows = rows[-1:]
    part = to_share(Decimal(opening) / len(rows), terms)
    for row in plan.rows[first:]:
        row.level_cents = 0
    for row in rows:
        row.level_cents = min(part, opening)
        opening -= row.level_cents
    rows[-1].level_cents += opening


def _even_out(plan: Plan, terms: Terms, first: int) -> None:
    """Share the last row's difference out over the tail, as long as that makes it smaller."""
    for _ in range(_PASSES):
        before, apart = _last_two(plan, first)
        rows = plan.rows[first:]
        if abs(apart) <= len(rows) // 2 or len(rows) == 1:
            return
        overpaid = sum(before < row.met_cents() for row in rows)
        part = to_money(Decimal(apart) / max(1, len(rows) - overpaid), terms)
        asks = to_instalment(Decimal(before + part), terms)
        trial = plan.copied()
        _ask(trial.rows[first:], asks)
        remake(trial, terms)
        if asks == before or abs(_last_two(trial, first)[1]) >= abs(apart):
            return
        plan.rows = trial.rows


def _last_two(plan: Plan, first: int) -> tuple[int, int]:
    """Return what the last row but one asks, and how much more the last asks; of the last two in a row not served."""
    rows = plan.rows[first:]
    for before, last in zip(rows[-2::-1], rows[:0:-1], strict=True):
        if not before.is_served() and not last.is_served():
            return before.asks_cents, last.asks_cents - before.asks_cents
    return rows[0].asks_cents, 0


def level_bare(plan: Plan, terms: Terms, first: int) -> None:
    """Make the rows from `first` on level as if nothing had been paid yet, then keep what was paid."""
    bare = plan.copied()
    bare.moves = [move for move in plan.moves if move[2]]
    bare.counted_on = -NEVER
    for row in bare.rows:
        row.paid, row.moved_cents = [0, 0, 0, 0], 0
    level(bare, terms, first)
    for row, fresh in zip(plan.rows[first:], bare.rows[first:], strict=True):
        row.asks_cents, row.level_cents = fresh.asks_cents, fresh.level_cents
    remake(plan, terms)
