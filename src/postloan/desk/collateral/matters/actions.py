"""Matters of collateral: proposed by one, agreed to by others; what an agreement does is said by its kind."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.collateral.models import Call, Claim, Document, Matter
from postloan.desk.core.actions import move, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.errors import FormWrong, NotFoundHere

WRITE = "collateral.write"
Effect = Callable[[Matter, Officer, BusinessDay], None]
_AGREED: dict[str, Effect] = {}
_REFUSED: dict[str, Effect] = {}


def effects(kind: str, *, agreed: Effect, refused: Effect | None = None) -> None:
    """Say what becomes of a kind of matter when it is agreed to, and when it is turned down."""
    _AGREED[kind] = agreed
    if refused is not None:
        _REFUSED[kind] = refused


def matter_made(
    officer: Officer, kind: str, *, matter_id: UUID, org: Org, title: str, reason: str, told: dict[str, Any],
    amount_cents: int, day: BusinessDay, collateral_id: str = "", call: Call | None = None,
    claim: Claim | None = None, document: Document | None = None,
) -> Matter:  # fmt: skip
    """Propose a matter and take its first step; the caller's transaction. Twice with one matter_id is once.

    Permission  collateral.write in the office, for the amount.
    Leaves      a matter, a case waiting for the next step, work, an audit entry.
    Raises NotPermitted, ReasonMissing, IllegalMove on a past day, FormWrong where one of its kind is on its way.
    """
    refuse_past(day)
    require(officer, WRITE, org=org)
    reason = require_reason(reason)
    # Whoever proposes the same at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=org.pk)
    made = Matter.objects.filter(pk=matter_id).first()
    if made is not None:
        return made
    on_its_way = Matter.objects.filter(kind=kind, collateral_id=collateral_id, state=Matter.State.PROPOSED)
    if collateral_id and document is None and claim is None and on_its_way.exists():
        raise FormWrong(message=_("该押品已有同类事项正在报批。"), hint=_("请等待审批结论。"))
    about = claim.pk if claim else document.pk if document else collateral_id or matter_id
    case = case_drawn_up(
        kind, subject=f"{kind}:{about}", title=title, org_id=org.pk,
        page=reverse("collateral:matter", args=[matter_id]), amount_cents=amount_cents, day=day,
    )  # fmt: skip
    case.save()
    made = Matter.objects.create(
        id=matter_id, org=org, state=Matter.State.PROPOSED, kind=kind, collateral_id=collateral_id, title=title[:200],
        reason=reason, told=told, on=day.on, made_by=officer, case=case, call=call, claim=claim,
        document=document,
    )  # fmt: skip
    held = step_first(officer, case, reason=reason, day=day)
    case_work(held, on=day.on)
    return made


@transaction.atomic
def matter_decide(
    officer: Officer, matter_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> Matter:
    """Take the step that a matter waits for: agree, or turn it down with a reason. After the last step it is done.

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the amount; another person than at the other steps.
    Move        proposed -> approved or refused, and what its kind says.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, NotFoundHere.
    """
    refuse_past(day)
    held = Matter.objects.select_for_update(of=("self",)).select_related("org", "made_by").filter(pk=matter_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这个事项。"), hint=_("请从列表进入。"))
    case = case_held(held.case_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state == Case.State.REFUSED:
        move(held, Matter.State.REFUSED, seen_version=held.version)
        _REFUSED.get(held.kind, _nothing)(held, officer, day)
    elif case.state == Case.State.APPROVED:
        move(held, Matter.State.APPROVED, seen_version=held.version)
        _AGREED[held.kind](held, officer, day)
    case_work(case, on=day.on, note=reason)
    return held


def _nothing(_matter: Matter, _officer: Officer, _day: BusinessDay) -> None:
    """Most matters that are turned down leave everything as it was."""
