"""What people do about a case of disposal as a whole: plan it, and note how it goes."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.core.actions import move, require_reason
from postloan.desk.core.models import Officer
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.disposal.noting.actions import case_held, check_may, note
from postloan.desk.disposal.work import ACT, KINDS, work_of
from postloan.errors import FormWrong
from postloan.rules.disposal_desk import ROUTES

State = DisposalCase.State


@dataclass(frozen=True)
class NewPlan:
    """By which route a case is to go, what is to be reached by when, and what it should bring in."""

    route: str
    target: str
    due_on: date
    expected_cents: int


@transaction.atomic
def plan_write(officer: Officer, case_id: int, deed: Deed, plan: NewPlan) -> DisposalCase:
    """Plan how a debtor's loans are disposed of (一户一策); a later plan takes the place of an earlier one.

    Permission  disposal.write in the debtor's office.
    Move        open, acting or pursued -> acting; what is pursued stays so.
    Leaves      the plan, an entry, an audit entry; work to see it through.
    Raises NotPermitted, ReasonMissing, FormWrong, StaleView, IllegalMove.
    """
    case, is_again = case_held(case_id, deed)
    if is_again:
        return case
    require_reason(deed.reason)
    check_may(officer, case, case, DisposalCase.RUNNING, deed)
    if plan.route not in ROUTES or not plan.target.strip() or plan.due_on <= deed.day.on:
        raise FormWrong(
            message=_("方案填写不完整，或限期已过。"), hint=_("请选择处置方式、写明目标，限期应在营业日之后。"),
            where={"field": "plan"},
        )  # fmt: skip
    case.route, case.target, case.due_on = plan.route, plan.target.strip()[:500], plan.due_on
    case.expected_cents, case.planned_by, case.planned_on = plan.expected_cents, officer, deed.day.on
    move(case, State.PURSUED if case.state == State.PURSUED else State.ACTING, seen_version=deed.seen_version)
    case.save(update_fields=["route", "target", "due_on", "expected_cents", "planned_by", "planned_on"])
    note(officer, case, "planned", deed, cents=plan.expected_cents, route=plan.route, due_on=plan.due_on)
    work_close(KINDS, case.subject, on=deed.day.on, note=deed.reason)
    work_open([work_of(case, ACT, due_on=plan.due_on, on=deed.day.on)])
    return case


@transaction.atomic
def progress_note(officer: Officer, case_id: int, deed: Deed) -> DisposalCase:
    """Note how a case goes (处置进展). Permission disposal.write in the debtor's office.

    Leaves an entry, an audit entry. Raises NotPermitted, ReasonMissing, StaleView, IllegalMove.
    """
    case, is_again = case_held(case_id, deed)
    if is_again:
        return case
    require_reason(deed.reason)
    check_may(officer, case, case, DisposalCase.RUNNING, deed)
    note(officer, case, "progress", deed)
    return case
