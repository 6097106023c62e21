"""How debtors pay: before, on or after the due day, in part, all at once, or no longer."""

from dataclasses import dataclass, fields, replace

import numpy as np

from postloan.demo.dates import NEVER, Days, day_of_month, month_of
from postloan.demo.draws import Bools, Floats, Indexes, Ints, portion, stream, systematic
from postloan.demo.lines import Window
from postloan.demo.loans import Loans
from postloan.demo.market import stress_of
from postloan.demo.parties import COMPANY, MEDIUM, Parties
from postloan.demo.products import PRODUCTS, QUARTER, RETAIL
from postloan.demo.schedules import E8_YEAR_DAYS, LOANS_AT_ONCE, Schedule

EARLY_SHARE, EARLY_DAYS = 0.25, 6
SLIP_CHANCE, SLIP_CHANCE_MOST = 0.013, 0.3
SLIP_BANDS = ((1, 6), (6, 16), (16, 31))
SLIP_BAND_SHARES = (0.6, 0.25, 0.15)
LAPSE_BANDS = ((31, 61), (61, 91), (91, 151))
LAPSE_BAND_SHARES = (0.72, 0.22, 0.06)
STUMBLE_ONE_IN, STUMBLE_DAYS = 3, (95, 150)
"""Of medium-sized firms that lapse, one in so many does so for over 90 days, recovers, and waits to be upgraded."""

HAZARD_POWER = 0.6
"""Lateness follows the hazard of stopping, but less than in proportion."""

PART_FIRST_SHARE = 0.2
"""Of late instalments, so many were paid in part on the due day."""

PARTLY_DAYS, PARTLY_PAID_SHARE = 240, 0.6
"""Debtors who stop by degrees pay a part of so many instalments for so long, then nothing."""

ON_DUE_DAY_SHARE = 0.6
"""Of voluntary early repayments, so many fall on a due day."""

REVERSAL_CHANCE = 0.0006


@dataclass(frozen=True)
class Payments:
    """Money received, and taken back.

    is_reversal  the row takes back the row `reverses`.
    is_hidden    before the take-on of a loan without history: known to the truth, absent from the feed.
    """

    loan: Indexes
    paid_on: Days
    amount_cents: Ints
    is_reversal: Bools
    reverses: Ints
    is_hidden: Bools


@dataclass(frozen=True)
class _Plan:
    """Each due instalment paid in at most two parts: `amount` on `paid`, the rest on `rest_paid`."""

    loan: Indexes
    due: Days
    whole: Ints
    paid: Days
    amount: Ints
    rest_paid: Days


def pay(loans: Loans, parties: Parties, schedule: Schedule, window: Window, seed: int) -> tuple[Payments, Days, Bools]:
    """All payments up to the last month-end, the day each loan was settled at once, and whose history is known.

    schedule   what falls due a little past the last month-end, no further.
    """
    parts = []
    for begin in range(0, len(loans), LOANS_AT_ONCE):
        end = min(begin + LOANS_AT_ONCE, len(loans))
        rng = stream(seed, "behaviour", begin // LOANS_AT_ONCE)
        parts.append(_pay(loans.span(begin, end), parties, schedule.span(begin, end), window, rng))
    rows = np.cumsum([0] + [len(part[0].loan) for part in parts])
    payments = [
        replace(
            part[0], loan=part[0].loan + np.int32(number * LOANS_AT_ONCE),
            reverses=np.where(part[0].reverses >= 0, part[0].reverses + rows[number], -1),
        )
        for number, part in enumerate(parts)
    ]  # fmt: skip
    joined = Payments(**{f.name: np.concatenate([getattr(p, f.name) for p in payments]) for f in fields(Payments)})
    return joined, np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])


def _pay(
    loans: Loans, parties: Parties, schedule: Schedule, window: Window, rng: np.random.Generator
) -> tuple[Payments, Days, Bools]:
    loan, due = schedule.owner, schedule.due
    ends_on = _on_due_days(loans, parties, loan, due, rng)
    whole = schedule.principal_cents + schedule.interest_cents
    paid, is_lapsed = _when_paid(loans, parties, schedule, window, rng)
    plan = _in_parts(loans, parties, _Plan(loan, due, whole, paid, whole, paid), is_lapsed, rng)
    plan = _settle(_at_the_door(loans, plan, window), ends_on)
    loans = replace(loans, has_history=loans.has_history | _needs_history(loans, plan, window))
    lump = _lump_sums(loans, schedule, ends_on, window)
    return _collect(loans, plan, lump, ends_on, window, rng), ends_on, loans.has_history


