"""The walk of a loan whose interest runs by the day on what is outstanding: cash lowers the balance at once.

One rule to hold on to: an instalment is an amount. What it has of interest is the interest run by its due day, and the
rest is principal; cash counts towards the amounts in the order of their days, early or late.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, month_index
from postloan.kernels.loan_arrays import (
    COMPOUND,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    Cents,
    Dues,
    Payments,
    Rules,
    State,
    Terms,
    interest_of,
)
from postloan.kernels.overdue_interest import COUNTS_FROM, lower_base, owed_compound, owed_penalty
from postloan.kernels.walked_days import (
    AHEAD,
    COMPONENTS,
    CURED_IN,
    NEXT,
    OPEN,
    PAID_IN,
    SINCE,
    WAITING,
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
# that has fallen due, and cash ahead of the amounts due.
_FEES, _RUN, _RUN_SINCE, _LEFT, _DUE_INTEREST, _CREDIT, _FIGURES = range(7)


@njit(cache=True)
def walk_daily(
    loan: int, on: int, rules: Rules, terms: Terms, dues: Dues, payments: Payments, walk: Walk, state: State
) -> bool:
    """Walk one loan to close of business `on`, write its state, and tell whether it was ever behind at a month-end.

    Contract interest runs on arrears too, so that penalty is what the penalty rate is above the contract's; compound
    interest runs on interest that has fallen due. After the last due day all that is left is due.
    Source   银发[2003]251号; servicing: overdue.
    """
    sheet, left, marks = walk.sheet, walk.left, walk.marks[loan]
    first, end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    due_on, buckets = dues.due_on[first:end], rules.bucket_from_days
    begin(loan, on, rules, terms, sheet)
    owed, amounts = np.zeros(_FIGURES, np.int64), np.zeros(due_on.size, np.int64)
    owed[_RUN], owed[_RUN_SINCE], owed[_LEFT] = terms.accrued_cents[loan], sheet[SINCE], sheet[AHEAD]
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
                _fall_due(loan, first, terms, dues, amounts, owed, sheet, left)
            _part(amounts, owed, sheet, left)
            tell(loan, day, sheet, left, due_on, walk.spells)
        if settled_on == NEVER:
            pass_days(until, sheet, left, due_on, buckets, marks)
        if is_payment:
            row = receive(loan, row, payments, sheet, state)
            if settled_on == NEVER:
                oldest_on = oldest_due_on(until, sheet, left, due_on)
                stage = stage_of(until, sheet, oldest_on)
                sheet[PAID_IN] |= 1 << stage
                owed[_RUN] += interest_of(loan, owed[_LEFT], owed[_RUN_SINCE], until, terms)
                owed[_RUN_SINCE] = until
                _pay(rules.components[terms.policy[loan], stage], amounts, owed, sheet, left)
                if oldest_on < until <= oldest_due_on(until, sheet, left, due_on):
                    sheet[CURED_IN] = month_index(until)
                settled_on = until if _owed_in_all(owed, sheet) == 0 else NEVER
                tell(loan, until, sheet, left, due_on, walk.spells)
        is_done = not is_payment
    if settled_on == NEVER:
        owed[_RUN] += interest_of(loan, owed[_LEFT], owed[_RUN_SINCE], on, terms)
        if 0 < sheet[NEXT] == due_on.size:
            owed[_DUE_INTEREST] = owed[_RUN]
            _part(amounts, owed, sheet, left)
        mark(on, sheet, left, due_on, buckets, marks)
        # Fees stand beside the instalments here, and interest run is accrued where no instalment claims it.
        state.overdue_fee_cents[loan] = owed[_FEES]
        state.accrued_interest_cents[loan] = owed[_RUN] - left[sheet[OPEN] : sheet[NEXT], INTEREST].sum()
    note(loan, settled_on, walk, due_on, state)
    return bool((marks != 0).any())


@njit(cache=True)
def _fall_due(
    loan: int, first: int, terms: Terms, dues: Dues, amounts: Cents, owed: Cents, sheet: Cents, left: Cents
) -> None:
    """Let the next instalment fall due: cash that came ahead counts towards it."""
    at = sheet[NEXT]
    row, day = first + at, dues.due_on[first + at]
    left[at, FEE], left[at, COUNTS_FROM] = 0, dues.counts_from[row]
    amounts[at] = dues.principal_cents[row] + dues.interest_cents[row]
    part_cents = min(owed[_CREDIT], amounts[at])
    amounts[at] -= part_cents
    owed[_CREDIT] -= part_cents
    owed[_FEES] += dues.fee_cents[row]
    if day <= terms.begins_on[loan]:
        # Arrears at a take-on: interest that ran before it and is still owed.
        owed[_RUN] += dues.interest_cents[row]
    owed[_DUE_INTEREST] = owed[_RUN] + interest_of(loan, owed[_LEFT], owed[_RUN_SINCE], day, terms)
    sheet[NEXT] += 1


@njit(cache=True)
def _part(amounts: Cents, owed: Cents, sheet: Cents, left: Cents) -> None:
    """Part the amounts behind into interest and principal, interest to the oldest; the last takes all that is left."""
    interest_cents, principal_cents = owed[_DUE_INTEREST], owed[_LEFT]
    # Nothing is left of an amount that was met; but the last may yet take what is left.
    while sheet[OPEN] < min(sheet[NEXT], amounts.size - 1) and amounts[sheet[OPEN]] == 0:
        sheet[OPEN] += 1
    for at in range(sheet[OPEN], sheet[NEXT]):
        left[at, INTEREST] = min(amounts[at], interest_cents)
        left[at, PRINCIPAL] = min(amounts[at] - left[at, INTEREST], principal_cents)
        interest_cents -= left[at, INTEREST]
        principal_cents -= left[at, PRINCIPAL]
    if 0 < sheet[NEXT] == amounts.size:
        left[sheet[NEXT] - 1, INTEREST] += interest_cents
        left[sheet[NEXT] - 1, PRINCIPAL] += principal_cents
        principal_cents = 0
    sheet[AHEAD] = principal_cents


@njit(cache=True)
def _pay(order: NDArray[np.int8], amounts: Cents, owed: Cents, sheet: Cents, left: Cents) -> None:
    """Let cash meet what is owed in the order of the stage, and then principal not yet due."""
    before_cents = sheet[INTEREST] + sheet[PRINCIPAL]
    for place in range(COMPONENTS):
        component = order[place]
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
    owed[_CREDIT] += sheet[INTEREST] + sheet[PRINCIPAL] - before_cents
    for at in range(sheet[OPEN], sheet[NEXT]):
        part_cents = min(owed[_CREDIT], amounts[at])
        amounts[at] -= part_cents
        owed[_CREDIT] -= part_cents
    _part(amounts, owed, sheet, left)
    lower_base(sheet)


@njit(cache=True)
def _meet(component: int, owed_cents: int, sheet: Cents) -> int:
    """Pay one debt out of the cash that waits; return how much of it was paid."""
    part_cents = int(min(sheet[WAITING], owed_cents))
    sheet[WAITING] -= part_cents
    sheet[component] += part_cents
    return part_cents


@njit(cache=True)
def _owed_in_all(owed: Cents, sheet: Cents) -> int:
    """Return all that is owed by the last payment."""
    return int(owed[_LEFT] + owed[_RUN] + owed[_FEES] + owed_penalty(sheet) + owed_compound(sheet))
