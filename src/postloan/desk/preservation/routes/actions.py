"""Choosing a way out of a bad debt, and agreeing to it: by route and by what it loses."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import check_begins, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.disposal.actions import NewPlan, plan_write
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.preservation.grants import WRITE
from postloan.desk.preservation.models import RouteComparison
from postloan.desk.preservation.queries import one_held
from postloan.desk.preservation.routes.tried import Tried
from postloan.errors import FormWrong, NotFoundHere

State = RouteComparison.State
PLANS: Mapping[str, str] = {
    "cash": "cash", "court": "cash", "settlement": "settlement", "asset": "asset", "package": "transfer",
    "write_off": "write_off",
}  # fmt: skip
"""By which route of the ledger of disposal each way goes: a suit ends in cash."""


@transaction.atomic
def route_choose(
    officer: Officer, org: Org, tried: Tried, chosen: str, *, debtor_id: str, debtor_name: str, comparison_id: UUID,
    reason: str, day: BusinessDay,
) -> RouteComparison:  # fmt: skip
    """Propose a way out of a debtor's debt, and keep the comparison it was chosen from. Twice with one id is once.

    org     the office of the debtor's largest loan.

    Permission  preservation.write in the office, for the loss.
    Leaves      a comparison, a case that waits for the next step of the route's chain, work, an audit entry.
    Raises NotPermitted, ReasonMissing, IllegalMove on a past day, FormWrong where there is no such route, a
    supposition is wrong, or another choice is on its way.
    """
    refuse_past(day)
    reason, route = require_reason(reason), tried.named(chosen)
    if route is None or tried.supposed.faults:
        raise FormWrong(
            message=" ".join(tried.supposed.faults) or _("没有这条处置路径。"), hint=_("请重新测算后选择。")
        )
    loss_cents = max(route.loss_cents, 0)
    require(officer, WRITE, org=org, amount_cents=loss_cents)
    # Whoever chooses for the same debtor at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=org.pk)
    made = RouteComparison.objects.filter(pk=comparison_id).first()
    if made is not None:
        return made
    if RouteComparison.objects.filter(debtor_id=debtor_id, state=State.PROPOSED).exists():
        raise FormWrong(message=_("该客户已有处置路径正在报批。"), hint=_("请等待审批结论。"))
    case = case_drawn_up(
        f"route_{chosen}", subject=f"route:{debtor_id}", title=debtor_name, org_id=org.pk, amount_cents=loss_cents,
        page=reverse("preservation:comparison", args=[comparison_id]), day=day,
    )  # fmt: skip
    case.save()
    made = RouteComparison.objects.create(
        id=comparison_id, org=org, state=State.PROPOSED, case=running_disposal(debtor_id), debtor_id=debtor_id,
        debtor_name=debtor_name[:200], on=day.on, chosen=chosen, days=route.days, npv_cents=route.npv_cents,
        loss_cents=route.loss_cents, reason=reason, chosen_by=officer, approval=case, **tried.kept,
    )  # fmt: skip
    record(officer, "preservation.route_chosen", made, org=org, run_id=day.run_id, reason=reason, chosen=chosen,
           best=made.best, npv_cents=made.npv_cents, loss_cents=made.loss_cents, changed=made.changed)  # fmt: skip
    case_work(step_first(officer, case, reason=reason, day=day), on=day.on)
    return made


@transaction.atomic
def route_decide(
    officer: Officer, comparison_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> RouteComparison:
    """Take the step that a chosen route waits for: agree, or turn it down with a reason.

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the loss; another person than at the other steps.
    Move        proposed -> approved or refused. Leaves a step, an audit entry.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, NotFoundHere.
    """
    refuse_past(day)
    held = one_held(RouteComparison, comparison_id)
    if held.approval_id is None:
        raise NotFoundHere(message=_("没有这项路径比较。"), hint=_("请从列表进入。"))
    check_begins(held, [State.PROPOSED])
    case = case_held(held.approval_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state != Case.State.OPEN:
        is_agreed = case.state == Case.State.APPROVED
        move(held, State.APPROVED if is_agreed else State.REFUSED, seen_version=held.version)
    case_work(case, on=day.on, note=reason)
    return held


@transaction.atomic
def route_plan(officer: Officer, comparison_id: UUID, target: str, deed: Deed) -> DisposalCase:
    """Write a route that was agreed to into the plan of the debtor's case of disposal (一户一策).

    deed  seen_version is that of the case of disposal.

    Permission, moves and refusals are those of `plan_write`; IllegalMove too where the route is not agreed to.
    """
    held = one_held(RouteComparison, comparison_id)
    check_begins(held, [State.APPROVED])
    case = running_disposal(held.debtor_id)
    if case is None:
        raise NotFoundHere(message=_("该客户没有进行中的处置。"), hint=_("不良贷款由夜间批处理列入处置台账。"))
    cash_cents = next(each["cash_cents"] for each in held.routes if each["route"] == held.chosen)
    due_on = deed.day.on + timedelta(days=max(held.days, 1))
    planned = plan_write(officer, case.pk, deed, NewPlan(PLANS[held.chosen], target, due_on, cash_cents))
    held.case = planned
    held.save(update_fields=["case"])
    return planned


def running_disposal(debtor_id: str) -> DisposalCase | None:
    """The debtor's running case of disposal, or None."""
    return DisposalCase.objects.filter(debtor_id=debtor_id, state__in=DisposalCase.RUNNING).first()
