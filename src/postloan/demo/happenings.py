"""What happens to debtors: news and court files that come before a stop and after it, and the bank's steps at law."""

from typing import NamedTuple

import numpy as np
import polars as pl

from postloan.demo.dates import NEVER, Days, add_months, first_day, last_day, month_of
from postloan.demo.draws import Floats, Indexes, Ints, pick, stream
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.parties import PERSON
from postloan.demo.products import BUSINESS, GUARANTEE
from postloan.demo.registers import GUARANTEE_PREFIX, Register
from postloan.demo.write import FeedWriter, day_series, only, serials, words

EVENTS = (
    ("court", "sued", "被起诉:买卖合同纠纷", 0.3, True),
    ("court", "enforced", "被列为被执行人", 0.15, True),
    ("court", "equity_frozen", "股权被司法冻结", 0.08, True),
    ("tax", "tax_arrears", "欠税公告", 0.1, True),
    ("environment", "penalised", "环保行政处罚", 0.06, True),
    ("registry", "representative_changed", "法定代表人变更", 0.13, False),
    ("registry", "abnormal_operation", "列入经营异常名录", 0.06, False),
    ("media", "negative_news", "媒体负面报道:拖欠货款、停工传闻", 0.12, False),
)
"""Source, kind, text, share, whether it has an amount: what befalls firms."""

PERSON_EVENTS = (
    ("court", "sued", "被起诉:民间借贷纠纷", 0.3, True),
    ("court", "enforced", "被列为被执行人", 0.2, True),
    ("bureau", "many_queries", "近三个月征信查询次数偏高", 0.3, False),
    ("internal", "unreachable", "预留电话无法接通", 0.2, False),
)

FIRM_CHANCE, PERSON_CHANCE = 0.003, 0.0004
"""Chance of an event a month in quiet times."""

NEAR_STOP_CHANCE, NEAR_STOP_DAYS = 0.12, (-150, 365)
EVENTS_BEFORE_MONTHS = 12


class LegalStep(NamedTuple):
    """A step of the bank at law against a debtor who stopped.

    after_days  days after the debtor stopped.
    of_twelve   the loans it is taken on, by their row modulo twelve: no two cases end alike.
    asset_kind  the kind of thing it concerns.
    """

    step: str
    after_days: int
    proof: str
    of_twelve: frozenset[int] = frozenset(range(12))
    asset_kind: str = ""


_SUED, _WON = frozenset(range(12)) - {4, 9}, frozenset(range(12)) - {4, 7, 9}
LEGAL_STEPS = (
    LegalStep("demand", 45, "催收通知书及送达回执"),
    LegalStep("presuit_preservation", 140, "诉前财产保全裁定书", frozenset({1, 4, 9})),
    LegalStep("filing", 170, "民事起诉状及受理通知书", _SUED),
    LegalStep("freeze", 185, "财产保全裁定书", asset_kind="deposit"),
    LegalStep("seal", 186, "查封裁定书", frozenset({0, 3, 6, 9}), "movable"),
    LegalStep("seal", 187, "查封裁定书", frozenset({0, 2, 5, 8, 11}), "real_estate"),
    LegalStep("voidable_act_known", 230, "发现债务人无偿转让财产的核查报告", frozenset({2, 7})),
    LegalStep("judgment", 330, "民事判决书", _SUED),
    LegalStep("bankruptcy_accepted", 360, "受理破产申请裁定书及公告", frozenset({7})),
    LegalStep("enforcement", 420, "执行立案通知书", _WON),
    LegalStep("freeze", 545, "续行冻结裁定书", frozenset({0, 1, 2, 3, 5, 6}), "deposit"),
    LegalStep("auction_failed", 560, "网络司法拍卖流拍公告", frozenset({0, 2, 5, 8})),
    LegalStep("repossessed", 585, "以物抵债裁定书", frozenset({0, 5}), "real_estate"),
    LegalStep("repossessed", 590, "以物抵债协议", frozenset({3, 6}), "movable"),
)

FREEZE_MONTHS = 12
GUARANTOR_ASKED_DAYS = 40
"""Days after the loan fell due as a whole on which the bank turned to its guarantor; some were forgotten."""