def _on_due_days(loans: Loans, parties: Parties, loan: Indexes, due: Days, rng: np.random.Generator) -> Days:
    """Most voluntary early repayments wait for the next due day."""
    is_voluntary = (loans.ends_early_on < NEVER) & (parties.stops_on[loans.party] >= NEVER)
    waits = is_voluntary & (rng.random(len(loans)) < ON_DUE_DAY_SHARE)
    rows = np.flatnonzero(waits[loan])
    rows = rows[due[rows] >= loans.ends_early_on[loan[rows]]]
    whose, place = np.unique(loan[rows], return_index=True)
    ends_on = loans.ends_early_on.copy()
    ends_on[whose] = due[rows[place]]
    return ends_on


def _proneness(loans: Loans, parties: Parties, loan: Indexes, due: Days, window: Window) -> Floats:
    first, last = int(month_of(window.ends)[0]), int(month_of(window.ends)[-1])
    of_loan = parties.hazard[loans.party] ** HAZARD_POWER
    return np.asarray(of_loan[loan] * stress_of(month_of(due), first, last))


def _when_paid(
    loans: Loans, parties: Parties, schedule: Schedule, window: Window, rng: np.random.Generator
) -> tuple[Days, Bools]:
    loan, due = schedule.owner, schedule.due
    size = len(loan)
    chance = rng.random(size)
    days = np.where(chance < EARLY_SHARE, -rng.integers(1, EARLY_DAYS, size), 0)
    prone = _proneness(loans, parties, loan, due, window)
    is_quarter = loans.period_months[loan] == QUARTER
    slips = chance > 1 - np.minimum(SLIP_CHANCE * prone * np.where(is_quarter, 1.5, 1.0), SLIP_CHANCE_MOST)
    slipped = np.flatnonzero(slips)
    days[slipped] = _banded(rng, len(slipped), SLIP_BANDS, SLIP_BAND_SHARES)
    is_last = schedule.place == schedule.number[loan] - 1
    # A last instalment paid ahead would settle the loan that day; here loans end on a due day or as planned.
    days[is_last] = np.maximum(days[is_last], 0)
    renewed = loans.has_successor[loan]
    # The bank does not lend again before the old loan is repaid.
    days[renewed & is_last] = 0
    paid = (due + days).astype(np.int32)

    lapses = np.asarray([product.lapses for product in PRODUCTS])[loans.product[loan]] * prone
    lapses = np.where(is_quarter, 3, 1) * lapses * ~(renewed & is_last)
    began = _lapse_rows(loans, loan, due, lapses, rng)
    until = np.zeros(size, dtype=np.int64)
    until[began] = due[began] + _banded(rng, len(began), LAPSE_BANDS, LAPSE_BAND_SHARES)
    stumbles = began[_is_medium_firm(loans, parties)[loan[began]]][::STUMBLE_ONE_IN]
    until[stumbles] = due[stumbles] + STUMBLE_DAYS[0] + np.arange(len(stumbles)) * 17 % np.ptp(STUMBLE_DAYS)
    until = np.where(renewed, np.minimum(until, loans.matures[loan]), until)
    # A running maximum inside each loan: the loan's number sits above the sixteen bits of the day.
    reaches = np.maximum.accumulate((loan.astype(np.int64) << 16) + until) & 0xFFFF
    is_lapsed = (reaches > due) & (reaches > paid)
    return np.where(is_lapsed, reaches, paid).astype(np.int32), is_lapsed


