"""The walk of a loan that was ever late: its days in order, with penalty, compound interest and allocation by stage.

One rule to hold on to: nothing happens between two events, so days are counted by the stretch. An event is an
instalment falling due, a payment, or a day on which compound interest is settled.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, civil, month_length
from postloan.kernels.loan_arrays import (
    ACCELERATED,
    COMPOUND,
    CURED,
    FEE,
    INTEREST,
    LONG_OVERDUE,
    MONTHS,
    NORMAL,
    OVERDUE,
    PENALTY,
    PRINCIPAL,
    WRITTEN_OFF,
    Cents,
    Days,
    Dues,
    Payments,
    Rows,
    Rules,
    State,
    Terms,
    accrued_of,
)
from postloan.kernels.overdue_interest import (
    COUNTS_FROM,
    FIGURES,
    SEGMENT,
    bear,
    begin_interest,
    capitalise,
    change_rate,
    lower_base,
    owed_compound,
    owed_penalty,
    rate_changes_on,
    settlement_day,
)

_COMPONENTS = 5
# Where figures stand on the sheet of a loan. Its first five are what was paid, by component; those of penalty and
# compound interest follow, and the rate segments stand at its end.
_WAITING, _AHEAD, _SINCE, _OPEN, _NEXT, _BALANCE_DAYS, _CURED_IN, _LOGGED = range(FIGURES, FIGURES + 8)
_ON_MONTH, _ACCELERATED_FROM, _WRITTEN_OFF_FROM, _LONG_OVERDUE_OVER, _PAID_IN, _BALANCE = range(
    FIGURES + 8, FIGURES + 14
)
_SEGMENTS = FIGURES + 14
_LOG_COLUMNS = 4


class Walk(NamedTuple):
    """What the walk notes down; used again for every loan, but for the marks.

    sheet   the figures named above: what passes between the functions below, as few arrays as can be.
    left    [row, component]: what an instalment that has fallen due still owes, by its row from the loan's first; and
            the day from which it counts as overdue.
    marks   [loan, month]: the bucket of days past due at each month-end, the last month last; or CURED.
    stages  per loan: a bit for each stage in which cash met it.
    log     [line, 4]: day, row (-1 where no instalment is meant), component, cents of each allocation; no lines where
            nobody asks.
    """

    sheet: Cents
    left: Cents
    marks: NDArray[np.int8]
    stages: NDArray[np.int8]
    log: Cents


@njit(cache=True)
def new_walk(loans: int, rows: Rows, rates: Rows, log_lines: int) -> Walk:
    """Make room for a walk over `loans` loans whose instalments lie at `rows`, and changes of rate at `rates`."""
    most, changes = 0, 0
    for loan in range(loans):
        most = max(most, rows[2 * loan + 1] - rows[2 * loan])
        changes = max(changes, rates[2 * loan + 1] - rates[2 * loan])
    # A segment before the first change, one from each, and the place that says there is no more.
    figures = _SEGMENTS + SEGMENT * (changes + 2)
    return Walk(
        np.zeros(figures, np.int64), np.zeros((most, _COMPONENTS + 1), np.int64), np.zeros((loans, MONTHS), np.int8),
        np.zeros(loans, np.int8), np.zeros((log_lines, _LOG_COLUMNS), np.int64),
    )  # fmt: skip


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
    _begin(loan, on, rules, terms, sheet)
    row, last_row, settled_on, is_done = payments.rows[2 * loan], payments.rows[2 * loan + 1], NEVER, False
    while not is_done:
        is_payment = row < last_row and payments.paid_on[row] <= on
        until = payments.paid_on[row] if is_payment else on
        if is_payment and until <= terms.counts_after[loan]:
            row += 1
            continue
        while settled_on == NEVER and sheet[_NEXT] < due_on.size and due_on[sheet[_NEXT]] <= until:
            day = due_on[sheet[_NEXT]]
            _pass_days(max(day, sheet[_SINCE]), sheet, left, due_on, buckets, marks)
            while sheet[_NEXT] < due_on.size and due_on[sheet[_NEXT]] == day:
                at = sheet[_NEXT]
                left[at, FEE], left[at, INTEREST] = dues.fee_cents[first + at], dues.interest_cents[first + at]
                left[at, PRINCIPAL], left[at, COUNTS_FROM] = (
                    dues.principal_cents[first + at],
                    dues.counts_from[first + at],
                )
                sheet[_AHEAD] -= left[at, PRINCIPAL]
                sheet[_NEXT] += 1
            _pay(day, sheet, left, due_on, components, groups, log)
        if settled_on == NEVER:
            _pass_days(until, sheet, left, due_on, buckets, marks)
        if is_payment:
            # The cash of a day is one payment. What comes after the loan was paid off is owed back, not earned.
            while row < last_row and payments.paid_on[row] == until:
                sheet[_WAITING] += payments.cents[row]
                state.received_cents[loan] += payments.cents[row]
                row += 1
            state.last_paid_on[loan] = until
            if settled_on == NEVER:
                _pay(until, sheet, left, due_on, components, groups, log)
                accrued_cents = accrued_of(loan, until, first + sheet[_NEXT], terms, dues)
                settled_on = until if _settles(until, accrued_cents, sheet, log) else NEVER
        is_done = not is_payment
    if settled_on == NEVER:
        # Misuse bears penalty while cash waits.
        _pay(on, sheet, left, due_on, components, groups, log)
        _mark(on, sheet, left, due_on, buckets, marks)
    _note(loan, settled_on, sheet, left, due_on, state)
    walk.stages[loan] = sheet[_PAID_IN]
    if settled_on == NEVER:
        state.accrued_interest_cents[loan] = accrued_of(loan, on, first + sheet[_NEXT], terms, dues)
        if sheet[_NEXT] < due_on.size:
            state.next_due_on[loan] = due_on[sheet[_NEXT]]


@njit(cache=True)
def _begin(loan: int, on: int, rules: Rules, terms: Terms, sheet: Cents) -> None:
    """Write the loan's terms on a fresh sheet."""
    sheet[:] = 0
    sheet[_AHEAD], sheet[_SINCE], sheet[_CURED_IN] = terms.balance_cents[loan], terms.begins_on[loan], -1
    sheet[_BALANCE] = terms.balance_cents[loan]
    year, month, _ = civil(on)
    sheet[_ON_MONTH] = year * 12 + month
    sheet[_ACCELERATED_FROM], sheet[_WRITTEN_OFF_FROM] = terms.accelerated_from[loan], terms.written_off_from[loan]
    sheet[_LONG_OVERDUE_OVER] = rules.long_overdue_over_days
    begin_interest(loan, rules, terms, _SEGMENTS, sheet)


