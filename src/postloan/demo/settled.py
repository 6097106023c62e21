"""What three people settle about loans of companies: tiers worse than the rules', and upgrades of those that recovered.

The desk of the demo decides at month-ends. It upgrades a debtor's loans at the first one that the law allows: nothing
of the debtor's overdue for long enough, by instalments and money, day by day.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from postloan.demo.behaviour import Payments
from postloan.demo.dates import NEVER, Days, add_months, to_day
from postloan.demo.draws import Bools, Indexes, Ints, stream
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.parties import COMPANY, MICRO_SIZE, PERSON, SMALL, SOLE_TRADER, Parties
from postloan.demo.registers import Register
from postloan.demo.schedules import Schedule
from postloan.demo.truth import CURRENT, DEFAULT_DAYS, LATE, Standing
from postloan.demo.write import day_series, only, words

HELD_FROM = to_day(date(2023, 7, 1))
"""Under the rules before, no loan waited for an upgrade."""

CLEAN_MONTHS, CLEAN_PERIODS = 6, 2
HANDS = {"proposed_by": "公司业务部 林涛", "determined_by": "风险管理部 何静", "approved_by": "授信审批委员会 高远"}
ABILITIES = ("订单恢复,连续按期还款", "股东增资到位,现金流转正", "处置闲置资产后杠杆下降,按期还款")
FORESEEN_DAYS, FORESEEN_SHARE = (30, 150), 0.25
"""Of companies that will stop within so many days, the desk sees so many coming, a month."""

FEARED_SHARE = 0.002
"""And of all others it fears for so many, in vain; either is watched for a year."""

CALLED_BAD_DAYS, CALLED_BAD_SHARE = (31, DEFAULT_DAYS), 0.25
"""Of companies that have stopped, so many are called substandard, a month, before their days past due say so."""

WATCHED_MONTHS = 12
FOUND = (
    ("special_mention", "主要客户订单下降,尚能按期还款"),
    ("special_mention", "实际控制人涉诉,暂未影响还款"),
    ("substandard", "已停产,第一还款来源中断"),
)
_BAD = 2


def is_non_retail(parties: Parties) -> Bools:
    """Debtors whose loans are classed together, and improve by a decision alone."""
    is_small = (parties.form == COMPANY) & np.isin(parties.size, (SMALL, MICRO_SIZE))
    return np.asarray(~np.isin(parties.form, (PERSON, SOLE_TRADER)) & ~is_small)


class Desk:
    """The decisions by three of every month."""

    def __init__(
        self, book: Book, known: Register, schedule: Schedule, payments: Payments, settled_on: Days,
        has_history: Bools, window: Window, seed: int,
    ) -> None:  # fmt: skip
        self._book, self._known, self._seed = book, known, seed
        self._is_mine = is_non_retail(book.parties)[book.loans.party]
        self._found = np.zeros(len(book.loans), dtype=np.bool_)
        self.upgrades = _upgrades(book, self._is_mine, schedule, payments, settled_on, has_history, window)

    def next_month(self, standing: Standing, month: int) -> pl.DataFrame:
        """The decisions of the month-end."""
        rng = stream(self._seed, "findings", month)
        loan, on = self.upgrades
        upgraded = loan[on == standing.on]
        told = [
            json.dumps(HANDS | {"ability": why}, ensure_ascii=False, sort_keys=True)
            for why in (ABILITIES[at] for at in rng.integers(0, len(ABILITIES), len(upgraded)))
        ]
        found, which, until = self._findings(standing, rng)
        says = [
            json.dumps(HANDS | {"tier": tier, "reason": reason}, ensure_ascii=False, sort_keys=True)
            for tier, reason in FOUND
        ]
        frames = [
            self._rows(
                "upgrade", upgraded, standing.on, np.full(len(upgraded), NEVER), pl.Series(told, dtype=pl.String)
            ),
            self._rows("manual_tier", found, standing.on, until, words(tuple(says), which)),
        ]
        return pl.concat(frames)

    def _findings(self, standing: Standing, rng: np.random.Generator) -> tuple[Ints, Indexes, Days]:
        """The loans found worse than the rules find them, at most once each; which finding; until when it holds."""
        stops_on = self._book.parties.stops_on[self._book.loans.party]
        is_open = self._is_mine & ~self._found & np.isin(standing.state, (CURRENT, LATE))
        ahead = stops_on - np.int64(standing.on)
        chance = rng.random(len(is_open))
        is_foreseen = (ahead >= FORESEEN_DAYS[0]) & (ahead <= FORESEEN_DAYS[1]) & (chance < FORESEEN_SHARE)
        is_watched = (standing.days_past_due == 0) & (is_foreseen | (chance < FEARED_SHARE))
        days = standing.days_past_due
        is_late = (days >= CALLED_BAD_DAYS[0]) & (days <= CALLED_BAD_DAYS[1])
        is_bad = (stops_on <= standing.on) & is_late & (chance < CALLED_BAD_SHARE)
        loan = np.flatnonzero(is_open & (is_watched | is_bad))
        self._found[loan] = True
        which = np.where(is_bad[loan], _BAD, rng.integers(0, _BAD, len(loan))).astype(np.int32)
        on = np.full(len(loan), standing.on, dtype=np.int32)
        year_on = add_months(on, np.full(len(loan), WATCHED_MONTHS, dtype=np.int32))
        return loan, which, np.where(which == _BAD, NEVER, year_on).astype(np.int32)

    def _rows(self, kind: str, loan: Ints, on: int, until: Days, terms: pl.Series) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "kind": pl.Series([kind]).new_from_index(0, len(loan)),
                "loan_id": self._known.loan.gather(loan),
                "effective_on": day_series(np.full(len(loan), on, dtype=np.int32)),
                "ends_on": only(day_series(np.where(until < NEVER, until, 0)), until < NEVER),
                "terms": terms,
            }
        )


# Upgrades --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Arrear:
    """Something of a debtor's that was not paid on its day."""

    due: int
    paid: int
    loan: int

    @property
    def is_bad(self) -> bool:
        """Whether it made the loan non-performing, and in a time whose rules make such a loan wait."""
        return self.paid - self.due > DEFAULT_DAYS and self.paid > HELD_FROM


