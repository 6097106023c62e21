"""What is done about a test: the borrower is told, a waiver or a cure is proposed, and others agree."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import decide, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import office_over
from postloan.desk.core.work.actions import work_close
from postloan.desk.covenant.models import Notice, Proposal
from postloan.desk.covenant.queries import Test, notice_of
from postloan.errors import FormWrong, IllegalMove, NotFoundHere

BREACH = "covenant_breach"
"""The kind of work that a notice does."""
BREACHES = ("curing", "breached")
_WRITE = "covenant.write"


def check_breached(test: Test) -> None:
    """Stop where there is no breach to tell the borrower of, by letter or otherwise. Raises IllegalMove."""
    if test["result"] not in BREACHES:
        raise IllegalMove(
            message=_("该期检验没有违约，无需通知。"), hint=_("请刷新页面。"), where={"covenant": test["covenant_id"]}
        )


@transaction.atomic
def notice_send(officer: Officer, test: Test, *, sent_on: date, way: str, note: str, day: BusinessDay) -> Notice:
    """Record that the borrower was told of a breach. Twice for one period changes nothing.

    test  as the page showed it.

    Permission  covenant.write in the office.
    Leaves      a notice, an audit entry; the work of the breach is done.
    Raises NotPermitted, ReasonMissing, IllegalMove where nothing is breached, FormWrong.
    """
    refuse_past(day)
    org = office_over([test["org_id"]])
    require(officer, _WRITE, org=org)
    check_breached(test)
    if way not in Notice.Way.values or not test["notice_on"] <= sent_on <= day.on:
        raise FormWrong(
            message=_("送达方式或送达日不对。"),
            hint=_("送达日在 %(first)s 至 %(last)s 之间。") % {"first": test["notice_on"], "last": day.on},
            where={"field": "sent_on"},
        )
    # Whoever records the same at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=org.pk)
    held = notice_of(test)
    if held is not None:
        return held
    made = Notice.objects.create(
        covenant_id=test["covenant_id"], period_end_on=test["period_end_on"], org=org, sent_on=sent_on, way=way,
        note=require_reason(note), sent_by=officer,
    )  # fmt: skip
    record(officer, "covenant.noticed", made, org=org, run_id=day.run_id, reason=made.note, sent_on=sent_on, way=way)
    work_close((BREACH,), f"covenant:{test['covenant_id']}:{test['period_end_on']}", on=day.on, note=made.note)
    return made


@transaction.atomic
def proposal_make(
    officer: Officer, test: Test, kind: str, *, ends_on: date | None, reason: str, proposal_id: UUID, day: BusinessDay
) -> Proposal:
    """Propose that a test is waived until a day, or that its breach is cured. Twice with one proposal_id is once.

    test    as the page showed it.
    reason  why it may be waived; of a cure what was done, and how that is known.

    Permission  covenant.write in the office, for what the debtor owes.
    Leaves      a proposal, a case waiting for the next step, work, an audit entry.
    Raises NotPermitted, ReasonMissing, IllegalMove where there is nothing to waive or no notice was sent, FormWrong.
    """
    refuse_past(day)
    org = office_over([test["org_id"]])
    _check(test, kind, ends_on, day)
    reason = require_reason(reason)
    # Whoever proposes the same at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=org.pk)
    made = Proposal.objects.filter(pk=proposal_id).first()
    if made is not None:
        return made
    under_way = Proposal.objects.filter(
        covenant_id=test["covenant_id"], period_end_on=test["period_end_on"], state=Proposal.State.PROPOSED
    )
    if under_way.exists():
        raise FormWrong(message=_("该期检验已有提议正在报批。"), hint=_("请等待审批结论。"))
    case = case_drawn_up(
        kind, subject=f"{kind}:{test['covenant_id']}", title=str(test["debtor_name"]), org_id=org.pk,
        page=reverse("covenant:proposal", args=[proposal_id]), amount_cents=test["exposure_cents"] or 0, day=day,
    )  # fmt: skip
    case.save()
    made = Proposal.objects.create(
        id=proposal_id, org=org, state=Proposal.State.PROPOSED, kind=kind, covenant_id=test["covenant_id"],
        period_end_on=test["period_end_on"], loan_id=test["loan_id"], debtor_id=test["debtor_id"],
        result=test["result"], amount_cents=case.amount_cents, reason=reason, ends_on=ends_on, on=day.on,
        case=case,
    )  # fmt: skip
    held = step_first(officer, case, reason=reason, day=day)
    case_work(held, on=day.on)
    return made


def _check(test: Test, kind: str, ends_on: date | None, day: BusinessDay) -> None:
    """Whether there is something of this kind to propose."""
    if kind not in Proposal.Kind.values:
        raise FormWrong(message=_("没有这种提议。"), hint=_("请使用页面上的按钮。"), where={"field": "kind"})
    is_waiver = kind == Proposal.Kind.WAIVER
    is_late = test["result"] == "not_tested" and test["untested_why"] != "not_due"
    if test["result"] not in BREACHES and not (is_waiver and is_late):
        raise IllegalMove(
            message=_("该期检验没有违约。"), hint=_("请刷新页面。"), where={"covenant": test["covenant_id"]}
        )
    if is_waiver and (ends_on is None or ends_on <= day.on):
        raise FormWrong(
            message=_("豁免截止日应在营业日之后。"), hint=_("请填写豁免的最后一天。"), where={"field": "ends_on"}
        )
    if not is_waiver and notice_of(test) is None:
        raise IllegalMove(
            message=_("还没有登记违约通知。"), hint=_("先登记通知，再提交补救材料。"),
            where={"covenant": test["covenant_id"]},
        )  # fmt: skip


@transaction.atomic
def proposal_decide(
    officer: Officer, proposal_id: UUID, verdict: str, *, seen_version: int, decision_id: UUID, reason: str,
    day: BusinessDay,
) -> Proposal:  # fmt: skip
    """Take the step that a proposal waits for: agree, or turn it down with a reason (同意、否决).

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the amount; another person than at the other steps.
    Move        proposed -> approved or refused.
    Leaves      a step, an audit entry, after the last step a decision from the next business day on.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, NotFoundHere.
    """
    refuse_past(day)
    held = Proposal.objects.select_for_update(of=("self",)).select_related("org").filter(pk=proposal_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这项提议。"), hint=_("请从列表进入。"))
    if held.decision_id == decision_id:
        return held
    case = case_held(held.case_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state == Case.State.REFUSED:
        move(held, Proposal.State.REFUSED, seen_version=held.version)
    elif case.state == Case.State.APPROVED:
        move(held, Proposal.State.APPROVED, seen_version=held.version)
        terms = {
            "covenant_id": held.covenant_id, "period_end_on": held.period_end_on.isoformat(), "evidence": held.reason,
            "approver": officer.get_username(),
        }  # fmt: skip
        held.decision = decide(
            decision_id=decision_id, kind=held.kind, loan_id=held.loan_id, debtor_id=held.debtor_id,
            effective_on=day.latest_on + timedelta(days=1), ends_on=held.ends_on, terms=terms, officer=officer,
            org=held.org,
        )  # fmt: skip
        held.save(update_fields=["decision"])
    case_work(case, on=day.on, note=reason)
    return held
