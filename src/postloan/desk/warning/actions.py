"""What people do about a case: verify it, plan and take measures, propose its lifting, and agree or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import AGREE, case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import check_begins, check_seen, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import LONG_MOST, SHORT_MOST, check_text
from postloan.desk.core.models import Officer
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.warning.clocks import Clocks, clocks_on
from postloan.desk.warning.models import CaseEntry, Measure, WarningCase
from postloan.desk.warning.work import KINDS, step_of, work_of
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.tables.said import SAID, said

State = WarningCase.State
MEASURES_MOST = 20
_APPROVED = {State.DOUBTED: State.DISMISSED, State.PLANNED: State.ACTING, State.LIFTING: State.LIFTED}
_FINAL = (State.DISMISSED, State.LIFTED)


@dataclass(frozen=True)
class Deed:
    """What every action on a case is sent with.

    id            made by the page: the same again changes nothing.
    seen_version  of the case that the page showed.
    """

    id: UUID
    seen_version: int
    reason: str
    day: BusinessDay


@dataclass(frozen=True)
class NewMeasure:
    """A measure as a plan says it."""

    kind: str
    text: str
    due_on: date


@transaction.atomic
def case_verify(officer: Officer, case_id: int, deed: Deed, *, is_true: bool, evidence: str) -> WarningCase:
    """Say that a case was looked into, and what was found (核实): true, or a false alarm, with reason and evidence.

    Permission  warning.write in the debtor's office, for its exposure.
    Move        open -> verified; open -> doubted where the level asks for a second person, else -> dismissed.
    Leaves      an entry, an audit entry, the next step's work or an approval that waits.
    Raises NotPermitted, ReasonMissing, FormWrong without evidence, StaleView, IllegalMove.
    Source      regulations PRA-11.
    """
    case, is_again = _begin(case_id, deed)
    if is_again:
        return case
    require_reason(deed.reason)
    evidence = evidence.strip()
    check_text(evidence, "evidence", LONG_MOST)
    if not evidence:
        raise FormWrong(
            message=_("没有填写核实依据。"),
            hint=_("请写明看了什么材料、找了谁、去了哪里。"),
            where={"field": "evidence"},
        )
    _check(officer, case, "warning.write", WarningCase.VERIFIES, deed)
    clocks = clocks_on(deed.day)
    chain = clocks.of(case.level).false_alarm
    if is_true:
        case.verified_on = deed.day.on
        _done(officer, case, State.VERIFIED, deed, clocks, step="verified", evidence=evidence)
    elif chain:
        approval = _drawn_up(case, chain, deed)
        _ask(officer, case, State.DOUBTED, approval, deed, clocks, step="doubted", evidence=evidence)
    else:
        _done(officer, case, State.DISMISSED, deed, clocks, step="dismissed", evidence=evidence)
    return case


@transaction.atomic
def plan_write(officer: Officer, case_id: int, deed: Deed, measures: Sequence[NewMeasure]) -> WarningCase:
    """Plan measures (制定处置方案); another person agrees to them.

    Permission  the first step of the plan's chain in the debtor's office, for its exposure.
    Move        verified or acting -> planned.
    Leaves      measures, an approval that waits, an entry, an audit entry.
    Raises NotPermitted, ReasonMissing, FormWrong where a measure is wrong or the level has no plans, StaleView,
    IllegalMove.
    """
    case, is_again = _begin(case_id, deed)
    if is_again:
        return case
    require_reason(deed.reason)
    clocks = clocks_on(deed.day)
    chain = clocks.of(case.level).plan_chain
    if chain is None:
        raise FormWrong(message=_("这一级别的预警不需要处置方案。"), hint=_("核实后可以直接提出解除。"))
    _check_measures(measures, deed.day.on)
    evidence = "；".join(f"{said('measure', each.kind, 'zh')} {each.due_on} {each.text.strip()}" for each in measures)
    check_text(evidence, "measure_text", LONG_MOST)
    approval = _drawn_up(case, chain, deed)
    _check(officer, case, approval.waits_for, WarningCase.PLANS, deed)
    Measure.objects.bulk_create(
        Measure(case=case, kind=each.kind, text=each.text.strip(), due_on=each.due_on, planned_by=officer)
        for each in measures
    )
    _ask(officer, case, State.PLANNED, approval, deed, clocks, step="planned", evidence=evidence)
    return case


@transaction.atomic
def measure_done(officer: Officer, case_id: int, measure_id: int, deed: Deed) -> WarningCase:
    """Say what came of a measure (落实措施); the reason of the deed is the outcome.

    Permission  warning.write in the debtor's office, for its exposure. Move acting -> acting.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, NotFoundHere where no such measure is open.
    """
    case, is_again = _begin(case_id, deed)
    if is_again:
        return case
    outcome = require_reason(deed.reason)
    _check(officer, case, "warning.write", WarningCase.ACTS, deed)
    measure = case.measures.filter(pk=measure_id, is_agreed=True, done_on=None).first()
    if measure is None:
        raise NotFoundHere(message=_("没有这项待落实的措施。"), hint=_("请刷新页面。"))
    measure.outcome, measure.done_by, measure.done_on = outcome, officer, deed.day.on
    measure.save(update_fields=["outcome", "done_by", "done_on"])
    _done(officer, case, State.ACTING, deed, clocks_on(deed.day), step="measure_done", evidence=measure.text)
    return case


@transaction.atomic
def lift_propose(officer: Officer, case_id: int, deed: Deed) -> WarningCase:
    """Propose that a case is lifted (提出解除); others agree by the chain of its level.

    Permission  the first step of the chain in the debtor's office, for its exposure.
    Move        acting, or verified where the level has no plans -> lifting.
    Raises NotPermitted, ReasonMissing, FormWrong while a measure is open or no plan was made, StaleView, IllegalMove.
    """
    case, is_again = _begin(case_id, deed)
    if is_again:
        return case
    require_reason(deed.reason)
    clocks = clocks_on(deed.day)
    rule = clocks.of(case.level)
    approval = _drawn_up(case, rule.lift, deed)
    _check(officer, case, approval.waits_for, WarningCase.LIFTS, deed)
    if case.state == State.VERIFIED and rule.plan:
        raise FormWrong(message=_("还没有处置方案。"), hint=_("请先制定处置方案并落实，再提出解除。"))
    if case.measures.filter(done_on=None).exists():
        raise FormWrong(message=_("还有没有落实的措施。"), hint=_("请逐项登记落实情况，再提出解除。"))
    _ask(officer, case, State.LIFTING, approval, deed, clocks, step="lifting")
    return case


@transaction.atomic
def case_decide(officer: Officer, case_id: int, verdict: str, deed: Deed) -> WarningCase:
    """Agree to, or turn down, what is asked of a case: a false alarm, a plan, a lifting (同意、否决).

    Permission  the step's action in the debtor's office, for its exposure; another person than at the other steps.
    Move        doubted -> dismissed or open; planned -> acting or verified; lifting -> lifted, or back to where it was.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove, also to agree where the case was raised
    since: what was asked for is no longer what is there, and it is turned down to be verified again.
    """
    case, is_again = _begin(case_id, deed)
    if is_again:
        return case
    check_seen(case, deed.seen_version)
    if case.approval_id is None or case.state not in WarningCase.WAITING:
        raise IllegalMove(
            message=_("这项预警没有等待审批的事项。"), hint=_("请刷新页面。"), where={"state": case.state}
        )
    if case.is_raised and verdict == AGREE:
        raise IllegalMove(
            message=_("报批期间这项预警已升级，不能同意。"), hint=_("请否决并写明理由，退回重新核实。"),
            where={"level": case.level},
        )  # fmt: skip
    approval = case_held(case.approval_id)
    verdict_take(officer, approval, verdict, seen_version=approval.version, reason=deed.reason, day=deed.day)
    _follow(officer, case, approval, deed, clocks_on(deed.day))
    case_work(approval, on=deed.day.on, note=deed.reason)
    return case


def _begin(case_id: int, deed: Deed) -> tuple[WarningCase, bool]:
    """Find a case and hold its row; and whether the deed was done before."""
    refuse_past(deed.day)
    found = WarningCase.objects.select_for_update(of=("self",)).select_related("org").filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项预警。"), hint=_("请从列表进入。"))
    return found, CaseEntry.objects.filter(pk=deed.id).exists()


def _check(officer: Officer, case: WarningCase, action: str, begins: Sequence[str], deed: Deed) -> None:
    """Stop who may not do a deed, on a page that is old, or in a state that the deed does not begin in."""
    require(officer, action, org=case.org, amount_cents=case.exposure_cents)
    check_seen(case, deed.seen_version)
    check_begins(case, begins)


def _drawn_up(case: WarningCase, chain: str, deed: Deed) -> Case:
    return case_drawn_up(
        chain, subject=case.subject, title=case.debtor_name, page=reverse("warning:case", args=[case.pk]),
        org_id=case.org_id, amount_cents=case.exposure_cents, day=deed.day,
    )  # fmt: skip


def _ask(
    officer: Officer,
    case: WarningCase,
    to: str,
    approval: Case,
    deed: Deed,
    clocks: Clocks,
    *,
    step: str,
    evidence: str = "",
) -> None:
    """Ask for agreement, whose first step the officer takes; it is in the audit chain with its evidence."""
    approval.save()
    reason = "\n".join(filter(None, (deed.reason.strip(), evidence)))
    held = step_first(officer, approval, reason=reason, day=deed.day)
    case.approval = held
    _to(officer, case, to, deed, clocks, step=step, evidence=evidence)
    case_work(held, on=deed.day.on)


def _follow(officer: Officer, case: WarningCase, approval: Case, deed: Deed, clocks: Clocks) -> None:
    """Let a case follow what was said of its approval."""
    case.approval = approval
    if approval.state == Case.State.OPEN:
        _to(officer, case, case.state, deed, clocks, step="agreed")
    elif approval.state == Case.State.APPROVED:
        case.measures.filter(is_agreed=False).update(is_agreed=True)
        after = _APPROVED[State(case.state)]
        _to(officer, case, after, deed, clocks, step=after if after in _FINAL else "agreed")
    else:
        case.measures.filter(is_agreed=False).delete()
        back = State.OPEN if case.is_raised else _back_from(case)
        case.is_raised = False
        _to(officer, case, back, deed, clocks, step="refused")


def _back_from(case: WarningCase) -> str:
    """Where a case was before it asked for an agreement."""
    if case.state == State.DOUBTED:
        return State.OPEN
    return State.ACTING if case.measures.exists() else State.VERIFIED


def _done(
    officer: Officer, case: WarningCase, to: str, deed: Deed, clocks: Clocks, *, step: str, evidence: str
) -> None:
    """Do what nobody else has to agree to, and write it into the audit chain."""
    before = case.state
    _to(officer, case, to, deed, clocks, step=step, evidence=evidence)
    record(officer, f"warning.{step}", case, org=case.org, run_id=deed.day.run_id, reason=deed.reason.strip(),
           before=before, after=case.state, level=case.level, debtor_id=case.debtor_id, evidence=evidence)  # fmt: skip


def _to(
    officer: Officer, case: WarningCase, to: str, deed: Deed, clocks: Clocks, *, step: str, evidence: str = ""
) -> None:
    """Move a case, begin the clock of where it is, note what happened, and close and open work."""
    on, reason = deed.day.on, deed.reason.strip()
    move(case, to, seen_version=deed.seen_version)
    case.due_on, case.late_to = _due(case, clocks), None
    case.closed_on = on if to in _FINAL else None
    case.save(update_fields=["due_on", "late_to", "closed_on", "verified_on", "approval", "is_raised"])
    CaseEntry.objects.create(
        id=deed.id,
        case=case,
        step=step,
        level=case.level,
        on=on,
        officer=officer,
        text=reason,
        evidence=evidence,
    )
    work_close(KINDS, case.subject, on=on, note=reason)
    if kind := step_of(case, clocks.of(case.level)):
        work_open([work_of(case, kind, on)])


def _due(case: WarningCase, clocks: Clocks) -> date:
    """By when the step that a case waits for is to be taken; what is at an end keeps its day."""
    rule = clocks.of(case.level)
    if case.state == State.OPEN:
        return clocks.due(rule.verify)
    if case.state == State.VERIFIED:
        return clocks.due(rule.plan or rule.settle)
    if case.state == State.ACTING:
        open_ones = case.measures.filter(done_on=None).order_by("due_on").values_list("due_on", flat=True)
        return open_ones.first() or clocks.due(rule.settle)
    return case.approval.due_on if case.approval and case.is_running else case.due_on


def _check_measures(measures: Sequence[NewMeasure], on: date) -> None:
    if not 0 < len(measures) <= MEASURES_MOST:
        raise FormWrong(
            message=_("处置方案应有 1 至 %s 项措施。") % MEASURES_MOST, hint=_("请填写措施、内容和限期。"),
            where={"field": "measures"},
        )  # fmt: skip
    for place, each in enumerate(measures, 1):
        check_text(each.text.strip(), "measure_text", SHORT_MOST)
        if each.kind not in SAID["measure"] or not each.text.strip() or each.due_on <= on:
            raise FormWrong(
                message=_("第 %s 项措施填写不完整，或限期已过。") % place,
                hint=_("请选择措施、写明内容，限期应在营业日之后。"),
                where={"field": "measures", "line": place},
            )
