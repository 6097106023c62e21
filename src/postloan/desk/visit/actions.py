"""Planning a visit with two people, checking in by the gate's leave, saying what came of it, and calling it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.collection.deeds.actions import Promised, contact_note, contact_note_after
from postloan.desk.collection.models import CollectionCase
from postloan.desk.contact.actions import Wanted, attempt_ask
from postloan.desk.contact.models import ContactPoint
from postloan.desk.core.actions import check_seen, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import SHORT_MOST
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.officers.queries import colleague
from postloan.desk.core.parts import Adopting
from postloan.desk.core.work.actions import work_close, work_gone, work_open
from postloan.desk.visit.models import Visit
from postloan.desk.visit.planning import NewVisit, check_planned
from postloan.errors import FormWrong, IllegalMove, NotFoundHere

WRITE, DO = "visit.write", "visit.do"
VISIT = "visit"
"""The kind of work that a visit is until it was made."""


@dataclass(frozen=True)
class Place:
    """Where the lead says that they are: in words, and by the phone where it told."""

    words: str
    latitude_e7: int | None = None
    longitude_e7: int | None = None


@transaction.atomic
def visit_plan(officer: Officer, case_id: int, lead: Officer, new: NewVisit, *, day: BusinessDay) -> Visit:
    """Plan a visit for a running case of collection (安排上门). The same id again gives the same visit.

    lead  who collects; somebody else goes along (COLL-07).

    Permission  visit.write in the case's office.
    Leaves      a visit, work for the lead, an audit entry.
    Raises NotPermitted, NotFoundHere, FormWrong, ReasonMissing, IllegalMove; VisitNotAllowed where the gate would
    refuse.
    """
    refuse_past(day)
    case = CollectionCase.objects.select_for_update(of=("self",)).select_related("org").filter(pk=case_id).first()
    if case is None:
        raise NotFoundHere(message=_("没有这个催收案件。"), hint=_("请从列表进入。"))
    require(officer, WRITE, org=case.org)
    known = Visit.objects.filter(made_id=new.id).first()
    if known is not None:
        return known
    if case.state != CollectionCase.State.OPEN:
        raise IllegalMove(
            message=_("案件已不在队列中，不能安排上门。"), hint=_("请先收回案件。"), where={"state": case.state}
        )
    point = ContactPoint.objects.filter(
        pk=new.point_id, debtor_id=case.debtor_id, kind="address", ended_at=None
    ).first()  # fmt: skip
    if point is None:
        raise FormWrong(message=_("没有选择地址。"), hint=_("请先登记地址。"), where={"field": "point"})
    going = {lead.username, new.second.strip()} - {""}
    check_planned(point, new.purpose, going, new.at)
    second = colleague(new.second.strip(), "second")
    if new.at < timezone.now():
        raise FormWrong(message=_("时间已过。"), hint=_("请另选时间。"), where={"field": "at"})
    made = Visit.objects.create(
        made_id=new.id, state=Visit.State.PLANNED, org=case.org, case=case, debtor_id=case.debtor_id,
        debtor_name=case.debtor_name, amount_cents=case.cure_cents, point=point, purpose=new.purpose, lead=lead,
        second=second, planned_at=new.at, planned_on=timezone.localdate(new.at), planned_by=officer,
        reason=require_reason(new.reason, most=SHORT_MOST),
    )  # fmt: skip
    work_open([
        WorkItem(
            kind=VISIT, subject=made.subject, title=made.debtor_name, org_id=made.org_id, officer=lead,
            page=reverse("visit:visit", args=[made.pk]), due_on=max(made.planned_on, day.on), opened_on=day.on,
            amount_cents=made.amount_cents, told=timezone.localtime(new.at).strftime("%Y-%m-%d %H:%M"),
            state=WorkItem.State.OPEN,
        )
    ])  # fmt: skip
    record(officer, "visit.planned", made, org=made.org, run_id=day.run_id, reason=made.reason, debtor=made.debtor_id,
           going=sorted(going), at=new.at.isoformat())  # fmt: skip
    return made


@transaction.atomic
def visit_check_in(officer: Officer, visit_id: int, place: Place, *, seen_version: int, day: BusinessDay) -> Visit:
    """Check in at the place (签到): the gate is asked now, for both who are there.

    Permission  visit.do and contact.ask in the office; the lead's own visit.
    Move        planned -> under way; refused by the gate it stays planned, and the refusal is kept.
    Raises NotPermitted, NotFoundHere, FormWrong, StaleView; IllegalMove where the case left the queue since.
    """
    refuse_past(day)
    held = _held(officer, visit_id, DO)
    if not place.words.strip():
        raise FormWrong(message=_("没有填写地点。"), hint=_("请写明到达的地点。"), where={"field": "place"})
    check_seen(held, seen_version)
    if Visit.State.UNDER_WAY not in held.MOVES[held.state]:
        raise IllegalMove(message=_("这次上门已签到或已取消。"), hint=_("请刷新页面。"), where={"state": held.state})
    case = _case(held)
    if case.state != CollectionCase.State.OPEN:
        raise IllegalMove(
            message=_("案件已不在队列中，不能上门。"), hint=_("请取消这次上门。"), where={"state": case.state}
        )
    wanted = Wanted(
        uuid4(), held.debtor_id, held.debtor_name, held.org_id, held.point_id, "visit", held.purpose,
        (held.second.username,),
    )  # fmt: skip
    held.attempt = attempt_ask(officer, wanted)
    held.refused_by = held.attempt.refused_by
    if held.attempt.is_allowed:
        move(held, Visit.State.UNDER_WAY, seen_version=seen_version)
        held.checked_in_at = held.attempt.at
        held.place = place.words.strip()[:200]
        held.latitude_e7, held.longitude_e7 = place.latitude_e7, place.longitude_e7
    held.save(update_fields=["attempt", "refused_by", "checked_in_at", "place", "latitude_e7", "longitude_e7"])
    record(officer, "visit.checked_in", held, org=held.org, run_id=day.run_id, allowed=held.attempt.is_allowed,
           refused_by=held.refused_by, place=place.words[:200])  # fmt: skip
    return held


@transaction.atomic
def visit_close(
    officer: Officer, visit_id: int, key: str, *, entry_id: UUID, note: str, promised: Promised | None,
    seen_version: int, day: BusinessDay,
) -> Visit:  # fmt: skip
    """Say what came of a visit, by the outcomes of collection: a promise, a complaint and the next turn follow.

    Of a case that left the queue while they were there, what came of the visit is kept, and no turn follows.

    Permission  visit.do, collection.work and contact.ask in the office; the lead's own visit.
    Move        under way -> done.
    Raises NotPermitted, NotFoundHere, StaleView, IllegalMove, ReasonMissing, and what `contact_note` raises.
    """
    refuse_past(day)
    held = _held(officer, visit_id, DO)
    if held.attempt is None or held.state != Visit.State.UNDER_WAY:
        raise IllegalMove(message=_("还没有签到。"), hint=_("请先签到。"), where={"state": held.state})
    said = require_reason(note)
    case, attempt_id = _case(held), held.attempt.pk
    if case.state == CollectionCase.State.OPEN:
        entry = contact_note(
            officer, case.pk, attempt_id, key, entry_id=entry_id, note=said, promised=promised, day=day
        )  # fmt: skip
    else:
        entry = contact_note_after(officer, case, attempt_id, key, entry_id=entry_id, note=said, day=day)
    move(held, Visit.State.DONE, seen_version=seen_version)
    held.outcome, held.note, held.ended_at = entry.outcome, said, timezone.now()
    held.save(update_fields=["outcome", "note", "ended_at"])
    work_close((VISIT,), held.subject, on=day.on, note=said)
    record(officer, "visit.made", held, org=held.org, run_id=day.run_id, outcome=held.outcome)
    return held


@transaction.atomic
def visit_cancel(officer: Officer, visit_id: int, *, reason: str, seen_version: int, day: BusinessDay) -> Visit:
    """Call a visit off.

    Permission  visit.write in the office. Move  planned -> cancelled.
    Raises NotPermitted, NotFoundHere, ReasonMissing, StaleView, IllegalMove.
    """
    refuse_past(day)
    held = _found(visit_id)
    require(officer, WRITE, org=held.org)
    move(held, Visit.State.CANCELLED, seen_version=seen_version)
    record(officer, "visit.cancelled", held, org=held.org, run_id=day.run_id, reason=require_reason(reason))
    work_close((VISIT,), held.subject, on=day.on, note=reason)
    return held


def visits_take(day: BusinessDay) -> None:
    """Take over what a published day did to cases with a visit planned: one of a closed case is called off.

    One whose case the book moved to another office lies there, too. Twice is once.
    Leaves   visits cancelled with their work gone, in parts of a transaction each, with its record.
    """
    planned = Visit.objects.filter(state=Visit.State.PLANNED)
    over = planned.filter(case__state=CollectionCase.State.CLOSED).order_by("pk")
    adopting = Adopting(day, "visits.taken", "visit")
    adopting.in_parts(list(over.values_list("pk", flat=True)), lambda part: {"cancelled": _call_off(part, day)})
    moved = planned.exclude(org=F("case__org")).order_by("pk").values_list("pk", "case__org")
    adopting.in_parts(list(moved), lambda part: {"moved": _move_office(part)})


def _call_off(part: Sequence[int], day: BusinessDay) -> int:
    held = Visit.objects.select_for_update(of=("self",)).filter(pk__in=part, state=Visit.State.PLANNED)
    keys = list(held.values_list("pk", flat=True))
    Visit.objects.filter(pk__in=keys).update(state=Visit.State.CANCELLED, version=F("version") + 1)
    work_gone((VISIT,), [f"visit:{key}" for key in keys], day.on)
    return len(keys)


def _move_office(part: Sequence[tuple[int, str]]) -> int:
    """The lead stays whoever leads it: where he may not work there, another is planned instead."""
    for key, org_id in part:
        Visit.objects.filter(pk=key).update(org_id=org_id)
        WorkItem.objects.filter(kind=VISIT, subject=f"visit:{key}", state=WorkItem.State.OPEN).update(org_id=org_id)
    return len(part)


def _case(visit: Visit) -> CollectionCase:
    """Hold the case of a visit until the transaction ends."""
    return CollectionCase.objects.select_for_update(of=("self",)).select_related("org").get(pk=visit.case_id)


def _found(visit_id: int) -> Visit:
    related = ("org", "lead", "second", "attempt")
    found = Visit.objects.select_for_update(of=("self",)).select_related(*related).filter(pk=visit_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这次上门。"), hint=_("请从列表进入。"))
    return found


def _held(officer: Officer, visit_id: int, action: str) -> Visit:
    """Hold a visit of the lead's own. Raises NotPermitted, NotFoundHere, IllegalMove where another leads it."""
    held = _found(visit_id)
    require(officer, action, org=held.org)
    if held.lead_id != officer.pk:
        raise IllegalMove(
            message=_("这次上门由他人负责。"), hint=_("请由负责人办理。"), where={"lead": held.lead.username}
        )
    return held
