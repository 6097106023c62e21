"""What is done about a repossessed asset: registered, counted by two, written down or sold by approval; its alerts."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import polars as pl
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import (
    check_begins,
    check_seen,
    forbid_same_person,
    move,
    record,
    refuse_past,
    require,
    require_reason,
)
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org, WorkItem
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.disposal.courts.legal_rows import step_tell
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import AssetTaken
from postloan.desk.disposal.outcomes.reckoned import dispose_by
from postloan.desk.preservation.grants import WRITE, rules_on
from postloan.desk.preservation.models import Asset, AssetCount, AssetLoss
from postloan.desk.preservation.queries import one_held
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.rules.desk_rules import DeskRules
from postloan.rules.figures import ONE_E8
from postloan.rules.preservation_desk import PreservationDesk

State = Asset.State
DISPOSE, COUNT = "asset_dispose", "asset_count"
KINDS = (DISPOSE, COUNT)
SALE, SALE_LOW, LOSS = "asset_sale", "asset_sale_low", "asset_write_down"
TAKEN = ("real_estate", "right", "movable")
"""The kinds of thing that the law gives a time to sell."""


@transaction.atomic
def assets_open(day: BusinessDay, rules: DeskRules) -> int:
    """Take over what was taken for debts, and open work for what is to be sold soon or was not counted. Twice is once.

    Leaves  assets, work and one audit entry, in one transaction; returns how many works were sent.
    Source  regulations DSP-12, DSP-13.
    """
    rule = rules.version("preservation", PreservationDesk, day.on).asset
    taken = _taken_over()
    held = Asset.objects.filter(state=State.HELD)
    counted = pl.select(pl.lit(day.on).dt.offset_by(f"-{rule.counted_every_months}mo")).to_series()[0]
    near = held.filter(dispose_by__lte=day.on + timedelta(days=rule.lead_days))
    stale = held.filter(Q(counted_on__lte=counted) | Q(counted_on=None, taken_on__lte=counted))
    items = [
        *(_work(each, DISPOSE, each.dispose_by, day) for each in near),
        *(_work(each, COUNT, day.on + timedelta(days=rule.count_within_days), day) for each in stale),
    ]
    work_open(items)
    if taken:
        record(None, "assets.taken_over", "assets", run_id=day.run_id, on=day.on, assets=taken)
    return len(items)


def _taken_over() -> list[str]:
    """Register what outcomes of disposal took and the register does not have yet."""
    known = Asset.objects.exclude(taken=None).values("taken")
    fresh = AssetTaken.objects.exclude(pk__in=known).filter(outcome__state__in=["approved", "ended"])
    made = Asset.objects.bulk_create(
        Asset(
            org_id=each.outcome.case.org_id, state=State.HELD, taken=each, asset_id=each.asset_id, name=each.name,
            kind=each.kind, debtor_id=each.outcome.case.debtor_id, loan_id=each.outcome.loan_id, taken_on=each.taken_on,
            dispose_by=each.dispose_by, book_cents=each.value_cents,
        )
        for each in fresh.select_related("outcome__case")
    )  # fmt: skip
    return [each.asset_id for each in made]


def _work(asset: Asset, kind: str, due_on: date, day: BusinessDay) -> WorkItem:
    return WorkItem(
        kind=kind, subject=asset.subject, title=asset.name, org_id=asset.org_id, due_on=due_on, opened_on=day.on,
        page=reverse("preservation:asset", args=[asset.pk]), amount_cents=asset.carrying_cents,
        told=f"ASSET {asset.dispose_by}", state=WorkItem.State.OPEN,
    )  # fmt: skip


@transaction.atomic
def asset_register(
    officer: Officer, org: Org, *, key: UUID, asset_id: str, name: str, kind: str, debtor_id: str, loan_id: str,
    taken_on: date, book_cents: int, day: BusinessDay,
) -> Asset:  # fmt: skip
    """Register an asset that was taken before there was a desk. Twice with one key is once.

    Permission  preservation.write in the office. Leaves an asset, an audit entry. Raises NotPermitted, FormWrong.
    """
    refuse_past(day)
    require(officer, WRITE, org=org)
    if kind not in TAKEN or not asset_id.strip() or not name.strip() or taken_on > day.on:
        raise FormWrong(message=_("资产编号、名称、种类或取得日不对。"), hint=_("取得日不晚于营业日。"))
    made, is_new = Asset.objects.get_or_create(
        id=key,
        defaults={
            "org": org, "state": State.HELD, "asset_id": asset_id.strip()[:64], "name": name.strip()[:200],
            "kind": kind, "debtor_id": debtor_id, "loan_id": loan_id, "taken_on": taken_on,
            "dispose_by": dispose_by(kind, taken_on, day), "book_cents": book_cents, "made_by": officer,
        },
    )  # fmt: skip
    if is_new:
        record(officer, "asset.registered", made, org=org, run_id=day.run_id, asset_id=made.asset_id,
               book_cents=book_cents, dispose_by=made.dispose_by)  # fmt: skip
    return made


@transaction.atomic
def asset_count(
    officer: Officer, key: UUID, found: str, *, note: str, seen_version: int, day: BusinessDay
) -> AssetCount:
    """Count an asset (盘点): found, missing or damaged. It counts once another confirms it.

    Permission  preservation.write in the office. Leaves a count, an audit entry.
    Raises NotPermitted, StaleView, ReasonMissing, IllegalMove, FormWrong where a count waits to be confirmed.
    """
    refuse_past(day)
    held = one_held(Asset, key, "org")
    require(officer, WRITE, org=held.org)
    check_seen(held, seen_version)
    check_begins(held, [State.HELD])
    if found not in AssetCount.Found.values or held.counts.filter(confirmed_by=None).exists():
        raise FormWrong(
            message=_("盘点结果不对，或上次盘点尚未复核。"), hint=_("请先复核上次盘点。"), where={"field": "found"}
        )
    made = AssetCount.objects.create(asset=held, on=day.on, found=found, note=require_reason(note), counted_by=officer)
    record(officer, "asset.counted", held, org=held.org, run_id=day.run_id, reason=made.note, found=found)
    return made


@transaction.atomic
def count_confirm(officer: Officer, key: UUID, count_id: int, *, day: BusinessDay) -> AssetCount:
    """Confirm a count: another person than who counted.

    Permission  preservation.write in the office. Leaves who confirmed, an audit entry.
    Raises NotPermitted, SamePerson, FormWrong where no such count waits.
    """
    refuse_past(day)
    held = one_held(Asset, key, "org")
    require(officer, WRITE, org=held.org)
    made = held.counts.select_related("counted_by").filter(pk=count_id, confirmed_by=None).first()
    if made is None:
        raise FormWrong(message=_("没有待复核的盘点。"), hint=_("请刷新页面。"))
    forbid_same_person(officer, others=[made.counted_by])
    made.confirmed_by = officer
    made.save(update_fields=["confirmed_by"])
    Asset.objects.filter(pk=held.pk).update(counted_on=made.on, version=F("version") + 1)
    work_close((COUNT,), held.subject, on=day.on)
    record(officer, "asset.count_confirmed", held, org=held.org, run_id=day.run_id, found=made.found)
    return made


@transaction.atomic
def asset_loss_propose(
    officer: Officer, key: UUID, *, loss_id: UUID, amount_cents: int, ground: str, day: BusinessDay
) -> Asset:
    """Propose to note what an asset has lost (计提减值). Twice with one loss_id is once.

    Permission  preservation.write in the office, for the loss.
    Leaves      a case that waits for the next step, work, an audit entry.
    Raises NotPermitted, ReasonMissing, IllegalMove where something else of the asset is proposed, FormWrong where it
    would lose more than it stands at.
    """
    refuse_past(day)
    held = one_held(Asset, key, "org", "approval")
    ground, loss = require_reason(ground), {"loss_id": str(loss_id), "amount_cents": amount_cents}
    if held.asked.get("loss_id") == str(loss_id):
        return held
    _check_loss(held, amount_cents)
    return _propose(officer, held, LOSS, amount_cents, {**loss, "reason": ground}, held.version, day)


@transaction.atomic
def asset_sale_propose(
    officer: Officer, key: UUID, *, sold_on: date, buyer: str, proceeds_cents: int, taxes_cents: int, reason: str,
    seen_version: int, day: BusinessDay,
) -> Asset:  # fmt: skip
    """Propose to record the sale of an asset; one below the least price takes the longer chain.

    Permission  preservation.write in the office, for the larger of what it stands at and its price.
    Leaves      a case that waits for the next step, work, an audit entry.
    Raises NotPermitted, StaleView, ReasonMissing, FormWrong, IllegalMove where something else of it is proposed.
    Source      rulebook: preservation, asset.
    """
    refuse_past(day)
    held, reason = one_held(Asset, key, "org", "approval"), require_reason(reason)
    if not buyer.strip() or not held.taken_on <= sold_on <= day.on:
        raise FormWrong(
            message=_("买受人或成交日不对。"), hint=_("成交日在取得日与营业日之间。"), where={"field": "sold_on"}
        )
    least = rules_on(day).asset.floor.share_e8 * held.carrying_cents
    asked = {
        "sold_on": sold_on.isoformat(), "buyer": buyer.strip()[:200], "proceeds_cents": proceeds_cents,
        "taxes_cents": taxes_cents, "reason": reason,
    }  # fmt: skip
    kind = SALE_LOW if proceeds_cents * ONE_E8 < least else SALE
    return _propose(officer, held, kind, max(held.carrying_cents, proceeds_cents), asked, seen_version, day)


@transaction.atomic
def asset_decide(
    officer: Officer, key: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> Asset:
    """Take the step that a loss or a sale of an asset waits for: agree, or turn it down with a reason.

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the amount; another person than at the other steps.
    Move        held -> held, or after the last step of a sale -> sold.
    Leaves      a step, an audit entry; after the last, the loss and the asset's sum, or the sale and what it leaves:
                proceeds less book value, impairment taken off, less taxes; its work is done, and of what disposal took
                the sale goes as a step at law to the next night.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, NotFoundHere; FormWrong where it would lose
    more than it stands at by now.
    Source      regulations DSP-16 (form G04, item 9.1.1).
    """
    refuse_past(day)
    held = one_held(Asset, key, "org", "taken__outcome__case__org")
    check_begins(held, [State.HELD])
    if held.approval_id is None:
        raise NotFoundHere(message=_("没有这个审批事项。"), hint=_("请从列表进入。"))
    case = case_held(held.approval_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state == Case.State.APPROVED:
        (_lose if case.kind == LOSS else _sell)(officer, held, day)
    case_work(case, on=day.on, note=reason)
    return held


def _propose(
    officer: Officer, held: Asset, kind: str, amount_cents: int, asked: dict[str, Any], seen_version: int,
    day: BusinessDay,
) -> Asset:  # fmt: skip
    """Let what is asked of an asset wait for others; whoever proposes takes the first step of the chain."""
    if held.is_asked:
        raise IllegalMove(message=_("该资产已有事项在报批。"), hint=_("请先办结。"), where={"asset": held.asset_id})
    move(held, State.HELD, seen_version=seen_version)
    case = case_drawn_up(
        kind, subject=held.subject, title=held.name, page=reverse("preservation:asset", args=[held.pk]),
        org_id=held.org_id, amount_cents=amount_cents, day=day,
    )  # fmt: skip
    case.save()
    held.approval, held.asked = case, asked
    held.save(update_fields=["approval", "asked"])
    case_work(step_first(officer, case, reason=asked["reason"], day=day), on=day.on)
    record(officer, "asset.proposed", held, org=held.org, run_id=day.run_id, what=kind, **asked)
    return held


def _check_loss(held: Asset, amount_cents: int) -> None:
    if amount_cents > held.carrying_cents:
        raise FormWrong(message=_("减值超过账面价值。"), hint=_("请核对金额。"), where={"field": "amount"})


def _lose(officer: Officer, held: Asset, day: BusinessDay) -> None:
    asked, proposer = held.asked, held.approval.taken.order_by("place")[0].officer  # type: ignore[union-attr]
    _check_loss(held, asked["amount_cents"])
    made = AssetLoss.objects.create(
        id=UUID(asked["loss_id"]), asset=held, amount_cents=asked["amount_cents"], on=day.on, ground=asked["reason"],
        made_by=proposer,
    )  # fmt: skip
    move(held, State.HELD, seen_version=held.version)
    held.lost_cents += made.amount_cents
    held.save(update_fields=["lost_cents"])
    record(officer, "asset.written_down", held, org=held.org, run_id=day.run_id, reason=made.ground,
           amount_cents=made.amount_cents)  # fmt: skip


def _sell(officer: Officer, held: Asset, day: BusinessDay) -> None:
    asked, sold_on = held.asked, date.fromisoformat(held.asked["sold_on"])
    deed = Deed(uuid5(held.pk, State.SOLD), held.version, asked["reason"], day)
    move(held, State.SOLD, seen_version=held.version)
    held.sold_on, held.buyer = sold_on, asked["buyer"]
    held.proceeds_cents, held.taxes_cents = asked["proceeds_cents"], asked["taxes_cents"]
    held.result_cents = asked["proceeds_cents"] - held.carrying_cents - asked["taxes_cents"]
    held.save(update_fields=["sold_on", "buyer", "proceeds_cents", "taxes_cents", "result_cents"])
    work_close(KINDS, held.subject, on=day.on)
    if held.taken is not None:
        step_tell(officer, held.taken.outcome.case, deed, "sold", [held.loan_id], sold_on, proof=held.buyer,
                  asset_kind=held.kind, asset_id=held.asset_id)  # fmt: skip
    record(officer, "asset.sold", held, org=held.org, run_id=day.run_id, reason=deed.reason,
           proceeds_cents=held.proceeds_cents, taxes_cents=held.taxes_cents, result_cents=held.result_cents,
           is_late=sold_on > held.dispose_by)  # fmt: skip
