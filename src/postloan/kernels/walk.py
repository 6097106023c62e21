"""The walk of a loan that was ever late: its days in order.

One rule to hold on to: nothing happens between two events, so days are counted by the stretch. An event is an
instalment falling due, a payment, a relief, a change of the rate, or a day on which compound interest is settled.
"""

import numpy as np
from numpy.typing import NDArray

from postloan.kernels.arrears import let_go_of_charge, may_settle, pass_over_paid, pay, settles, write_down
from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import NEVER
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
from postloan.kernels.overdue_interest import COUNTS_FROM, lower_base
from postloan.kernels.reliefs import CAPITALISED, RELIEVED, WAIVED, Reliefs
from postloan.kernels.walked_days import (
    AHEAD,
    BALANCE,
    NEXT,
    OPEN,
    SINCE,
    Spells,
    Walk,
    begin,
    mark,
    note,
    pass_days,
    receive,
    tell,
)


@borrows
def walk_late(
    loan: int, on: int, rules: Rules, terms: Terms, dues: Dues, payments: Payments, reliefs: Reliefs, walk: Walk,
    state: State,
) -> None:  # fmt: skip
    """Walk one loan to close of business `on`, and write its state.

    Penalty interest (罚息) runs on overdue principal, compound interest (复利) on overdue interest and, from a
    settlement day on, on compound interest itself; each is its sum of cents by days times the rate of those days.
    What is relieved on a day leaves at its close, after the day's cash.
    Source   银发[2003]251号; servicing: overdue.
    """
    sheet, left, marks, log = walk.sheet, walk.left, walk.marks[loan], walk.log
    components, groups = rules.components[terms.policy[loan]], rules.groups[terms.policy[loan]]
    first, end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    due_on, buckets = dues.due_on[first:end], rules.bucket_from_days
    begin(loan, on, rules, terms, sheet)
    row, last_row, settled_on, is_done = payments.rows[2 * loan], payments.rows[2 * loan + 1], NEVER, False
    relief, last_relief = reliefs.rows[2 * loan], reliefs.rows[2 * loan + 1]
    while not is_done:
        is_payment = row < last_row and payments.paid_on[row] <= on
        until = payments.paid_on[row] if is_payment else on
        if is_payment and until <= terms.counts_after[loan]:
            row += 1
            continue
        is_relief = relief < last_relief and reliefs.on[relief] < until + (0 if is_payment else 1)
        if is_relief:
            is_payment, until = False, reliefs.on[relief]
        if settled_on == NEVER:
            _fall_due(
                loan, until, first, dues, sheet, left, due_on, buckets, marks, components, groups, log, walk.spells
            )
            pass_days(until, sheet, left, due_on, buckets, marks)
        if is_payment:
            row = receive(loan, row, payments, sheet, state)
        if settled_on == NEVER and (is_payment or is_relief):
            pay(until, sheet, left, due_on, components, groups, log)
            if is_relief:
                _relieve(loan, relief, reliefs, sheet, left, log, state)
            if may_settle(sheet):
                accrued_cents = accrued_of(loan, until, first + sheet[NEXT], terms, dues)
                settled_on = until if settles(until, accrued_cents, sheet, log) else NEVER
            tell(loan, until, sheet, left, due_on, walk.spells)
        relief += is_relief
        is_done = not is_payment and not is_relief
    if settled_on == NEVER:
        # Misuse bears penalty while cash waits.
        pay(on, sheet, left, due_on, components, groups, log)
        mark(on, sheet, left, due_on, buckets, marks)
        state.accrued_interest_cents[loan] = accrued_of(loan, on, first + sheet[NEXT], terms, dues)
    note(loan, settled_on, walk, due_on, state)


@borrows
def _fall_due(
    loan: int,
    until: int,
    first: int,
    dues: Dues,
    sheet: Cents,
    left: Cents,
    due_on: Days,
    buckets: Days,
    marks: NDArray[np.int8],
    components: NDArray[np.int8],
    groups: NDArray[np.int8],
    log: Cents,
    spells: Spells,
) -> None:
    """Let instalments fall due up to `until`, each day after the days before it, and meet them with cash that waits."""
    while sheet[NEXT] < due_on.size and due_on[sheet[NEXT]] <= until:
        day = due_on[sheet[NEXT]]
        pass_days(max(day, sheet[SINCE]), sheet, left, due_on, buckets, marks)
        while sheet[NEXT] < due_on.size and due_on[sheet[NEXT]] == day:
            at = sheet[NEXT]
            left[at, FEE], left[at, INTEREST] = dues.fee_cents[first + at], dues.interest_cents[first + at]
            left[at, PRINCIPAL], left[at, COUNTS_FROM] = dues.principal_cents[first + at], dues.counts_from[first + at]
            sheet[AHEAD] -= left[at, PRINCIPAL]
            sheet[NEXT] += 1
        pay(day, sheet, left, due_on, components, groups, log)
        tell(loan, day, sheet, left, due_on, spells)


@borrows
def _relieve(loan: int, at: int, reliefs: Reliefs, sheet: Cents, left: Cents, log: Cents, state: State) -> None:
    """Let a relief leave the arrears, as far as they go; what becomes principal is to come again."""
    on, component, cents = reliefs.on[at], reliefs.component[at], reliefs.cents[at]
    part_cents = _let_go(on, component, cents, sheet, left, log)
    if reliefs.becomes[at] == WAIVED:
        state.waived_cents[loan] += part_cents
    else:
        if component in (INTEREST, PRINCIPAL):
            # Booked otherwise than it was owed, the cash met the one for the other: it is booked as owed now.
            other = PRINCIPAL if component == INTEREST else INTEREST
            moved_cents = _let_go(on, other, cents - part_cents, sheet, left, log)
            sheet[other] += moved_cents
            sheet[component] -= moved_cents
        if reliefs.becomes[at] == CAPITALISED:
            state.capitalised_cents[loan] += cents
            sheet[BALANCE] += cents
            sheet[AHEAD] += cents
        else:
            state.reamortised_cents[loan] += cents
            sheet[AHEAD] += cents if component == PRINCIPAL else 0
    pass_over_paid(sheet, left)
    lower_base(sheet)


@borrows
def _let_go(on: int, component: int, cents: int, sheet: Cents, left: Cents, log: Cents) -> int:
    """Take up to `cents` of a component off what is owed, the oldest first; return how much of it."""
    if component in (PENALTY, COMPOUND):
        return let_go_of_charge(on, component, cents, sheet, log)
    rest_cents = cents
    for row in range(sheet[OPEN], sheet[NEXT]):
        part_cents = min(rest_cents, left[row, component])
        left[row, component] -= part_cents
        rest_cents -= part_cents
        write_down(on, row, RELIEVED + component, part_cents, sheet, log)
    return int(cents - rest_cents)
