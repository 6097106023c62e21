"""What each loan owes on a day: its instalments met with its payments.

One rule to hold on to: cash pays what has fallen due, and waits where nothing is due. A loan that was never late needs
no more than sums, and most loans never are; one that was late is walked day by day (`walk`); where interest runs by
the day, cash lowers the balance at once (`daily`).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows
from postloan.kernels.daily import walk_daily
from postloan.kernels.daycount import NEVER
from postloan.kernels.loan_arrays import (
    Dues,
    Payments,
    Rules,
    State,
    Terms,
    accrued_of,
    empty_state,
    frozen,
)
from postloan.kernels.reliefs import Reliefs, no_reliefs
from postloan.kernels.walk import walk_late
from postloan.kernels.walked_days import Walk, new_walk


def run(
    on: int,
    rules: Rules,
    terms: Terms,
    dues: Dues,
    payments: Payments,
    *,
    reliefs: Reliefs | None = None,
    log_lines: int = 0,
    walks_all: bool = False,
) -> tuple[State, NDArray[np.bool_], Walk]:
    """Bring every loan to close of business `on`.

    reliefs    what left the arrears without cash.
    log_lines  how many allocations to write down, of the loans that are walked.
    walks_all  every loan is walked day by day, also those that were never late.
    Returns    the state of each loan; of each, received = paid + unapplied, and balance + capitalised = outstanding +
               paid principal. Whether it was walked day by day. The walk's marks and spells, for those that were; and
               its log.
    """
    relieved = no_reliefs(terms.begins_on.size) if reliefs is None else reliefs
    return _run(
        on, frozen(rules), frozen(terms), frozen(dues), frozen(payments), frozen(relieved), log_lines, walks_all
    )


@njit(cache=True)
def _run(
    on: int,
    rules: Rules,
    terms: Terms,
    dues: Dues,
    payments: Payments,
    reliefs: Reliefs,
    log_lines: int,
    walks_all: bool,  # noqa: FBT001 - a compiled function takes no keywords
) -> tuple[State, NDArray[np.bool_], Walk]:
    loans = terms.begins_on.size
    state, was_walked = empty_state(loans), np.zeros(loans, np.bool_)
    walk = new_walk(loans, dues.rows, payments.rows, reliefs.rows, terms.rates.rows, log_lines)
    for loan in range(loans):
        is_relieved = reliefs.rows[2 * loan] < reliefs.rows[2 * loan + 1]
        if terms.is_daily[loan]:
            was_walked[loan] = walk_daily(loan, on, rules, terms, dues, payments, reliefs, walk, state)
        elif walks_all or is_relieved or not _run_on_time(loan, on, terms, dues, payments, state):
            was_walked[loan] = True
            walk_late(loan, on, rules, terms, dues, payments, reliefs, walk, state)
    return state, was_walked, walk


@borrows
def _run_on_time(  # noqa: PLR0912 - one pass over two sorted arrays; in parts it would cost the half of its speed
    loan: int, on: int, terms: Terms, dues: Dues, payments: Payments, state: State
) -> bool:
    """Sum one loan up, if it always paid what fell due on its day; otherwise write nothing and return False."""
    if terms.penalty_cents[loan] + terms.compound_cents[loan] > 0 or terms.misused_from[loan] <= on:
        return False
    row, end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    pay, pay_end = payments.rows[2 * loan], payments.rows[2 * loan + 1]
    # Reading an array out of its tuple once, and not at every row, is worth a third of the loop.
    dues_on, principals, interests, fees = dues.due_on, dues.principal_cents, dues.interest_cents, dues.fee_cents
    paid_on, paid_cents = payments.paid_on, payments.cents
    balance_cents, since = terms.balance_cents[loan], terms.begins_on[loan]
    while pay < pay_end and paid_on[pay] <= terms.counts_after[loan]:
        pay += 1
    fee_cents, interest_cents, principal_cents, cash_cents, settling_cents, balance_days = 0, 0, 0, 0, 0, 0
    settled_on, last_paid_on, fell_due_on = NEVER, NEVER, 0
    while True:
        due_on = dues_on[row] if row < end and settled_on == NEVER else NEVER
        until, fallen_cents = min(due_on, on + 1), fee_cents + interest_cents + principal_cents
        while pay < pay_end and paid_on[pay] < until:
            last_paid_on = paid_on[pay]
            if cash_cents < fallen_cents and last_paid_on > fell_due_on:
                return False
            cash_cents += paid_cents[pay]
            pay += 1
            if settled_on == NEVER and cash_cents >= balance_cents + interest_cents + fee_cents:
                settled_on = last_paid_on
            if settled_on == last_paid_on:
                settling_cents = cash_cents  # Further entries of that day belong to it; what comes later is owed back.
        if cash_cents < fallen_cents:
            return False
        if due_on > on:
            break
        if settled_on < NEVER:
            continue  # No instalment falls due any more; the rest of the cash is counted.
        balance_days += (balance_cents - principal_cents) * max(0, due_on - since)
        since, fell_due_on = max(since, due_on), due_on
        while row < end and dues_on[row] == due_on:
            fee_cents += fees[row]
            interest_cents += interests[row]
            principal_cents += principals[row]
            row += 1
    until = min(on, settled_on)
    accrued_cents = accrued_of(loan, until, row, terms, dues)
    state.balance_days[loan] = balance_days + (balance_cents - principal_cents) * max(0, until - since)
    if settled_on < NEVER:
        interest_cents += min(settling_cents - balance_cents - interest_cents - fee_cents, accrued_cents)
        principal_cents = balance_cents
    else:
        state.accrued_interest_cents[loan] = accrued_cents
        state.next_due_on[loan] = dues_on[row] if row < end else NEVER
    state.outstanding_cents[loan], state.paid_principal_cents[loan] = balance_cents - principal_cents, principal_cents
    state.paid_fee_cents[loan], state.paid_interest_cents[loan] = fee_cents, interest_cents
    state.received_cents[loan], state.unapplied_cents[loan] = (
        cash_cents,
        cash_cents - fee_cents - interest_cents - principal_cents,
    )
    state.settled_on[loan], state.last_paid_on[loan] = settled_on, last_paid_on
    return True