def _lapse_rows(loans: Loans, loan: Indexes, due: Days, weights: Floats, rng: np.random.Generator) -> Ints:
    """Instalments not paid for a month or more: by chance for persons, evenly by month and amount for the others.

    A handful of large loans decides the bank's shares, and they should look alike whatever the seed.
    """
    is_retail = np.isin(loans.product, RETAIL)[loan]
    by_chance = np.flatnonzero(is_retail & (rng.random(len(loan)) < weights))
    others = np.flatnonzero(~is_retail)
    rank = np.empty(len(loans), dtype=np.int64)
    rank[np.lexsort((loans.principal_cents, loans.product))] = np.arange(len(loans))
    others = others[np.argsort(month_of(due[others]) * np.int64(len(loans)) + rank[loan[others]], kind="stable")]
    drawn, _ = systematic(weights[others], rng.random())
    return np.sort(np.concatenate((by_chance, others[drawn])))


def _is_medium_firm(loans: Loans, parties: Parties) -> Bools:
    return np.asarray((parties.form == COMPANY) & (parties.size == MEDIUM))[loans.party]


def _banded(rng: np.random.Generator, size: int, bands: tuple[tuple[int, int], ...], shares: tuple[float, ...]) -> Ints:
    band = np.searchsorted(np.cumsum(shares), rng.random(size) * sum(shares), side="right")
    low = np.asarray([begin for begin, _ in bands])[band]
    high = np.asarray([end for _, end in bands])[band]
    return np.asarray(low + (rng.random(size) * (high - low)).astype(np.int64), dtype=np.int64)


def _in_parts(loans: Loans, parties: Parties, plan: _Plan, is_lapsed: Bools, rng: np.random.Generator) -> _Plan:
    """Part payments of late instalments; nothing, or a part, once the debtor has stopped."""
    paid, amount, rest_paid = plan.paid.copy(), plan.amount.copy(), plan.rest_paid.copy()
    is_late = (paid > plan.due) & (rng.random(len(paid)) < PART_FIRST_SHARE)
    late = np.flatnonzero(is_late & (is_lapsed | (plan.whole > 0)))
    amount[late] = _part(plan.whole[late], rng, 0.2, 0.8)
    paid[late] = plan.due[late]

    stops_on = parties.stops_on[loans.party][plan.loan]
    is_stopped = np.maximum(np.maximum(paid, rest_paid), plan.due) >= stops_on
    amount[is_stopped] = plan.whole[is_stopped]
    paid[is_stopped], rest_paid[is_stopped] = NEVER, NEVER
    pays_part = is_stopped & parties.is_partly[loans.party][plan.loan] & (plan.due < stops_on + PARTLY_DAYS)
    part = np.flatnonzero(pays_part & (plan.due >= stops_on) & (rng.random(len(paid)) < PARTLY_PAID_SHARE))
    amount[part] = _part(plan.whole[part], rng, 0.15, 0.7)
    paid[part] = plan.due[part] + rng.integers(0, 20, len(part)).astype(np.int32)
    return _Plan(plan.loan, plan.due, plan.whole, paid, amount, rest_paid)


def _part(whole: Ints, rng: np.random.Generator, low: float, high: float) -> Ints:
    """A part of the amount in whole yuan, at least one cent and never all of it."""
    part = (whole * rng.uniform(low, high, len(whole))).astype(np.int64) // 100 * 100
    return np.clip(part, 1, np.maximum(whole - 1, 1))


def _at_the_door(loans: Loans, plan: _Plan, window: Window) -> _Plan:
    """No payment on the day of paying out, and no money paid ahead across an opening balance, which cannot carry it."""
    opened = ~loans.has_history[plan.loan] & (plan.due > window.first)
    earliest = np.where(opened, window.first + 1, loans.disbursed[plan.loan] + 1)
    paid = np.maximum(plan.paid, earliest).astype(np.int32)
    return _Plan(plan.loan, plan.due, plan.whole, paid, plan.amount, np.maximum(plan.rest_paid, paid))


def _settle(plan: _Plan, ends_on: Days) -> _Plan:
    """Where everything is paid at once: what is due and open is paid that day; what would fall due later is not."""
    end = ends_on[plan.loan]
    keep = np.flatnonzero(plan.due <= end)
    return _Plan(
        plan.loan[keep], plan.due[keep], plan.whole[keep], np.minimum(plan.paid, end)[keep],
        plan.amount[keep], np.minimum(plan.rest_paid, end)[keep],
    )  # fmt: skip


