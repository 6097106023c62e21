"""What people propose of single loans, and its approval: plans, worse stages, the watch list. They go to the night."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import AGREE, case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import decide, decision_withdraw, move, record, refuse_past, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Decision, Officer, Org
from postloan.desk.core.work.actions import work_close
from postloan.desk.impairment.checks import check_active, check_impaired, check_last_day, check_worse
from postloan.desk.impairment.models import Proposal
from postloan.desk.impairment.plans import Plan, checked_terms
from postloan.errors import FormWrong, NotFoundHere
from postloan.plan.recovery import PlanWorth

WORK = "recovery_plan_missing"
"""The kind of work that a plan does."""
Loan = Mapping[str, Any]
"""A loan's published row, with the name of its debtor as debtor_name."""


@transaction.atomic
def plan_propose(
    officer: Officer, loan: Loan, plan: Plan, worth: PlanWorth, *, proposal_id: UUID, day: BusinessDay
) -> Proposal:
    """Propose what will be recovered of a credit-impaired loan (个别认定). The same proposal_id again changes nothing.

    worth  what the plan comes to on the day, as the page showed it.

    Permission  impairment.propose in the loan's office, for its claim.
    Leaves      a proposal, a case waiting for the next step, work, an audit entry; the work of a missing plan is done.
    Raises NotPermitted, FormWrong where the plan is wrong or another is under way, LoanNotImpaired.
    Source      regulations ECL-26.
    """
    refuse_past(day)
    check_impaired(loan)
    terms = checked_terms(plan)
    made = _proposed(officer, loan, Proposal.Kind.PLAN, terms, terms["evidence"], proposal_id, day, planned=worth)
    work_close((WORK,), f"loan:{loan['loan_id']}", on=day.on)
    return made


@transaction.atomic
def stage_propose(
    officer: Officer, loan: Loan, stage: str, *, ends_on: date, reason: str, proposal_id: UUID, day: BusinessDay
) -> Proposal:
    """Propose that a loan is put in a worse stage until a day (人工下调阶段). Twice with one proposal_id is once.

    stage  2 or 3. Raises NotPermitted, ReasonMissing, FormWrong, StageTooGood where it is not worse.
    """
    refuse_past(day)
    check_active(loan)
    number = check_worse(loan, stage)
    reason = require_reason(reason)
    check_last_day(ends_on, day)
    terms = {"stage": number, "reason": reason}
    return _proposed(officer, loan, Proposal.Kind.STAGE, terms, reason, proposal_id, day, ends_on=ends_on)


@transaction.atomic
def watch_propose(
    officer: Officer, loan: Loan, *, ends_on: date, reason: str, proposal_id: UUID, day: BusinessDay
) -> Proposal:
    """Propose a loan for the watch list until a day (列入观察名单). Raises what stage_propose raises."""
    refuse_past(day)
    check_active(loan)
    reason = require_reason(reason)
    check_last_day(ends_on, day)
    return _proposed(
        officer, loan, Proposal.Kind.WATCH, {"evidence": reason}, reason, proposal_id, day, ends_on=ends_on
    )


@transaction.atomic
def proposal_decide(
    officer: Officer,
    proposal_id: UUID,
    verdict: str,
    loan: Loan,
    *,
    seen_version: int,
    decision_id: UUID,
    reason: str,
    day: BusinessDay,
) -> Proposal:
    """Take the step that a proposal waits for: agree, or turn it down with a reason (同意、否决).

    loan          its row of the day: what is no longer impaired needs no plan.
    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the claim; another person than at the other steps.
    Move        proposed -> approved or refused; a plan that it takes the place of: approved -> replaced.
    Leaves      a step, an audit entry, after the last step a decision from the next business day on.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, LoanNotImpaired.
    """
    refuse_past(day)
    proposal = _held(proposal_id)
    if proposal.decision_id == decision_id:
        return proposal
    case = case_held(proposal.case_id)
    if verdict == AGREE and proposal.kind == Proposal.Kind.PLAN:
        check_impaired(loan)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    _follow(officer, proposal, case, decision_id, day)
    case_work(case, on=day.on, note=reason)
    return proposal


