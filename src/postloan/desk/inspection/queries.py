"""What the inspection desk reads: inspections of the officer's offices, a debtor's last report, rules, words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.core.authority import officers_for, within
from postloan.desk.core.days import BusinessDay, home
from postloan.desk.core.pages import Desk
from postloan.desk.inspection.models import Finding, Inspection
from postloan.errors import FormWrong, NotFoundHere
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.inspection_forms import InspectionForm, InspectionForms
from postloan.rules.inspection_rules import Inspections

_OFFICERS_MOST = 300


def inspections_seen(desk: Desk) -> QuerySet[Inspection]:
    """The inspections of the desk's offices."""
    return within(Inspection.objects.all(), desk.scope)


def inspection_seen(desk: Desk, inspection_id: int) -> Inspection:
    """Find an inspection. Raises NotFoundHere where there is none, or it lies outside the desk's offices."""
    people = ("org", "officer", "author", "second", "reviewer", "ordered_by")
    found = inspections_seen(desk).select_related(*people).filter(pk=inspection_id).first()
    if found is None:
        raise not_here()
    return found


def not_here() -> NotFoundHere:
    """The refusal of what is not there, or not for this officer; which, is not told."""
    return NotFoundHere(message=_("没有这条记录，或不在您的机构范围内。"), hint=_("请从列表进入。"))


def report_seen(desk: Desk, inspection_id: int) -> Inspection:
    """Find a report that was submitted. Raises NotFoundHere."""
    found = inspection_seen(desk, inspection_id)
    if not found.facts:
        raise NotFoundHere(message=_("报告还没有提交。"), hint=_("提交后才能生成文件。"))
    return found


def working_day(desk: Desk) -> BusinessDay:
    """The day that is worked on. Raises FormWrong where a past day is looked at: nothing is done on it."""
    if desk.day.is_past:
        raise FormWrong(
            message=_("正在查看过去的营业日，不能办理业务。"),
            hint=_("请回到当前营业日。"),
            where={"on": desk.day.on, "latest_on": desk.day.latest_on},
        )
    return desk.day


def next_to_review(desk: Desk, inspection: Inspection) -> int | None:
    """The report that waits longest for a review, besides this one and the officer's own."""
    waiting = inspections_seen(desk).filter(state=Inspection.State.REVIEW).exclude(pk=inspection.pk)
    others = waiting.exclude(author=desk.officer).exclude(second=desk.officer)
    return others.order_by("due_on", "pk").values_list("pk", flat=True).first()


def findings_seen(desk: Desk) -> QuerySet[Finding]:
    """The findings of the desk's offices, and the officer's own wherever they lie."""
    return within(Finding.objects.all(), desk.scope)


def last_report(inspection: Inspection) -> Inspection | None:
    """The last accepted report on the same debtor before this one."""
    accepted = Inspection.objects.filter(debtor_id=inspection.debtor_id, state=Inspection.State.ACCEPTED)
    return accepted.exclude(pk=inspection.pk).order_by("-submitted_on", "-pk").select_related("author").first()


def rules_on(on: date) -> Inspections:
    """The rules of inspection in force on a day. Raises NoRuleInForce."""
    return load_desk_rules(home()).version("inspections", Inspections, on)


def form_of(inspection: Inspection) -> InspectionForm:
    """The form of an inspection: that of the day it was opened. Raises NotFoundHere where the bank took it away."""
    found = load_desk_rules(home()).version("inspection_forms", InspectionForms, inspection.opened_on)
    form = found.named(inspection.form)
    if form is None:
        raise NotFoundHere(
            message=_("规则中没有检查表“%s”。") % inspection.form,
            hint=_("请管理员恢复 rulebook/desk/inspection_forms.yaml 中的旧版本。"),
        )
    return form


def last_answers(inspection: Inspection, last: Inspection | None) -> dict[str, str]:
    """The last report's answers, where it had the same form."""
    return last.answers if last is not None and last.form == inspection.form else {}


def colleagues(inspection: Inspection) -> Sequence[tuple[str, str]]:
    """Who may sign beside the author, of the same office and of those above it, as user name and name."""
    may = officers_for("inspection.read", org=inspection.org, amount_cents=0)
    found = may.filter(org__in=inspection.org.above).order_by("org__path", "username")
    return [
        (username, f"{name} ({username})") for username, name in found.values_list("username", "name")[:_OFFICERS_MOST]
    ]


def history(inspection: Inspection) -> list[dict[str, Any]]:
    """The other inspections of the same debtor, newest first."""
    others = Inspection.objects.filter(debtor_id=inspection.debtor_id).exclude(pk=inspection.pk)
    fields = ("pk", "kind", "state", "opened_on", "due_on", "submitted_on", "tier", "org_id")
    return list(others.order_by("-opened_on", "-pk").values(*fields)[:20])
