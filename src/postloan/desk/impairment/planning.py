"""The page on which a recovery plan is written: what was typed, what is wrong with it, what it comes to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils.translation import gettext as _

from postloan.desk.core.forms import made_id_from
from postloan.desk.core.pages import Desk
from postloan.desk.impairment.actions import plan_propose
from postloan.desk.impairment.models import Proposal
from postloan.desk.impairment.plans import ROWS_MORE, STRATEGIES, FlowRow, Plan, plan_of, read_plan
from postloan.desk.impairment.queries import plan_to_begin_with
from postloan.plan.recovery import PlanWorth, plan_worth

LOOK, MORE, SEND = "look", "more", "send"


def plan_sent(request: HttpRequest, desk: Desk, loan: Mapping[str, Any]) -> Proposal | None:
    """Propose the plan that a form sends; None where it only wants to be looked at, or has to be put right first."""
    if request.POST.get("do") != SEND:
        return None
    plan = _typed(request, desk, loan)
    if plan.terms is None:
        return None
    worth = plan_worth(desk.day.home, loan["loan_id"], plan.terms, desk.day.on)
    key = made_id_from(request.POST, "proposal_id")
    return plan_propose(desk.officer, loan, plan, worth, proposal_id=key, day=desk.day)


def plan_page(request: HttpRequest, desk: Desk, loan: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows: the plan as it was typed, or the last one to begin with; its faults or its worth."""
    if request.method != "POST":
        held = plan_to_begin_with(desk, loan["loan_id"])
        return _told(plan_of(held.terms) if held else Plan({}, [], ""), uuid4(), None)
    plan, key = _typed(request, desk, loan), made_id_from(request.POST, "proposal_id")
    if request.POST.get("do") == MORE:
        more = Plan(plan.weights, [*plan.rows, *[FlowRow()] * ROWS_MORE], plan.evidence)
        return _told(more, key, None)
    worth = plan_worth(desk.day.home, loan["loan_id"], plan.terms, desk.day.on) if plan.terms else None
    return _told(plan, key, worth)


def _typed(request: HttpRequest, desk: Desk, loan: Mapping[str, Any]) -> Plan:
    return read_plan(request.POST, on=desk.day.on, claim_cents=loan["claim_cents"] or 0)


def _told(plan: Plan, key: UUID, worth: PlanWorth | None) -> dict[str, Any]:
    return {
        "plan": plan, "weights": [(name, plan.weights.get(name, "")) for name in STRATEGIES],
        "strategies": STRATEGIES, "proposal_id": key, "worth": worth,
        "change_cents": worth.loss_cents - worth.before_cents if worth else None,
        "notes": [_("以下一夜批处理的结果为准；此处按当日数据试算。")] if worth else [],
    }  # fmt: skip
