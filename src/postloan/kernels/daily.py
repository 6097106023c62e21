"""The walk of a loan whose interest runs by the day on what is outstanding: cash lowers the balance at once.

One rule to hold on to: an instalment is an amount. What it has of interest is the interest run by its due day, and the
rest is principal; cash counts towards the amounts in the order of their days, early or late.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.arrears import let_go_of_charge, write_down
from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import NEVER, month_index
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
    interest_of,
)
from postloan.kernels.overdue_interest import COUNTS_FROM, lower_base, owed_compound, owed_penalty
from postloan.kernels.reliefs import CAPITALISED, RELIEVED, WAIVED, Reliefs
from postloan.kernels.walked_days import (
    AHEAD,
    BALANCE,
    COMPONENTS,
    CURED_IN,
    NEXT,
    OPEN,
    PAID_IN,
    SINCE,
    WAITING,
    Spells,
    Walk,
    begin,
    mark,
    note,
    oldest_due_on,
    pass_days,
    receive,
    stage_of,
    tell,
)

# What is owed beside the sheet: fees, interest run by the last payment and since when it runs, principal, interest
# that has fallen due, cash ahead of the amounts due, and interest moved into instalments to come.
_FEES, _RUN, _RUN_SINCE, _LEFT, _DUE_INTEREST, _CREDIT, _MOVED, _FIGURES = range(8)
# The columns of its instalments: what is left of the amount, and interest moved into it.
_AMOUNT, _CARRIED = range(2)


@njit(cache=True)
def walk_daily(
    loan: int, on: int, rules: Rules, terms: Terms, dues: Dues, payments: Payments, reliefs: Reliefs, walk: Walk,
    state: State,
) -> bool:  # fmt: skip
    """Walk one loan to close of business `on`, write its state, and tell whether it was ever behind at a month-end.

    Contract interest runs on arrears too, so that penalty is what the penalty rate is above the contract's; compound
    interest runs on interest that has fallen due. After the last due day all that is left is due. What is relieved on a
    day leaves at its close, after the day's cash.
    Source   银发[2003]251号; servicing: overdue.
    """
    sheet, left, marks = walk.sheet, walk.left, walk.marks[loan]
    first, end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    due_on, buckets = dues.due_on[first:end], rules.bucket_from_days
    begin(loan, on, rules, terms, sheet)
    owed, amounts = np.zeros(_FIGURES, np.int64), np.zeros((due_on.size, 2), np.int64)
    owed[_RUN], owed[_RUN_SINCE], owed[_LEFT] = terms.accrued_cents[loan], sheet[SINCE], sheet[AHEAD]
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
            _fall_due(loan, until, first, terms, dues, amounts, owed, sheet, left, due_on, buckets, marks, walk.spells)
            pass_days(until, sheet, left, due_on, buckets, marks)
        if is_payment:
            row = receive(loan, row, payments, sheet, state)
        if settled_on == NEVER and (is_payment or is_relief):
            _run_to(loan, until, terms, owed)
            if is_payment:
                _pay(until, rules.components[terms.policy[loan]], amounts, owed, sheet, left, due_on)
            else:
                _relieve(loan, relief, reliefs, amounts, owed, sheet, left, walk.log, state)
            settled_on = until if _owed_in_all(owed, sheet) == 0 else NEVER
            tell(loan, until, sheet, left, due_on, walk.spells)
        relief += is_relief
        is_done = not is_payment and not is_relief
    if settled_on == NEVER:
        _run_to(loan, on, terms, owed)
        if 0 < sheet[NEXT] == due_on.size:
            owed[_DUE_INTEREST] = owed[_RUN]
            _part(amounts, owed, sheet, left)
        mark(on, sheet, left, due_on, buckets, marks)
        # Fees stand beside the instalments here, and interest run is accrued where no instalment claims it.
        state.overdue_fee_cents[loan] = owed[_FEES]
        claimed_cents = left[sheet[OPEN] : sheet[NEXT], INTEREST].sum()
        state.accrued_interest_cents[loan] = owed[_RUN] + owed[_MOVED] - claimed_cents
    walk.credit_cents[loan] = owed[_CREDIT]
    note(loan, settled_on, walk, due_on, state)
    return bool((marks != 0).any())


@borrows
def _run_to(loan: int, until: int, terms: Terms, owed: Cents) -> None:
    """Let interest run to a day on which what it runs on may change: it is rounded there."""
    owed[_RUN] += interest_of(loan, owed[_LEFT], owed[_RUN_SINCE], until, terms)
    owed[_RUN_SINCE] = max(owed[_RUN_SINCE], until)


@borrows
def _fall_due(
    loan: int,
    until: int,
    first: int,
    terms: Terms,
    dues: Dues,
    amounts: Cents,
    owed: Cents,
    sheet: Cents,
    left: Cents,
    due_on: Days,
    buckets: Days,
    marks: NDArray[np.int8],
    spells: Spells,
) -> None:
    """Let instalments fall due up to `until`: cash that came ahead counts towards them."""
    while sheet[NEXT] < due_on.size and due_on[sheet[NEXT]] <= until:
        day = due_on[sheet[NEXT]]
        pass_days(max(day, sheet[SINCE]), sheet, left, due_on, buckets, marks)
        while sheet[NEXT] < due_on.size and due_on[sheet[NEXT]] == day:
            at = sheet[NEXT]
            row = first + at
            left[at, FEE], left[at, COUNTS_FROM] = 0, dues.counts_from[row]
            amounts[at, _AMOUNT] = dues.principal_cents[row] + dues.interest_cents[row]
            _count(at, amounts, owed)
            owed[_RUN] += amounts[at, _CARRIED]
            owed[_MOVED] -= amounts[at, _CARRIED]
            owed[_FEES] += dues.fee_cents[row]
            if day <= terms.begins_on[loan]:
                # Arrears at a take-on: interest that ran before it and is still owed.
                owed[_RUN] += dues.interest_cents[row]
            sheet[NEXT] += 1
        owed[_DUE_INTEREST] = owed[_RUN] + interest_of(loan, owed[_LEFT], owed[_RUN_SINCE], day, terms)
        _part(amounts, owed, sheet, left)
        tell(loan, day, sheet, left, due_on, spells)


@borrows
def _count(at: int, amounts: Cents, owed: Cents) -> None:
    """Count cash ahead towards an amount."""
    part_cents = min(owed[_CREDIT], amounts[at, _AMOUNT])
    amounts[at, _AMOUNT] -= part_cents
    owed[_CREDIT] -= part_cents


@borrows
def _part(amounts: Cents, owed: Cents, sheet: Cents, left: Cents) -> None:
    """Part the amounts behind into interest and principal, interest to the oldest; the last takes all that is left."""
    interest_cents, principal_cents, due_rows = owed[_DUE_INTEREST], owed[_LEFT], amounts.shape[0]
    # Nothing is left of an amount that was met; but the last may yet take what is left.
    while sheet[OPEN] < min(sheet[NEXT], due_rows - 1) and amounts[sheet[OPEN], _AMOUNT] == 0:
        sheet[OPEN] += 1
    for at in range(sheet[OPEN], sheet[NEXT]):
        left[at, INTEREST] = min(amounts[at, _AMOUNT], interest_cents)
        left[at, PRINCIPAL] = min(amounts[at, _AMOUNT] - left[at, INTEREST], principal_cents)
        interest_cents -= left[at, INTEREST]
        principal_cents -= left[at, PRINCIPAL]
    if 0 < sheet[NEXT] == due_rows:
        left[sheet[NEXT] - 1, INTEREST] += interest_cents
        left[sheet[NEXT] - 1, PRINCIPAL] += principal_cents
        principal_cents = 0
    sheet[AHEAD] = principal_cents


@borrows
def _pay(
    on: int, orders: NDArray[np.int8], amounts: Cents, owed: Cents, sheet: Cents, left: Cents, due_on: Days
) -> None:
    """Let cash meet what is owed in the order of the stage, and then principal not yet due."""
    oldest_on = oldest_due_on(on, sheet, left, due_on)
    stage, before_cents = stage_of(on, sheet, oldest_on), sheet[INTEREST] + sheet[PRINCIPAL]
    sheet[PAID_IN] |= 1 << stage
    for place in range(COMPONENTS):
        component = orders[stage, place]
        if component == PENALTY:
            _meet(PENALTY, owed_penalty(sheet), sheet)
        elif component == COMPOUND:
            _meet(COMPOUND, owed_compound(sheet), sheet)
        elif component == FEE:
            owed[_FEES] -= _meet(FEE, owed[_FEES], sheet)
        elif component == INTEREST:
            part_cents = _meet(INTEREST, owed[_RUN], sheet)
            owed[_RUN] -= part_cents
            owed[_DUE_INTEREST] = max(0, owed[_DUE_INTEREST] - part_cents)
        else:
            owed[_LEFT] -= _meet(PRINCIPAL, owed[_LEFT] - sheet[AHEAD], sheet)
    owed[_LEFT] -= _meet(PRINCIPAL, owed[_LEFT], sheet)
    if owed[_LEFT] == 0 and owed[_MOVED] > 0:
        _meet_moved(amounts, owed, sheet)
    owed[_CREDIT] += sheet[INTEREST] + sheet[PRINCIPAL] - before_cents
    for at in range(sheet[OPEN], sheet[NEXT]):
        _count(at, amounts, owed)
    _part(amounts, owed, sheet, left)
    lower_base(sheet)
    if oldest_on < on <= oldest_due_on(on, sheet, left, due_on):
        sheet[CURED_IN] = month_index(on)


@borrows
def _relieve(
    loan: int, at: int, reliefs: Reliefs, amounts: Cents, owed: Cents, sheet: Cents, left: Cents, log: Cents,
    state: State,
) -> None:  # fmt: skip
    """Let a relief leave the arrears, as far as they go.

    What becomes principal bears interest with it. Principal that moves into instalments to come is ahead again, and
    interest falls due with them, and bears none until then.
    """
    on, component, cents, becomes = reliefs.on[at], reliefs.component[at], reliefs.cents[at], reliefs.becomes[at]
    if 0 < sheet[NEXT] == amounts.shape[0]:
        # All that has run is due by now; what a relief leaves of it goes on bearing no compound interest.
        due_cents = owed[_DUE_INTEREST]
        owed[_DUE_INTEREST] = owed[_RUN]
        _part(amounts, owed, sheet, left)
        owed[_DUE_INTEREST] = due_cents
    if becomes != WAIVED:
        # An amount that passes the whole debt claims nothing of what comes to it.
        for row in range(sheet[OPEN], sheet[NEXT]):
            amounts[row, _AMOUNT] = left[row, INTEREST] + left[row, PRINCIPAL]
    part_cents, moved_cents = _let_go(on, component, cents, amounts, owed, sheet, left, log), 0
    if becomes == WAIVED:
        state.waived_cents[loan] += part_cents
    else:
        if component in (INTEREST, PRINCIPAL):
            # Booked otherwise than it was owed, the cash met the one for the other: it is booked as owed now, as far
            # as there was cash. On less principal less interest has run; what is missing then is earned only now.
            other = PRINCIPAL if component == INTEREST else INTEREST
            claimed_cents = min(cents - part_cents, sheet[component])
            moved_cents = _let_go(on, other, claimed_cents, amounts, owed, sheet, left, log)
            sheet[other] += moved_cents
            sheet[component] -= moved_cents
            owed[_LEFT] += moved_cents if other == INTEREST else -moved_cents
        if becomes == CAPITALISED:
            state.capitalised_cents[loan] += cents
            sheet[BALANCE] += cents
            owed[_LEFT] += cents
        else:
            state.reamortised_cents[loan] += cents
            if component == INTEREST:
                _carry(at, reliefs.rows[2 * loan], reliefs, part_cents + moved_cents, amounts, owed, sheet)
    _part(amounts, owed, sheet, left)
    lower_base(sheet)


@borrows
def _let_go(
    on: int, component: int, cents: int, amounts: Cents, owed: Cents, sheet: Cents, left: Cents, log: Cents
) -> int:
    """Take up to `cents` of a component off what is overdue, the oldest first; return how much of it."""
    if component in (PENALTY, COMPOUND):
        return let_go_of_charge(on, component, cents, sheet, log)
    if component == FEE:
        part_cents = min(cents, owed[_FEES])
        owed[_FEES] -= part_cents
        write_down(on, -1, RELIEVED + FEE, part_cents, sheet, log)
        return int(part_cents)
    rest_cents = cents
    for row in range(sheet[OPEN], sheet[NEXT]):
        part_cents = min(rest_cents, left[row, component])
        left[row, component] -= part_cents
        amounts[row, _AMOUNT] = max(0, amounts[row, _AMOUNT] - part_cents)
        rest_cents -= part_cents
        write_down(on, row, RELIEVED + component, part_cents, sheet, log)
    if component == INTEREST:
        owed[_DUE_INTEREST] = max(0, owed[_DUE_INTEREST] - (cents - rest_cents))
        owed[_RUN] -= cents - rest_cents
    return int(cents - rest_cents)


@borrows
def _carry(at: int, first: int, reliefs: Reliefs, cents: int, amounts: Cents, owed: Cents, sheet: Cents) -> None:
    """Move interest into an instalment to come: of the reliefs of one decision, each into the one after the last's.

    first   the loan's first relief.
    """
    before = at
    while before > first and _is_one_decision(before - 1, at, reliefs):
        before -= 1
    row = min(sheet[NEXT] + at - before, amounts.shape[0] - 1)
    amounts[row, _CARRIED] += cents
    owed[_MOVED] += cents


@borrows
def _is_one_decision(one: int, other: int, reliefs: Reliefs) -> bool:
    is_alike = reliefs.component[one] == reliefs.component[other] and reliefs.becomes[one] == reliefs.becomes[other]
    return bool(is_alike and reliefs.on[one] == reliefs.on[other])


@borrows
def _meet_moved(amounts: Cents, owed: Cents, sheet: Cents) -> None:
    """Pay interest that was moved into instalments to come, the nearest first, once no principal is left."""
    for row in range(sheet[NEXT], amounts.shape[0]):
        part_cents = _meet(INTEREST, amounts[row, _CARRIED], sheet)
        amounts[row, _CARRIED] -= part_cents
        owed[_MOVED] -= part_cents


@borrows
def _meet(component: int, owed_cents: int, sheet: Cents) -> int:
    """Pay one debt out of the cash that waits; return how much of it was paid."""
    part_cents = int(min(sheet[WAITING], owed_cents))
    sheet[WAITING] -= part_cents
    sheet[component] += part_cents
    return part_cents


@borrows
def _owed_in_all(owed: Cents, sheet: Cents) -> int:
    """Return all that is owed by the last payment."""
    return int(owed[_LEFT] + owed[_RUN] + owed[_MOVED] + owed[_FEES] + owed_penalty(sheet) + owed_compound(sheet))
