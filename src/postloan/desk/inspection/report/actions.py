"""The report of an inspection: drafts saved as they are written, submission, signature, review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.actions import forbid_same_person, move, record, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.inspection.findings.actions import NewFinding, findings_open
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.opening.actions import work_of
from postloan.desk.inspection.report.answers import prose_of, require_complete
from postloan.errors import FormWrong, IllegalMove, NotPermitted, SamePerson, StaleView
from postloan.rules.inspection_forms import InspectionForm

WAYS = ("on_site", "phone", "off_site")
_REVIEW_DAYS = 5
_SIGN_DAYS = 2
_STEP_OF_STATE = {"signing": "sign", "review": "review"}


@dataclass(frozen=True)
class Draft:
    """What a report's form holds: answers, and how, where and when the inspection was done."""

    answers: Mapping[str, str]
    way: str
    place: str
    inspected_on: date | None


@transaction.atomic
def draft_save(officer: Officer, inspection_id: int, draft: Draft, *, seen_draft: int) -> Inspection:
    """Keep a draft as it stands. It is saved while it is written: the audit entry is made when it is submitted.

    Permission  inspection.write in its office. Raises NotPermitted, IllegalMove, StaleView where another window saved.
    """
    inspection = Inspection.objects.select_for_update(of=("self",)).select_related("org").get(pk=inspection_id)
    require(officer, "inspection.write", org=inspection.org)
    _write_draft(inspection, draft, seen_draft)
    return inspection


def _write_draft(inspection: Inspection, draft: Draft, seen_draft: int) -> None:
    if not inspection.is_writable:
        raise IllegalMove(
            message=_("报告已提交，不能再修改。"),
            hint=_("如需修改，请由复核人退回。"),
            where={"record": inspection.pk, "state": inspection.state},
        )
    if inspection.draft != seen_draft:
        raise StaleView(
            message=_("这份报告已在另一个窗口或由同事保存过，本次没有覆盖。"),
            hint=_("请先复制您刚写的内容，刷新页面后再填。"),
            where={"seen_version": seen_draft, "version": inspection.draft},
        )
    if draft.way not in {"", *WAYS}:
        raise FormWrong(message=_("没有这种检查方式。"), hint=_("请从列表中选择。"), where={"field": "way"})
    inspection.answers, inspection.way = dict(draft.answers), draft.way
    inspection.place, inspection.inspected_on = draft.place[:200], draft.inspected_on
    inspection.draft, inspection.drafted_at = inspection.draft + 1, timezone.now()
    inspection.save(update_fields=["answers", "way", "place", "inspected_on", "draft", "drafted_at"])


@transaction.atomic
def report_submit(
    officer: Officer,
    inspection_id: int,
    draft: Draft,
    *,
    form: InspectionForm,
    facts: Mapping[str, Any],
    second: Officer | None,
    seen_version: int,
    seen_draft: int,
    day: BusinessDay,
) -> Inspection:
    """Submit a report with the facts of the day: to the second signature where the rules ask for it, else to review.

    Permission  inspection.write in its office. Raises NotPermitted, FormWrong, StaleView, IllegalMove, SamePerson.
    """
    inspection = Inspection.objects.select_for_update(of=("self",)).select_related("org").get(pk=inspection_id)
    require(officer, "inspection.write", org=inspection.org)
    require_complete(form, draft.answers)
    _check_circumstances(draft, day.on)
    if inspection.needs_two:
        _check_second(officer, second, inspection)
    _write_draft(inspection, draft, seen_draft)
    to = Inspection.State.SIGNING if inspection.needs_two else Inspection.State.REVIEW
    before = move(inspection, to, seen_version=seen_version)
    inspection.facts, inspection.facts_on, inspection.run_id = dict(facts), day.on, day.run_id
    inspection.prose = prose_of(form, draft.answers)
    inspection.tier = facts["figures"]["tier_worst"] or inspection.tier
    inspection.exposure_cents = facts["figures"]["exposure_cents"]
    inspection.author, inspection.submitted_on, inspection.submitted_at = officer, day.on, timezone.now()
    inspection.second, inspection.signed_at = second if inspection.needs_two else None, None
    inspection.save()
    _hand_on(inspection, before, day.on)
    record(officer, "inspection.submitted", inspection, org=inspection.org, run_id=day.run_id, before=before,
           answers=dict(draft.answers), second=None if second is None else second.username)  # fmt: skip
    return inspection


def _check_circumstances(draft: Draft, on: date) -> None:
    if draft.way not in WAYS or draft.inspected_on is None:
        raise FormWrong(message=_("检查方式和检查日期没有填写。"), hint=_("请在页首填写。"), where={"field": "way"})
    if draft.inspected_on > max(on, timezone.localdate()):
        raise FormWrong(
            message=_("检查日期在将来。"), hint=_("请填写实际检查的日期。"), where={"field": "inspected_on"}
        )
    if draft.way == "on_site" and not draft.place.strip():
        raise FormWrong(message=_("现场检查要写明地点。"), hint=_("请填写检查地点。"), where={"field": "place"})


