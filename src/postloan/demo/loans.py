"""Loans: the lines of business paid out, one loan or a chain of yearly ones, with their prices."""

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from postloan.demo.dates import NEVER, Days, add_months, to_weekday, year_of
from postloan.demo.draws import Bools, Floats, Indexes, Ints, stream
from postloan.demo.lines import Lines, Window, draw_lines, join_lines, line_counts
from postloan.demo.market import PrimeRates
from postloan.demo.parties import Parties, admit, join_parties
from postloan.demo.products import (
    BULLET,
    BUSINESS,
    CONSUMER,
    EQUAL,
    FIXED,
    HOME,
    LEVEL,
    MICRO,
    PRODUCTS,
    RENEWING,
    WORKING,
)

HISTORY_SHARE = 0.7
"""Of the loans older than the take-on, so many come with all their payments; the rest with an opening balance only."""

NO_PRINCIPAL_RENEWAL, REFINANCED = 1, 2
NO_PRINCIPAL_SHARE, REFINANCED_SHARE = 0.12, 0.012
ATTACHED_SHARES = {FIXED: 0.5, CONSUMER: 0.2}
"""So many of these lines belong to a debtor who already has a line of another product."""

EARLY_A_MONTH = (0.0025, 0.006, 0.004, 0.0, 0.0, 0.002)
"""Chance a month that a loan is repaid whole before its time, by product."""

REPRICED_SHARE = 0.2
"""Of the mortgages with a delivered schedule, so many follow the prime rate each 1 January."""

FIXED_RATE_SHARE = 0.25
BP_E8 = 10_000
LONG_TERM_MONTHS = 60


@dataclass(frozen=True)
class Loans:
    """One row a loan, sorted by the day of paying out.

    line, party    rows of the lines and of the debtors.
    renews         row of the loan that this one repaid, or -1; renewal says in which way.
    has_schedule   the core system delivers the instalments.
    has_history    all payments are known; otherwise the take-on brings an opening balance.
    reprices       the rate follows the prime rate each 1 January.
    has_successor  another loan of the line follows.
    ends_early_on  day on which everything is paid at once, before its time or from the security; or NEVER.
    """

    line: Indexes
    party: Indexes
    product: Indexes
    disbursed: Days
    matures: Days
    signed: Days
    term_months: Indexes
    principal_cents: Ints
    method: Indexes
    security: Indexes
    pay_day: Indexes
    period_months: Indexes
    is_lpr: Bools
    tenor: Indexes
    spread_bp: Indexes
    rate_e8: Ints
    renews: Indexes
    renewal: Indexes
    has_schedule: Bools
    has_history: Bools
    reprices: Bools
    has_successor: Bools
    ends_early_on: Days

    def __len__(self) -> int:
        return len(self.line)

    def span(self, begin: int, end: int) -> "Loans":
        """The rows from `begin` up to but not including `end`."""
        return Loans(**{field.name: getattr(self, field.name)[begin:end] for field in fields(self)})


@dataclass(frozen=True)
class Book:
    """Lines, debtors and loans of the demo bank, and who owes on each line."""

    lines: Lines
    parties: Parties
    loans: Loans
    line_party: Indexes


def draw_book(loans: int, window: Window, rates: PrimeRates, seed: int) -> Book:
    """The whole book: business first, then mortgages, then as many consumer loans as are still wanting."""
    months = len(window.ends)
    counts = line_counts(loans, months)
    draw = stream(seed, "lines")
    owners = [WORKING, FIXED, MICRO, BUSINESS, HOME]
    groups = [draw_lines(product, counts[product], window, draw) for product in owners]
    attached = groups[1].take(np.arange(round(len(groups[1].product) * ATTACHED_SHARES[FIXED])))
    groups[1] = groups[1].take(np.arange(len(attached.product), len(groups[1].product)))
    lines = join_lines(groups)
    parties, offset = admit(lines, window, stream(seed, "parties"), stream(seed, "stops").random())
    lines = replace(lines, starts=_start_before_stopping(lines, parties, stream(seed, "loans", 1)))
    owner = _willing(attached, parties, WORKING, stream(seed, "loans", 2))
    chains = _chains(lines, parties.stops_on, window, stream(seed, "loans", 3))
    wanting = max(1, loans - len(chains.line) - len(owner))

    consumer = draw_lines(CONSUMER, wanting, window, stream(seed, "lines", 1))
    both = round(wanting * ATTACHED_SHARES[CONSUMER])
    second, own = consumer.take(np.arange(both)), consumer.take(np.arange(both, wanting))
    second_owner = _willing(second, parties, HOME, stream(seed, "loans", 4))
    people, _ = admit(own, window, stream(seed, "parties", 1), offset)
    line_party = np.concatenate(
        (np.arange(len(lines.product)), len(lines.product) + np.arange(len(own.product)), owner, second_owner)
    ).astype(np.int32)
    everyone = join_parties([parties, people])
    all_lines = join_lines([lines, own, attached, second])
    single = np.arange(len(lines.product), len(all_lines.product))
    chain = _Chain(
        *(np.concatenate((left, right)) for left, right in zip(chains, _singles(all_lines, single), strict=True))
    )
    return Book(
        lines=all_lines, parties=everyone, line_party=line_party,
        loans=_loans(chain, all_lines, everyone, line_party, window, rates, seed),
    )  # fmt: skip