@njit(cache=True)
def _pass_days(until: int, sheet: Cents, left: Cents, due_on: Days, buckets: Days, marks: NDArray[np.int8]) -> None:
    """Run penalty and compound interest from the last event to `until`, and mark the month-ends between."""
    while sheet[_SINCE] < until:
        since = sheet[_SINCE]
        year, month, day = civil(since)
        month_end = since - day + month_length(year, month)
        end = min(until, month_end + 1, rate_changes_on(sheet))
        if month_end < end:
            _mark(month_end, sheet, left, due_on, buckets, marks)
        settles_on = settlement_day(month, since - day, month_length(year, month), sheet)
        if since < settles_on < end:
            end = settles_on
        sheet[_BALANCE_DAYS] += (sheet[_BALANCE] - sheet[PRINCIPAL]) * (end - since)
        bear(since, end, sheet[_OPEN], sheet[_NEXT], sheet[_AHEAD], left, due_on, sheet)
        sheet[_SINCE] = end
        if end == settles_on:
            capitalise(sheet)
        if end == rate_changes_on(sheet):
            change_rate(sheet)


@njit(cache=True)
def _stage(on: int, sheet: Cents, oldest_on: int) -> int:
    """Tell the stage that a loan is in when cash meets it."""
    if on >= sheet[_WRITTEN_OFF_FROM]:
        return WRITTEN_OFF
    if on >= sheet[_ACCELERATED_FROM]:
        return ACCELERATED
    if on - oldest_on > sheet[_LONG_OVERDUE_OVER]:
        return LONG_OVERDUE
    return OVERDUE if on > oldest_on else NORMAL


@njit(cache=True)
def _oldest_due_on(on: int, sheet: Cents, left: Cents, due_on: Days) -> int:
    """Return the day since which the oldest principal or interest is owed; NEVER where there is none."""
    for row in range(sheet[_OPEN], sheet[_NEXT]):
        if left[row, INTEREST] + left[row, PRINCIPAL] > 0:
            return _owed_since(on, row, left, due_on)
    return NEVER


@njit(cache=True, inline="always")
def _owed_since(on: int, row: int, left: Cents, due_on: Days) -> int:
    """Return the day since which an instalment is owed; on its due day that is still the due day."""
    return int(left[row, COUNTS_FROM] if on > due_on[row] else due_on[row])


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
    if sheet[_WAITING] == 0:
        return
    oldest_on = _oldest_due_on(on, sheet, left, due_on)
    stage, place = _stage(on, sheet, oldest_on), 0
    sheet[_PAID_IN] |= 1 << stage
    while place < _COMPONENTS and sheet[_WAITING] > 0:
        last = place + 1
        while last < _COMPONENTS and groups[stage, last] == groups[stage, place]:
            last += 1
        component = components[stage, place]
        if component == PENALTY:
            _meet(on, -1, component, owed_penalty(sheet), sheet, log)
        elif component == COMPOUND:
            _meet(on, -1, component, owed_compound(sheet), sheet, log)
        else:
            for row in range(sheet[_OPEN], sheet[_NEXT]):
                if sheet[_WAITING] == 0:
                    break
                for at in range(place, last):
                    component = components[stage, at]
                    left[row, component] -= _meet(on, row, component, left[row, component], sheet, log)
        place = last
    _pass_over_paid(sheet, left)
    lower_base(sheet)
    if oldest_on < on <= _oldest_due_on(on, sheet, left, due_on):
        year, month, _ = civil(on)
        sheet[_CURED_IN] = year * 12 + month


