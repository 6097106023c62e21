"""The walk of a loan that was ever late: its days in order, with penalty, compound interest and allocation by stage.

One rule to hold on to: nothing happens between two events, so days are counted by the stretch. An event is an
instalment falling due, a payment, or a day on which compound interest is settled.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, civil
from postloan.kernels.loan_arrays import (
    COMPOUND,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    Cents,
    Days,
    Dues,
    Payments,
    Rules,
    State,
    Terms,
    accrued_of,
)
from postloan.kernels.overdue_interest import COUNTS_FROM, lower_base, owed_compound, owed_penalty
from postloan.kernels.walked_days import (
    AHEAD,
    BALANCE_DAYS,
    COMPONENTS,
    CURED_IN,
    LOGGED,
    NEXT,
    OPEN,
    PAID_IN,
    SINCE,
    WAITING,
    Walk,
    begin,
    mark,
    oldest_due_on,
    owed_since,
    pass_days,
    stage_of,
    tell,
)


@njit(cache=True)
def walk_late(
    loan: int, on: int, rules: Rules, terms: Terms, dues: Dues, payments: Payments, walk: Walk, state: State
) -> None:
    """Walk one loan to close of business `on`, and write its state.

    Penalty interest (罚息) runs on overdue principal, compound interest (复利) on overdue interest and, from a
    settlement day on, on compound interest itself; each is its sum of cents by days times the rate of those days.
    Source   银发[2003]251号; servicing: overdue.
    """
    sheet, left, marks, log = walk.sheet, walk.left, walk.marks[loan], walk.log
    components, groups = rules.components[terms.policy[loan]], rules.groups[terms.policy[loan]]
    first, end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    due_on, buckets = dues.due_on[first:end], rules.bucket_from_days
    begin(loan, on, rules, terms, sheet)
    row, last_row, settled_on, is_done = payments.rows[2 * loan], payments.rows[2 * loan + 1], NEVER, False
    while not is_done:
        is_payment = row < last_row and payments.paid_on[row] <= on
        until = payments.paid_on[row] if is_payment else on
        if is_payment and until <= terms.counts_after[loan]:
            row += 1
            continue
        while settled_on == NEVER and sheet[NEXT] < due_on.size and due_on[sheet[NEXT]] <= until:
            day = due_on[sheet[NEXT]]
            pass_days(max(day, sheet[SINCE]), sheet, left, due_on, buckets, marks)
            while sheet[NEXT] < due_on.size and due_on[sheet[NEXT]] == day:
                at = sheet[NEXT]
                left[at, FEE], left[at, INTEREST] = dues.fee_cents[first + at], dues.interest_cents[first + at]
                left[at, PRINCIPAL], left[at, COUNTS_FROM] = (
                    dues.principal_cents[first + at],
                    dues.counts_from[first + at],
                )
                sheet[AHEAD] -= left[at, PRINCIPAL]
                sheet[NEXT] += 1
            _pay(day, sheet, left, due_on, components, groups, log)
            tell(loan, day, sheet, left, due_on, walk.spells)
        if settled_on == NEVER:
            pass_days(until, sheet, left, due_on, buckets, marks)
        if is_payment:
            # The cash of a day is one payment. What comes after the loan was paid off is owed back, not earned.
            while row < last_row and payments.paid_on[row] == until:
                sheet[WAITING] += payments.cents[row]
                state.received_cents[loan] += payments.cents[row]
                row += 1
            state.last_paid_on[loan] = until
            if settled_on == NEVER:
                _pay(until, sheet, left, due_on, components, groups, log)
                accrued_cents = accrued_of(loan, until, first + sheet[NEXT], terms, dues)
                settled_on = until if _settles(until, accrued_cents, sheet, log) else NEVER
                tell(loan, until, sheet, left, due_on, walk.spells)
        is_done = not is_payment
    if settled_on == NEVER:
        # Misuse bears penalty while cash waits.
        _pay(on, sheet, left, due_on, components, groups, log)
        mark(on, sheet, left, due_on, buckets, marks)
    _note(loan, settled_on, sheet, left, due_on, state)
    walk.stages[loan] = sheet[PAID_IN]
    if settled_on == NEVER:
        state.accrued_interest_cents[loan] = accrued_of(loan, on, first + sheet[NEXT], terms, dues)
        if sheet[NEXT] < due_on.size:
            state.next_due_on[loan] = due_on[sheet[NEXT]]


@njit(cache=True)
def _pay(
    on: int,
    sheet: Cents,
    left: Cents,
    due_on: Days,
    components: NDArray[np.int8],
    groups: NDArray[np.int8],
    log: Cents,
) -> None:
    """Let the cash that waits meet what is owed, in the order of the loan's policy and stage."""
    _pass_over_paid(sheet, left)
    if sheet[WAITING] == 0:
        return
    oldest_on = oldest_due_on(on, sheet, left, due_on)
    stage, place = stage_of(on, sheet, oldest_on), 0
    sheet[PAID_IN] |= 1 << stage
    while place < COMPONENTS and sheet[WAITING] > 0:
        last = place + 1
        while last < COMPONENTS and groups[stage, last] == groups[stage, place]:
            last += 1
        component = components[stage, place]
        if component == PENALTY:
            _meet(on, -1, component, owed_penalty(sheet), sheet, log)
        elif component == COMPOUND:
            _meet(on, -1, component, owed_compound(sheet), sheet, log)
        else:
            for row in range(sheet[OPEN], sheet[NEXT]):
                if sheet[WAITING] == 0:
                    break
                for at in range(place, last):
                    component = components[stage, at]
                    left[row, component] -= _meet(on, row, component, left[row, component], sheet, log)
        place = last
    _pass_over_paid(sheet, left)
    lower_base(sheet)
    if oldest_on < on <= oldest_due_on(on, sheet, left, due_on):
        year, month, _ = civil(on)
        sheet[CURED_IN] = year * 12 + month