def _follow(officer: Officer, proposal: Proposal, case: Case, decision_id: UUID, day: BusinessDay) -> None:
    """Let a proposal follow its case where the case is final."""
    if case.state == Case.State.REFUSED:
        move(proposal, Proposal.State.REFUSED, seen_version=proposal.version)
    elif case.state == Case.State.APPROVED:
        move(proposal, Proposal.State.APPROVED, seen_version=proposal.version)
        proposal.decision = decide(
            decision_id=decision_id, kind=proposal.kind, loan_id=proposal.loan_id, debtor_id=proposal.debtor_id,
            effective_on=day.latest_on + timedelta(days=1), ends_on=proposal.ends_on,
            terms={**proposal.terms, "approver": officer.get_username()}, officer=officer, org=proposal.org,
        )  # fmt: skip
        proposal.save(update_fields=["decision"])
        if proposal.kind == Proposal.Kind.PLAN:
            _replace_earlier(officer, proposal, proposal.decision, day)


def _replace_earlier(officer: Officer, proposal: Proposal, decision: Decision, day: BusinessDay) -> None:
    """Let a plan take the place of the one before: the night takes the latest of a loan.

    Of two that begin on one day none is the latest, so the earlier is withdrawn. Any other stays: on its days it held.
    """
    held = Proposal.objects.select_for_update(of=("self",)).filter(
        kind=Proposal.Kind.PLAN, loan_id=proposal.loan_id, state=Proposal.State.APPROVED
    )
    for earlier in held.exclude(pk=proposal.pk).select_related("decision"):
        before = move(earlier, Proposal.State.REPLACED, seen_version=earlier.version)
        earlier.replaced_by = proposal
        earlier.save(update_fields=["replaced_by"])
        is_withdrawn = earlier.decision is not None and earlier.decision.effective_on == decision.effective_on
        if earlier.decision is not None and is_withdrawn:
            decision_withdraw(earlier.decision, decision_id=uuid4(), reason=proposal.reason, officer=officer)
        record(officer, "impairment.replaced", earlier, org=earlier.org, run_id=day.run_id, before=before,
               after=earlier.state, replaced_by=str(proposal.pk), is_withdrawn=is_withdrawn)  # fmt: skip


def _proposed(
    officer: Officer,
    loan: Loan,
    kind: Proposal.Kind,
    terms: dict[str, Any],
    reason: str,
    proposal_id: UUID,
    day: BusinessDay,
    *,
    ends_on: date | None = None,
    planned: PlanWorth | None = None,
) -> Proposal:
    # Whoever proposes the same at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=loan["org_id"])
    made = Proposal.objects.filter(pk=proposal_id).first()
    if made is not None:
        return made
    _refuse_second(kind, loan["loan_id"])
    case = _case(kind, loan, proposal_id, day)
    proposal = Proposal.objects.create(
        id=proposal_id, org_id=loan["org_id"], state=Proposal.State.PROPOSED, kind=kind, loan_id=loan["loan_id"],
        debtor_id=loan["debtor_id"], debtor_name=str(loan["debtor_name"])[:200], terms=terms, reason=reason,
        claim_cents=loan["claim_cents"] or 0, loss_cents=loan["ecl_cents"] or 0,
        planned_cents=planned.loss_cents if planned else None, worth=asdict(planned) if planned else None,
        received_cents=loan["received_cents"] or 0, ends_on=ends_on, on=day.on, run_id=day.run_id, case=case,
    )  # fmt: skip
    held = step_first(officer, case, reason=reason, day=day)
    case_work(held, on=day.on)
    return proposal


def _case(kind: Proposal.Kind, loan: Loan, proposal_id: UUID, day: BusinessDay) -> Case:
    case = case_drawn_up(
        kind.value, subject=f"{kind.value}:{loan['loan_id']}", title=str(loan["debtor_name"]),
        page=reverse("impairment:proposal", args=[proposal_id]), org_id=loan["org_id"],
        amount_cents=loan["claim_cents"] or 0, day=day,
    )  # fmt: skip
    case.save()
    return case


def _refuse_second(kind: Proposal.Kind, loan_id: str) -> None:
    if Proposal.objects.filter(kind=kind, loan_id=loan_id, state=Proposal.State.PROPOSED).exists():
        raise FormWrong(
            message=_("这笔借据的同类提议正在报批。"), hint=_("请等待审批结论，或请审批人否决后重新提出。"),
            where={"loan_id": loan_id},
        )  # fmt: skip


def _held(proposal_id: UUID) -> Proposal:
    found = Proposal.objects.select_for_update(of=("self",)).select_related("org").filter(pk=proposal_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项提议。"), hint=_("请从列表进入。"))
    return found