def put_events(book: Book, known: Register, window: Window, writer: FeedWriter, seed: int) -> None:
    """Write events: rare for most debtors, frequent around the day one stops."""
    parties, rng = book.parties, stream(seed, "events")
    is_person = parties.form == PERSON
    months = month_of(window.ends)
    who, when = [], []
    for month in range(int(months[0]) - EVENTS_BEFORE_MONTHS, int(months[-1]) + 1):
        here = np.asarray([month], dtype=np.int32)
        begins, days = int(first_day(here)[0]), int(last_day(here)[0] - first_day(here)[0]) + 1
        chance = _chances(parties.stops_on, begins, np.where(is_person, PERSON_CHANCE, FIRM_CHANCE))
        hit = np.flatnonzero((rng.random(len(chance)) < chance) & (known.debtor_since <= begins))
        who.append(hit)
        when.append((begins + rng.integers(0, days, len(hit))).astype(np.int32))
    party, day = np.concatenate(who), np.concatenate(when)
    kinds = EVENTS + PERSON_EVENTS
    firm_kind = pick(rng, len(party), tuple(event[3] for event in EVENTS))
    person_kind = len(EVENTS) + pick(rng, len(party), tuple(event[3] for event in PERSON_EVENTS))
    kind = np.where(is_person[party], person_kind, firm_kind).astype(np.int32)
    amount = (parties.scale_cents[party] * rng.uniform(0.02, 0.6, len(party))).astype(np.int64) // 1_000_00 * 1_000_00
    has_amount = np.asarray([event[4] for event in kinds])[kind]
    frame = pl.DataFrame(
        {
            "event_id": serials("SJ", np.arange(1, len(party) + 1, dtype=np.int32), 9),
            "debtor_id": known.debtor.gather(party),
            "happened_on": day_series(day),
            "source": words(tuple(event[0] for event in kinds), kind),
            "kind": words(tuple(event[1] for event in kinds), kind),
            "amount_cents": only(pl.Series(amount), has_amount),
            "text": words(tuple(event[2] for event in kinds), kind),
        }
    )
    writer.put("event", frame, np.maximum(writer.month_known(day), known.debtor_month[party]))


def _chances(stops_on: Days, begins: int, quiet: Floats) -> Floats:
    before, after = NEAR_STOP_DAYS
    is_near = (begins >= stops_on + before) & (begins <= stops_on.astype(np.int64) + after)
    return np.where(is_near, NEAR_STOP_CHANCE, quiet)


def put_legal_events(book: Book, known: Register, window: Window, writer: FeedWriter) -> None:
    """Write the steps at law against debtors who stopped, up to the day the debt was resolved."""
    loans, parties = book.loans, book.parties
    stopped = np.flatnonzero((parties.stops_on[loans.party] < NEVER) & (loans.product >= BUSINESS))
    stopped = stopped[loans.matures[stopped] > parties.stops_on[loans.party[stopped]]]
    owner: Indexes = np.repeat(stopped, len(LEGAL_STEPS)).astype(np.int32)
    step = np.tile(np.arange(len(LEGAL_STEPS), dtype=np.int32), len(stopped))
    party = loans.party[owner]
    day = parties.stops_on[party] + np.asarray([each.after_days for each in LEGAL_STEPS])[step]
    is_taken = np.asarray([[at in each.of_twelve for at in range(12)] for each in LEGAL_STEPS])[step, owner % 12]
    rows: Ints = np.flatnonzero(is_taken & (day <= window.last) & (day < parties.resolved_on[party]))
    owner, step, day = owner[rows], step[rows], day[rows].astype(np.int32)
    is_freeze = np.asarray([each.step == "freeze" for each in LEGAL_STEPS])[step]
    kind = words(tuple(each.asset_kind for each in LEGAL_STEPS), step)
    has_asset = (kind != "").to_numpy()
    taken = pl.DataFrame(
        {
            "loan_id": known.loan.gather(owner),
            "kind": words(tuple(each.step for each in LEGAL_STEPS), step),
            "happened_on": day_series(day),
            "ends_on": only(day_series(add_months(day, np.full(len(day), FREEZE_MONTHS, dtype=np.int32))), is_freeze),
            "proof": words(tuple(each.proof for each in LEGAL_STEPS), step),
            "asset_kind": only(kind, has_asset),
            "asset_id": only(
                pl.select(pl.concat_str(kind, serials("", owner, 8), separator="-")).to_series(), has_asset
            ),
        }
    )
    frame = pl.concat([taken, _asked_guarantors(book, known, stopped, window)], how="diagonal")
    numbers = np.arange(1, frame.height + 1, dtype=np.int32)
    days = frame["happened_on"].cast(pl.Int32).to_numpy()
    writer.put("legal_event", frame.with_columns(legal_event_id=serials("FL", numbers, 8)), writer.month_known(days))


def _asked_guarantors(book: Book, known: Register, stopped: Ints, window: Window) -> pl.DataFrame:
    """Demands on the guarantors of stopped loans after they fell due as a whole, two of three of them."""
    loans, parties = book.loans, book.parties
    guaranteed = np.flatnonzero(book.lines.security == GUARANTEE)
    day = np.maximum(loans.matures[stopped], parties.stops_on[loans.party[stopped]]) + GUARANTOR_ASKED_DAYS
    is_asked = np.isin(loans.line[stopped], guaranteed) & (stopped % 3 != 0) & (day <= window.last)
    rows: Ints = stopped[is_asked & (day < parties.resolved_on[loans.party[stopped]])]
    serial = np.searchsorted(guaranteed, loans.line[rows]) + 1
    asked = np.maximum(loans.matures[rows], parties.stops_on[loans.party[rows]]) + GUARANTOR_ASKED_DAYS
    return pl.DataFrame(
        {
            "loan_id": known.loan.gather(rows),
            "happened_on": day_series(asked.astype(np.int32)),
            "guarantee_id": serials(GUARANTEE_PREFIX, serial.astype(np.int32), 9),
        }
    ).with_columns(kind=pl.lit("demand"), proof=pl.lit("保证人催收通知书及送达回执"))
