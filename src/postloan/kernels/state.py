"""What each loan owes on a day: its instalments met with its payments, oldest first.

One rule to hold on to: cash pays what has fallen due, oldest instalment first, and waits where nothing is due.
Two kinds of loan share the loop. Where the schedule fixes the interest, cash is matched to instalments. Where interest
runs by the day, cash first pays the fees fallen due, then the interest run up so far, and the rest lowers the balance.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, year_part
from postloan.kernels.exact import times_over

Cents = NDArray[np.int64]
Days = NDArray[np.int32]
Rows = NDArray[np.int64]

FEE, INTEREST, PRINCIPAL = range(3)


class Terms(NamedTuple):
    """One value per loan: where its story begins and how its interest runs."""

    begins_on: Days  # the day it was paid out, or of its take-on
    counts_after: Days  # payments of later days count: those up to a take-on are in the opening already
    balance_cents: Cents  # principal at close of that day, overdue included
    penalty_cents: Cents  # penalty and compound interest owed at the take-on
    accrued_cents: Cents  # interest accrued and not due at the take-on
    is_daily: NDArray[np.bool_]  # interest runs by the day on what is outstanding
    rate_e8: Cents
    day_count: Days


class Dues(NamedTuple):
    """Instalments, by loan and due day; `rows` from `offsets`."""

    rows: Rows
    due_on: Days
    principal_cents: Cents
    interest_cents: Cents
    fee_cents: Cents


class Payments(NamedTuple):
    """Payments, by loan and day; `rows` from `offsets`."""

    rows: Rows
    paid_on: Days
    cents: Cents


class State(NamedTuple):
    """One value per loan. Days are NEVER where there is none."""

    outstanding_cents: Cents
    overdue_principal_cents: Cents
    overdue_interest_cents: Cents
    overdue_fee_cents: Cents
    penalty_cents: Cents
    accrued_interest_cents: Cents
    paid_principal_cents: Cents
    paid_interest_cents: Cents
    paid_fee_cents: Cents
    paid_penalty_cents: Cents
    received_cents: Cents
    unapplied_cents: Cents
    oldest_principal_due_on: Days
    oldest_interest_due_on: Days
    next_due_on: Days
    last_paid_on: Days
    settled_on: Days


@njit(cache=True)
def offsets(owners: Rows, loans: Rows) -> Rows:
    """Return where each loan's rows lie: rows [2i] to [2i + 1] of a table sorted by loan belong to loan i.

    owners   the loan number of each row, rising.
    loans    the loan numbers, rising; a row of a loan not among them belongs to nobody and is passed over.
    """
    found = np.zeros(2 * loans.size, dtype=np.int64)
    row = 0
    for loan in range(loans.size):
        while row < owners.size and owners[row] < loans[loan]:
            row += 1
        found[2 * loan] = row
        while row < owners.size and owners[row] == loans[loan]:
            row += 1
        found[2 * loan + 1] = row
    return found


@njit(cache=True)
def run(on: int, order: NDArray[np.int8], terms: Terms, dues: Dues, payments: Payments) -> State:
    """Bring every loan to close of business `on`.

    order    FEE, INTEREST, PRINCIPAL in the order in which cash pays them within an instalment.
    Returns  the state of each loan; for each, received = paid + unapplied, and balance = outstanding + paid principal.
    """
    state = _empty_state(terms.begins_on.size)
    for loan in range(terms.begins_on.size):
        _receive(loan, on, terms, payments, state)
        if terms.is_daily[loan]:
            _run_daily(loan, on, terms, dues, payments, state)
            _fall_behind(loan, on, dues, state)
        else:
            _run_scheduled(loan, on, order, terms, dues, payments, state)
    return state


@njit(cache=True)
def _cents(loans: int) -> Cents:
    return np.zeros(loans, np.int64)


@njit(cache=True)
def _never(loans: int) -> Days:
    return np.full(loans, NEVER, np.int32)


@njit(cache=True)
def _empty_state(n: int) -> State:
    return State(
        _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n),
        _cents(n), _cents(n), _never(n), _never(n), _never(n), _never(n), _never(n),
    )  # fmt: skip


@njit(cache=True, inline="always")
def _receive(loan: int, on: int, terms: Terms, payments: Payments, state: State) -> None:
    """Count the loan's cash, and pay the penalty it was taken on with: that is older than anything due since."""
    received_cents, last_paid_on, counts_after = 0, NEVER, terms.counts_after[loan]
    for row in range(payments.rows[2 * loan], payments.rows[2 * loan + 1]):
        paid_on = payments.paid_on[row]
        if paid_on > on:
            break
        if paid_on > counts_after:
            received_cents += payments.cents[row]
            last_paid_on = paid_on
    state.received_cents[loan] = received_cents
    state.last_paid_on[loan] = last_paid_on
    state.paid_penalty_cents[loan] = min(terms.penalty_cents[loan], received_cents)
    state.penalty_cents[loan] = terms.penalty_cents[loan] - state.paid_penalty_cents[loan]


