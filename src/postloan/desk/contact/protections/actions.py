"""What protects a debtor from contact, and what takes it away: the one is done at once, the other by two people."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.contact.gate import rules_at
from postloan.desk.contact.ledger.actions import entry_append, instant_of, ledger_held
from postloan.desk.contact.models import Complaint, ContactPoint, Exemption
from postloan.desk.core.actions import (
    check_begins,
    forbid_same_person,
    move,
    record,
    refuse_past,
    require,
    require_reason,
)
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import LONG_MOST
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.officers.queries import office_over
from postloan.desk.core.work.actions import work_close, work_open
from postloan.errors import FormWrong, NotFoundHere
from postloan.plan.contact.ledger import Entry

COMPLAINED = "contact_complaint"


@dataclass(frozen=True)
class About:
    """The debtor that something is about, and the office that keeps his largest loan."""

    debtor_id: str
    name: str
    org_id: str


@transaction.atomic
def complaint_open(
    officer: Officer, about: About, complaint_id: UUID, *, text: str, due_on: date | None, day: BusinessDay
) -> Complaint:
    """Write down a complaint; collection pauses until it is answered (登记投诉). The same id again changes nothing.

    due_on  by when it is to be answered; the days of the rules, where nobody says.

    Permission  contact.write in the debtor's office. Raises NotPermitted, ReasonMissing.
    """
    refuse_past(day)
    known = Complaint.objects.filter(pk=complaint_id).first()
    if known is not None:
        return known
    text = require_reason(text, most=LONG_MOST)
    org = office_over([about.org_id])
    require(officer, "contact.write", org=org)
    head = ledger_held()
    at = instant_of(head)
    rules = rules_at(day.home, at)
    made = Complaint.objects.create(
        id=complaint_id, state=Complaint.State.OPEN, org=org, debtor_id=about.debtor_id, debtor_name=about.name[:200],
        text=text, opened_on=day.on, due_on=due_on or day.on + timedelta(days=rules.complaint.days),
        opened_by=officer,
    )  # fmt: skip
    entry = entry_append(
        head, "complaint", at=at, officer=officer.get_username(), debtor=about.debtor_id, complaint=str(made.pk)
    )
    work_open([
        WorkItem(
            kind=COMPLAINED, subject=made.subject, title=made.debtor_name, org=org, due_on=made.due_on,
            page=reverse("contact:of", args=[made.debtor_id]), told=made.text[:300], opened_on=day.on,
            state=WorkItem.State.OPEN,
        )
    ])  # fmt: skip
    record(officer, "contact.complaint", made, org=org, run_id=day.run_id, said=text, **_anchor(entry))
    return made


@transaction.atomic
def complaint_answer(
    officer: Officer, complaint_id: UUID, *, answer: str, seen_version: int, day: BusinessDay
) -> Complaint:
    """Answer a complaint; the pause ends with the last one (答复投诉). Moves open -> answered.

    Permission  contact.answer in its office; not whoever wrote it down.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    answer = require_reason(answer, most=LONG_MOST)
    head = ledger_held()
    related = ("org", "opened_by")
    held = Complaint.objects.select_for_update(of=("self",)).select_related(*related).filter(pk=complaint_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这项投诉。"), hint=_("请从客户的联系记录进入。"))
    require(officer, "contact.answer", org=held.org)
    forbid_same_person(officer, others=[held.opened_by])
    before = move(held, Complaint.State.ANSWERED, seen_version=seen_version)
    held.answer, held.answered_by, held.answered_on = answer, officer, day.on
    held.save(update_fields=["answer", "answered_by", "answered_on"])
    entry = entry_append(
        head, "complaint_answered", at=instant_of(head), officer=officer.get_username(), debtor=held.debtor_id,
        complaint=str(held.pk), proposed_by=held.opened_by.get_username(),
    )  # fmt: skip
    work_close((COMPLAINED,), held.subject, on=day.on, note=answer)
    record(officer, "contact.answered", held, org=held.org, run_id=day.run_id, said=answer, before=before,
           **_anchor(entry))  # fmt: skip
    return held


@transaction.atomic
def do_not_call(officer: Officer, point_id: int, *, reason: str, day: BusinessDay) -> ContactPoint:
    """Keep a number or an address from being used, whosever debt it is about (勿扰). Twice changes nothing.

    Permission  contact.write in the debtor's office. Raises NotPermitted, ReasonMissing, NotFoundHere.
    """
    refuse_past(day)
    reason = require_reason(reason)
    head = ledger_held()
    point = _held_point(point_id)
    require(officer, "contact.write", org=point.org)
    if point.is_do_not_call:
        return point
    ContactPoint.objects.filter(match=point.match).update(is_do_not_call=True)
    entry = entry_append(
        head, "do_not_call", at=instant_of(head), officer=officer.get_username(), debtor=point.debtor_id,
        party=point.party_id, point=point.match,
    )  # fmt: skip
    record(officer, "contact.do_not_call", point, org=point.org, run_id=day.run_id, reason=reason, **_anchor(entry))
    point.is_do_not_call = True
    return point


@transaction.atomic
def exemption_propose(
    officer: Officer, about: About, exemption_id: UUID, *, kind: str, point_id: int, until: date | None, reason: str,
    day: BusinessDay,
) -> Exemption:  # fmt: skip
    """Propose to take protection away: consent to other hours, a point used again, a point that ends (提出放宽).

    Permission  contact.write in the debtor's office, the first step of the chain; another person agrees.
    Leaves      a proposed exemption, a case that waits, work, an audit entry.
    Raises NotPermitted, ReasonMissing, NotFoundHere, FormWrong where a consent has no end that the rules allow.
    """
    refuse_past(day)
    known = Exemption.objects.filter(pk=exemption_id).first()
    if known is not None:
        return known
    reason = require_reason(reason)
    point = _held_point(point_id)
    if point.debtor_id != about.debtor_id:
        raise NotFoundHere(message=_("没有这个联系方式。"), hint=_("请从客户的联系记录进入。"))
    if kind not in Exemption.Kind.values:
        raise FormWrong(message=_("没有这种放宽。"), hint=_("请选择列出的种类。"), where={"field": "kind"})
    if kind == Exemption.Kind.CONSENT:
        _check_until(until, day)
    case = case_drawn_up(
        "contact_exemption", subject=f"exemption:{exemption_id}", title=about.name, org_id=point.org_id, amount_cents=0,
        page=reverse("contact:of", args=[about.debtor_id]), day=day,
    )  # fmt: skip
    case.save()
    made = Exemption.objects.create(
        id=exemption_id, state=Exemption.State.PROPOSED, org_id=point.org_id, kind=kind, debtor_id=about.debtor_id,
        debtor_name=about.name[:200], point=point, until=until if kind == Exemption.Kind.CONSENT else None,
        reason=reason, proposed_by=officer, case=case,
    )  # fmt: skip
    case_work(step_first(officer, case, reason=reason, day=day), on=day.on)
    return made


@transaction.atomic
def exemption_decide(
    officer: Officer, exemption_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> Exemption:
    """Agree to what was proposed, or turn it down (批准、否决). Moves proposed -> in_force or refused.

    seen_version  of the case that the page showed.

    Permission  the step's action in the office; another person than who proposed.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, NotFoundHere.
    """
    refuse_past(day)
    head = ledger_held()
    held = _held_exemption(exemption_id)
    case = case_held(held.case_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state == Case.State.APPROVED:
        move(held, Exemption.State.IN_FORCE, seen_version=held.version)
        _take_effect(held, instant_of(head))
        told = {"consent": str(held.pk), "until": str(held.until)} if held.kind == Exemption.Kind.CONSENT else {}
        entry_append(
            head, held.kind, at=instant_of(head), officer=officer.get_username(), debtor=held.debtor_id,
            party=held.point.party_id, point=held.point.match, proposed_by=held.proposed_by.get_username(), **told,
        )  # fmt: skip
    elif case.state == Case.State.REFUSED:
        move(held, Exemption.State.REFUSED, seen_version=held.version)
    case_work(case, on=day.on, note=reason)
    return held


@transaction.atomic
def consent_end(officer: Officer, exemption_id: UUID, *, reason: str, seen_version: int, day: BusinessDay) -> Exemption:
    """Write down that somebody took a consent back; it protects, so that one person does it. Moves in_force -> ended.

    Permission  contact.write in the debtor's office.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    reason = require_reason(reason)
    head = ledger_held()
    held = _held_exemption(exemption_id)
    require(officer, "contact.write", org=held.org)
    if held.kind != Exemption.Kind.CONSENT:
        check_begins(held, ())
    before = move(held, Exemption.State.ENDED, seen_version=seen_version)
    entry = entry_append(
        head, "consent_ended", at=instant_of(head), officer=officer.get_username(), debtor=held.debtor_id,
        party=held.point.party_id, point=held.point.match, consent=str(held.pk),
    )  # fmt: skip
    record(officer, "contact.consent_ended", held, org=held.org, run_id=day.run_id, reason=reason, before=before,
           **_anchor(entry))  # fmt: skip
    return held


def _take_effect(exemption: Exemption, at: datetime) -> None:
    points = ContactPoint.objects.filter(pk=exemption.point_id)
    if exemption.kind == Exemption.Kind.POINT_ENDED:
        points.update(ended_at=at)
    elif exemption.kind == Exemption.Kind.DO_NOT_CALL_LIFTED:
        ContactPoint.objects.filter(match=exemption.point.match).update(is_do_not_call=False)


def _check_until(until: date | None, day: BusinessDay) -> None:
    now = timezone.now()
    today, most = timezone.localdate(now), rules_at(day.home, now).consent.days_most
    if until is None or not today <= until <= today + timedelta(days=most):
        raise FormWrong(
            message=_("同意的截止日没有填写，或超出规则允许的天数。"),
            hint=_("请填写今日起%s天以内的日期。") % most,
            where={"field": "until"},
        )


def _held_point(point_id: int) -> ContactPoint:
    found = ContactPoint.objects.select_related("org").filter(pk=point_id, ended_at=None).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个联系方式。"), hint=_("请从客户的联系记录进入。"))
    return found


def _held_exemption(exemption_id: UUID) -> Exemption:
    related = ("org", "point", "proposed_by")
    found = Exemption.objects.select_for_update(of=("self",)).select_related(*related).filter(pk=exemption_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项放宽。"), hint=_("请从客户的联系记录进入。"))
    return found


def _anchor(entry: Entry) -> dict[str, Any]:
    """What the audit chain keeps of the ledger: whoever makes the one anew must make the other anew too."""
    return {"ledger_seq": entry.seq, "ledger_hash": entry.hash}
