"""What happens to work items: opened, assigned, urged, done, handed over."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.actions import move, record, refuse_past, require, require_reason
from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import REASON_MOST, SHORT_MOST
from postloan.desk.core.models import Officer, Org, Transfer, WorkItem
from postloan.desk.core.work.pages import action_of
from postloan.errors import FormWrong

_BATCH = 1000


def work_open(items: Sequence[WorkItem]) -> int:
    """Open items; one that is open already for the same subject stays as it is. Returns how many were sent."""
    for item in items:
        item.action = action_of(item.page)
    WorkItem.objects.bulk_create(items, batch_size=_BATCH, ignore_conflicts=True)
    return len(items)


def work_gone(kinds: tuple[str, ...], subjects: Sequence[str], on: date) -> int:
    """Close the open items of some kinds whose cause is gone. Returns how many."""
    closed = 0
    for start in range(0, len(subjects), _BATCH):
        part = subjects[start : start + _BATCH]
        open_items = WorkItem.objects.filter(kind__in=kinds, subject__in=part, state=WorkItem.State.OPEN)
        closed += open_items.update(state=WorkItem.State.GONE, closed_on=on)
    return closed


def work_follow(offices: Mapping[str, str]) -> None:
    """Let the open items of some subjects lie in the office that the book moved each to; whoever had them has them not.

    offices  by subject, the number of its office now.
    """
    for org_id in sorted(set(offices.values())):
        moved = [subject for subject, now in offices.items() if now == org_id]
        for start in range(0, len(moved), _BATCH):
            items = WorkItem.objects.filter(subject__in=moved[start : start + _BATCH], state=WorkItem.State.OPEN)
            items.exclude(org_id=org_id).update(org_id=org_id, officer=None)


def work_close(kinds: tuple[str, ...], subject: str, *, on: date, note: str = "") -> None:
    """Close the open items that a subject has of some kinds: the desk that opened them did the work."""
    WorkItem.objects.filter(kind__in=kinds, subject=subject, state=WorkItem.State.OPEN).update(
        state=WorkItem.State.DONE, closed_on=on, note=note[:REASON_MOST]
    )


def work_retell(kind: str, subject: str, *, told: str, amount_cents: int) -> None:
    """Say anew what an open item is about: how much of it is left."""
    WorkItem.objects.filter(kind=kind, subject=subject, state=WorkItem.State.OPEN).update(
        told=told[:300], amount_cents=amount_cents
    )


def work_close_all(kind: str, subject_begins: str, *, on: date, note: str = "") -> None:
    """Close the open items of a kind whose subjects begin alike: one matter that waited for several people."""
    WorkItem.objects.filter(kind=kind, subject__startswith=subject_begins, state=WorkItem.State.OPEN).update(
        state=WorkItem.State.DONE, closed_on=on, note=note[:REASON_MOST]
    )


@transaction.atomic
def work_done(officer: Officer, item_id: int, *, seen_version: int, note: str, day: BusinessDay) -> WorkItem:
    """Say that an item is done, and how.

    Permission  work.do in the item's office.
    Move        open -> done.
    Raises NotPermitted, StaleView, IllegalMove, ReasonMissing.
    """
    refuse_past(day)
    note = require_reason(note)
    item = WorkItem.objects.select_for_update().get(pk=item_id)
    require(officer, "work.do", org=item.org)
    before = move(item, WorkItem.State.DONE, seen_version=seen_version)
    item.note, item.closed_on = note, day.on
    item.save(update_fields=["note", "closed_on"])
    record(
        officer, "work.done", item, org=item.org, run_id=day.run_id, reason=note, before=before, subject_of=item.subject
    )
    return item


@transaction.atomic
def work_assign(officer: Officer, item_ids: Sequence[int], to: Officer, *, day: BusinessDay) -> int:
    """Give open items to an officer. Permission work.assign in each item's office. Returns how many.

    Raises NotPermitted, IllegalMove on a past day.
    """
    refuse_past(day)
    items = list(WorkItem.objects.select_for_update().filter(pk__in=item_ids, state=WorkItem.State.OPEN))
    for org in _orgs(items):
        require(officer, "work.assign", org=org)
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(officer=to)
    before: dict[str, Any] = {str(item.pk): item.officer_id for item in items}
    record(officer, "work.assigned", to, items=len(items), before=before)
    return len(items)


@transaction.atomic
def work_urge(officer: Officer, item_ids: Sequence[int], *, reason: str, day: BusinessDay) -> int:
    """Urge open items on (督办). Permission work.assign in each item's office. Returns how many.

    Raises NotPermitted, ReasonMissing, IllegalMove on a past day.
    """
    refuse_past(day)
    reason = require_reason(reason)
    items = list(WorkItem.objects.select_for_update().filter(pk__in=item_ids, state=WorkItem.State.OPEN))
    for org in _orgs(items):
        require(officer, "work.assign", org=org)
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(urged_by=officer, urged_at=timezone.now())
    record(officer, "work.urged", "work", reason=reason, items=[item.pk for item in items])
    return len(items)


@transaction.atomic
def portfolio_transfer(officer: Officer, giver: Officer, taker: Officer, *, reason: str, day: BusinessDay) -> Transfer:
    """Hand an officer's portfolio to another: the open items now, and what the feeds bring from today on.

    Permission  portfolio.transfer in the giver's office. Raises NotPermitted, FormWrong, ReasonMissing, IllegalMove
    on a past day.
    """
    refuse_past(day)
    reason = require_reason(reason, most=SHORT_MOST)
    if giver.org is None or giver.pk == taker.pk or not taker.is_active:
        raise FormWrong(message=_("移交人或接收人不对。"), hint=_("请选择两位不同的在岗同事。"))
    require(officer, "portfolio.transfer", org=giver.org)
    made = Transfer.objects.create(giver=giver, taker=taker, begins_on=today(), reason=reason)
    moved = WorkItem.objects.filter(officer=giver, state=WorkItem.State.OPEN).update(officer=taker)
    record(officer, "portfolio.transferred", made, org=giver.org, reason=reason, giver=giver.username,
           taker=taker.username, items=moved)  # fmt: skip
    return made


def _orgs(items: Sequence[WorkItem]) -> list[Org]:
    return list(Org.objects.filter(pk__in={item.org_id for item in items}))
