"""The days of a loan that is walked: what runs from one event to the next, and how late it is at each month-end.

Two walks share it: that of a loan which was ever late (`walk`), and that of one whose interest runs by the day
(`daily`). What an event does to a loan is theirs to say;
the state that it ends in is written down here.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import NEVER, civil, month_index, month_length
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
    Payments,
    Rows,
    Rules,
    State,
    Terms,
)
from postloan.kernels.overdue_interest import (
    COUNTS_FROM,
    FIGURES,
    SEGMENT,
    bear,
    begin_interest,
    capitalise,
    change_rate,
    owed_compound,
    owed_penalty,
    rate_changes_on,
    settlement_day,
)

COMPONENTS = 5
# Where figures stand on the sheet of a loan. Its first five are what was paid, by component; those of penalty and
# compound interest follow, and the rate segments stand at its end.
WAITING, AHEAD, SINCE, OPEN, NEXT, BALANCE_DAYS, CURED_IN, LOGGED = range(FIGURES, FIGURES + 8)
_ON_MONTH, _ACCELERATED_FROM, _WRITTEN_OFF_FROM, _LONG_OVERDUE_OVER, PAID_IN, BALANCE = range(FIGURES + 8, FIGURES + 14)
_SEGMENTS = FIGURES + 14
_LOG_COLUMNS = 4


class Spells(NamedTuple):
    """Since when each walked loan has owed what is oldest, by loan and day: a line for every day on which it changed.

    loan, from_on          which loan; from the close of which day on.
    oldest_due_on          since when the oldest principal or interest is owed; NEVER where nothing is.
    paid_principal_cents   principal repaid by then.
    lines                  how many lines are written.
    """

    loan: Days
    from_on: Days
    oldest_due_on: Days
    paid_principal_cents: Cents
    lines: Cents


class Walk(NamedTuple):
    """What a walk notes down; used again for every loan, but for the marks and the spells.

    sheet   the figures named above: what passes between the functions below, as few arrays as can be.
    left    [row, component]: what an instalment that has fallen due still owes, by its row from the loan's first; and
            the day from which it counts as overdue.
    marks   [loan, month]: the bucket of days past due at each month-end, the last month last; or CURED.
    stages  per loan: a bit for each stage in which cash met it.
    log     [line, 4]: day, row (-1 where no instalment is meant), component, cents of each allocation, and with
            RELIEVED added to the component of each relief; no lines where nobody asks.
    spells  of every loan walked.
    credit_cents  per loan whose interest runs by the day: cash that is ahead of the amounts fallen due.
    """

    sheet: Cents
    left: Cents
    marks: NDArray[np.int8]
    stages: NDArray[np.int8]
    log: Cents
    spells: Spells
    credit_cents: Cents


@njit(cache=True)
def new_walk(loans: int, rows: Rows, payments: Rows, reliefs: Rows, rates: Rows, log_lines: int) -> Walk:
    """Make room for a walk over `loans` loans: where their instalments, payments, reliefs and changes of rate lie."""
    most, changes, events = 0, 0, 0
    for loan in range(loans):
        most = max(most, rows[2 * loan + 1] - rows[2 * loan])
        for events_of in (rows, payments, reliefs):
            events += 2 * (events_of[2 * loan + 1] - events_of[2 * loan])
        changes = max(changes, rates[2 * loan + 1] - rates[2 * loan])
    # A segment before the first change, one from each, and the place that says there is no more.
    figures = _SEGMENTS + SEGMENT * (changes + 2)
    # Room for every loan to be walked, of which memory is touched only for those that are.
    spells = Spells(
        np.empty(events, np.int32), np.empty(events, np.int32), np.empty(events, np.int32), np.empty(events, np.int64),
        np.zeros(1, np.int64),
    )  # fmt: skip
    return Walk(
        np.zeros(figures, np.int64), np.zeros((most, COMPONENTS + 1), np.int64), np.zeros((loans, MONTHS), np.int8),
        np.zeros(loans, np.int8), np.zeros((log_lines, _LOG_COLUMNS), np.int64), spells, np.zeros(loans, np.int64),
    )  # fmt: skip


@borrows
def begin(loan: int, on: int, rules: Rules, terms: Terms, sheet: Cents) -> None:
    """Write the loan's terms on a fresh sheet."""
    sheet[:] = 0
    sheet[AHEAD], sheet[SINCE], sheet[CURED_IN] = terms.balance_cents[loan], terms.begins_on[loan], -1
    sheet[BALANCE] = terms.balance_cents[loan]
    sheet[_ON_MONTH] = month_index(on)
    sheet[_ACCELERATED_FROM], sheet[_WRITTEN_OFF_FROM] = terms.accelerated_from[loan], terms.written_off_from[loan]
    sheet[_LONG_OVERDUE_OVER] = rules.long_overdue_over_days
    begin_interest(loan, rules, terms, _SEGMENTS, sheet)