def _start_before_stopping(lines: Lines, parties: Parties, rng: np.random.Generator) -> Days:
    """A renewed line whose debtor stopped before the line's first loan shown began with an earlier loan."""
    earlier = parties.stops_on - rng.integers(60, 330, len(lines.starts))
    is_late = np.isin(lines.product, RENEWING) & (parties.stops_on < lines.starts + 60)
    return np.where(is_late, to_weekday(earlier.astype(np.int32)), lines.starts).astype(np.int32)


def _willing(lines: Lines, parties: Parties, product: int, rng: np.random.Generator) -> Indexes:
    """A debtor of the product for each further line: one who goes on paying well after it begins."""
    of_product = np.flatnonzero(parties.product == product)
    steady = of_product[parties.stops_on[of_product] == NEVER]
    drawn = of_product[rng.integers(0, len(of_product), len(lines.product))]
    instead = steady[rng.integers(0, len(steady), len(lines.product))]
    return np.where(parties.stops_on[drawn] > lines.starts + 90, drawn, instead).astype(np.int32)


class _Chain(NamedTuple):
    """Line, place in the chain, day of paying out, kind of renewal."""

    line: Indexes
    place: Indexes
    starts: Days
    renewal: Indexes


def _singles(lines: Lines, rows: Ints) -> _Chain:
    none = np.zeros(len(rows), dtype=np.int32)
    return _Chain(rows.astype(np.int32), none, lines.starts[rows], none)


def _chains(lines: Lines, stops_on: Days, window: Window, rng: np.random.Generator) -> _Chain:
    """The loans of each line, one after the other until the demo ends or the debtor stops paying."""
    line = np.arange(len(lines.product), dtype=np.int32)
    starts, renewal = lines.starts, np.zeros(len(line), dtype=np.int32)
    found: list[tuple[Indexes, Indexes, Days, Indexes]] = []
    place = 0
    while len(line):
        found.append((line, np.full(len(line), place, dtype=np.int32), starts, renewal))
        line, starts = line[np.isin(lines.product[line], RENEWING)], starts[np.isin(lines.product[line], RENEWING)]
        matured = add_months(starts, lines.term_months[line])
        chance = rng.random(len(line))
        share = np.where(lines.product[line] == MICRO, NO_PRINCIPAL_SHARE, 0.0)
        renewal = np.where(chance < share, NO_PRINCIPAL_RENEWAL, 0)
        renewal = np.where(chance > 1 - REFINANCED_SHARE, REFINANCED, renewal).astype(np.int32)
        gap = rng.integers(3, 16, len(line)).astype(np.int32)
        starts = np.where(renewal > 0, matured, to_weekday(matured + gap)).astype(np.int32)
        goes_on = (starts <= window.last) & (stops_on[line] > starts + 30)
        line, starts, renewal = line[goes_on], starts[goes_on], renewal[goes_on]
        place += 1
    return _Chain(*(np.concatenate([part[column] for part in found]) for column in range(4)))


