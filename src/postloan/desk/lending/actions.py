"""Freezing a debtor's credit and lifting the freeze: one proposes, another approves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import check_seen, hold_chain, move, record_alone, refuse_past, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import AuditEntry, Officer
from postloan.desk.lending.models import Freeze
from postloan.errors import FormWrong, IllegalMove, NotFoundHere


@transaction.atomic
def freeze_propose(
    officer: Officer, debtor: Mapping[str, Any], *, freeze_id: UUID, reason: str, day: BusinessDay
) -> Freeze:
    """Propose that a debtor gets no new credit (提出冻结). The same freeze_id again changes nothing.

    Permission  freeze.propose in the debtor's office, for its exposure.
    Leaves      a proposed freeze, a case waiting for the next step, work, an audit entry.
    Raises NotPermitted, ReasonMissing, FormWrong where a freeze of the debtor is there already.
    """
    refuse_past(day)
    held = Freeze.objects.filter(pk=freeze_id).first()
    if held is not None:
        return held
    reason = require_reason(reason)
    # Of two who propose at once, the second asks when the first is done, and is told.
    hold_chain()
    _refuse_second(debtor["debtor_id"])
    case = _case("freeze", f"debtor:{debtor['debtor_id']}", debtor["name"], freeze_id, debtor["org_id"],
                 debtor["exposure_cents"] or 0, day)  # fmt: skip
    freeze = Freeze.objects.create(
        id=freeze_id, org_id=debtor["org_id"], debtor_id=debtor["debtor_id"], debtor_name=debtor["name"][:200],
        exposure_cents=debtor["exposure_cents"] or 0, reason=reason, case=case, proposed_on=day.on,
        state=Freeze.State.PROPOSED,
    )  # fmt: skip
    _first_step(officer, freeze, case, reason, day)
    return freeze


@transaction.atomic
def lift_propose(officer: Officer, freeze_id: UUID, *, seen_version: int, reason: str, day: BusinessDay) -> Freeze:
    """Propose that a freeze is lifted (提出解除).

    Permission  freeze.propose. Raises NotPermitted, StaleView, IllegalMove where it is not in force, ReasonMissing.
    """
    refuse_past(day)
    reason = require_reason(reason)
    freeze = _held(freeze_id)
    is_proposed = freeze.lift_case_id is not None and freeze.open_case is not None
    check_seen(freeze, seen_version)
    if freeze.state != Freeze.State.IN_FORCE or is_proposed:
        raise IllegalMove(
            message=_("这项冻结目前不能提出解除。"), hint=_("请刷新页面。"), where={"state": freeze.state}
        )
    case = _case("unfreeze", f"debtor:{freeze.debtor_id}", freeze.debtor_name, freeze.pk, freeze.org_id,
                 freeze.exposure_cents, day)  # fmt: skip
    freeze.lift_case = case
    freeze.version += 1
    freeze.save(update_fields=["lift_case", "version"])
    _first_step(officer, freeze, case, reason, day)
    return freeze


@transaction.atomic
def freeze_decide(
    officer: Officer, freeze_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> Freeze:
    """Agree to, or turn down, what is proposed of a freeze (批准、否决).

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the exposure; another person than at the other steps.
    Move        proposed -> in_force or refused; in_force -> lifted.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing.
    """
    refuse_past(day)
    freeze = _held(freeze_id)
    waiting = freeze.lift_case or freeze.case
    case = case_held(waiting.pk)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    _follow(freeze, case, day)
    case_work(case, on=day.on, note=reason)
    return freeze


def answer_record(officer: Officer, answer: Mapping[str, Any]) -> AuditEntry:
    """Write into the audit chain what the lending system was told of a debtor."""
    blocked = sorted(name for name, told in answer["blocked"].items() if told["is_blocked"])
    return record_alone(
        officer, "lending.answered", f"debtor:{answer['debtor_id']}", run_id=answer["run_id"], blocked=blocked,
        is_frozen=answer["is_frozen"], tier=answer["tier"],
    )  # fmt: skip


def _follow(freeze: Freeze, case: Case, day: BusinessDay) -> None:
    """Let the freeze follow its case where the case is final."""
    is_lift = freeze.lift_case_id == case.pk
    if case.state == Case.State.APPROVED and is_lift:
        freeze.lifted_on = day.on
        move(freeze, Freeze.State.LIFTED, seen_version=freeze.version)
    elif case.state == Case.State.APPROVED:
        freeze.begun_on = day.on
        move(freeze, Freeze.State.IN_FORCE, seen_version=freeze.version)
    elif case.state == Case.State.REFUSED and not is_lift:
        move(freeze, Freeze.State.REFUSED, seen_version=freeze.version)
    elif case.state == Case.State.REFUSED:
        # A lifting that was turned down may be proposed again; the case keeps what was said.
        freeze.lift_case = None
    freeze.save(update_fields=["begun_on", "lifted_on", "lift_case"])


def _first_step(officer: Officer, freeze: Freeze, case: Case, reason: str, day: BusinessDay) -> None:
    held = step_first(officer, case, reason=reason, day=day)
    _follow(freeze, held, day)
    case_work(held, on=day.on)


def _case(
    kind: str, subject: str, title: str, freeze_id: UUID, org_id: str, amount_cents: int, day: BusinessDay
) -> Case:
    case = case_drawn_up(
        kind, subject=subject, title=title, page=reverse("lending:freeze", args=[freeze_id]), org_id=org_id,
        amount_cents=amount_cents, day=day,
    )  # fmt: skip
    case.save()
    return case


def _held(freeze_id: UUID) -> Freeze:
    found = Freeze.objects.select_for_update(of=("self",)).select_related("case").filter(pk=freeze_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项冻结。"), hint=_("请从列表进入。"))
    return found


def _refuse_second(debtor_id: str) -> None:
    states = [Freeze.State.PROPOSED, Freeze.State.IN_FORCE]
    if Freeze.objects.filter(debtor_id=debtor_id, state__in=states).exists():
        raise FormWrong(
            message=_("这位客户已经冻结或正在报批。"), hint=_("请在冻结列表中查看。"), where={"debtor_id": debtor_id}
        )
