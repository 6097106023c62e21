"""Handing a file over: opened and let go by published days, ticked item by item, handed, received or sent back."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F
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
from postloan.desk.core.forms import SHORT_MOST
from postloan.desk.core.models import Officer, Org, WorkItem
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.parts import MOST, Adopting
from postloan.desk.core.work.actions import work_close, work_gone, work_open
from postloan.desk.disposal.keeping.actions import case_kept_by
from postloan.desk.preservation.grants import RECEIVE, WRITE
from postloan.desk.preservation.handover.causes import Deadlines, debtors_bad, items_asked
from postloan.desk.preservation.models import Handover, HandoverFile
from postloan.desk.preservation.queries import one_held
from postloan.errors import FormWrong
from postloan.rules.desk_rules import DeskRules
from postloan.rules.preservation_desk import PreservationDesk

GIVE, TAKE = "preservation_handover", "preservation_receive"
KINDS = (GIVE, TAKE)
State = Handover.State
_STANDS = (State.OPEN, State.HANDED, State.RECEIVED)


def handovers_open(day: BusinessDay, rules: DeskRules) -> int:
    """Open a hand-over for each debtor that a day finds bad and that has none; let go of those no longer bad.

    What stands is told anew how bad and how large it is. Twice is once.

    Leaves  hand-overs and work, in parts of a transaction each, with its record. Killed between two and run again,
            it ends in the same. Returns how many were opened.
    Source  regulations PRA-14.
    """
    of_day = rules.version("preservation", PreservationDesk, day.on)
    bad = debtors_bad(day, of_day.handover)
    standing = dict(Handover.objects.filter(state__in=_STANDS).values_list("debtor_id", "pk"))
    offices, officers = set(Org.objects.values_list("pk", flat=True)), officers_by_number()
    deadlines, adopting = Deadlines(day, of_day), Adopting(day, "preservation.handovers_opened", "preservation")
    fresh = [row for row in bad.iter_rows(named=True) if row["debtor_id"] not in standing and row["org_id"] in offices]

    def open_part(part: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        made = Handover.objects.bulk_create(_handover(row, of_day, officers, deadlines, day) for row in part)
        return {"opened": work_open([_work(each, GIVE, day, each.officer_id) for each in made])}

    opened = adopting.in_parts(fresh, open_part)["opened"]
    _refresh(bad)
    still = set(bad["debtor_id"])
    gone = [key for debtor_id, key in standing.items() if debtor_id not in still]
    adopting.in_parts(gone, lambda keys: {"gone": _let_go(keys, day)})
    return opened


def _let_go(keys: Sequence[int], day: BusinessDay) -> int:
    work_gone(KINDS, [f"handover:{key}" for key in keys], day.on)
    return Handover.objects.filter(pk__in=keys).update(state=State.GONE, version=F("version") + 1)


def _refresh(bad: pl.DataFrame) -> None:
    """Say anew how bad standing hand-overs are, and how much they are about, where that changed."""
    told = ("tier", "exposure_cents", "loan_count")
    rows = {row["debtor_id"]: tuple(row[name] for name in told) for row in bad.iter_rows(named=True)}
    held = Handover.objects.filter(state__in=_STANDS).values_list("pk", "debtor_id", *told)
    changed = [
        Handover(pk=key, **dict(zip(told, rows[debtor_id], strict=True)))
        for key, debtor_id, *before in held
        if debtor_id in rows and rows[debtor_id] != tuple(before)
    ]
    Handover.objects.bulk_update(changed, told, batch_size=MOST)


def _handover(
    row: Mapping[str, Any], rules: PreservationDesk, officers: Mapping[str, int], deadlines: Deadlines, day: BusinessDay
) -> Handover:
    reached_on = row["reached_on"] or day.on
    return Handover(
        org_id=row["org_id"], state=State.OPEN, debtor_id=row["debtor_id"], tier=row["tier"],
        debtor_name=str(row["debtor_name"] or row["debtor_id"])[:200], loan_count=row["loan_count"],
        exposure_cents=row["exposure_cents"], officer_id=officers.get(row["officer_id"]), reached_on=reached_on,
        asked=items_asked(rules.files, legal_form=row["legal_form"], securities=row["securities"]),
        due_on=deadlines.due(reached_on), opened_on=day.on,
    )  # fmt: skip


def _work(held: Handover, kind: str, day: BusinessDay, officer_id: int | None) -> WorkItem:
    return WorkItem(
        kind=kind, subject=held.subject, title=held.debtor_name, org_id=held.org_id, officer_id=officer_id,
        page=reverse("preservation:handover", args=[held.pk]), due_on=held.due_on, opened_on=day.on,
        amount_cents=held.exposure_cents, told=f"HANDOVER {held.reached_on}", state=WorkItem.State.OPEN,
    )  # fmt: skip


@transaction.atomic
def file_tick(
    officer: Officer, handover_id: int, item: str, *, is_missing: bool, reason: str, day: BusinessDay
) -> HandoverFile:
    """Say that an item of the file is there, or that it is missing and why; said again, the last word stands.

    Permission  preservation.write in the debtor's office. Leaves a tick with who and when, an audit entry.
    Raises NotPermitted, ReasonMissing where something is missing, FormWrong where it is not asked for, IllegalMove.
    """
    refuse_past(day)
    held = one_held(Handover, handover_id, "org")
    require(officer, WRITE, org=held.org)
    check_begins(held, [State.OPEN])
    if item not in {each["item"] for each in held.asked}:
        raise FormWrong(message=_("清单中没有这一项。"), hint=_("请刷新页面。"), where={"field": "item"})
    reason = require_reason(reason, most=SHORT_MOST) if is_missing else ""
    ticked, _is_new = HandoverFile.objects.update_or_create(
        handover=held, item=item, defaults={"is_missing": is_missing, "reason": reason, "ticked_by": officer}
    )
    record(officer, "preservation.file_ticked", held, org=held.org, run_id=day.run_id, reason=reason, item=item,
           is_missing=is_missing)  # fmt: skip
    return ticked


@transaction.atomic
def handover_give(officer: Officer, handover_id: int, *, note: str, seen_version: int, day: BusinessDay) -> Handover:
    """Hand a file over, once each item is there or said to be missing.

    Permission  preservation.write in the debtor's office. Move open -> handed.
    Leaves      work for whoever receives, an audit entry. Raises NotPermitted, StaleView, IllegalMove, FormWrong.
    """
    refuse_past(day)
    held = one_held(Handover, handover_id, "org")
    require(officer, WRITE, org=held.org)
    check_seen(held, seen_version)
    check_begins(held, [State.OPEN])
    ticked = set(held.files.values_list("item", flat=True))
    if left := [each["zh"] for each in held.asked if each["item"] not in ticked]:
        raise FormWrong(
            message=_("清单中还有未勾选的项目：%s") % "、".join(left[:5]),
            hint=_("逐项勾选；缺少的写明原因。"),
            where={"field": "item"},
        )
    held.hander, held.handed_on, held.note = officer, day.on, note.strip()
    held.save(update_fields=["hander", "handed_on", "note"])
    before = move(held, State.HANDED, seen_version=seen_version)
    work_close((GIVE,), held.subject, on=day.on)
    work_open([_work(held, TAKE, day, None)])
    record(officer, "preservation.handed_over", held, org=held.org, run_id=day.run_id, reason=held.note, before=before)
    return held


@transaction.atomic
def handover_receive(
    officer: Officer, handover_id: int, *, is_complete: bool, note: str, seen_version: int, day: BusinessDay
) -> Handover:
    """Receive a file that was handed over, or send it back with a reason.

    Permission  preservation.receive in the debtor's office; another person than who handed it over.
    Move        handed -> received, or -> open.
    Leaves      who received it and when, an audit entry; the debtor's case of disposal is his from now on. Sent back,
                work for the officer again.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing.
    """
    refuse_past(day)
    held = one_held(Handover, handover_id, "org", "hander")
    require(officer, RECEIVE, org=held.org)
    check_seen(held, seen_version)
    check_begins(held, [State.HANDED])
    forbid_same_person(officer, others=[held.hander])
    work_close((TAKE,), held.subject, on=day.on)
    if is_complete:
        held.taker, held.received_on = officer, day.on
        held.save(update_fields=["taker", "received_on"])
        move(held, State.RECEIVED, seen_version=seen_version)
        case = case_kept_by(officer, held.debtor_id)
        record(officer, "preservation.received", held, org=held.org, run_id=day.run_id, reason=note.strip(),
               is_late=day.on > held.due_on, case=None if case is None else case.pk)  # fmt: skip
        return held
    held.note = require_reason(note)
    held.save(update_fields=["note"])
    move(held, State.OPEN, seen_version=seen_version)
    work_open([_work(held, GIVE, day, held.officer_id)])
    record(officer, "preservation.sent_back", held, org=held.org, run_id=day.run_id, reason=held.note)
    return held