def _needs_history(loans: Loans, plan: _Plan, window: Window) -> Bools:
    """Loans in arrears at the take-on whose arrears are paid off in several goes.

    An opening balance tells arrears as one sum with one due day, so it cannot tell which instalment a part payment
    has cleared; the bank has kept the history of such loans.
    """
    size, first = len(loans), window.first
    behind = np.flatnonzero((plan.due <= first) & (plan.rest_paid > first))
    cleared_on = np.zeros(size, dtype=np.int32)
    np.maximum.at(cleared_on, plan.loan[behind], plan.rest_paid[behind])
    between = np.zeros(size, dtype=np.bool_)
    for paid in (plan.paid, plan.rest_paid):
        rows = np.flatnonzero((paid > first) & (paid < cleared_on[plan.loan]))
        between[plan.loan[rows]] = True
    return between


def _lump_sums(loans: Loans, schedule: Schedule, ends_on: Days, window: Window) -> tuple[Ints, Ints]:
    """The loans settled at once, and what each pays beyond its due instalments: the rest, and interest to the day."""
    settled = np.flatnonzero(ends_on <= window.last)
    end = ends_on[schedule.owner]
    fallen = np.flatnonzero((end <= window.last) & (schedule.due <= end))
    owner = schedule.owner[fallen]
    paid = np.bincount(owner, schedule.principal_cents[fallen], len(loans)).astype(np.int64)
    since = loans.disbursed.copy()
    is_last = np.append(owner[1:] != owner[:-1], True)[: len(owner)]
    since[owner[is_last]] = schedule.due[fallen[is_last]]
    rest = (loans.principal_cents - paid)[settled]
    actual = (ends_on - since)[settled]
    thirty = 30 * (month_of(ends_on) - month_of(since)) + np.minimum(day_of_month(ends_on), 30) - day_of_month(since)
    # Either count of days is in use; the greater one covers what is owed whichever the night follows.
    days = np.maximum(np.maximum(actual, thirty[settled]), 0).astype(np.int64)
    return settled, rest + portion(rest, loans.rate_e8[settled] * days, E8_YEAR_DAYS)


def _collect(
    loans: Loans, plan: _Plan, lump: tuple[Ints, Ints], ends_on: Days, window: Window, rng: np.random.Generator
) -> Payments:
    """One payment a loan and day, then the reversals with their second tries."""
    rest = plan.whole - plan.amount
    loan = np.concatenate((plan.loan, plan.loan[rest > 0], lump[0])).astype(np.int64)
    paid = np.concatenate((plan.paid, plan.rest_paid[rest > 0], ends_on[lump[0]]))
    amount = np.concatenate((plan.amount, rest[rest > 0], lump[1]))
    seen = np.flatnonzero((paid <= window.last) & (amount > 0))
    key = (loan[seen] << 16) | paid[seen]
    order = np.argsort(key, kind="stable")
    key, amount = key[order], amount[seen][order]
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.empty(0, dtype=np.int64)
    total = np.add.reduceat(amount, begins) if len(begins) else amount
    loan, paid = key[begins] >> 16, (key[begins] & 0xFFFF).astype(np.int32)

    steady = (ends_on[loan] >= NEVER) & (paid > window.first + 5) & (paid < window.last - 10)
    wrong = np.flatnonzero(steady & (rng.random(len(loan)) < REVERSAL_CHANCE))
    back_on = paid[wrong] + rng.integers(1, 3, len(wrong)).astype(np.int32)
    again_on = back_on + rng.integers(0, 4, len(wrong)).astype(np.int32)
    size, more = len(loan), len(wrong)
    hidden = ~loans.has_history[loan] & (paid <= window.first)
    return Payments(
        loan=np.concatenate((loan, loan[wrong], loan[wrong])).astype(np.int32),
        paid_on=np.concatenate((paid, back_on, again_on)).astype(np.int32),
        amount_cents=np.concatenate((total, total[wrong], total[wrong])),
        is_reversal=np.concatenate((np.zeros(size, np.bool_), np.ones(more, np.bool_), np.zeros(more, np.bool_))),
        reverses=np.concatenate((np.full(size, -1), wrong, np.full(more, -1))),
        is_hidden=np.concatenate((hidden, np.zeros(2 * more, np.bool_))),
    )