def _loans(
    chain: _Chain, lines: Lines, parties: Parties, line_party: Indexes, window: Window, rates: PrimeRates, seed: int
) -> Loans:
    line, place, disbursed, renewal = chain
    order = np.lexsort((line, disbursed))
    line, place, disbursed, renewal = line[order], place[order], disbursed[order], renewal[order]
    rng, size = stream(seed, "loans"), len(order)
    product, party = lines.product[line], line_party[line]
    before = _before(line, place)
    has_successor = np.zeros(size, dtype=np.bool_)
    has_successor[before[before >= 0]] = True
    feeds = np.asarray([terms.feeds_schedule for terms in PRODUCTS])[product]
    method = lines.method[line]
    matures = add_months(disbursed, lines.term_months[line])
    # A loan about to end needs no opening balance: it would be closed before anyone looked at it.
    is_recent = (disbursed > window.first) | (matures <= window.first + 35)
    has_history = is_recent | (rng.random(size) < HISTORY_SHARE)
    # Only level and even instalments can be built from terms alone; even ones not from an opening balance to the
    # cent, since the contract's equal parts are not known any more.
    is_built = (method == LEVEL) | ((method == EQUAL) & has_history & (lines.pay_day[line] == 0))
    has_schedule = ~is_built | (rng.random(size) < feeds)
    reprices = has_schedule & (product == HOME) & (method == LEVEL) & (rng.random(size) < REPRICED_SHARE)
    is_lpr = (product != CONSUMER) | (rng.random(size) >= FIXED_RATE_SHARE)
    tenor = (lines.term_months[line] > LONG_TERM_MONTHS).astype(np.int32)
    signed = disbursed - np.where(renewal > 0, 10, rng.integers(0, 15, size)).astype(np.int32)
    principal = _principals(lines, line, renewal, before, rng)
    loans = Loans(
        line=line, party=party, product=product, disbursed=disbursed, signed=signed.astype(np.int32),
        matures=matures, term_months=lines.term_months[line],
        principal_cents=principal, method=method, security=lines.security[line], pay_day=lines.pay_day[line],
        period_months=lines.period_months[line], is_lpr=is_lpr, tenor=tenor, spread_bp=lines.spread_bp[line],
        rate_e8=rates.on(signed.astype(np.int32), tenor) + lines.spread_bp[line].astype(np.int64) * BP_E8,
        renews=np.where(renewal > 0, before, -1).astype(np.int32), renewal=renewal, has_schedule=has_schedule,
        has_history=has_history, reprices=reprices,
        has_successor=has_successor, ends_early_on=np.full(size, NEVER, dtype=np.int32),
    )  # fmt: skip
    return replace(loans, ends_early_on=_early_ends(loans, parties, window, rng.random(size)))


def _before(line: Indexes, place: Indexes) -> Indexes:
    """The row of the loan before this one in its chain, or -1."""
    order = np.lexsort((place, line))
    before = np.full(len(line), -1, dtype=np.int32)
    same = line[order][1:] == line[order][:-1]
    before[order[1:][same]] = order[:-1][same]
    return before


def _principals(lines: Lines, line: Indexes, renewal: Indexes, before: Indexes, rng: np.random.Generator) -> Ints:
    """A line is drawn in part each year; a renewal carries the amount of the loan it repays."""
    whole = lines.principal_cents[line]
    step = np.asarray([product.step_yuan for product in PRODUCTS], dtype=np.int64)[lines.product[line]] * 100
    part = np.maximum((whole * rng.uniform(0.6, 1.0, len(line))).astype(np.int64) // step, 1) * step
    amount = np.where(np.isin(lines.product[line], RENEWING), part, whole)
    for _ in range(int(renewal.astype(bool).sum() > 0) * 8):
        carried = np.where(renewal > 0, amount[before], amount)
        if np.array_equal(carried, amount):
            break
        amount = carried
    return np.asarray(amount, dtype=np.int64)


def _early_ends(loans: Loans, parties: Parties, window: Window, chance: Floats) -> Days:
    """Voluntary early repayment by chance; for debtors who stopped, the day of resolution."""
    monthly = np.asarray(EARLY_A_MONTH)[loans.product]
    with np.errstate(divide="ignore"):
        wait = np.minimum(-np.log1p(-chance) / np.maximum(monthly, 1e-12) * 30.4, 1e6)
    day = np.maximum(loans.disbursed + 180, window.first + 5) + wait.astype(np.int64)
    stops_on = parties.stops_on[loans.party]
    is_early = (day < loans.matures - 40) & (day < stops_on - 60) & (loans.method != BULLET) & (monthly > 0)
    resolved = np.where(loans.matures > stops_on, parties.resolved_on[loans.party], NEVER)
    return np.where(is_early & (stops_on >= NEVER), day, resolved).astype(np.int32)


def first_years(loans: Loans, window: Window) -> Indexes:
    """The year whose prime rate a loan's first delivered schedule knows: the take-on's, or its own if later."""
    take_on = year_of(np.asarray([window.first], dtype=np.int32))[0]
    return np.asarray(np.maximum(year_of(loans.disbursed), take_on), dtype=np.int32)
