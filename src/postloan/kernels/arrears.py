"""What a walk in arrears does at an event: cash meets what is owed, and the loan is settled."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import month_index
from postloan.kernels.loan_arrays import (
    COMPOUND,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    Cents,
    Days,
)
from postloan.kernels.overdue_interest import TAKEN_COMPOUND, TAKEN_PENALTY, lower_base, owed_compound, owed_penalty
from postloan.kernels.reliefs import RELIEVED
from postloan.kernels.walked_days import (
    AHEAD,
    COMPONENTS,
    CURED_IN,
    LOGGED,
    NEXT,
    OPEN,
    PAID_IN,
    WAITING,
    oldest_due_on,
    stage_of,
)


@borrows
def pay(
    on: int,
    sheet: Cents,
    left: Cents,
    due_on: Days,
    components: NDArray[np.int8],
    groups: NDArray[np.int8],
    log: Cents,
) -> None:
    """Let the cash that waits meet what is owed, in the order of the loan's policy and stage."""
    pass_over_paid(sheet, left)
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
    pass_over_paid(sheet, left)
    lower_base(sheet)
    if oldest_on < on <= oldest_due_on(on, sheet, left, due_on):
        sheet[CURED_IN] = month_index(on)


@borrows
def pass_over_paid(sheet: Cents, left: Cents) -> None:
    """Move on to the oldest instalment of which something is still owed."""
    row = sheet[OPEN]
    while row < sheet[NEXT] and left[row, FEE] + left[row, INTEREST] + left[row, PRINCIPAL] == 0:
        row += 1
    sheet[OPEN] = row


@borrows
def _meet(on: int, row: int, component: int, owed_cents: int, sheet: Cents, log: Cents) -> int:
    """Pay one debt out of the cash that waits; return how much of it was paid."""
    part_cents = int(min(sheet[WAITING], owed_cents))
    sheet[WAITING] -= part_cents
    sheet[component] += part_cents
    write_down(on, row, component, part_cents, sheet, log)
    return part_cents


@borrows
def write_down(on: int, row: int, component: int, cents: int, sheet: Cents, log: Cents) -> None:
    """Write a line of the log, where it has room."""
    if cents > 0 and sheet[LOGGED] < log.shape[0]:
        line = sheet[LOGGED]
        log[line, 0], log[line, 1], log[line, 2], log[line, 3] = on, row, component, cents
        sheet[LOGGED] += 1


@borrows
def let_go_of_charge(on: int, component: int, cents: int, sheet: Cents, log: Cents) -> int:
    """Take up to `cents` off penalty or compound interest owed, without cash; return how much of it."""
    owed_cents = owed_penalty(sheet) if component == PENALTY else owed_compound(sheet)
    part_cents = int(min(cents, owed_cents))
    sheet[TAKEN_PENALTY if component == PENALTY else TAKEN_COMPOUND] -= part_cents
    write_down(on, -1, RELIEVED + component, part_cents, sheet, log)
    return part_cents


@njit(cache=True, inline="always")
def may_settle(sheet: Cents) -> bool:
    """Tell whether no instalment is owed and the cash that waits pays all principal not yet due."""
    return bool(sheet[OPEN] == sheet[NEXT] and sheet[WAITING] >= sheet[AHEAD])


@borrows
def settles(on: int, accrued_cents: int, sheet: Cents, log: Cents) -> bool:
    """Settle the loan, of which `may_settle` is true, if no penalty or compound interest is owed either."""
    if owed_penalty(sheet) + owed_compound(sheet) > 0:
        return False
    _meet(on, -1, PRINCIPAL, sheet[AHEAD], sheet, log)
    _meet(on, -1, INTEREST, accrued_cents, sheet, log)
    sheet[AHEAD] = 0
    return True
