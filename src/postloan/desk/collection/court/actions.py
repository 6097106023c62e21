"""A case leaves the queue for a court, agreed to by a second person, or for an outside agency, and comes back."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.collection.court.taking import hand_to_takers
from postloan.desk.collection.models import CollectionCase, CollectionEntry
from postloan.desk.core.actions import check_begins, check_seen, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.errors import NotFoundHere

COURT = "collection_court"
"""The kind of approval by which a case goes to court."""
WORK, MANAGE = "collection.work", "collection.manage"
State = CollectionCase.State


@transaction.atomic
def court_propose(
    officer: Officer, case_id: int, *, reason: str, seen_version: int, day: BusinessDay
) -> CollectionCase:
    """Propose to take a debtor to court (提出移交诉讼): the case leaves the queue until it is decided.

    Permission  collection.work in its office, up to the amount. Move  open -> proposed.
    Leaves      an approval waiting for its second step, an entry, an audit entry.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    reason = require_reason(reason)
    held = _held(case_id)
    require(officer, WORK, org=held.org)
    check_begins(held, [State.OPEN])
    before = move(held, State.PROPOSED, seen_version=seen_version)
    drawn = case_drawn_up(
        COURT, subject=held.subject, title=held.debtor_name, page=reverse("collection:case", args=[held.pk]),
        org_id=held.org_id, amount_cents=held.exposure_cents, day=day,
    )  # fmt: skip
    drawn.save()
    held.approval = step_first(officer, drawn, reason=reason, day=day)
    held.held_by = held.held_until = None
    held.save(update_fields=["approval", "held_by", "held_until"])
    case_work(held.approval, on=day.on)
    _note(officer, held, "court_proposed", reason, day)
    record(officer, "collection.court_proposed", held, org=held.org, run_id=day.run_id, reason=reason, before=before)
    return held


@transaction.atomic
def court_decide(
    officer: Officer, case_id: int, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> CollectionCase:
    """Agree to a suit, or turn it down (批准移交诉讼): agreed, it is disposal's; turned down, it is in the queue again.

    Permission  the step that the approval waits for; another person. seen_version is the approval's.
    Leaves      agreed to, what whoever takes it over leaves; an entry, an audit entry.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, FormWrong, NotFoundHere.
    """
    refuse_past(day)
    held = _held(case_id)
    check_begins(held, [State.PROPOSED])
    approval = case_held(held.approval_id or 0)
    verdict_take(officer, approval, verdict, seen_version=seen_version, reason=reason, day=day)
    case_work(approval, on=day.on, note=reason)
    becomes = {Case.State.APPROVED: State.COURT, Case.State.REFUSED: State.OPEN}.get(
        Case.State(approval.state), State.PROPOSED
    )
    before = move(held, becomes, seen_version=held.version)
    if becomes == State.OPEN:
        held.ready_at = timezone.now()
        held.save(update_fields=["ready_at"])
    _note(officer, held, {State.COURT: "court", State.OPEN: "court_refused"}.get(becomes, "court_agreed"), reason, day)
    if becomes == State.COURT:
        hand_to_takers(officer, held, day)
    record(officer, "collection.court_decided", held, org=held.org, run_id=day.run_id, reason=reason, before=before,
           after=held.state)  # fmt: skip
    return held


@transaction.atomic
def case_place(officer: Officer, case_id: int, *, reason: str, seen_version: int, day: BusinessDay) -> CollectionCase:
    """Let an outside agency have a case (委外): it leaves the queue. Whoever places it keeps with whom and until when.

    Permission  collection.manage in its office. Move  open -> placed.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    return _leave(officer, case_id, State.PLACED, "placed", [State.OPEN], reason, seen_version, day)


@transaction.atomic
def case_take_back(
    officer: Officer, case_id: int, *, reason: str, seen_version: int, day: BusinessDay
) -> CollectionCase:
    """Take a case back from an agency or a court into the queue (收回). Moves placed -> open, court -> open.

    Permission  collection.manage in its office. Raises NotPermitted, ReasonMissing, StaleView, IllegalMove,
    NotFoundHere.
    """
    return _leave(officer, case_id, State.OPEN, "taken_back", [State.PLACED, State.COURT], reason, seen_version, day)


def _leave(
    officer: Officer, case_id: int, to: str, step: str, begins: list[str], reason: str, seen_version: int,
    day: BusinessDay,
) -> CollectionCase:  # fmt: skip
    refuse_past(day)
    reason = require_reason(reason)
    held = _held(case_id)
    require(officer, MANAGE, org=held.org)
    check_seen(held, seen_version)
    check_begins(held, begins)
    before = move(held, to, seen_version=seen_version)
    held.officer, held.ready_at, held.held_by, held.held_until = None, timezone.now(), None, None
    held.save(update_fields=["officer", "ready_at", "held_by", "held_until"])
    _note(officer, held, step, reason, day)
    record(officer, f"collection.{step}", held, org=held.org, run_id=day.run_id, reason=reason, before=before)
    return held


def _held(case_id: int) -> CollectionCase:
    found = CollectionCase.objects.select_for_update(of=("self",)).select_related("org").filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个催收案件。"), hint=_("请从列表进入。"))
    return found


def _note(officer: Officer, case: CollectionCase, step: str, text: str, day: BusinessDay) -> None:
    CollectionEntry.objects.create(case=case, step=step, on=day.on, officer=officer, team=case.team, text=text)
