"""The next case: given to whoever asks, held for a while, and put back; one case lies on one desk."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.collection.models import CollectionCase, Seat
from postloan.desk.collection.queue.queries import free_at, own_queue, pool_queue, room_left
from postloan.desk.core.actions import record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.rules.collection import Collection
from postloan.rules.desk_rules import load_desk_rules

WORK = "collection.work"
_TRIES = 20


@transaction.atomic
def case_next(desk: Desk) -> int | None:
    """Give a collector the next case: the one on his desk, else his own most urgent, else his team's; None where none.

    A case that is given is held for some minutes, and nobody else is given it. That it was given changes nothing of
    the case and stands on its row alone: a record of it would make all collectors wait for the audit chain.

    Permission  collection.work, whose offices the desk has. Returns the key of the case.
    Raises FormWrong where he has no seat, IllegalMove on a past day.
    """
    refuse_past(desk.day)
    now, officer = timezone.now(), desk.officer
    seat = Seat.objects.select_for_update(of=("self",)).filter(officer=officer).first()
    if seat is None:
        raise FormWrong(message=_("您还没有催收席位。"), hint=_("请催收主管在“席位”页设置小组。"))
    # Asked once the seat is held: of two clicks, the second finds what the first was given.
    on_desk = CollectionCase.objects.filter(held_by=officer, held_until__gt=now, state=CollectionCase.State.OPEN)
    if (key := on_desk.values_list("pk", flat=True).first()) is not None:
        return key
    rule = load_desk_rules(desk.day.home).version("collection", Collection, desk.day.on)
    until = now + timedelta(minutes=rule.hold.minutes)
    for queue in _queues(desk, seat, rule, now):
        for _time in range(_TRIES):
            key = queue.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True).first()
            if key is None:
                break
            # What another took since is left: SQLite has no locks of rows, and this alone decides there.
            free = CollectionCase.objects.filter(free_at(now), pk=key, state=CollectionCase.State.OPEN)
            if free.update(held_by=officer, held_until=until):
                return key
    return None


def _queues(desk: Desk, seat: Seat, rule: Collection, now: datetime) -> Iterator[QuerySet[CollectionCase]]:
    """What a seat is given from: its own cases, then its team's pool while it may have more."""
    yield own_queue(desk.officer, desk.scope, now)
    if seat.is_on and room_left(seat, rule) > 0:
        yield pool_queue(seat.team, desk.scope, now)


@transaction.atomic
def case_put_back(
    officer: Officer, case_id: int, *, until: datetime | None, reason: str, day: BusinessDay
) -> CollectionCase:
    """Put a case back unworked, to come again when contact is allowed, or when a hold ends (退回队列).

    Permission  collection.work in the case's office; whoever holds it. Leaves an audit entry.
    Raises NotPermitted, ReasonMissing, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    reason = require_reason(reason)
    case = case_held(officer, case_id, now=timezone.now())
    case.held_by = case.held_until = None
    hold = load_desk_rules(day.home).version("collection", Collection, day.on).hold
    case.ready_at = until or timezone.now() + timedelta(minutes=hold.minutes)
    case.save(update_fields=["held_by", "held_until", "ready_at"])
    record(officer, "collection.put_back", case, org=case.org, run_id=day.run_id, reason=reason,
           until=case.ready_at.isoformat())  # fmt: skip
    return case


def case_held(officer: Officer, case_id: int, *, now: datetime) -> CollectionCase:
    """Find an open case and hold its row until the transaction ends, where it lies on nobody else's desk.

    Permission  collection.work in its office. Raises NotFoundHere, NotPermitted, IllegalMove.
    """
    found = CollectionCase.objects.select_for_update(of=("self",)).select_related("org").filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个催收案件。"), hint=_("请从列表进入。"))
    require(officer, WORK, org=found.org)
    is_elsewhere = found.held_until is not None and found.held_until > now and found.held_by_id != officer.pk
    if found.state != CollectionCase.State.OPEN or is_elsewhere:
        raise IllegalMove(
            message=_("案件已不在队列中，或正由他人办理。"),
            hint=_("请取下一个案件。"),
            where={"case": found.pk, "state": found.state, "held_by": found.held_by_id},
        )
    return found


def worked(case: CollectionCase, officer: Officer, ready_at: datetime) -> None:
    """Take a case off the desk after it was worked on: it is the collector's from now on. The caller holds its row."""
    case.officer = case.officer or officer
    case.held_by = case.held_until = None
    case.ready_at, case.last_worked_at = ready_at, timezone.now()
    case.version = F("version") + 1
    case.save(update_fields=["officer", "held_by", "held_until", "ready_at", "last_worked_at", "version"])
    case.refresh_from_db(fields=["version"])
