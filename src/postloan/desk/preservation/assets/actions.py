"""What is done about a repossessed asset: registered, counted by two people, written down, sold; and its alerts."""

from datetime import date, timedelta
from uuid import UUID, uuid5

import polars as pl
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

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
from postloan.desk.preservation.grants import APPROVE, REVIEW, WRITE
from postloan.desk.preservation.models import Asset, AssetCount, AssetLoss
from postloan.desk.preservation.queries import one_held
from postloan.errors import FormWrong
from postloan.rules.desk_rules import DeskRules
from postloan.rules.preservation_desk import PreservationDesk

State = Asset.State
DISPOSE, COUNT = "asset_dispose", "asset_count"
KINDS = (DISPOSE, COUNT)
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
def asset_write_down(
    officer: Officer, key: UUID, *, loss_id: UUID, amount_cents: int, ground: str, day: BusinessDay
) -> AssetLoss:
    """Note what an asset has lost (计提减值). Twice with one loss_id is once.

    Permission  preservation.review in the office. Leaves a loss, the asset's sum, an audit entry.
    Raises NotPermitted, ReasonMissing, IllegalMove, FormWrong where it would lose more than it stands at.
    """
    refuse_past(day)
    held = one_held(Asset, key, "org")
    require(officer, REVIEW, org=held.org)
    made = AssetLoss.objects.filter(pk=loss_id).first()
    if made is not None:
        return made
    check_begins(held, [State.HELD])
    if amount_cents > held.carrying_cents:
        raise FormWrong(message=_("减值超过账面价值。"), hint=_("请核对金额。"), where={"field": "amount"})
    made = AssetLoss.objects.create(
        id=loss_id, asset=held, amount_cents=amount_cents, on=day.on, ground=require_reason(ground),
        made_by=officer,
    )  # fmt: skip
    Asset.objects.filter(pk=held.pk).update(lost_cents=F("lost_cents") + amount_cents, version=F("version") + 1)
    record(officer, "asset.written_down", held, org=held.org, run_id=day.run_id, reason=made.ground,
           amount_cents=amount_cents)  # fmt: skip
    return made


@transaction.atomic
def asset_sell(
    officer: Officer, key: UUID, *, sold_on: date, buyer: str, proceeds_cents: int, taxes_cents: int, reason: str,
    seen_version: int, day: BusinessDay,
) -> Asset:  # fmt: skip
    """Record the sale of an asset, and what it leaves: proceeds less book value, impairment taken off, less taxes.

    Permission  preservation.approve in the office. Move held -> sold.
    Leaves      an audit entry; its work is done; of what disposal took the sale as a step at law for the next night.
    Raises NotPermitted, StaleView, IllegalMove, ReasonMissing, FormWrong.
    Source      regulations DSP-16 (form G04, item 9.1.1).
    """
    refuse_past(day)
    held = one_held(Asset, key, "org", "taken__outcome__case__org")
    require(officer, APPROVE, org=held.org)
    reason = require_reason(reason)
    if not buyer.strip() or not held.taken_on <= sold_on <= day.on:
        raise FormWrong(
            message=_("买受人或成交日不对。"), hint=_("成交日在取得日与营业日之间。"), where={"field": "sold_on"}
        )
    move(held, State.SOLD, seen_version=seen_version)
    held.sold_on, held.buyer, held.proceeds_cents, held.taxes_cents = (
        sold_on, buyer.strip()[:200], proceeds_cents, taxes_cents,
    )  # fmt: skip
    held.result_cents = proceeds_cents - held.carrying_cents - taxes_cents
    held.save(update_fields=["sold_on", "buyer", "proceeds_cents", "taxes_cents", "result_cents"])
    work_close(KINDS, held.subject, on=day.on)
    if held.taken is not None:
        deed = Deed(uuid5(held.pk, State.SOLD), seen_version, reason, day)
        step_tell(officer, held.taken.outcome.case, deed, "sold", [held.loan_id], sold_on, proof=held.buyer,
                  asset_kind=held.kind, asset_id=held.asset_id)  # fmt: skip
    record(officer, "asset.sold", held, org=held.org, run_id=day.run_id, reason=reason, proceeds_cents=proceeds_cents,
           taxes_cents=taxes_cents, result_cents=held.result_cents, is_late=sold_on > held.dispose_by)  # fmt: skip
    return held
