"""The arrays that the state kernels walk: what they are given of each loan, and what they leave."""

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows
from postloan.kernels.daycount import NEVER, THIRTY_360, THIRTY_E_360, year_part
from postloan.kernels.exact import times_over

Cents = NDArray[np.int64]
Days = NDArray[np.int32]
Rows = NDArray[np.int64]
A = TypeVar("A", bound=tuple[Any, ...])

FEE, PENALTY, COMPOUND, INTEREST, PRINCIPAL = range(5)
"""The components of a debt, in the order of `tables.units.COMPONENTS`."""

NORMAL, OVERDUE, LONG_OVERDUE, ACCELERATED, WRITTEN_OFF = range(5)
"""The stages of a loan that choose how a payment is allocated."""

_FEW = 64
"""Rows a loan beyond which each loan's are better looked up than passed by."""

MONTHS = 60
"""Months in a payment string (二代征信)."""

CURED = 8
"""The mark of a month whose arrears were paid late and within it; below it stand the buckets of days past due."""


class Rates(NamedTuple):
    """Changes of the contract rate, by loan and day; `rows` from `offsets`."""

    rows: Rows
    from_on: Days
    rate_e8: Cents


class Terms(NamedTuple):
    """One value per loan: where its story begins, how its interest runs, what arrears cost."""

    begins_on: Days  # the day it was paid out, or of its take-on
    counts_after: Days  # payments of later days count: those up to a take-on are in the opening already
    balance_cents: Cents  # principal at close of that day, overdue included
    penalty_cents: Cents  # penalty interest owed at the take-on
    compound_cents: Cents  # compound interest owed at the take-on
    accrued_cents: Cents  # interest accrued and not due at the take-on
    is_daily: NDArray[np.bool_]  # interest runs by the day on what is outstanding
    rate_e8: Cents  # the contract rate before the first of its changes
    rates: Rates
    day_count: Days
    grace_days: Days
    penalty_factor_e8: Cents  # of the contract rate, on overdue principal; 0 where none is charged
    compound_factor_e8: Cents  # of the contract rate, on overdue interest; 0 where none is charged
    misuse_factor_e8: Cents  # of the contract rate, on misused principal instead of it
    misused_from: Days  # NEVER where the money was not misused
    accelerated_from: Days
    written_off_from: Days
    policy: Days  # row of Rules.components


class Dues(NamedTuple):
    """Instalments, by loan and due day; `rows` from `offsets`."""

    rows: Rows
    due_on: Days
    counts_from: Days  # the day since which it is overdue if it is unpaid after its due day
    principal_cents: Cents
    interest_cents: Cents
    fee_cents: Cents


class Payments(NamedTuple):
    """Payments, by loan and day; `rows` from `offsets`."""

    rows: Rows
    paid_on: Days
    cents: Cents


class Rules(NamedTuple):
    """What law and bank say for all loans alike."""

    components: NDArray[np.int8]  # [policy, stage, place]: the component that cash meets at this place
    groups: NDArray[np.int8]  # [policy, stage, place]: neighbours of one group are paid instalment by instalment
    long_overdue_over_days: int
    bucket_from_days: Days  # first day past due of each bucket, M0 first
    grace_is_retroactive: bool  # what is unpaid after the grace bears penalty from its due day
    compounds_penalty: bool  # unpaid penalty joins the base of compound interest
    settles_every_months: int
    settles_on_day: int


class State(NamedTuple):
    """One value per loan. Days are NEVER where there is none."""

    outstanding_cents: Cents
    overdue_principal_cents: Cents
    overdue_interest_cents: Cents
    overdue_fee_cents: Cents
    penalty_cents: Cents
    compound_cents: Cents
    accrued_interest_cents: Cents
    paid_principal_cents: Cents
    paid_interest_cents: Cents
    paid_fee_cents: Cents
    paid_penalty_cents: Cents
    paid_compound_cents: Cents
    received_cents: Cents
    unapplied_cents: Cents
    waived_cents: Cents  # left the arrears without cash: given up
    capitalised_cents: Cents  # the same: became principal
    reamortised_cents: Cents  # the same: moved into instalments to come
    balance_days: Cents  # the sum over days of principal outstanding at their close, in cents
    oldest_principal_due_on: Days
    oldest_interest_due_on: Days
    next_due_on: Days
    last_paid_on: Days
    settled_on: Days


