"""Findings: opened with an accepted report, corrected by their owner, confirmed by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import forbid_same_person, move, record, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import SHORT_MOST, check_text
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.inspection.models import Finding, Inspection
from postloan.errors import NotPermitted

_CONFIRM_DAYS = 5


@dataclass(frozen=True)
class NewFinding:
    """A finding to open: what is wrong, how bad, who corrects it and by when.

    text_en  what is wrong in English, where the rule says it; empty where a person wrote the text.
    """

    question: str
    severity: str
    text: str
    owner: Officer | None
    due_on: date
    text_en: str = ""

    @property
    def said(self) -> str:
        """What is wrong, in the reader's language where the rule says it."""
        return self.text if language() == "zh" else self.text_en or self.text


def findings_open(inspection: Inspection, findings: Sequence[NewFinding], *, on: date) -> list[Finding]:
    """Open the findings of a report with their work items, within the action that accepts it."""
    for each in findings:
        check_text(each.text, "f-text", SHORT_MOST)
    made = Finding.objects.bulk_create(
        Finding(
            state=Finding.State.OPEN, org_id=inspection.org_id, inspection=inspection, question=each.question,
            severity=each.severity, text=each.text, text_en=each.text_en, owner=each.owner,
            due_on=each.due_on,
        )
        for each in findings
    )  # fmt: skip
    work_open([_work(each, "finding", each.owner_id, each.due_on, on) for each in made])
    return made


@transaction.atomic
def finding_correct(
    officer: Officer, finding_id: int, *, correction: str, seen_version: int, day: BusinessDay
) -> Finding:
    """Say how a finding was corrected. Moves open -> corrected.

    Permission  its owner, or inspection.write in its office.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove.
    """
    correction = require_reason(correction)
    finding = _held(finding_id)
    if finding.owner_id != officer.pk:
        require(officer, "inspection.write", org=finding.org)
    before = move(finding, Finding.State.CORRECTED, seen_version=seen_version)
    finding.correction, finding.corrected_by, finding.corrected_on = correction, officer, day.on
    finding.save(update_fields=["correction", "corrected_by", "corrected_on"])
    work_close(("inspection_finding",), finding.subject, on=day.on, note=correction)
    reviewer_id = finding.inspection.reviewer_id
    work_open([_work(finding, "confirm", reviewer_id, day.on + timedelta(days=_CONFIRM_DAYS), day.on)])
    record(officer, "finding.corrected", finding, org=finding.org, run_id=day.run_id, before=before, reason=correction)
    return finding


@transaction.atomic
def finding_confirm(
    officer: Officer, finding_id: int, *, is_corrected: bool, reason: str, seen_version: int, day: BusinessDay
) -> Finding:
    """Confirm a correction, or send it back with the reason. Moves corrected -> confirmed or open.

    Permission  inspection.review in its office; not whoever corrected it.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove.
    """
    reason = require_reason(reason)
    finding = _held(finding_id)
    require(officer, "inspection.review", org=finding.org)
    forbid_same_person(officer, others=[finding.corrected_by])
    to = Finding.State.CONFIRMED if is_corrected else Finding.State.OPEN
    before = move(finding, to, seen_version=seen_version)
    finding.confirmed_by, finding.confirmed_on = (officer, day.on) if is_corrected else (None, None)
    finding.save(update_fields=["confirmed_by", "confirmed_on"])
    work_close(("inspection_confirm",), finding.subject, on=day.on, note=reason)
    if not is_corrected:
        work_open([_work(finding, "finding", finding.owner_id, max(finding.due_on, day.on), day.on)])
    record(officer, "finding.confirmed" if is_corrected else "finding.sent_back", finding, org=finding.org,
           run_id=day.run_id, before=before, reason=reason)  # fmt: skip
    return finding


def _held(finding_id: int) -> Finding:
    related = ("org", "inspection", "corrected_by")
    return Finding.objects.select_for_update(of=("self",)).select_related(*related).get(pk=finding_id)


def _work(finding: Finding, step: str, officer_id: int | None, due_on: date, on: date) -> WorkItem:
    return WorkItem(
        kind=f"inspection_{step}", subject=finding.subject, title=finding.inspection.debtor_name,
        org_id=finding.org_id, page=reverse("inspection:finding", args=[finding.pk]), officer_id=officer_id,
        due_on=due_on, opened_on=on, amount_cents=finding.inspection.exposure_cents, told=finding.text[:300],
        state=WorkItem.State.OPEN,
    )  # fmt: skip


def require_owner(owner: Officer | None) -> Officer:
    """Take the owner of a finding, or refuse: what is nobody's is not corrected. Raises NotPermitted."""
    if owner is None or not owner.is_active:
        raise NotPermitted(message=_("整改责任人不存在或已停用。"), hint=_("请填写在岗同事的用户名。"))
    return owner
