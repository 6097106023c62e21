"""The core system's schedules, written apart from the night's so that each checks the other."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from postloan.demo.dates import EPOCH_YEAR, Days, add_months, day_in_month, first_day, month_of, year_of
from postloan.demo.draws import Indexes, Ints, portion, ragged
from postloan.demo.lines import Window
from postloan.demo.loans import BP_E8, Loans, first_years
from postloan.demo.market import PrimeRates
from postloan.demo.products import BULLET, EQUAL, INTEREST, LEVEL, QUARTER, SCHEDULED

Places = NDArray[np.int16]

E8_YEAR_DAYS = 360 * 10**8
E8_YEAR_MONTHS = 12 * 10**8
FIRST_SETTLEMENT_DAYS = 10
"""Interest is not settled within so many days of paying out; the first settlement waits for the next one."""

AHEAD_DAYS = 10
"""How far past the last month-end schedules are drawn for loans whose instalments the feed does not carry."""

GRACE_QUARTERS = 4
"""Scheduled repayment of fixed-asset loans begins after a year of interest only, and rises each year."""

ROUND_CENTS = 10_000_00


LOANS_AT_ONCE = 100_000
"""Schedules are drawn for so many loans at a time, which bounds the memory of a large bank."""


@dataclass(frozen=True)
class Schedule:
    """Instalments of all loans, one after the other in loan order.

    first, count    a loan's first row and the number of its rows; one value a loan, like `number`.
    number          instalments of the whole contract, rows shown or not.
    owner, place    a row's loan, and its place in the contract from 0.
    """

    first: Ints
    count: Indexes
    number: Indexes
    owner: Indexes
    place: Places
    due: Days
    principal_cents: Ints
    interest_cents: Ints

    def until(self, day: int) -> "Schedule":
        """Only what falls due by the day."""
        keep = np.flatnonzero(self.due <= day)
        owner = self.owner[keep]
        count = np.bincount(owner, minlength=len(self.first)).astype(np.int32)
        first = np.cumsum(count, dtype=np.int64) - count
        return Schedule(
            first, count, self.number, owner, self.place[keep], self.due[keep], self.principal_cents[keep],
            self.interest_cents[keep],
        )  # fmt: skip

    def span(self, begin: int, end: int) -> "Schedule":
        """The rows of the loans from `begin` up to but not including `end`, with loans counted from 0."""
        if begin == end:
            rows = slice(0, 0)
        else:
            rows = slice(int(self.first[begin]), int(self.first[end - 1] + self.count[end - 1]))
        return Schedule(
            self.first[begin:end] - rows.start, self.count[begin:end], self.number[begin:end],
            (self.owner[rows] - np.int32(begin)).astype(np.int32), self.place[rows], self.due[rows],
            self.principal_cents[rows], self.interest_cents[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class Version:
    """Rows of a schedule as delivered on a day: the first version of repriced loans, or a later one's tail.

    year   the new year from which it holds; 0 for first versions.
    loan, rate_e8   the loans, and their rate in force from then.
    """

    year: int
    loan: Indexes
    rate_e8: Ints
    row_loan: Indexes
    row_version: NDArray[np.integer[Any]]
    row_seq: NDArray[np.integer[Any]]
    row_due: Days
    row_principal_cents: Ints
    row_interest_cents: Ints


def build_schedules(loans: Loans, window: Window, rates: PrimeRates) -> tuple[Schedule, list[Version]]:
    """The schedules as they came to stand in the end, and the versions delivered of those that were repriced."""
    parts, versions = [], []
    for begin in range(0, len(loans), LOANS_AT_ONCE):
        part = loans.span(begin, begin + LOANS_AT_ONCE)
        schedule, found = _build(part, window, rates)
        parts.append(schedule)
        versions += [
            replace(each, loan=each.loan + np.int32(begin), row_loan=each.row_loan + np.int32(begin)) for each in found
        ]
    return _joined(parts), versions


def _joined(parts: list[Schedule]) -> Schedule:
    rows = np.cumsum([0] + [len(part.owner) for part in parts])
    owners = np.cumsum([0] + [len(part.first) for part in parts])
    return Schedule(
        first=np.concatenate([part.first + int(row) for part, row in zip(parts, rows, strict=False)]),
        owner=np.concatenate([part.owner + np.int32(loan) for part, loan in zip(parts, owners, strict=False)]),
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("count", "number", "place", "due", "principal_cents", "interest_cents")
        },
    )


def _build(loans: Loans, window: Window, rates: PrimeRates) -> tuple[Schedule, list[Version]]:
    count = _full_counts(loans)
    shown = np.where(loans.has_schedule, count, np.minimum(count, _months_to(loans, window.last + AHEAD_DAYS)))
    owner, place, first = ragged(shown)
    due = _due_days(loans, owner, place, count)
    principal, interest = np.zeros(len(owner), dtype=np.int64), np.zeros(len(owner), dtype=np.int64)
    _fill_closed(loans, owner, place, count, due, principal, interest)
    level = np.flatnonzero((loans.method == LEVEL) & ~loans.reprices)
    _fill_level(loans, level, shown, count, first, principal, interest, None)
    repriced = np.flatnonzero(loans.reprices)
    base = first_years(loans, window)
    _fill_level(loans, repriced, shown, count, first, principal, interest, (rates, base))
    schedule = Schedule(
        first, shown.astype(np.int32), count, owner, place.astype(np.int16), due, principal, interest
    )  # fmt: skip
    return schedule, _reprice(loans, repriced, schedule, base, window, rates)


def _months_to(loans: Loans, day: int) -> Indexes:
    """How many monthly due days lie on or before the day."""
    until = np.asarray([day], dtype=np.int32)
    whole = month_of(until)[0] - month_of(loans.disbursed)
    reached = add_months(loans.disbursed, np.maximum(whole, 0).astype(np.int32)) <= day
    return np.asarray(np.maximum(np.where(reached, whole, whole - 1), 0), dtype=np.int32)


def _first_settlement(loans: Loans) -> Indexes:
    """The month of the first settlement of interest: the quarter's last month, or the next month that fits."""
    earliest = loans.disbursed + FIRST_SETTLEMENT_DAYS
    month = month_of(earliest.astype(np.int32))
    pay_day = np.maximum(loans.pay_day, 1)
    month = month + (day_in_month(month, pay_day) < earliest)
    return np.where(loans.period_months == QUARTER, month + (2 - month % 3), month).astype(np.int32)