@borrows
def pass_days(until: int, sheet: Cents, left: Cents, due_on: Days, buckets: Days, marks: NDArray[np.int8]) -> None:
    """Run penalty and compound interest from the last event to `until`, and mark the month-ends between."""
    while sheet[SINCE] < until:
        since = sheet[SINCE]
        year, month, day = civil(since)
        month_days = month_length(year, month)
        month_end = since - day + month_days
        end = min(until, month_end + 1, rate_changes_on(sheet))
        if month_end < end:
            mark(month_end, sheet, left, due_on, buckets, marks)
        settles_on = settlement_day(month, since - day, month_days, sheet)
        if since < settles_on < end:
            end = settles_on
        sheet[BALANCE_DAYS] += (sheet[BALANCE] - sheet[PRINCIPAL]) * (end - since)
        bear(since, end, sheet[OPEN], sheet[NEXT], sheet[AHEAD], left, due_on, sheet)
        sheet[SINCE] = end
        if end == settles_on:
            capitalise(sheet)
        if end == rate_changes_on(sheet):
            change_rate(sheet)


@borrows
def receive(loan: int, row: int, payments: Payments, sheet: Cents, state: State) -> int:
    """Let the cash of a day wait, from its first row on, and return the row after it: it is one payment.

    What comes after the loan was paid off is owed back, not earned.
    """
    paid_on, last_row = payments.paid_on[row], payments.rows[2 * loan + 1]
    while row < last_row and payments.paid_on[row] == paid_on:
        sheet[WAITING] += payments.cents[row]
        state.received_cents[loan] += payments.cents[row]
        row += 1
    state.last_paid_on[loan] = paid_on
    return row


@borrows
def stage_of(on: int, sheet: Cents, oldest_on: int) -> int:
    """Tell the stage that a loan is in when cash meets it."""
    if on >= sheet[_WRITTEN_OFF_FROM]:
        return WRITTEN_OFF
    if on >= sheet[_ACCELERATED_FROM]:
        return ACCELERATED
    if on - oldest_on > sheet[_LONG_OVERDUE_OVER]:
        return LONG_OVERDUE
    return OVERDUE if on > oldest_on else NORMAL


@borrows
def oldest_due_on(on: int, sheet: Cents, left: Cents, due_on: Days) -> int:
    """Return the day since which the oldest principal or interest is owed; NEVER where there is none."""
    for row in range(sheet[OPEN], sheet[NEXT]):
        if left[row, INTEREST] + left[row, PRINCIPAL] > 0:
            return owed_since(on, row, left, due_on)
    return NEVER


@njit(cache=True, inline="always")
def owed_since(on: int, row: int, left: Cents, due_on: Days) -> int:
    """Return the day since which an instalment is owed; on its due day that is still the due day."""
    return int(left[row, COUNTS_FROM] if on > due_on[row] else due_on[row])


@borrows
def mark(month_end: int, sheet: Cents, left: Cents, due_on: Days, buckets: Days, marks: NDArray[np.int8]) -> None:
    """Mark a month with the bucket of days past due at its end; the day itself ends the last month, whole or not."""
    month = month_index(month_end)
    place = MONTHS - 1 - (sheet[_ON_MONTH] - month)
    if place < 0:
        return
    days, bucket = max(0, month_end - oldest_due_on(month_end, sheet, left, due_on)), -1
    for from_days in buckets:
        bucket += 1 if days >= from_days else 0
    marks[place] = CURED if bucket == 0 and sheet[CURED_IN] == month else bucket


@borrows
def tell(loan: int, day: int, sheet: Cents, left: Cents, due_on: Days, spells: Spells) -> None:
    """Write down what is oldest since the close of a day; a later event of the day writes over it.

    Where a due day was rolled, what is owed may count from another day on the morrow than on the day itself.
    """
    while (
        spells.lines[0] > 0 and spells.loan[spells.lines[0] - 1] == loan and spells.from_on[spells.lines[0] - 1] >= day
    ):
        spells.lines[0] -= 1
    for since in range(day, day + 2):
        oldest_on, line = oldest_due_on(since, sheet, left, due_on), spells.lines[0]
        is_same = line > 0 and spells.loan[line - 1] == loan and spells.oldest_due_on[line - 1] == oldest_on
        if is_same and spells.paid_principal_cents[line - 1] == sheet[PRINCIPAL]:
            continue
        spells.loan[line], spells.from_on[line] = loan, since
        spells.oldest_due_on[line], spells.paid_principal_cents[line] = oldest_on, sheet[PRINCIPAL]
        spells.lines[0] = line + 1


@borrows
def note(loan: int, settled_on: int, walk: Walk, due_on: Days, state: State) -> None:
    """Write down the state that the walk ended in."""
    sheet, left = walk.sheet, walk.left
    walk.stages[loan] = sheet[PAID_IN]
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
    if sheet[NEXT] < due_on.size:
        state.next_due_on[loan] = due_on[sheet[NEXT]]