@njit(cache=True, inline="always")
def _find_settlement(loan: int, on: int, terms: Terms, dues: Dues, payments: Payments, state: State) -> tuple[int, int]:
    """Find the day whose payments pay all that is due and all principal not yet due: (that day, the cash up to it).

    Returns (NEVER, 0) where there is none; then the schedule runs on.
    """
    if state.received_cents[loan] < terms.penalty_cents[loan] + terms.balance_cents[loan]:
        # Nothing can be paid off with less than its principal: spare most loans the walk.
        return NEVER, 0
    fallen_cents, ahead_cents, cash_cents = terms.penalty_cents[loan], terms.balance_cents[loan], 0
    due, due_end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    settled_on = NEVER
    for row in range(payments.rows[2 * loan], payments.rows[2 * loan + 1]):
        if payments.paid_on[row] > min(on, settled_on):
            break
        if payments.paid_on[row] <= terms.counts_after[loan]:
            continue
        while due < due_end and dues.due_on[due] <= payments.paid_on[row]:
            fallen_cents += dues.principal_cents[due] + dues.interest_cents[due] + dues.fee_cents[due]
            ahead_cents -= dues.principal_cents[due]
            due += 1
        cash_cents += payments.cents[row]
        if cash_cents >= fallen_cents + ahead_cents:
            settled_on = payments.paid_on[row]
    return settled_on, cash_cents if settled_on < NEVER else 0


@njit(cache=True, inline="always")
def _accrued(loan: int, on: int, row: int, terms: Terms, dues: Dues) -> int:
    """Return how much of the interest of instalment `row`, the next to fall due, has run by `on`."""
    if row >= dues.rows[2 * loan + 1]:
        return 0
    since, before_cents = terms.begins_on[loan], terms.accrued_cents[loan]
    if row > dues.rows[2 * loan] and dues.due_on[row - 1] > since:
        since, before_cents = dues.due_on[row - 1], 0
    period_days = dues.due_on[row] - since
    run_days = min(max(0, on - since), period_days)
    before_cents = min(before_cents, dues.interest_cents[row])
    later_cents: int = times_over(dues.interest_cents[row] - before_cents, run_days, max(1, period_days))
    return int(before_cents) + later_cents


@njit(cache=True, inline="always")
def _run_scheduled(
    loan: int, on: int, order: NDArray[np.int8], terms: Terms, dues: Dues, payments: Payments, state: State
) -> None:
    """Match one loan's cash to its instalments, and settle it where one payment paid it off."""
    settled_on, settling_cents = _find_settlement(loan, on, terms, dues, payments, state)
    is_settled = settled_on < NEVER
    until = min(on, settled_on)
    usable_cents = (settling_cents if is_settled else state.received_cents[loan]) - state.paid_penalty_cents[loan]
    row, left_cents = _allocate(loan, until, usable_cents, order, dues, state)
    accrued_cents = _accrued(loan, until, row, terms, dues)
    if is_settled:
        left_cents -= terms.balance_cents[loan] - state.paid_principal_cents[loan]
        state.paid_principal_cents[loan] = terms.balance_cents[loan]
        interest_cents = min(left_cents, accrued_cents)
        state.paid_interest_cents[loan] += interest_cents
        # What comes beyond the debt is owed back, not earned.
        state.unapplied_cents[loan] = left_cents - interest_cents + state.received_cents[loan] - settling_cents
        state.settled_on[loan] = settled_on
        return
    state.outstanding_cents[loan] = terms.balance_cents[loan] - state.paid_principal_cents[loan]
    state.unapplied_cents[loan] = left_cents
    state.accrued_interest_cents[loan] = accrued_cents
    if row < dues.rows[2 * loan + 1]:
        state.next_due_on[loan] = dues.due_on[row]