def of_some(is_meant: NDArray[np.bool_], terms: Terms, dues: Dues, payments: Payments) -> tuple[Terms, Dues, Payments]:
    """Return the same for some of the loans: terms are picked out, rows stay where they lie."""

    def lie(rows: Rows) -> Rows:
        return rows.reshape(-1, 2)[is_meant].ravel()

    picked = {name: values[is_meant] for name, values in terms._asdict().items() if name != "rates"}
    rates = terms.rates._replace(rows=lie(terms.rates.rows))
    return (
        Terms(**picked, rates=rates),
        dues._replace(rows=lie(dues.rows)),
        payments._replace(rows=lie(payments.rows)),
    )


@njit(cache=True)
def _cents(loans: int) -> Cents:
    return np.zeros(loans, np.int64)


@njit(cache=True)
def _never(loans: int) -> Days:
    return np.full(loans, NEVER, np.int32)


@njit(cache=True)
def empty_state(n: int) -> State:
    """Return the state of `n` loans of which nothing is known."""
    return State(
        _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n),
        _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n), _cents(n),
        _never(n), _never(n), _never(n), _never(n), _never(n),
    )  # fmt: skip


def frozen(arrays: A) -> A:
    """Return the same arrays, tuples of arrays within tuples, as ones that cannot be written.

    A kernel is compiled anew for arrays that can and arrays that cannot be written, at seconds each; whether a table
    gives the one or the other is an accident.
    """
    return type(arrays)(*(frozen(each) if isinstance(each, tuple) else _read_only(each) for each in arrays))


def _read_only(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    view = value.view()
    view.flags.writeable = False
    return view


@njit(cache=True)
def offsets(owners: Rows, loans: Rows) -> Rows:
    """Return where each loan's rows lie: rows [2i] to [2i + 1] of a table sorted by loan belong to loan i.

    owners   the loan number of each row, rising.
    loans    the loan numbers, rising; a row of a loan not among them belongs to nobody and is passed over.
    """
    found = np.zeros(2 * loans.size, dtype=np.int64)
    if loans.size * _FEW < owners.size:
        for loan in range(loans.size):
            found[2 * loan] = np.searchsorted(owners, loans[loan], side="left")
            found[2 * loan + 1] = np.searchsorted(owners, loans[loan], side="right")
        return found
    row = 0
    for loan in range(loans.size):
        while row < owners.size and owners[row] < loans[loan]:
            row += 1
        found[2 * loan] = row
        while row < owners.size and owners[row] == loans[loan]:
            row += 1
        found[2 * loan + 1] = row
    return found


@njit(cache=True, inline="always")
def accrued_of(loan: int, on: int, row: int, terms: Terms, dues: Dues) -> int:
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


@borrows
def interest_of(loan: int, balance_cents: int, since: int, until: int, terms: Terms) -> int:
    """Return the interest that runs on a balance from `since` to `until`, rounded once a rate."""
    if until <= since or balance_cents == 0:
        return 0
    rates, rate_e8, cents = terms.rates, terms.rate_e8[loan], 0
    for row in range(rates.rows[2 * loan], rates.rows[2 * loan + 1]):
        if rates.from_on[row] >= until:
            break
        if rates.from_on[row] > since and rates.rate_e8[row] != rate_e8:
            cents += _at_one_rate(loan, balance_cents, rate_e8, since, rates.from_on[row], terms)
            since = rates.from_on[row]
        rate_e8 = rates.rate_e8[row]
    return cents + _at_one_rate(loan, balance_cents, rate_e8, since, until, terms)


@borrows
def _at_one_rate(loan: int, balance_cents: int, rate_e8: int, since: int, until: int, terms: Terms) -> int:
    # Cash cuts the days anywhere: of the two counts of months of 30 days only the European sums to the same, however
    # it is cut.
    day_count = THIRTY_E_360 if terms.day_count[loan] == THIRTY_360 else terms.day_count[loan]
    numerator, denominator = year_part(since, until, day_count)
    return times_over(balance_cents, rate_e8 * numerator, 100_000_000 * denominator)