@njit(cache=True)
def _pass_over_paid(sheet: Cents, left: Cents) -> None:
    """Move on to the oldest instalment of which something is still owed."""
    row = sheet[_OPEN]
    while row < sheet[_NEXT] and left[row, FEE] + left[row, INTEREST] + left[row, PRINCIPAL] == 0:
        row += 1
    sheet[_OPEN] = row


@njit(cache=True)
def _meet(on: int, row: int, component: int, owed_cents: int, sheet: Cents, log: Cents) -> int:
    """Pay one debt out of the cash that waits; return how much of it was paid."""
    part_cents = int(min(sheet[_WAITING], owed_cents))
    sheet[_WAITING] -= part_cents
    sheet[component] += part_cents
    if part_cents > 0 and sheet[_LOGGED] < log.shape[0]:
        line = sheet[_LOGGED]
        log[line, 0], log[line, 1], log[line, 2], log[line, 3] = on, row, component, part_cents
        sheet[_LOGGED] += 1
    return part_cents


@njit(cache=True)
def _settles(on: int, accrued_cents: int, sheet: Cents, log: Cents) -> bool:
    """Settle the loan if nothing is owed and the cash that waits pays all principal not yet due."""
    owed_cents = owed_penalty(sheet) + owed_compound(sheet)
    if sheet[_OPEN] < sheet[_NEXT] or owed_cents > 0 or sheet[_WAITING] < sheet[_AHEAD]:
        return False
    _meet(on, -1, PRINCIPAL, sheet[_AHEAD], sheet, log)
    _meet(on, -1, INTEREST, accrued_cents, sheet, log)
    sheet[_AHEAD] = 0
    return True


@njit(cache=True)
def _mark(month_end: int, sheet: Cents, left: Cents, due_on: Days, buckets: Days, marks: NDArray[np.int8]) -> None:
    """Mark a month with the bucket of days past due at its end; the day itself ends the last month, whole or not."""
    year, month, _ = civil(month_end)
    place = MONTHS - 1 - (sheet[_ON_MONTH] - year * 12 - month)
    if place < 0:
        return
    days, bucket = max(0, month_end - _oldest_due_on(month_end, sheet, left, due_on)), -1
    for from_days in buckets:
        bucket += 1 if days >= from_days else 0
    marks[place] = CURED if bucket == 0 and sheet[_CURED_IN] == year * 12 + month else bucket


@njit(cache=True)
def _note(loan: int, settled_on: int, sheet: Cents, left: Cents, due_on: Days, state: State) -> None:
    """Write down the state that the walk ended in."""
    state.paid_fee_cents[loan], state.paid_penalty_cents[loan] = sheet[FEE], sheet[PENALTY]
    state.paid_compound_cents[loan], state.paid_interest_cents[loan] = sheet[COMPOUND], sheet[INTEREST]
    state.paid_principal_cents[loan], state.unapplied_cents[loan] = sheet[PRINCIPAL], sheet[_WAITING]
    state.balance_days[loan], state.settled_on[loan] = sheet[_BALANCE_DAYS], settled_on
    if settled_on < NEVER:
        return
    for row in range(sheet[_OPEN], sheet[_NEXT]):
        state.overdue_fee_cents[loan] += left[row, FEE]
        state.overdue_interest_cents[loan] += left[row, INTEREST]
        state.overdue_principal_cents[loan] += left[row, PRINCIPAL]
        if left[row, INTEREST] > 0 and state.oldest_interest_due_on[loan] == NEVER:
            state.oldest_interest_due_on[loan] = _owed_since(sheet[_SINCE], row, left, due_on)
        if left[row, PRINCIPAL] > 0 and state.oldest_principal_due_on[loan] == NEVER:
            state.oldest_principal_due_on[loan] = _owed_since(sheet[_SINCE], row, left, due_on)
    state.outstanding_cents[loan] = sheet[_AHEAD] + state.overdue_principal_cents[loan]
    state.penalty_cents[loan], state.compound_cents[loan] = owed_penalty(sheet), owed_compound(sheet)