@njit(cache=True, inline="always")
def _allocate(
    loan: int, until: int, cash_cents: int, order: NDArray[np.int8], dues: Dues, state: State
) -> tuple[int, int]:
    """Pay the instalments due by `until`, oldest first; return the first one not yet due and the cash left over."""
    left = np.empty(3, np.int64)
    paid_fee_cents, paid_interest_cents, paid_principal_cents = 0, 0, 0
    row, end = dues.rows[2 * loan], dues.rows[2 * loan + 1]
    while row < end and dues.due_on[row] <= until:
        fee_cents, interest_cents, principal_cents = (
            dues.fee_cents[row],
            dues.interest_cents[row],
            dues.principal_cents[row],
        )
        if cash_cents >= fee_cents + interest_cents + principal_cents:
            cash_cents -= fee_cents + interest_cents + principal_cents
        else:
            left[FEE], left[INTEREST], left[PRINCIPAL] = fee_cents, interest_cents, principal_cents
            for component in order:
                part_cents = min(cash_cents, left[component])
                left[component] -= part_cents
                cash_cents -= part_cents
            _leave_unpaid(loan, dues.due_on[row], left, state)
            fee_cents -= left[FEE]
            interest_cents -= left[INTEREST]
            principal_cents -= left[PRINCIPAL]
        paid_fee_cents += fee_cents
        paid_interest_cents += interest_cents
        paid_principal_cents += principal_cents
        row += 1
    state.paid_fee_cents[loan] = paid_fee_cents
    state.paid_interest_cents[loan] = paid_interest_cents
    state.paid_principal_cents[loan] = paid_principal_cents
    return row, cash_cents


@njit(cache=True, inline="always")
def _leave_unpaid(loan: int, due_on: int, left: Cents, state: State) -> None:
    """Note what of an instalment is still owed, and since when."""
    state.overdue_fee_cents[loan] += left[FEE]
    state.overdue_interest_cents[loan] += left[INTEREST]
    state.overdue_principal_cents[loan] += left[PRINCIPAL]
    if left[INTEREST] > 0 and state.oldest_interest_due_on[loan] == NEVER:
        state.oldest_interest_due_on[loan] = due_on
    if left[PRINCIPAL] > 0 and state.oldest_principal_due_on[loan] == NEVER:
        state.oldest_principal_due_on[loan] = due_on


@njit(cache=True)
def _run_daily(loan: int, on: int, terms: Terms, dues: Dues, payments: Payments, state: State) -> None:
    """Run one loan's interest by the day, paying penalty, fees, interest and then principal."""
    left_cents, accrued_cents = terms.balance_cents[loan], terms.accrued_cents[loan]
    since, penalty_cents = terms.begins_on[loan], terms.penalty_cents[loan]
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
        accrued_cents += _interest(loan, left_cents, since, payments.paid_on[row], terms)
        since = payments.paid_on[row]
        cash_cents = payments.cents[row]
        penalty_part = min(cash_cents, penalty_cents)
        fee_part = min(cash_cents - penalty_part, fee_cents)
        interest_part = min(cash_cents - penalty_part - fee_part, accrued_cents)
        principal_part = min(cash_cents - penalty_part - fee_part - interest_part, left_cents)
        penalty_cents -= penalty_part
        fee_cents -= fee_part
        accrued_cents -= interest_part
        left_cents -= principal_part
        state.paid_fee_cents[loan] += fee_part
        state.paid_interest_cents[loan] += interest_part
        state.paid_principal_cents[loan] += principal_part
        state.unapplied_cents[loan] += cash_cents - penalty_part - fee_part - interest_part - principal_part
        if left_cents + accrued_cents + fee_cents == 0 and state.settled_on[loan] == NEVER:
            state.settled_on[loan] = since
    _, fallen_cents = _fees(loan, due, on, dues, state)
    state.overdue_fee_cents[loan] = fee_cents + fallen_cents
    state.outstanding_cents[loan] = left_cents
    state.accrued_interest_cents[loan] = accrued_cents + _interest(loan, left_cents, since, on, terms)


@njit(cache=True)
def _fees(loan: int, due: int, until: int, dues: Dues, state: State) -> tuple[int, int]:
    """Sum up the fees from row `due` on that fall due by `until`: (the next row, the sum). Paid off, none do."""
    fee_cents = 0
    while due < dues.rows[2 * loan + 1] and dues.due_on[due] <= until and state.settled_on[loan] == NEVER:
        fee_cents += dues.fee_cents[due]
        due += 1
    return due, fee_cents


@njit(cache=True)
def _interest(loan: int, balance_cents: int, since: int, until: int, terms: Terms) -> int:
    """Return the interest that runs from `since` to `until`."""
    if until <= since or balance_cents == 0:
        return 0
    numerator, denominator = year_part(since, until, terms.day_count[loan])
    return times_over(balance_cents, terms.rate_e8[loan] * numerator, 100_000_000 * denominator)


@njit(cache=True)
def _fall_behind(loan: int, on: int, dues: Dues, state: State) -> None:
    """Say what of a daily-interest loan is overdue: the instalments fallen due, less the cash that came.

    After the last due day all that is left is due: interest ran on arrears, so the instalments fall short of it.
    """
    if state.settled_on[loan] < NEVER:
        return
    cash_cents = state.received_cents[loan] - state.paid_penalty_cents[loan]
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
