"""What is done about a proceeding: opened, taken from stage to stage, its auctions published and ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from postloan.desk.core.actions import check_begins, check_seen, move, refuse_past, require
from postloan.desk.core.models import Officer
from postloan.desk.core.work.actions import work_close
from postloan.desk.disposal.courts.legal_rows import step_tell
from postloan.desk.disposal.courts.steps import ADJUDICATES, LEADS, OF_A_THING, TOLD_TO_NOBODY
from postloan.desk.disposal.deeds import WRITE, Deed
from postloan.desk.disposal.models import AuctionRound, DisposalCase, DisposalEntry, Lawsuit, LawsuitStep
from postloan.desk.disposal.noting.actions import case_held, check_may, note
from postloan.desk.disposal.papers.keeping import Sent, paper_keep
from postloan.desk.disposal.work import SUE
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.tables.said import SAID

ASSET_ID_MOST = 64
_AUCTIONS_FROM = (Lawsuit.State.ENFORCED, Lawsuit.State.AUCTIONED)


@dataclass(frozen=True)
class NewStep:
    """A step as somebody types it.

    ends_on         of a judgment, until when the debtor may perform; of a seizure, until when the court ordered it.
    adjudged_cents  of a judgment alone.
    asset_id        the thing that is seized or let go, by the number of the collateral where it is one of ours.
    """

    step: str
    on: date
    ends_on: date | None
    court: str
    reference: str
    costs_cents: int
    adjudged_cents: int | None
    paper: Sent | None
    asset_kind: str = ""
    asset_id: str = ""


@dataclass(frozen=True)
class NewRound:
    """A round of a sale as the court published it."""

    asset_id: str
    asset_name: str
    asset_kind: str
    appraised_cents: int
    start_cents: int
    deposit_cents: int
    told_on: date
    notice_on: date
    held_on: date


@transaction.atomic
def lawsuit_open(
    officer: Officer, case_id: int, deed: Deed, *, loan_ids: Sequence[str], claim_cents: int
) -> DisposalCase:
    """Begin a proceeding about some loans of a debtor (立案准备). Permission disposal.write in the debtor's office.

    Leaves a lawsuit that nothing was filed of, an entry, an audit entry; work to sue is done.
    Raises NotPermitted, FormWrong without a loan or a claim, StaleView, IllegalMove.
    """
    case, is_again = case_held(case_id, deed)
    if is_again:
        return case
    check_may(officer, case, case, DisposalCase.RUNNING, deed)
    if not loan_ids or claim_cents <= 0:
        raise FormWrong(message=_("没有选择借据，或没有填写诉讼标的。"), hint=_("请勾选借据并填写金额。"))
    Lawsuit.objects.create(
        id=deed.id, case=case, state=Lawsuit.State.PREPARED, org=case.org, loan_ids=list(loan_ids),
        claim_cents=claim_cents, opened_by=officer, opened_on=deed.day.on,
    )  # fmt: skip
    work_close((SUE,), case.subject, on=deed.day.on, note=deed.reason)
    note(officer, case, "lawsuit_opened", deed, cents=claim_cents, loans=list(loan_ids))
    return case


@transaction.atomic
def step_take(officer: Officer, lawsuit_id: UUID, deed: Deed, new: NewStep) -> Lawsuit:
    """Take a proceeding's next step: only those that its stage allows. The next night's clocks follow it.

    Permission  disposal.write in the debtor's office.
    Move        as LEADS says.
    Leaves      a step, its paper, costs added up, an entry, an audit entry, rows of legal_event.
    Raises NotPermitted, FormWrong, FileRefused, StaleView, IllegalMove where the stage has no such step.
    """
    suit, is_again = _held(lawsuit_id, deed)
    if is_again:
        return suit
    _check(officer, suit, deed)
    leads_to = LEADS[suit.state].get(new.step)
    if leads_to is None:
        raise IllegalMove(
            message=_("当前阶段不能办理这一步骤。"), hint=_("请刷新页面；页面上只显示下一步可以办理的步骤。"),
            where={"state": suit.state, "step": new.step},
        )  # fmt: skip
    _check_step(new, deed)
    asset_kind, asset_id = (new.asset_kind, new.asset_id.strip()) if new.step in OF_A_THING else ("", "")
    kept = paper_keep(new.paper, deed.day) if new.paper else None
    LawsuitStep.objects.create(
        id=deed.id, lawsuit=suit, step=new.step, on=new.on, ends_on=new.ends_on, court=new.court[:100],
        reference=new.reference[:100], costs_cents=new.costs_cents, text=deed.reason.strip(),
        paper_name=kept.name if kept else "", paper_kind=kept.kind if kept else "",
        paper_sha256=kept.sha256 if kept else "", taken_by=officer, asset_kind=asset_kind, asset_id=asset_id,
    )  # fmt: skip
    if leads_to == suit.state:
        Lawsuit.objects.filter(pk=suit.pk).update(version=F("version") + 1)
    else:
        move(suit, leads_to, seen_version=deed.seen_version)
    suit.court, suit.reference = new.court[:100] or suit.court, new.reference[:100] or suit.reference
    suit.costs_cents += new.costs_cents
    if new.step in ADJUDICATES:
        suit.adjudged_cents = new.adjudged_cents
    suit.closed_on = deed.day.on if leads_to == Lawsuit.State.CLOSED else None
    suit.save(update_fields=["court", "reference", "costs_cents", "adjudged_cents", "closed_on"])
    note(officer, suit.case, "lawsuit_step", deed, cents=new.costs_cents or None, lawsuit=str(suit.pk),
         text=f"STEP {new.step} {new.on} {asset_id} {suit.reference}".strip(),
         paper=kept.sha256 if kept else "")  # fmt: skip
    if new.step not in TOLD_TO_NOBODY:
        step_tell(officer, suit.case, deed, new.step, suit.loan_ids, new.on, ends_on=new.ends_on, proof=suit.reference,
                  asset_kind=asset_kind, asset_id=asset_id)  # fmt: skip
    return suit


def _check_step(new: NewStep, deed: Deed) -> None:
    """Hold what was typed of a step against what its kind needs. Raises FormWrong."""
    if new.on > deed.day.on or new.costs_cents < 0 or (new.step in ADJUDICATES and new.adjudged_cents is None):
        raise FormWrong(
            message=_("日期在营业日之后，或判决没有填写金额。"), hint=_("请核对日期、费用和判决金额。"),
            where={"field": "on"},
        )  # fmt: skip
    is_told = new.asset_kind in SAID["asset_kind"] and 0 < len(new.asset_id.strip()) <= ASSET_ID_MOST
    if new.step in OF_A_THING and not is_told:
        raise FormWrong(
            message=_("没有填写财产种类和编号。"), hint=_("查封、冻结和解除须写明是哪一项财产；续封沿用原编号。"),
            where={"field": "asset_id"},
        )  # fmt: skip


@transaction.atomic
def round_publish(officer: Officer, lawsuit_id: UUID, deed: Deed, new: NewRound) -> Lawsuit:
    """Keep an auction as the court published it: the next round of a thing that was not sold (拍卖公告).

    What of it breaks the law does not stop it, for the court holds it; the page shows the clause.

    Permission  disposal.write in the debtor's office. Move enforced or auctioned -> auctioned.
    Leaves      a round, an entry, an audit entry, rows of legal_event.
    Raises NotPermitted, FormWrong, StaleView, IllegalMove where a round of the thing is open, or it was sold.
    """
    suit, is_again = _held(lawsuit_id, deed)
    if is_again:
        return suit
    _check(officer, suit, deed)
    check_begins(suit, _AUCTIONS_FROM)
    is_wrong = min(new.appraised_cents, new.start_cents) <= 0 or new.asset_kind not in SAID["asset_kind"]
    if is_wrong or not new.asset_id.strip() or not new.told_on <= new.notice_on <= new.held_on:
        raise FormWrong(
            message=_("拍卖信息填写不完整，或日期先后不对。"), hint=_("通知在公告之前，公告在拍卖之前。"),
            where={"field": "round"},
        )  # fmt: skip
    asset_id = new.asset_id.strip()[:ASSET_ID_MOST]
    before = list(suit.rounds.filter(asset_id=asset_id).exclude(state=AuctionRound.State.WITHDRAWN))
    if any(each.state != AuctionRound.State.FAILED for each in before):
        raise IllegalMove(
            message=_("这项财产正在拍卖或已经成交。"), hint=_("请先登记上一次拍卖的结果。"), where={"asset": asset_id}
        )
    AuctionRound.objects.create(
        id=deed.id, lawsuit=suit, state=AuctionRound.State.PUBLISHED, org=suit.org, asset_id=asset_id,
        asset_name=new.asset_name[:200], asset_kind=new.asset_kind, round=len(before) + 1,
        appraised_cents=new.appraised_cents, start_cents=new.start_cents, deposit_cents=new.deposit_cents,
        told_on=new.told_on, notice_on=new.notice_on, held_on=new.held_on, published_by=officer,
    )  # fmt: skip
    move(suit, Lawsuit.State.AUCTIONED, seen_version=deed.seen_version)
    note(officer, suit.case, "auction_published", deed, cents=new.start_cents, lawsuit=str(suit.pk),
         text=f"AUCTION {len(before) + 1} {new.held_on} {asset_id}")  # fmt: skip
    step_tell(officer, suit.case, deed, "auction", suit.loan_ids, new.notice_on, asset_kind=new.asset_kind,
              asset_id=asset_id)  # fmt: skip
    return suit


@transaction.atomic
def round_end(officer: Officer, round_id: UUID, deed: Deed, *, ended_on: date, sold_cents: int | None) -> AuctionRound:
    """Say that an auction failed (流拍), or for how much the thing was sold. What it brought comes in through the core.

    seen_version  of the round that the page showed.

    Permission  disposal.write in the debtor's office. Move published -> sold or failed.
    Leaves      an entry, an audit entry, rows of legal_event.
    Raises NotPermitted, FormWrong, StaleView, IllegalMove.
    """
    refuse_past(deed.day)
    found = AuctionRound.objects.select_for_update(of=("self",)).select_related("lawsuit__case__org", "org")
    held = found.filter(pk=round_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这次拍卖。"), hint=_("请从页面进入。"))
    if DisposalEntry.objects.filter(pk=deed.id).exists():
        return held
    suit = held.lawsuit
    require(officer, WRITE, org=held.org)
    if ended_on < held.held_on or ended_on > deed.day.on or (sold_cents is not None and sold_cents < held.start_cents):
        raise FormWrong(
            message=_("结束日在拍卖日之前或营业日之后，或成交价低于起拍价。"), hint=_("请核对日期和成交价。"),
            where={"field": "ended_on"},
        )  # fmt: skip
    is_sold = sold_cents is not None
    move(held, AuctionRound.State.SOLD if is_sold else AuctionRound.State.FAILED, seen_version=deed.seen_version)
    held.ended_on, held.sold_cents = ended_on, sold_cents
    held.save(update_fields=["ended_on", "sold_cents"])
    note(officer, suit.case, "auction_sold" if is_sold else "auction_failed", deed, cents=sold_cents,
         lawsuit=str(suit.pk), text=f"AUCTION {held.round} {ended_on} {held.asset_id}")  # fmt: skip
    step_tell(officer, suit.case, deed, "sold" if is_sold else "auction_failed", suit.loan_ids, ended_on,
              asset_kind=held.asset_kind, asset_id=held.asset_id)  # fmt: skip
    return held


def _held(lawsuit_id: UUID, deed: Deed) -> tuple[Lawsuit, bool]:
    refuse_past(deed.day)
    found = Lawsuit.objects.select_for_update(of=("self",)).select_related("case__org", "org")
    suit = found.filter(pk=lawsuit_id).first()
    if suit is None:
        raise NotFoundHere(message=_("没有这项诉讼。"), hint=_("请从页面进入。"))
    return suit, DisposalEntry.objects.filter(pk=deed.id).exists()


def _check(officer: Officer, suit: Lawsuit, deed: Deed) -> None:
    require(officer, WRITE, org=suit.org)
    check_seen(suit, deed.seen_version)
