"""What is told month by month: payments, opening balances, decisions, the bureau's view, and the truth apart."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from postloan.demo.behaviour import Payments
from postloan.demo.dates import NEVER, Days, to_date
from postloan.demo.draws import Bools, Indexes, Ints, stream
from postloan.demo.loans import Book
from postloan.demo.parties import CLASSES
from postloan.demo.products import MICRO
from postloan.demo.registers import Register
from postloan.demo.truth import CLOSED, LATE, STATE_NAMES, UNBORN, Standing
from postloan.demo.write import FeedWriter, day_series, only, serials, words, write_frame

CHANNELS = ("auto_debit", "mobile", "counter", "transfer")
TIER_DAYS = (0, 90, 270, 360)
TIER_WORDS = ("pass", "special_mention", "substandard", "doubtful", "loss")
TECHNICAL_MOST_DAYS = 7
TECHNICAL_SHARE = 0.3
TECHNICAL_TERMS = (
    {"cause": "批量扣款系统升级,扣款延后一日", "evidence": "信息科技部变更单 BG-2381", "approver": "运营管理部 周敏"},
    {"cause": "他行转账通道拥堵,款项次日到账", "evidence": "支付平台流水与人行清算回执", "approver": "运营管理部 郑凯"},
    {
        "cause": "还款账户因司法协查短时止付,后更正",
        "evidence": "协查解除通知书及账户日志",
        "approver": "内控合规部 沈洁",
    },
)
RESTRUCTURED_SHARE = 0.03
RESTRUCTURED_DAYS = (31, 90)
DIFFICULTIES = (
    ("cash_flow_short", "下游回款周期延长,经营现金流不足"),
    ("overdue", "主要客户停产,收入下降"),
    ("overdue", "家庭主要收入来源中断"),
    ("cash_flow_short", "原材料涨价,毛利收窄"),
)
ADJUSTMENTS = (
    ("forgiveness", "减免罚息,担保追加但未变更还款计划"),
    ("weaker_security", "以存货质押置换原应收账款质押"),
    ("weaker_security", "解除一名保证人的保证责任,其余条款不变"),
)


def put_payments(payments: Payments, book: Book, known: Register, writer: FeedWriter) -> None:
    """Write the payments, numbered as they came in."""
    shown = np.flatnonzero(~payments.is_hidden)
    order = shown[np.lexsort((payments.is_reversal[shown], payments.loan[shown], payments.paid_on[shown]))]
    number = np.zeros(len(payments.loan), dtype=np.int32)
    number[order] = np.arange(1, len(order) + 1, dtype=np.int32)
    months = writer.month_known(payments.paid_on[order])
    bounds = np.searchsorted(months, np.arange(len(writer.days) + 1))
    is_retail = book.loans.product < MICRO
    for month in range(len(writer.days)):
        rows = order[bounds[month] : bounds[month + 1]]
        loan = payments.loan[rows]
        back = payments.is_reversal[rows]
        taken_back = serials("HK", number[np.maximum(payments.reverses[rows], 0)], 10)
        channel = np.where(is_retail[loan], number[rows] % 7 // 5, 3 - number[rows] % 5 // 4)
        frame = pl.DataFrame(
            {
                "payment_id": serials("HK", number[rows], 10),
                "loan_id": known.loan.gather(loan),
                "paid_on": day_series(payments.paid_on[rows]),
                "amount_cents": payments.amount_cents[rows],
                "channel": words(CHANNELS, channel.astype(np.int32)),
                "reverses_payment_id": only(taken_back, back),
            }
        )
        writer.put_month("payment", month, frame)


def put_openings(standing: Standing, has_history: Bools, known: Register, writer: FeedWriter) -> None:
    """Write the opening balances of loans whose earlier payments are lost."""
    rows = np.flatnonzero(~has_history & (standing.state != UNBORN) & (standing.state != CLOSED))
    principal, interest = standing.overdue_principal_cents[rows], standing.overdue_interest_cents[rows]
    frame = pl.DataFrame(
        {
            "loan_id": known.loan.gather(rows),
            "on": day_series(np.full(len(rows), standing.on, dtype=np.int32)),
            "outstanding_cents": standing.outstanding_cents[rows],
            "overdue_principal_cents": principal,
            "overdue_interest_cents": interest,
            "oldest_principal_due_on": only(day_series(standing.oldest_principal_on[rows]), principal > 0),
            "oldest_interest_due_on": only(day_series(standing.oldest_interest_on[rows]), interest > 0),
            "tier": words(TIER_WORDS, floor_tiers(standing.days_past_due[rows])),
        }
    )
    writer.put_month("opening", 0, frame)


def floor_tiers(days_past_due: Indexes) -> Indexes:
    """The tier that days past due alone allow, 0 to 4."""
    return np.searchsorted(np.asarray(TIER_DAYS), days_past_due, side="left").astype(np.int32)


def decide(standing: Standing, month: int, book: Book, known: Register, seed: int, restructured: Bools) -> pl.DataFrame:
    """The desk's decisions of a month: technical delays excused, and loans restructured (marked in `restructured`)."""
    rng = stream(seed, "decisions", month)
    late = np.flatnonzero(standing.state == LATE)
    days = standing.days_past_due[late]
    technical = late[(days <= TECHNICAL_MOST_DAYS) & (rng.random(len(late)) < TECHNICAL_SHARE)]
    due = standing.on - standing.days_past_due[technical]
    low, high = RESTRUCTURED_DAYS
    has_life = book.loans.matures[late] > standing.on + 180
    fits = (days >= low) & (days <= high) & has_life & ~restructured[late]
    eased = late[fits & (rng.random(len(late)) < RESTRUCTURED_SHARE)]
    restructured[eased] = True
    terms = [json.dumps(each, ensure_ascii=False, sort_keys=True) for each in TECHNICAL_TERMS]
    delays = pl.DataFrame(
        {
            "kind": pl.Series(["technical_delay"]).new_from_index(0, len(technical)),
            "loan_id": known.loan.gather(technical),
            "effective_on": day_series(due + 1),
            "ends_on": day_series(due + TECHNICAL_MOST_DAYS),
            "terms": words(tuple(terms), rng.integers(0, len(terms), len(technical)).astype(np.int32)),
        }
    )
    on = np.full(len(eased), standing.on, dtype=np.int32)
    changes = pl.DataFrame(
        {
            "kind": pl.Series(["restructure"]).new_from_index(0, len(eased)),
            "loan_id": known.loan.gather(eased),
            "effective_on": day_series(on),
            "ends_on": pl.Series([None], dtype=pl.Date).new_from_index(0, len(eased)),
            "terms": pl.Series(_restructure_terms(len(eased), rng), dtype=pl.String),
        }
    )
    return pl.concat([delays, changes])