def _check_second(officer: Officer, second: Officer | None, inspection: Inspection) -> None:
    if second is None:
        raise FormWrong(
            message=_("按规定本次检查要两人签字。"), hint=_("请选择一同检查的同事。"), where={"field": "second"}
        )
    if second.pk == officer.pk:
        raise SamePerson(message=_("第二签字人不能是本人。"), hint=_("请选择一同检查的另一位同事。"))
    require(second, "inspection.read", org=inspection.org)


@transaction.atomic
def report_sign(officer: Officer, inspection_id: int, *, seen_version: int, day: BusinessDay) -> Inspection:
    """Sign as the second who was there. Moves signing -> review.

    Permission  whoever the author named, with inspection.read in its office.
    Raises NotPermitted, StaleView, IllegalMove.
    """
    inspection = Inspection.objects.select_for_update(of=("self",)).select_related("org").get(pk=inspection_id)
    require(officer, "inspection.read", org=inspection.org)
    if inspection.second_id != officer.pk:
        raise NotPermitted(
            message=_("报告指定的第二签字人不是您。"),
            hint=_("请由报告中写明的同事签字。"),
            where={"record": inspection.pk},
        )
    before = move(inspection, Inspection.State.REVIEW, seen_version=seen_version)
    inspection.signed_at = timezone.now()
    inspection.save(update_fields=["signed_at"])
    _hand_on(inspection, before, day.on)
    record(officer, "inspection.signed", inspection, org=inspection.org, run_id=day.run_id, before=before)
    return inspection


@transaction.atomic
def report_return(
    officer: Officer, inspection_id: int, *, reason: str, seen_version: int, day: BusinessDay
) -> Inspection:
    """Return a report with the reason: review -> returned, or the second declines to sign.

    Permission  inspection.review in its office; the second signer while it waits for the signature. Not the author.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove.
    """
    reason = require_reason(reason)
    inspection = (
        Inspection.objects.select_for_update(of=("self",)).select_related("org", "author").get(pk=inspection_id)
    )
    is_second = inspection.state == Inspection.State.SIGNING and inspection.second_id == officer.pk
    require(officer, "inspection.read" if is_second else "inspection.review", org=inspection.org)
    forbid_same_person(officer, others=[inspection.author])
    before = move(inspection, Inspection.State.RETURNED, seen_version=seen_version)
    inspection.reviewer, inspection.reviewed_at = officer, timezone.now()
    inspection.reviewed_on, inspection.opinion = day.on, reason
    inspection.save(update_fields=["reviewer", "reviewed_at", "reviewed_on", "opinion"])
    work_close((f"inspection_{_STEP_OF_STATE[before]}",), inspection.subject, on=day.on, note=reason)
    work_open([work_of(inspection, "returned", inspection.author_id, max(inspection.due_on, day.on), day.on)])
    record(officer, "inspection.returned", inspection, org=inspection.org, run_id=day.run_id, before=before,
           reason=reason)  # fmt: skip
    return inspection


@transaction.atomic
def report_accept(
    officer: Officer,
    inspection_id: int,
    *,
    opinion: str,
    findings: Sequence[NewFinding],
    seen_version: int,
    signs: Sequence[Mapping[str, Any]],
    day: BusinessDay,
) -> Inspection:
    """Accept a report, and open what it found. Moves review -> accepted.

    signs  the signs of authenticity that the reviewer was shown, as codes and figures: kept in the audit entry.

    Permission  inspection.review in its office; neither the author nor the second.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove.
    """
    opinion = require_reason(opinion)
    people = ("org", "author", "second")
    inspection = Inspection.objects.select_for_update(of=("self",)).select_related(*people).get(pk=inspection_id)
    require(officer, "inspection.review", org=inspection.org)
    forbid_same_person(officer, others=[inspection.author, inspection.second])
    before = move(inspection, Inspection.State.ACCEPTED, seen_version=seen_version)
    inspection.reviewer, inspection.reviewed_at = officer, timezone.now()
    inspection.reviewed_on, inspection.opinion = day.on, opinion
    inspection.save(update_fields=["reviewer", "reviewed_at", "reviewed_on", "opinion"])
    work_close(("inspection_review",), inspection.subject, on=day.on, note=opinion)
    opened = findings_open(inspection, findings, on=day.on)
    record(officer, "inspection.accepted", inspection, org=inspection.org, run_id=day.run_id, before=before,
           reason=opinion, signs=list(signs), findings=[each.pk for each in opened])  # fmt: skip
    return inspection


def _hand_on(inspection: Inspection, before: str, on: date) -> None:
    """Close the work of the step that is done, and open that of the next."""
    done = {"open": inspection.kind, "returned": "returned", "signing": "sign"}[before]
    work_close((f"inspection_{done}",), inspection.subject, on=on)
    if inspection.state == Inspection.State.SIGNING:
        step, to, days = "sign", inspection.second_id, _SIGN_DAYS
    else:
        step, to, days = "review", None, _REVIEW_DAYS
    work_open([work_of(inspection, step, to, on + timedelta(days=days), on)])
