"""Penalty and compound interest of a loan in arrears: cents by days, times the rate of each day.

One rule to hold on to: a rate segment is a stretch of days at one contract rate. Each segment has its own sums of cents
by days and is rounded once; a loan that was never repriced has one segment for its whole life.
"""

from numba import njit

from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import ACT_365, ACT_ACT, NEVER
from postloan.kernels.exact import times_over
from postloan.kernels.loan_arrays import COMPOUND, INTEREST, PENALTY, PRINCIPAL, Cents, Days, Rules, Terms

COUNTS_FROM = 5
"""The place on a row of what is left that says from which day it counts as overdue; components stand before it."""

# Where figures stand on the sheet of a loan, after what was paid by component. The walk's own follow.
_CAPITALISED, _SEGMENT, _FIRST_SEGMENT, _YEAR_E8, TAKEN_PENALTY, TAKEN_COMPOUND, _PAST_PENALTY = range(5, 12)
_PAST_COMPOUND, _GRACE, _MISUSED_FROM, _IS_RETROACTIVE, _COMPOUNDS_PENALTY, _SETTLES_EVERY, _SETTLES_ON = range(12, 19)
_BEARS, _COMPOUND_FACTOR = 19, 20
FIGURES = 21
# Where figures of a rate segment stand, from its place on the sheet: its first day, its rates, its cents by days.
_FROM, _PENALTY_RATE, _HEAVY_RATE, _MISUSE_RATE, _COMPOUND_RATE = range(5)
_PENALTY_PRODUCT, _HEAVY_PRODUCT, _MISUSE_PRODUCT, _COMPOUND_PRODUCT = range(5, 9)
SEGMENT = 9
_E8 = 10**8