@dataclass(frozen=True)
class _Loan:
    row: int
    begins: int
    known_from: int
    gone: int
    clean_months: int


def _upgrades(
    book: Book, is_mine: Bools, schedule: Schedule, payments: Payments, settled_on: Days, has_history: Bools,
    window: Window,
) -> tuple[Ints, Ints]:  # fmt: skip
    """The loans whose debtors are upgraded, and the month-ends on which they are."""
    loans = book.loans
    rows = np.flatnonzero(is_mine[schedule.owner])
    owner, due = schedule.owner[rows], schedule.due[rows]
    paid = np.minimum(_paid_on(schedule, payments, is_mine, rows), settled_on[owner])
    gone = settled_on.copy()
    is_last = schedule.place[rows] == schedule.number[owner] - 1
    gone[owner[is_last]] = np.minimum(gone[owner[is_last]], paid[is_last])
    # An opening balance tells of what is overdue on its day, and of nothing before.
    is_told = has_history[owner] | (paid > window.first)
    late = np.flatnonzero((paid > due) & (due <= window.last) & is_told)
    is_bad = (paid[late] - due[late] > DEFAULT_DAYS) & (due[late] + DEFAULT_DAYS < window.last)
    debtors = np.unique(loans.party[owner[late[is_bad]]])
    arrears: dict[int, list[_Arrear]] = {int(party): [] for party in debtors}
    for at in late[np.isin(loans.party[owner[late]], debtors)]:
        arrears[int(loans.party[owner[at]])].append(_Arrear(int(due[at]), int(paid[at]), int(owner[at])))
    theirs: dict[int, list[_Loan]] = {int(party): [] for party in debtors}
    for row in np.flatnonzero(np.isin(loans.party, debtors)):
        # Of a loan with an opening balance alone nobody can say that it was never late before.
        known_from = 0 if has_history[row] else window.first
        months = max(CLEAN_MONTHS, CLEAN_PERIODS * int(loans.period_months[row]))
        theirs[int(loans.party[row])].append(
            _Loan(int(row), int(loans.disbursed[row]), known_from, int(gone[row]), months)
        )
    ends = [int(end) for end in window.ends]
    decided = [each for party in arrears for each in _decided(sorted(arrears[party], key=_by_day), theirs[party], ends)]
    return (
        np.array([loan for loan, _ in decided], dtype=np.int64),
        np.array([on for _, on in decided], dtype=np.int64),
    )


def _by_day(arrear: _Arrear) -> tuple[int, int]:
    return arrear.due, arrear.loan


def _decided(arrears: list[_Arrear], loans: list[_Loan], ends: list[int]) -> Iterator[tuple[int, int]]:
    """One debtor's upgrades: a loan of it, and the month-end."""
    bad: set[int] = set()
    clear_from = 0
    for arrear, after in zip(arrears, [*arrears[1:], _Arrear(int(NEVER), int(NEVER), 0)], strict=True):
        bad |= {arrear.loan} if arrear.is_bad else set()
        clear_from = max(clear_from, arrear.paid)
        if not bad or after.due <= clear_from:
            continue
        for end in ends:
            if not clear_from <= end < after.due:
                continue
            there = [loan for loan in loans if loan.begins <= end < loan.gone]
            waiting = [loan.row for loan in there if loan.row in bad]
            if not waiting:
                # What was bad has left the book.
                bad.clear()
                break
            since, months = (
                max([clear_from, *(loan.known_from for loan in there)]),
                max(loan.clean_months for loan in there),
            )
            if end >= _later(since, months):
                yield waiting[0], end
                bad.clear()
                break


def _later(day: int, months: int) -> int:
    return int(add_months(np.array([day], dtype=np.int32), np.array([months], dtype=np.int32))[0])


def _paid_on(schedule: Schedule, payments: Payments, is_mine: Bools, rows: Ints) -> Days:
    """The day on which each of these instalments was paid whole, with all before it; NEVER where it was not.

    A payment that was taken back was never made.
    """
    is_kept = is_mine[payments.loan] & ~payments.is_reversal
    is_kept[payments.reverses[payments.is_reversal]] = False
    kept = np.flatnonzero(is_kept)
    kept = kept[np.lexsort((payments.paid_on[kept], payments.loan[kept]))]
    cash_to = np.concatenate(([0], np.cumsum(payments.amount_cents[kept])))
    owner = schedule.owner[rows]
    begins, ends = (np.searchsorted(payments.loan[kept], owner, side=side) for side in ("left", "right"))
    owed_to = np.concatenate(([0], np.cumsum(schedule.principal_cents + schedule.interest_cents)))
    needed = owed_to[rows + 1] - owed_to[schedule.first[owner]] + cash_to[begins]
    payment = np.searchsorted(cash_to, needed, side="left") - 1
    paid_on = np.append(payments.paid_on[kept], NEVER)[np.clip(payment, 0, len(kept))]
    paid_on = np.where(payment < begins, schedule.due[rows], paid_on)
    return np.where(payment >= ends, NEVER, paid_on).astype(np.int32)
