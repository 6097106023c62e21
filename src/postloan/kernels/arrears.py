"""The sheet of a loan that was ever late: penalty, compound interest, allocation by stage. `walk` fills it in order."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import ACT_365, ACT_ACT, NEVER, civil, month_length
from postloan.kernels.exact import times_over
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
    Rows,
    Rules,
    State,
    Terms,
)

_COMPONENTS = 5
# Where figures stand on the sheet of a loan. Its first five are what was paid, by component.
_WAITING, _AHEAD, _SINCE, _OPEN, _NEXT, _CAPITALISED, _BALANCE_DAYS, _CURED_IN, _LOGGED, _ON_MONTH = range(5, 15)
_PENALTY_PRODUCT, _HEAVY_PRODUCT, _MISUSE_PRODUCT, _COMPOUND_PRODUCT = range(15, 19)
_TAKEN_PENALTY, _TAKEN_COMPOUND, _GRACE, _MISUSED_FROM, _ACCELERATED_FROM, _WRITTEN_OFF_FROM = range(19, 25)
_PENALTY_RATE, _HEAVY_RATE, _MISUSE_RATE, _COMPOUND_RATE, _YEAR_E8, _LONG_OVERDUE_OVER = range(25, 31)
_IS_RETROACTIVE, _COMPOUNDS_PENALTY, _SETTLES_EVERY, _SETTLES_ON, _PAID_IN, _BALANCE, _BEARS = range(31, 38)
_FIGURES = 38
_LOG_COLUMNS = 4


class Walk(NamedTuple):
    """What the walk notes down; used again for every loan, but for the marks.

    sheet   the figures named above: what passes between the functions below, as few arrays as can be.
    left    [row, component]: what an instalment that has fallen due still owes, by its row from the loan's first.
    marks   [loan, month]: the bucket of days past due at each month-end, the last month last; or CURED.
    stages  per loan: a bit for each stage in which cash met it.
    log     [line, 4]: day, row (-1 where no instalment is meant), component, cents of each allocation, and with
            RELIEVED added to the component of each relief; no lines where nobody asks.
    """

    sheet: Cents
    left: Cents
    marks: NDArray[np.int8]
    stages: NDArray[np.int8]
    log: Cents


@njit(cache=True)
def new_walk(loans: int, rows: Rows, log_lines: int) -> Walk:
    """Make room for a walk over `loans` loans whose instalments lie at `rows`."""
    most = 0
    for loan in range(loans):
        most = max(most, rows[2 * loan + 1] - rows[2 * loan])
    return Walk(
        np.zeros(_FIGURES, np.int64), np.zeros((most, _COMPONENTS), np.int64), np.zeros((loans, MONTHS), np.int8),
        np.zeros(loans, np.int8), np.zeros((log_lines, _LOG_COLUMNS), np.int64),
    )  # fmt: skip


@njit(cache=True)
def _begin(loan: int, on: int, rules: Rules, terms: Terms, sheet: Cents) -> None:
    """Write the loan's terms on a fresh sheet. Overdue and misused, the heavier rate runs, not both."""
    sheet[:] = 0
    sheet[_AHEAD], sheet[_SINCE], sheet[_CURED_IN] = terms.balance_cents[loan], terms.begins_on[loan], -1
    sheet[_BALANCE] = terms.balance_cents[loan]
    year, month, _ = civil(on)
    sheet[_ON_MONTH] = year * 12 + month
    sheet[_TAKEN_PENALTY], sheet[_TAKEN_COMPOUND] = terms.penalty_cents[loan], terms.compound_cents[loan]
    sheet[_GRACE], sheet[_MISUSED_FROM] = terms.grace_days[loan], terms.misused_from[loan]
    sheet[_ACCELERATED_FROM], sheet[_WRITTEN_OFF_FROM] = terms.accelerated_from[loan], terms.written_off_from[loan]
    sheet[_PENALTY_RATE], sheet[_COMPOUND_RATE] = terms.penalty_rate_e8[loan], terms.compound_rate_e8[loan]
    sheet[_HEAVY_RATE] = max(terms.penalty_rate_e8[loan], terms.misuse_rate_e8[loan])
    sheet[_MISUSE_RATE] = max(0, terms.misuse_rate_e8[loan] - terms.rate_e8[loan])
    sheet[_YEAR_E8] = (365 if terms.day_count[loan] in (ACT_365, ACT_ACT) else 360) * 100_000_000
    sheet[_LONG_OVERDUE_OVER], sheet[_IS_RETROACTIVE] = rules.long_overdue_over_days, rules.grace_is_retroactive
    sheet[_COMPOUNDS_PENALTY], sheet[_SETTLES_EVERY] = rules.compounds_penalty, rules.settles_every_months
    sheet[_SETTLES_ON] = rules.settles_on_day
    sheet[_BEARS] = sheet[_HEAVY_RATE] + sheet[_COMPOUND_RATE] > 0


@njit(cache=True)
def _pass_days(until: int, sheet: Cents, left: Cents, due_on: Days, buckets: Days, marks: NDArray[np.int8]) -> None:
    """Run penalty and compound interest from the last event to `until`, and mark the month-ends between."""
    while sheet[_SINCE] < until:
        since = sheet[_SINCE]
        year, month, day = civil(since)
        month_end = since - day + month_length(year, month)
        end = min(until, month_end + 1)
        if month_end < end:
            _mark(month_end, sheet, left, due_on, buckets, marks)
        settles_on = NEVER
        if sheet[_COMPOUND_RATE] > 0 and month % sheet[_SETTLES_EVERY] == 0:
            settles_on = since - day + min(sheet[_SETTLES_ON], month_length(year, month))
        if since < settles_on < end:
            end = settles_on
        _bear(since, end, sheet, left, due_on)
        sheet[_SINCE] = end
        if end == settles_on:
            sheet[_CAPITALISED] = _base_of_compound(sheet)


