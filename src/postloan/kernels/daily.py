"""Loans whose interest runs by the day on what is outstanding: cash pays charges first, then the balance."""

from numba import njit

from postloan.kernels.daycount import NEVER
from postloan.kernels.loan_arrays import Dues, Payments, State, Terms, interest_of


@njit(cache=True)
def run_daily(loan: int, on: int, terms: Terms, dues: Dues, payments: Payments, state: State) -> None:
    """Run one loan to close of business `on`.

    Cash pays penalty and compound interest of the take-on, fees, interest, and then principal. No penalty runs here:
    interest runs on arrears as on everything outstanding.
    """
    _run_days(loan, on, terms, dues, payments, state)
    _fall_behind(loan, on, dues, state)


@njit(cache=True)
def _run_days(loan: int, on: int, terms: Terms, dues: Dues, payments: Payments, state: State) -> None:
    left_cents, accrued_cents = terms.balance_cents[loan], terms.accrued_cents[loan]
    since, penalty_cents = terms.begins_on[loan], terms.penalty_cents[loan]
    compound_cents = terms.compound_cents[loan]
    due, fee_cents = dues.rows[2 * loan], 0
    while due < dues.rows[2 * loan + 1] and dues.due_on[due] <= since:
        # Arrears at a take-on: interest that ran before it and is still owed.
        accrued_cents += dues.interest_cents[due]
        fee_cents += dues.fee_cents[due]
        due += 1
    for row in range(payments.rows[2 * loan], payments.rows[2 * loan + 1]):
        if payments.paid_on[row] > on:
            break
        if payments.paid_on[row] <= terms.counts_after[loan]:
            continue
        due, fallen_cents = _fees(loan, due, payments.paid_on[row], dues, state)
        fee_cents += fallen_cents
        accrued_cents += interest_of(loan, left_cents, since, payments.paid_on[row], terms)
        state.balance_days[loan] += left_cents * (payments.paid_on[row] - since)
        since = payments.paid_on[row]
        cash_cents = payments.cents[row]
        state.received_cents[loan] += cash_cents
        state.last_paid_on[loan] = since
        penalty_part = min(cash_cents, penalty_cents)
        cash_cents -= penalty_part
        compound_part = min(cash_cents, compound_cents)
        cash_cents -= compound_part
        fee_part = min(cash_cents, fee_cents)
        cash_cents -= fee_part
        interest_part = min(cash_cents, accrued_cents)
        cash_cents -= interest_part
        principal_part = min(cash_cents, left_cents)
        penalty_cents -= penalty_part
        compound_cents -= compound_part
        fee_cents -= fee_part
        accrued_cents -= interest_part
        left_cents -= principal_part
        state.paid_penalty_cents[loan] += penalty_part
        state.paid_compound_cents[loan] += compound_part
        state.paid_fee_cents[loan] += fee_part
        state.paid_interest_cents[loan] += interest_part
        state.paid_principal_cents[loan] += principal_part
        state.unapplied_cents[loan] += cash_cents - principal_part
        if left_cents + accrued_cents + fee_cents == 0 and state.settled_on[loan] == NEVER:
            state.settled_on[loan] = since
    _, fallen_cents = _fees(loan, due, on, dues, state)
    state.overdue_fee_cents[loan] = fee_cents + fallen_cents
    state.outstanding_cents[loan] = left_cents
    state.balance_days[loan] += left_cents * max(0, on - since)
    state.penalty_cents[loan], state.compound_cents[loan] = penalty_cents, compound_cents
    state.accrued_interest_cents[loan] = accrued_cents + interest_of(loan, left_cents, since, on, terms)


@njit(cache=True)
def _fees(loan: int, due: int, until: int, dues: Dues, state: State) -> tuple[int, int]:
    """Sum up the fees from row `due` on that fall due by `until`: (the next row, the sum). Paid off, none do."""
    fee_cents = 0
    while due < dues.rows[2 * loan + 1] and dues.due_on[due] <= until and state.settled_on[loan] == NEVER:
        fee_cents += dues.fee_cents[due]
        due += 1
    return due, fee_cents


@njit(cache=True)
def _fall_behind(loan: int, on: int, dues: Dues, state: State) -> None:
    """Say what of a daily-interest loan is overdue: the instalments fallen due, less the cash that came.

    After the last due day all that is left is due: interest ran on arrears, so the instalments fall short of it.
    """
    if state.settled_on[loan] < NEVER:
        return
    cash_cents = state.received_cents[loan] - state.paid_penalty_cents[loan] - state.paid_compound_cents[loan]
    fee_cents = state.overdue_fee_cents[loan]
    owed_cents = state.outstanding_cents[loan] + state.accrued_interest_cents[loan] + fee_cents
    behind_cents, oldest_on = 0, NEVER
    row, end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    while row < end and dues.due_on[row] <= on:
        due_cents = dues.principal_cents[row] + dues.interest_cents[row] + dues.fee_cents[row]
        part_cents = min(cash_cents, due_cents)
        cash_cents -= part_cents
        behind_cents += due_cents - part_cents
        if part_cents < due_cents and oldest_on == NEVER:
            oldest_on = dues.due_on[row]
        row += 1
    if row < end:
        state.next_due_on[loan] = dues.due_on[row]
    elif row > dues.rows[2 * loan]:
        behind_cents, oldest_on = owed_cents, min(oldest_on, dues.due_on[end - 1])
    behind_cents = max(0, min(behind_cents, owed_cents) - fee_cents)
    state.overdue_interest_cents[loan] = min(behind_cents, state.accrued_interest_cents[loan])
    state.overdue_principal_cents[loan] = behind_cents - state.overdue_interest_cents[loan]
    state.accrued_interest_cents[loan] -= state.overdue_interest_cents[loan]
    if state.overdue_interest_cents[loan] > 0:
        state.oldest_interest_due_on[loan] = oldest_on
    if state.overdue_principal_cents[loan] > 0:
        state.oldest_principal_due_on[loan] = oldest_on
