"""Opening inspections: by the rules when a day is adopted, and by order."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import record, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import AdoptedDay, Officer, Org, WorkItem
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.parts import Adopting
from postloan.desk.core.work.actions import work_open
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.opening.due import Due, Known, debtors_inspected, due_on_day
from postloan.errors import FormWrong
from postloan.rules.desk_rules import DeskRules
from postloan.rules.inspection_forms import InspectionForms
from postloan.rules.inspection_rules import Inspections

ORDERED = ("special", "first")
"""The kinds that somebody may order."""


def inspections_open(day: BusinessDay, since: date | None, rules: DeskRules) -> int:
    """Open what a published day makes due, with its work items; let go of what has lost its debtor. Twice is once.

    Leaves  inspections and work items, in parts of a transaction each, with its record. Killed between two and run
            again, it ends in the same. Returns how many were opened.
    """
    of_day = rules.version("inspections", Inspections, day.on)
    due = due_on_day(day, since, of_day, _known(day))
    adopting = Adopting(day, "inspections.opened", "inspections")
    made = _made(due, day, rules, ordered_by=None)
    done = adopting.in_parts(made, lambda part: {"opened": len(_open(part))}, together=lambda each: each.debtor_id)
    adopting.in_parts(_without_debtor(day), lambda part: {"gone": _let_go(part, day)})
    return done["opened"]


@transaction.atomic
def inspection_order(
    officer: Officer,
    debtor_ids: Sequence[str],
    *,
    kind: str,
    day: BusinessDay,
    rules: DeskRules,
    reason: str,
    due_on: date | None,
) -> list[Inspection]:
    """Order inspections of some debtors: special ones (专项检查), or a first one that was missed.

    Permission  inspection.plan in each debtor's office. Raises NotPermitted, ReasonMissing, FormWrong where a number is
    no debtor's, the day has passed, or an inspection of the kind is running.
    """
    reason = require_reason(reason)
    within = rules.version("inspections", Inspections, day.on).special_within_days
    due_on = due_on or day.on + timedelta(days=within)
    wanted = list(dict.fromkeys(debtor_ids))
    debtors = debtors_inspected(day).filter(pl.col("debtor_id").is_in(wanted)).to_dicts()
    _check_order(debtors, wanted, kind, due_on, day)
    for org in Org.objects.filter(pk__in={debtor["org_id"] for debtor in debtors}):
        require(officer, "inspection.plan", org=org)
    key = f"{day.on} {Inspection.objects.filter(kind=kind, opened_on=day.on).count()}"
    due = [Due(kind, debtor, due_on, f"ordered {reason}"[:300], key) for debtor in debtors]
    opened = _open(_made(due, day, rules, officer))
    record(officer, "inspections.ordered", "inspections", run_id=day.run_id, reason=reason, due_on=due_on,
           inspections=[each.pk for each in opened])  # fmt: skip
    return opened


def _check_order(
    debtors: Sequence[dict[str, Any]], wanted: Sequence[str], kind: str, due_on: date, day: BusinessDay
) -> None:
    if kind not in ORDERED:
        raise FormWrong(message=_("这种检查不能手工发起。"), hint=_("请从列表中选择。"), where={"field": "kind"})
    unknown = sorted(set(wanted) - {debtor["debtor_id"] for debtor in debtors})
    if unknown or not wanted:
        raise FormWrong(
            message=_("没有这些客户，或已无在账贷款：%s") % "、".join(unknown[:5]),
            hint=_("请填写客户号，多个客户用空格或换行分开。"),
            where={"field": "debtors"},
        )
    running = Inspection.objects.filter(debtor_id__in=wanted, kind=kind, state__in=Inspection.RUNNING)
    if taken := sorted(running.values_list("debtor_id", flat=True)):
        raise FormWrong(
            message=_("这些客户已有未完成的同类检查：%s") % "、".join(taken[:5]),
            hint=_("请等待其完成，或从名单中去掉。"),
            where={"field": "debtors"},
        )
    if due_on <= day.on:
        raise FormWrong(message=_("限期已过。"), hint=_("请填写以后的日期。"), where={"field": "due_on"})


def _known(day: BusinessDay) -> Known:
    all_of_them = Inspection.objects.all()
    begun = AdoptedDay.objects.order_by("on").values_list("on", flat=True).first()
    submitted = all_of_them.exclude(submitted_on=None).values_list("debtor_id").annotate(Max("submitted_on"))
    triggered = all_of_them.filter(kind="triggered").values_list("debtor_id").annotate(Max("opened_on"))
    return Known(
        running=set(all_of_them.filter(state__in=Inspection.RUNNING).values_list("debtor_id", "kind")),
        causes=set(all_of_them.values_list("debtor_id", "kind", "cause_key")),
        inspected_on=dict(submitted),
        triggered_on=dict(triggered),
        begun_on=min(begun, day.on) if begun else day.on,
    )


def _made(due: Sequence[Due], day: BusinessDay, rules: DeskRules, ordered_by: Officer | None) -> list[Inspection]:
    """Inspections to be written; what lies in an office that no feed named is left out."""
    offices = set(Org.objects.values_list("pk", flat=True))
    officers = officers_by_number()
    of_day = rules.version("inspections", Inspections, day.on)
    forms = rules.version("inspection_forms", InspectionForms, day.on)
    made = []
    for each in due:
        debtor = each.debtor
        if debtor["org_id"] not in offices:
            continue
        tier, exposure_cents = debtor["tier"], debtor["exposure_cents"]
        made.append(
            Inspection(
                state=Inspection.State.OPEN, org_id=debtor["org_id"], kind=each.kind, debtor_id=debtor["debtor_id"],
                debtor_name=debtor["debtor_name"] or debtor["debtor_id"], cause=each.cause, cause_key=each.cause_key,
                form=forms.form_for(debtor["legal_form"], frozenset(debtor["products"])).form,
                exposure_cents=exposure_cents, tier=tier, opened_on=day.on, due_on=each.due_on, ordered_by=ordered_by,
                needs_two=of_day.needs_two(kind=each.kind, tier=tier, exposure_cents=exposure_cents),
                officer_id=officers.get(debtor["officer_id"]),
            )
        )  # fmt: skip
    return made


def _open(made: Sequence[Inspection]) -> list[Inspection]:
    """Write inspections and their work items. The caller holds a transaction."""
    opened = Inspection.objects.bulk_create(made)
    work_open([work_of(each, each.kind, each.officer_id, each.due_on, each.opened_on) for each in opened])
    return opened


def work_of(inspection: Inspection, step: str, officer_id: int | None, due_on: date, on: date) -> WorkItem:
    """The work item of a step of an inspection: to do it, to sign, to review, to do it again."""
    is_review = step == "review"
    page = "inspection:review" if is_review else "inspection:inspection"
    return WorkItem(
        kind=f"inspection_{step}", subject=inspection.subject, title=inspection.debtor_name, org_id=inspection.org_id,
        page=reverse(page, args=[inspection.pk]), officer_id=officer_id, due_on=due_on, opened_on=on,
        amount_cents=inspection.exposure_cents, told=inspection.cause,
        state=WorkItem.State.OPEN,
    )  # fmt: skip


def _without_debtor(day: BusinessDay) -> list[Inspection]:
    """The inspections that nobody began and whose debtor has no loan on the book any more."""
    waiting = Inspection.objects.filter(state=Inspection.State.OPEN)
    held = set(debtors_inspected(day)["debtor_id"])
    return [each for each in waiting.only("pk", "debtor_id") if each.debtor_id not in held]


def _let_go(part: Sequence[Inspection], day: BusinessDay) -> int:
    waiting = Inspection.objects.filter(state=Inspection.State.OPEN, pk__in=[each.pk for each in part])
    items = WorkItem.objects.filter(subject__in=[each.subject for each in part], state=WorkItem.State.OPEN)
    items.update(state=WorkItem.State.GONE, closed_on=day.on)
    return waiting.update(state=Inspection.State.GONE, version=F("version") + 1)