@njit(cache=True)
def _bear(since: int, end: int, sheet: Cents, left: Cents, due_on: Days) -> None:
    """Add the days of one stretch, times what bears penalty and compound interest in it."""
    sheet[_BALANCE_DAYS] += (sheet[_BALANCE] - sheet[PRINCIPAL]) * (end - since)
    if sheet[_BEARS] == 0:
        return
    misused_days = max(0, end - max(since, sheet[_MISUSED_FROM]))
    for row in range(sheet[_OPEN], sheet[_NEXT]):
        free_until, days = due_on[row] + sheet[_GRACE], end - since
        if end <= free_until:
            continue
        if since <= free_until:
            # The grace ends in this stretch. What was paid within it is excused.
            is_counted_back = sheet[_IS_RETROACTIVE] == 1 and sheet[_GRACE] > 0
            days = end - (due_on[row] if is_counted_back else max(since, free_until))
        heavy_days = min(days, misused_days)
        sheet[_PENALTY_PRODUCT] += left[row, PRINCIPAL] * (days - heavy_days)
        sheet[_HEAVY_PRODUCT] += left[row, PRINCIPAL] * heavy_days
        sheet[_COMPOUND_PRODUCT] += left[row, INTEREST] * days
    sheet[_COMPOUND_PRODUCT] += sheet[_CAPITALISED] * (end - since)
    sheet[_MISUSE_PRODUCT] += sheet[_AHEAD] * misused_days


@njit(cache=True)
def _owed_penalty(sheet: Cents) -> int:
    """Return the penalty interest run so far and not yet paid."""
    run_cents = times_over(sheet[_PENALTY_PRODUCT], sheet[_PENALTY_RATE], sheet[_YEAR_E8])
    run_cents += times_over(sheet[_HEAVY_PRODUCT], sheet[_HEAVY_RATE], sheet[_YEAR_E8])
    run_cents += times_over(sheet[_MISUSE_PRODUCT], sheet[_MISUSE_RATE], sheet[_YEAR_E8])
    return int(sheet[_TAKEN_PENALTY] + run_cents - sheet[PENALTY])


@njit(cache=True)
def _owed_compound(sheet: Cents) -> int:
    """Return the compound interest run so far and not yet paid."""
    run_cents = times_over(sheet[_COMPOUND_PRODUCT], sheet[_COMPOUND_RATE], sheet[_YEAR_E8])
    return int(sheet[_TAKEN_COMPOUND] + run_cents - sheet[COMPOUND])


@njit(cache=True)
def _base_of_compound(sheet: Cents) -> int:
    """Return what bears compound interest beside overdue interest, from a settlement day on."""
    return _owed_compound(sheet) + (_owed_penalty(sheet) if sheet[_COMPOUNDS_PENALTY] == 1 else 0)


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
def _oldest_due_on(sheet: Cents, left: Cents, due_on: Days) -> int:
    """Return the due day of the oldest principal or interest still owed; NEVER where there is none."""
    for row in range(sheet[_OPEN], sheet[_NEXT]):
        if left[row, INTEREST] + left[row, PRINCIPAL] > 0:
            return int(due_on[row])
    return NEVER


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
    oldest_on = _oldest_due_on(sheet, left, due_on)
    stage, place = _stage(on, sheet, oldest_on), 0
    sheet[_PAID_IN] |= 1 << stage
    while place < _COMPONENTS and sheet[_WAITING] > 0:
        last = place + 1
        while last < _COMPONENTS and groups[stage, last] == groups[stage, place]:
            last += 1
        component = components[stage, place]
        if component == PENALTY:
            _meet(on, -1, component, _owed_penalty(sheet), sheet, log)
        elif component == COMPOUND:
            _meet(on, -1, component, _owed_compound(sheet), sheet, log)
        else:
            for row in range(sheet[_OPEN], sheet[_NEXT]):
                if sheet[_WAITING] == 0:
                    break
                for at in range(place, last):
                    component = components[stage, at]
                    left[row, component] -= _meet(on, row, component, left[row, component], sheet, log)
        place = last
    _pass_over_paid(sheet, left)
    if sheet[_CAPITALISED] > 0:
        sheet[_CAPITALISED] = min(sheet[_CAPITALISED], _base_of_compound(sheet))
    if oldest_on < on <= _oldest_due_on(sheet, left, due_on):
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
    _log(on, row, component, part_cents, sheet, log)
    return part_cents


@njit(cache=True)
def _log(on: int, row: int, component: int, cents: int, sheet: Cents, log: Cents) -> None:
    if cents > 0 and sheet[_LOGGED] < log.shape[0]:
        line = sheet[_LOGGED]
        log[line, 0], log[line, 1], log[line, 2], log[line, 3] = on, row, component, cents
        sheet[_LOGGED] += 1


@njit(cache=True)
def _settles(on: int, accrued_cents: int, sheet: Cents, log: Cents) -> bool:
    """Settle the loan if nothing is owed and the cash that waits pays all principal not yet due."""
    owed_cents = _owed_penalty(sheet) + _owed_compound(sheet)
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
    days, bucket = max(0, month_end - _oldest_due_on(sheet, left, due_on)), -1
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
            state.oldest_interest_due_on[loan] = due_on[row]
        if left[row, PRINCIPAL] > 0 and state.oldest_principal_due_on[loan] == NEVER:
            state.oldest_principal_due_on[loan] = due_on[row]
    state.outstanding_cents[loan] = sheet[_AHEAD] + state.overdue_principal_cents[loan]
    state.penalty_cents[loan], state.compound_cents[loan] = _owed_penalty(sheet), _owed_compound(sheet)
