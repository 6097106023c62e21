"""A report as its pages draw it: facts, differences, questions with the last answers, signs, findings."""

from collections.abc import Mapping
from typing import Any

from postloan.desk.core.downloads import CONTENT_TYPES
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.told import told_said
from postloan.desk.inspection import queries
from postloan.desk.inspection.files.queries import files_said
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.report.actions import WAYS
from postloan.desk.inspection.report.answers import asked, contradicted, form_said
from postloan.desk.inspection.report.facts import differences, facts_of, figures_said
from postloan.desk.inspection.report.reading import findings_to_open
from postloan.desk.inspection.report.signs import signs_of


def may_write(desk: Desk, inspection: Inspection) -> bool:
    """Whether the page offers to write: the action itself asks again."""
    return inspection.is_writable and "inspection.write" in desk.actions and not desk.day.is_past


def report_page(desk: Desk, inspection: Inspection) -> dict[str, Any]:
    """What the page of a report is drawn from: the facts kept with it, or those of the day while it is written."""
    form, last = queries.form_of(inspection), queries.last_report(inspection)
    facts = (
        inspection.facts if inspection.facts and not inspection.is_writable else facts_of(desk, inspection.debtor_id)
    )
    rules = queries.rules_on(inspection.opened_on)
    is_second = inspection.second_id == desk.officer.pk
    return {
        "inspection": inspection,
        "here": "inspections",
        "form_said": form_said(form),
        "cause": told_said(inspection.cause),
        "facts": facts,
        "figures": figures_said(facts),
        "differences": differences(facts, last.facts if last else {}),
        "last": last,
        "sections": asked(form, inspection.answers, queries.last_answers(inspection, last)),
        "contradictions": contradicted(form, inspection.answers, facts["checks"]),
        "files": files_said(inspection),
        "may_write": may_write(desk, inspection),
        "may_sign": inspection.state == Inspection.State.SIGNING and is_second and not desk.day.is_past,
        "ways": WAYS,
        "colleagues": queries.colleagues(inspection) if inspection.needs_two else (),
        "accepts": ",".join(CONTENT_TYPES[kind] for kind in rules.files.kinds),
        "bytes_most": rules.files.bytes_most,
        "history": queries.history(inspection),
        "findings": list(inspection.findings.select_related("owner").order_by("pk")),
    }


def review_page(desk: Desk, inspection: Inspection) -> Mapping[str, Any]:
    """What the page of a review is drawn from: the report, the last one beside it, signs and findings to open."""
    form, rules = queries.form_of(inspection), queries.rules_on(inspection.opened_on)
    may_review = inspection.state == Inspection.State.REVIEW and not desk.day.is_past
    return report_page(desk, inspection) | {
        "signs": signs_of(inspection, form, rules),
        "new_findings": findings_to_open(inspection, form, rules, desk.day.on),
        "may_review": may_review and desk.officer.pk not in {inspection.author_id, inspection.second_id},
        "next": queries.next_to_review(desk, inspection),
    }