@borrows
def multiple(rate_e8: int, factor_e8: int) -> int:
    """Return a rate times a factor, half up; both are below 1e9, so that the product is whole in 63 bits."""
    return (rate_e8 * factor_e8 + _E8 // 2) // _E8


@borrows
def begin_interest(loan: int, rules: Rules, terms: Terms, at: int, sheet: Cents) -> None:
    """Write on a fresh sheet what penalty and compound interest run by; the rate segments stand from place `at` on."""
    sheet[TAKEN_PENALTY], sheet[TAKEN_COMPOUND] = terms.penalty_cents[loan], terms.compound_cents[loan]
    sheet[_GRACE], sheet[_MISUSED_FROM] = terms.grace_days[loan], terms.misused_from[loan]
    sheet[_YEAR_E8] = (365 if terms.day_count[loan] in (ACT_365, ACT_ACT) else 360) * _E8
    sheet[_IS_RETROACTIVE], sheet[_COMPOUNDS_PENALTY] = rules.grace_is_retroactive, rules.compounds_penalty
    sheet[_SETTLES_EVERY], sheet[_SETTLES_ON] = rules.settles_every_months, rules.settles_on_day
    sheet[_SEGMENT], sheet[_FIRST_SEGMENT], sheet[_COMPOUND_FACTOR] = at, at, terms.compound_factor_e8[loan]
    rates, rate_e8, since = terms.rates, terms.rate_e8[loan], -NEVER
    _write_segment(loan, since, rate_e8, terms, at, sheet)
    for row in range(rates.rows[2 * loan], rates.rows[2 * loan + 1]):
        if rates.from_on[row] > terms.begins_on[loan]:
            if rates.rate_e8[row] == rate_e8:
                continue
            since = rates.from_on[row]
            at += SEGMENT
        rate_e8 = rates.rate_e8[row]
        _write_segment(loan, since, rate_e8, terms, at, sheet)
    sheet[at + SEGMENT + _FROM] = NEVER


@borrows
def _write_segment(loan: int, since: int, rate_e8: int, terms: Terms, at: int, sheet: Cents) -> None:
    """Write the rates that follow from the contract's. Overdue and misused, the heavier runs, not both.

    On principal that bears contract interest already, it runs at what is above the contract rate.
    """
    penalty_e8 = multiple(rate_e8, terms.penalty_factor_e8[loan])
    misuse_e8 = multiple(rate_e8, terms.misuse_factor_e8[loan])
    borne_e8 = rate_e8 if terms.is_daily[loan] else 0
    sheet[at + _FROM], sheet[at + _PENALTY_RATE] = since, max(0, penalty_e8 - borne_e8)
    sheet[at + _HEAVY_RATE] = max(0, max(penalty_e8, misuse_e8) - borne_e8)
    sheet[at + _MISUSE_RATE] = max(0, misuse_e8 - rate_e8)
    sheet[at + _COMPOUND_RATE] = multiple(rate_e8, terms.compound_factor_e8[loan])
    sheet[_BEARS] |= sheet[at + _HEAVY_RATE] + sheet[at + _COMPOUND_RATE] > 0


@njit(cache=True, inline="always")
def rate_changes_on(sheet: Cents) -> int:
    """Return the first day of the next rate segment; NEVER where there is none."""
    return int(sheet[sheet[_SEGMENT] + SEGMENT + _FROM])


@njit(cache=True, inline="always")
def settlement_day(month: int, day_before: int, month_days: int, sheet: Cents) -> int:
    """Return the day on which compound interest joins its base in a month that begins after `day_before`, or NEVER."""
    if sheet[_COMPOUND_FACTOR] == 0 or month % sheet[_SETTLES_EVERY] != 0:
        return NEVER
    return int(day_before + min(sheet[_SETTLES_ON], month_days))


@borrows
def bear(
    since: int, end: int, open_row: int, next_row: int, ahead_cents: int, left: Cents, due_on: Days, sheet: Cents
) -> None:
    """Add the days of a stretch without events, times what bears penalty and compound interest in it.

    open_row, next_row  instalments fallen due of which something may be left; `left` and `due_on` by row.
    ahead_cents         principal not yet due: it bears interest where it was misused.
    """
    if sheet[_BEARS] == 0:
        return
    at = sheet[_SEGMENT]
    for row in range(open_row, next_row):
        free_until, start = due_on[row] + sheet[_GRACE], since
        if end <= free_until:
            continue
        if since <= free_until:
            # The grace ends in this stretch. What was paid within it, or by a day that rolled, is excused.
            is_counted_back = sheet[_IS_RETROACTIVE] == 1 or sheet[_GRACE] == 0
            start = left[row, COUNTS_FROM] if is_counted_back else free_until
        if start < sheet[at + _FROM]:
            _count_back(start, left[row, PRINCIPAL], left[row, INTEREST], sheet)
            start = sheet[at + _FROM]
        _add(at, start, end, left[row, PRINCIPAL], left[row, INTEREST], sheet)
    sheet[at + _COMPOUND_PRODUCT] += sheet[_CAPITALISED] * (end - since)
    sheet[at + _MISUSE_PRODUCT] += ahead_cents * max(0, end - max(since, sheet[_MISUSED_FROM]))


@njit(cache=True, inline="always")
def _add(at: int, start: int, end: int, principal_cents: int, interest_cents: int, sheet: Cents) -> None:
    """Add the days of one instalment to the segment at a place of the sheet."""
    heavy_days = max(0, end - max(start, sheet[_MISUSED_FROM]))
    sheet[at + _PENALTY_PRODUCT] += principal_cents * (end - start - heavy_days)
    sheet[at + _HEAVY_PRODUCT] += principal_cents * heavy_days
    sheet[at + _COMPOUND_PRODUCT] += interest_cents * (end - start)


@borrows
def _count_back(start: int, principal_cents: int, interest_cents: int, sheet: Cents) -> None:
    """Add the days of one instalment since `start` to the segments before the one that runs."""
    at = sheet[_FIRST_SEGMENT]
    while at < sheet[_SEGMENT]:
        begun, end = max(start, sheet[at + _FROM]), sheet[at + SEGMENT + _FROM]
        if begun < end:
            _add(at, begun, end, principal_cents, interest_cents, sheet)
        at += SEGMENT
    _sum_up_past(sheet)


@borrows
def change_rate(sheet: Cents) -> None:
    """Begin the next rate segment: what ran in the one before is rounded and stays."""
    sheet[_SEGMENT] += SEGMENT
    _sum_up_past(sheet)


@borrows
def _sum_up_past(sheet: Cents) -> None:
    sheet[_PAST_PENALTY], sheet[_PAST_COMPOUND] = 0, 0
    at = sheet[_FIRST_SEGMENT]
    while at < sheet[_SEGMENT]:
        sheet[_PAST_PENALTY] += _penalty_of(at, sheet)
        sheet[_PAST_COMPOUND] += _compound_of(at, sheet)
        at += SEGMENT


@borrows
def _penalty_of(at: int, sheet: Cents) -> int:
    """Return the penalty interest that ran in one segment."""
    run_cents = times_over(sheet[at + _PENALTY_PRODUCT], sheet[at + _PENALTY_RATE], sheet[_YEAR_E8])
    run_cents += times_over(sheet[at + _HEAVY_PRODUCT], sheet[at + _HEAVY_RATE], sheet[_YEAR_E8])
    return int(run_cents + times_over(sheet[at + _MISUSE_PRODUCT], sheet[at + _MISUSE_RATE], sheet[_YEAR_E8]))


@borrows
def _compound_of(at: int, sheet: Cents) -> int:
    """Return the compound interest that ran in one segment."""
    return int(times_over(sheet[at + _COMPOUND_PRODUCT], sheet[at + _COMPOUND_RATE], sheet[_YEAR_E8]))


@borrows
def owed_penalty(sheet: Cents) -> int:
    """Return the penalty interest run so far and not yet paid."""
    run_cents = sheet[_PAST_PENALTY] + _penalty_of(sheet[_SEGMENT], sheet)
    return int(sheet[TAKEN_PENALTY] + run_cents - sheet[PENALTY])


@borrows
def owed_compound(sheet: Cents) -> int:
    """Return the compound interest run so far and not yet paid."""
    run_cents = sheet[_PAST_COMPOUND] + _compound_of(sheet[_SEGMENT], sheet)
    return int(sheet[TAKEN_COMPOUND] + run_cents - sheet[COMPOUND])


@borrows
def capitalise(sheet: Cents) -> None:
    """Let compound interest join its own base, as it does on a settlement day."""
    sheet[_CAPITALISED] = _base_of_compound(sheet)


@borrows
def lower_base(sheet: Cents) -> None:
    """Take what was paid out of the base of compound interest."""
    if sheet[_CAPITALISED] > 0:
        sheet[_CAPITALISED] = min(sheet[_CAPITALISED], _base_of_compound(sheet))


@borrows
def _base_of_compound(sheet: Cents) -> int:
    """Return what bears compound interest beside overdue interest, from a settlement day on."""
    return owed_compound(sheet) + (owed_penalty(sheet) if sheet[_COMPOUNDS_PENALTY] == 1 else 0)
