"""What the pages of a report send, read and checked: a draft, the second signer, the findings a reviewer opens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from postloan.desk.core.forms import day_from
from postloan.desk.core.models import Officer
from postloan.desk.inspection.findings.actions import NewFinding, require_owner
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.report.actions import Draft
from postloan.desk.inspection.report.answers import raised_by, read_answers
from postloan.errors import FormWrong
from postloan.rules.inspection_forms import InspectionForm
from postloan.rules.inspection_rules import Inspections
from postloan.tables.said import SAID

Given = Mapping[str, str]


def draft_from(form: InspectionForm, given: Given) -> Draft:
    """Read a draft. Raises FormWrong."""
    written = given.get("inspected_on", "").strip()
    return Draft(
        answers=read_answers(form, given),
        way=given.get("way", ""),
        place=given.get("place", "").strip(),
        inspected_on=day_from(given, "inspected_on") if written else None,
    )


def second_from(given: Given) -> Officer | None:
    """Who signs beside the author; None where nobody was named."""
    return Officer.objects.filter(username=given.get("second", ""), is_active=True).first()


def findings_to_open(inspection: Inspection, form: InspectionForm, rules: Inspections, on: date) -> list[NewFinding]:
    """The findings that a report's answers raise, with the owner and day that the rules give them."""
    return [
        NewFinding(
            question=each.question, severity=each.severity, text=each.text, owner=inspection.author,
            due_on=on + timedelta(days=rules.correct_within(each.severity)), text_en=each.text_en,
        )
        for each in raised_by(form, inspection.answers)
    ]  # fmt: skip


def findings_from(
    given: Given, inspection: Inspection, form: InspectionForm, rules: Inspections, on: date
) -> list[NewFinding]:
    """The findings as the reviewer leaves them: every one that the answers raise, and what the reviewer adds.

    Raises FormWrong, and NotPermitted where an owner is not there.
    """
    found = [
        _as_left(given, f"f-{place}", proposed, on)
        for place, proposed in enumerate(findings_to_open(inspection, form, rules, on))
    ]
    if given.get("f-new-text", "").strip():
        severity = given.get("f-new-severity", "medium")
        severity = severity if severity in SAID["severity"] else "medium"
        day = on + timedelta(days=rules.correct_within(severity))
        found.append(_as_left(given, "f-new", NewFinding("", severity, "", inspection.author, day), on))
    return found


def _as_left(given: Given, name: str, proposed: NewFinding, on: date) -> NewFinding:
    username = given.get(f"{name}-owner", "").strip()
    owner = Officer.objects.filter(username=username).first() if username else proposed.owner
    due_on = day_from(given, f"{name}-due") if given.get(f"{name}-due") else proposed.due_on
    text = given.get(f"{name}-text", "").strip() or proposed.said
    if due_on < on:
        raise FormWrong(message=_("整改限期已过。"), hint=_("请填写以后的日期。"), where={"field": f"{name}-due"})
    if text == proposed.said:
        # As the rule says it: whoever reads it later reads it in his language.
        return replace(proposed, owner=require_owner(owner), due_on=due_on)
    return NewFinding(proposed.question, proposed.severity, text, require_owner(owner), due_on)