def _restructure_terms(count: int, rng: np.random.Generator) -> list[str]:
    difficulties = rng.integers(0, len(DIFFICULTIES), count).tolist()
    adjustments = rng.integers(0, len(ADJUSTMENTS), count).tolist()
    told = [(DIFFICULTIES[why], ADJUSTMENTS[how]) for why, how in zip(difficulties, adjustments, strict=True)]
    return [
        json.dumps(
            {"difficulty": difficulty, "adjustment": adjustment, "note": f"{why};{how}"},
            ensure_ascii=False,
            sort_keys=True,
        )
        for (difficulty, why), (adjustment, how) in told
    ]


class Truth:
    """The truth folder: what the simulation knows and no feed says."""

    def __init__(self, folder: Path, book: Book, known: Register) -> None:
        self._folder, self._book, self._known = folder, book, known
        (folder / "standing").mkdir()

    def put_standing(self, standing: Standing) -> None:
        """Write where every loan paid out by the day stood."""
        rows = np.flatnonzero(standing.state != UNBORN)
        frame = pl.DataFrame(
            {
                "loan_id": self._known.loan.gather(rows),
                "state": words(STATE_NAMES, standing.state[rows]),
                "days_past_due": standing.days_past_due[rows],
                "outstanding_cents": standing.outstanding_cents[rows],
                "overdue_principal_cents": standing.overdue_principal_cents[rows],
                "overdue_interest_cents": standing.overdue_interest_cents[rows],
                "tier_by_days": words(TIER_WORDS, floor_tiers(standing.days_past_due[rows])),
            }
        )
        write_frame(frame, self._folder / "standing" / f"{to_date(standing.on).isoformat()}.parquet")

    def put_planted(self, differences: pl.DataFrame) -> None:
        """Write where the general ledger is wrong, and by how much."""
        write_frame(differences, self._folder / "gl_difference.parquet")

    def put_stories(self, stories: pl.DataFrame) -> None:
        """Write what became of the money of which loans."""
        write_frame(stories, self._folder / "proceeds.parquet")

    def put_upgrades(self, loan: Ints, on: Ints) -> None:
        """Write on which month-ends which loans' debtors recovered far enough to be upgraded."""
        frame = pl.DataFrame({"loan_id": self._known.loan.gather(loan), "on": day_series(on.astype(np.int32))})
        write_frame(frame.sort("on", "loan_id"), self._folder / "upgrade.parquet")

    def put_hidden(self, has_history: Bools, settled_on: Days, restructured: Bools) -> None:
        """Write the hidden facts of debtors and loans."""
        parties, loans = self._book.parties, self._book.loans
        debtors = pl.DataFrame(
            {
                "debtor_id": self._known.debtor,
                "hazard_class": words(CLASSES, parties.hazard_class),
                "hazard_ratio": np.round(parties.hazard, 6),
                "stops_on": _days_or_null(parties.stops_on),
                "resolved_on": _days_or_null(parties.resolved_on),
                "is_partly": parties.is_partly & (parties.stops_on < NEVER),
            }
        )
        write_frame(debtors, self._folder / "debtor.parquet")
        hidden = pl.DataFrame(
            {
                "loan_id": self._known.loan,
                "debtor_id": self._known.debtor.gather(loans.party),
                "has_history": has_history,
                "has_schedule": loans.has_schedule,
                "settled_on": _days_or_null(settled_on),
                "is_restructured": restructured,
            }
        )
        write_frame(hidden, self._folder / "loan.parquet")


def _days_or_null(days: Days) -> pl.Series:
    return only(day_series(np.where(days < NEVER, days, 0).astype(np.int32)), days < NEVER)