def _full_counts(loans: Loans) -> Indexes:
    begins, pay_day = _first_settlement(loans), np.maximum(loans.pay_day, 1)
    months = month_of(loans.matures) - begins
    whole = np.where(months >= 0, months // loans.period_months, -1)
    last = day_in_month((begins + whole * loans.period_months).astype(np.int32), pay_day)
    before_maturity = np.where(last < loans.matures, whole + 1, whole)
    settled = np.maximum(before_maturity, 0) + 1
    counts = np.where(loans.pay_day > 0, settled, loans.term_months // loans.period_months)
    return np.where(loans.method == BULLET, 1, counts).astype(np.int32)


def _due_days(loans: Loans, owner: Indexes, place: Indexes, count: Indexes) -> Days:
    begins, pay_day = _first_settlement(loans), np.maximum(loans.pay_day, 1)
    is_settled = (loans.pay_day > 0)[owner]
    month = np.where(
        is_settled, begins[owner] + place * loans.period_months[owner], month_of(loans.disbursed)[owner] + place + 1
    ).astype(np.int32)
    own_day = loans.disbursed - day_in_month(month_of(loans.disbursed), np.ones(len(loans), dtype=np.int32)) + 1
    due = day_in_month(month, np.where(is_settled, pay_day[owner], own_day[owner]).astype(np.int32))
    return np.where(place == count[owner] - 1, loans.matures[owner], due).astype(np.int32)


def _fill_closed(
    loans: Loans, owner: Indexes, place: Indexes, count: Indexes, due: Days, principal: Ints, interest: Ints
) -> None:
    """All methods whose balances are known without walking the schedule: everything but level instalments."""
    rows = np.flatnonzero((loans.method != LEVEL)[owner])
    whose, k = owner[rows], place[rows]
    whole, number = loans.principal_cents[whose], count[whose]
    is_last = k == number - 1
    even = whole // number
    part = np.where(loans.method[whose] == EQUAL, even, 0)
    before = np.where(loans.method[whose] == EQUAL, even * k, 0)
    planned = loans.method[whose] == SCHEDULED
    part[planned], before[planned] = _planned(whole[planned], number[planned], k[planned])
    principal[rows] = np.where(is_last, whole - before, part)
    balance = whole - before
    rate = loans.rate_e8[whose]
    earlier = np.where(k == 0, loans.disbursed[whose], due[np.maximum(rows - 1, 0)])
    days = (due[rows] - earlier).astype(np.int64)
    by_days = portion(balance, rate * days, E8_YEAR_DAYS)
    by_months = portion(balance, rate * loans.period_months[whose], E8_YEAR_MONTHS)
    is_counted = (loans.pay_day[whose] > 0) | np.isin(loans.method[whose], (INTEREST, BULLET))
    interest[rows] = np.where(is_counted, by_days, by_months)


def _planned(whole: Ints, number: Indexes, k: Indexes) -> tuple[Ints, Ints]:
    """Principal of a planned schedule and what fell due before: nothing for a year, then rising by the year.

    A quarter's weight is the year after grace it lies in. The sum of the weights of the first m quarters after
    grace is known in closed form, and amounts are the differences of rounded running shares.
    """
    grace = np.minimum(GRACE_QUARTERS, number // 3)

    def weight_to(quarters: Indexes) -> Ints:
        m = np.maximum(quarters - grace, 0).astype(np.int64)
        years, rest = np.divmod(m, 4)
        return np.asarray(2 * years * (years + 1) + rest * (years + 1), dtype=np.int64)

    total = weight_to(number)
    before = whole // ROUND_CENTS * weight_to(k) // total * ROUND_CENTS
    after = whole // ROUND_CENTS * weight_to((k + 1).astype(np.int32)) // total * ROUND_CENTS
    return after - before, before


def _level_amount(balance: Ints, rate_e8: Ints, periods: Indexes) -> Ints:
    monthly = rate_e8 / E8_YEAR_MONTHS
    growth = (1 + monthly) ** periods
    return np.floor(balance * monthly * growth / (growth - 1) + 0.5).astype(np.int64)


def _fill_level(
    loans: Loans, which: Ints, shown: Indexes, count: Indexes, first: Ints, principal: Ints, interest: Ints,
    pricing: tuple[PrimeRates, Indexes] | None,
) -> None:  # fmt: skip
    """Walk the level schedules month by month, all loans at once; those with most instalments first."""
    which = which[np.argsort(-shown[which], kind="stable")]
    balance, rate = loans.principal_cents[which], loans.rate_e8[which]
    number, at = count[which], first[which]
    amount = _level_amount(balance, rate, number)
    begins = month_of(loans.disbursed[which])
    living = np.searchsorted(-shown[which], -np.arange(int(shown[which].max(initial=0))), side="left")
    for k, alive in enumerate(living.tolist()):
        balance, rate, amount, number, at = balance[:alive], rate[:alive], amount[:alive], number[:alive], at[:alive]
        if pricing and k:
            months = (begins[:alive] + k).astype(np.int32)
            rate_now = _rate_in(loans, which[:alive], months, rate, pricing)
            amount = np.where(rate_now != rate, _level_amount(balance, rate_now, number - k), amount)
            rate = rate_now
        due_interest = (balance * rate + E8_YEAR_MONTHS // 2) // E8_YEAR_MONTHS
        part = np.where(k == number - 1, balance, np.minimum(amount - due_interest, balance))
        principal[at + k], interest[at + k] = part, due_interest
        balance = balance - part


def _rate_in(loans: Loans, which: Ints, months: Indexes, rate: Ints, pricing: tuple[PrimeRates, Indexes]) -> Ints:
    """The rate of a period: a new one from the first period that begins after 1 January, as far as yet known."""
    rates, known_year = pricing
    year = np.minimum(months // 12 + EPOCH_YEAR, known_year[which]).astype(np.int32)
    is_new_year = (months % 12 == 0) & (months // 12 + EPOCH_YEAR <= known_year[which])
    new = rates.for_year(year) + loans.spread_bp[which].astype(np.int64) * BP_E8
    return np.where(is_new_year, new, rate)


def _reprice(
    loans: Loans, which: Ints, schedule: Schedule, base: Indexes, window: Window, rates: PrimeRates
) -> list[Version]:
    """The first versions, and those of each new year inside the window whose rate moved; `schedule` follows."""
    last_year = int(year_of(np.asarray([window.last], dtype=np.int32))[0])
    version = np.ones(len(loans), dtype=np.int32)
    current = _rate_of_year(loans, base, rates)
    versions = [_version(loans, schedule, which, current, version, 0)]
    for year in range(int(base.min(initial=last_year)) + 1, last_year + 1):
        known = np.full(len(loans), year, dtype=np.int32)
        new = _rate_of_year(loans, known, rates)
        new_year = first_day(np.asarray([(year - EPOCH_YEAR) * 12], dtype=np.int32))[0]
        is_living = (base[which] < year) & (loans.ends_early_on[which] > new_year)
        moved = which[is_living & (new[which] != current[which])]
        if len(moved) == 0:
            continue
        _fill_level(
            loans, moved, schedule.count, schedule.number, schedule.first, schedule.principal_cents,
            schedule.interest_cents, (rates, known),
        )  # fmt: skip
        current[moved] = new[moved]
        version[moved] += 1
        versions.append(_version(loans, schedule, moved, current, version, year))
    return versions


def _version(loans: Loans, schedule: Schedule, which: Ints, rate_e8: Ints, version: Indexes, year: int) -> Version:
    rows = _tail(loans, schedule, which, year)
    whose = schedule.owner[rows]
    return Version(
        year=year, loan=which.astype(np.int32), rate_e8=rate_e8[which], row_loan=whose, row_version=version[whose],
        row_seq=schedule.place[rows].astype(np.int32) + np.int32(1), row_due=schedule.due[rows],
        row_principal_cents=schedule.principal_cents[rows], row_interest_cents=schedule.interest_cents[rows],
    )  # fmt: skip


def _tail(loans: Loans, schedule: Schedule, which: Ints, year: int) -> Ints:
    """Rows of the loans whose period begins in the year or later; all rows for year 0."""
    is_meant = np.zeros(len(loans), dtype=np.bool_)
    is_meant[which] = True
    starts = month_of(loans.disbursed)[schedule.owner] + schedule.place
    return np.flatnonzero(is_meant[schedule.owner] & (starts >= (year - EPOCH_YEAR) * 12))


def _rate_of_year(loans: Loans, years: Indexes, rates: PrimeRates) -> Ints:
    signed_now = years <= year_of(loans.disbursed)
    return np.where(signed_now, loans.rate_e8, rates.for_year(years) + loans.spread_bp.astype(np.int64) * BP_E8)
