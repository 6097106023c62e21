"""Allocation: how a payment is spread over the components of instalments."""

from decimal import Decimal
from itertools import groupby

from postloan.kernels.daycount import NEVER
from postloan.kernels.life.factors import to_money
from postloan.kernels.life.plan import PLANNED, Plan, Row
from postloan.kernels.life.tail import PRINCIPAL_FIRST, remake
from postloan.kernels.life.terms import (
    ALL_ALIKE,
    DUE,
    IN_ADVANCE,
    INTEREST,
    LAST,
    NEXT_THEN_LAST,
    PAST_DUE,
    PRINCIPAL,
    Policy,
    Terms,
)
from postloan.kernels.schedule import FLAT


def spread(plan: Plan, terms: Terms, policy: Policy, day: int, cash_cents: int) -> tuple[list[int], int]:
    """Spread a payment; return what went to each component, and what is left because nothing more can be paid.

    plan     is changed: rows are paid, and the tail is made anew after each part.
    policy   the order of (stage, component) pairs, and which future instalments are paid.
    """
    went, left = [0, 0, 0, 0], cash_cents
    steps = list(policy.order)
    if policy.by_component:
        groups = [[step] for step in steps]
    else:
        groups = [list(group) for _, group in groupby(steps, key=lambda step: step[0])]
    for group in groups:
        before = -1
        while left > 0 and left != before:
            before = left
            for stage, component in group:
                rows = _targets(plan, terms, policy, day, (stage, component))
                for row, portion in zip(rows, _portions(terms, left, len(rows)), strict=True):
                    part = min(portion, payable(plan, terms, row, component, day))
                    _pay(plan, terms, row, component, day, part)
                    went[component] += part
                    left -= part
    return went, left


def _portions(terms: Terms, cash: int, count: int) -> list[int]:
    """Cut cash into equal parts, the remainder to the last."""
    if count == 0:
        return []
    part = to_money(Decimal(cash) / count, terms)
    portions = [min(part, max(cash - part * place, 0)) for place in range(count - 1)]
    return [*portions, cash - sum(portions)]


def _targets(plan: Plan, terms: Terms, policy: Policy, day: int, step: tuple[int, int]) -> list[Row]:
    """Return the rows that a payment of a day may reach at a step of its policy."""
    stage, component = step
    rows = [row for row in plan.all_rows() if _stage(row, day) == stage and row.open_cents() > 0]
    if policy.by_component:
        rows = [row for row in rows if row.open_of(component) > 0]
    if stage != IN_ADVANCE:
        return rows[:1]
    if policy.by_component or terms.method in PRINCIPAL_FIRST:
        # A row not yet due may owe interest that no day has earned: it does not hold back what can be paid.
        parts = (component,) if policy.by_component else range(4)
        rows = [row for row in rows if any(payable(plan, terms, row, part, day) > 0 for part in parts)]
    if policy.future == ALL_ALIKE:
        return rows
    if policy.future == LAST:
        return rows[-1:]
    if policy.future == NEXT_THEN_LAST:
        return [row for row in rows if row.starts_on <= day][:1] or rows[-1:]
    return rows[:1]


def _stage(row: Row, day: int) -> int:
    if row.due_on < day:
        return PAST_DUE
    return DUE if row.due_on == day else IN_ADVANCE


def payable(plan: Plan, terms: Terms, row: Row, component: int, day: int) -> int:
    """Return what may be paid of a component on a day.

    A row that is due owes what it says. One that is not owes interest only for the days that have passed, and as much
    principal as its instalment then has room for.
    """
    owed = row.owed[component]
    is_early = row.kind == PLANNED and row.due_on > day
    if is_early and component in (PRINCIPAL, INTEREST) and _recalculates(plan, terms):
        owed = _as_of(plan, terms, plan.rows.index(row), _interest_day(plan, terms, day))[component]
    return max(owed - row.met(component), 0)


def _interest_day(plan: Plan, terms: Terms, day: int) -> int:
    """Return the day to which a payment in advance owes interest, and from which it lowers it."""
    return _end_of_period(plan, day) if terms.settles_to_due or terms.rests_by_period else day


def _counts_on(plan: Plan, terms: Terms, row: Row, day: int) -> int:
    """Return the day from which principal that is paid on a row bears no interest."""
    if day < row.due_on:
        return _interest_day(plan, terms, day)
    if not terms.overdue_bears:
        return row.due_on
    return _end_of_period(plan, day) if terms.rests_by_period else day


def _end_of_period(plan: Plan, day: int) -> int:
    place = plan.running(day)
    return plan.rows[place].due_on if place < len(plan.rows) else day


def _recalculates(plan: Plan, terms: Terms) -> bool:
    return terms.recalculates and terms.method != FLAT and plan.frozen_on == NEVER


def _as_of(plan: Plan, terms: Terms, place: int, day: int) -> list[int]:
    """Return what a row owes if the loan is settled as of a day."""
    settled = plan.copied()
    remake(settled, terms, until=day)
    row = settled.rows[place]
    unserved = sum(not other.is_served() for other in settled.rows)
    if day <= row.starts_on and unserved > 1:
        interest = 0 if terms.method in PRINCIPAL_FIRST else row.owed[INTEREST]
        principal = max(row.level_cents - interest, row.met(PRINCIPAL), 0)
        room = row.met(PRINCIPAL) + sum(other.open_of(PRINCIPAL) for other in settled.rows)
        return [min(principal, room), row.owed[INTEREST]]
    return row.owed


def _pay(plan: Plan, terms: Terms, row: Row, component: int, day: int, cents: int) -> None:
    """Book a part of a payment on a row and make the tail anew."""
    if cents <= 0:
        return
    row.paid[component] += cents
    if day < row.due_on:
        row.in_advance_cents += cents
    elif day > row.due_on:
        row.late_cents += cents
    if row.kind != PLANNED or component not in (PRINCIPAL, INTEREST):
        return
    if component == PRINCIPAL and _recalculates(plan, terms):
        plan.moves.append((_counts_on(plan, terms, row, day), -cents, False))
        row.moved_cents += cents
    met_cents = row.met_cents()
    if day < row.starts_on and met_cents == row.level_cents and terms.method not in PRINCIPAL_FIRST:
        row.asks_cents = met_cents
    # What is paid when it is due, or to the day arrears are counted to, is what the tail was made from.
    if day < row.due_on or day not in (row.due_on, plan.counted_on):
        remake(plan, terms)


def mark_settled(plan: Plan, day: int) -> None:
    """Write down the day on which rows came to owe nothing more, and forget it where they owe again."""
    for row in (*plan.rows, *plan.beside):
        if row.open_cents() > 0:
            row.settled_on = NEVER
        elif row.settled_on == NEVER and sum(row.owed) > 0:
            row.settled_on = day


def settlement(plan: Plan, terms: Terms, day: int) -> list[int]:
    """Return what closes the loan on a day: all principal, interest to the day, fees and penalties."""
    settled = plan.copied()
    if _recalculates(plan, terms):
        remake(settled, terms, until=_interest_day(settled, terms, day))
    return [settled.open_of(part) for part in range(4)]