@njit(cache=True)
def _pass_over_paid(sheet: Cents, left: Cents) -> None:
    """Move on to the oldest instalment of which something is still owed."""
    row = sheet[OPEN]
    while row < sheet[NEXT] and left[row, FEE] + left[row, INTEREST] + left[row, PRINCIPAL] == 0:
        row += 1
    sheet[OPEN] = row


@njit(cache=True)
def _meet(on: int, row: int, component: int, owed_cents: int, sheet: Cents, log: Cents) -> int:
    """Pay one debt out of the cash that waits; return how much of it was paid."""
    part_cents = int(min(sheet[WAITING], owed_cents))
    sheet[WAITING] -= part_cents
    sheet[component] += part_cents
    if part_cents > 0 and sheet[LOGGED] < log.shape[0]:
        line = sheet[LOGGED]
        log[line, 0], log[line, 1], log[line, 2], log[line, 3] = on, row, component, part_cents
        sheet[LOGGED] += 1
    return part_cents


@njit(cache=True)
def _settles(on: int, accrued_cents: int, sheet: Cents, log: Cents) -> bool:
    """Settle the loan if nothing is owed and the cash that waits pays all principal not yet due."""
    owed_cents = owed_penalty(sheet) + owed_compound(sheet)
    if sheet[OPEN] < sheet[NEXT] or owed_cents > 0 or sheet[WAITING] < sheet[AHEAD]:
        return False
    _meet(on, -1, PRINCIPAL, sheet[AHEAD], sheet, log)
    _meet(on, -1, INTEREST, accrued_cents, sheet, log)
    sheet[AHEAD] = 0
    return True


@njit(cache=True)
def _note(loan: int, settled_on: int, sheet: Cents, left: Cents, due_on: Days, state: State) -> None:
    """Write down the state that the walk ended in."""
    state.paid_fee_cents[loan], state.paid_penalty_cents[loan] = sheet[FEE], sheet[PENALTY]
    state.paid_compound_cents[loan], state.paid_interest_cents[loan] = sheet[COMPOUND], sheet[INTEREST]
    state.paid_principal_cents[loan], state.unapplied_cents[loan] = sheet[PRINCIPAL], sheet[WAITING]
    state.balance_days[loan], state.settled_on[loan] = sheet[BALANCE_DAYS], settled_on
    if settled_on < NEVER:
        return
    for row in range(sheet[OPEN], sheet[NEXT]):
        state.overdue_fee_cents[loan] += left[row, FEE]
        state.overdue_interest_cents[loan] += left[row, INTEREST]
        state.overdue_principal_cents[loan] += left[row, PRINCIPAL]
        if left[row, INTEREST] > 0 and state.oldest_interest_due_on[loan] == NEVER:
            state.oldest_interest_due_on[loan] = owed_since(sheet[SINCE], row, left, due_on)
        if left[row, PRINCIPAL] > 0 and state.oldest_principal_due_on[loan] == NEVER:
            state.oldest_principal_due_on[loan] = owed_since(sheet[SINCE], row, left, due_on)
    state.outstanding_cents[loan] = sheet[AHEAD] + state.overdue_principal_cents[loan]
    state.penalty_cents[loan], state.compound_cents[loan] = owed_penalty(sheet), owed_compound(sheet)
