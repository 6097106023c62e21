"""Taking a decision back: proposed with its reason, agreed to by whom the chain names, told to the next night."""

from uuid import UUID

import polars as pl
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.actions import decision_withdraw, move, refuse_past, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.decisions.actions import REFUSED
from postloan.desk.core.models import Decision, Officer, WorkItem
from postloan.desk.withdrawal.models import Withdrawal
from postloan.errors import IllegalMove, NotFoundHere, StaleView

_CHAIN = "withdrawal"


@transaction.atomic
def withdrawal_propose(
    officer: Officer, decision_id: UUID, *, withdrawal_id: UUID, reason: str, day: BusinessDay
) -> Withdrawal:
    """Propose that a decision is taken back (提出撤回). The same withdrawal_id again changes nothing.

    Permission  the first step of the chain in the decision's office, for what is owed on the loan.
    Leaves      a withdrawal, a case waiting for the next step, work, an audit entry. Where the chain has one step, the
                decision is withdrawn.
    Raises NotPermitted, ReasonMissing, NotFoundHere, StaleView; IllegalMove where the decision is withdrawn or being
    withdrawn, has ended, was refused by intake, or on a past day.
    """
    refuse_past(day)
    held = Withdrawal.objects.filter(pk=withdrawal_id).first()
    if held is not None:
        return held
    reason = require_reason(reason)
    decision = _decision(decision_id)
    _check_holds(decision, day)
    case = case_drawn_up(
        _CHAIN, subject=f"decision:{decision.pk}", title=decision.loan_id, org_id=decision.org_id or "",
        page=reverse("withdrawal:decision", args=[decision.pk]), amount_cents=_owed_cents(decision, day), day=day,
    )  # fmt: skip
    withdrawal = Withdrawal(
        id=withdrawal_id, org_id=case.org_id, decision=decision, reason=reason, case=case, proposed_on=day.on,
        state=Withdrawal.State.PROPOSED,
    )  # fmt: skip
    _save(withdrawal, case)
    held_case = step_first(officer, case, reason=reason, day=day)
    _follow(officer, withdrawal, held_case, day)
    case_work(held_case, on=day.on)
    return withdrawal


@transaction.atomic
def withdrawal_decide(
    officer: Officer, withdrawal_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> Withdrawal:
    """Agree to, or turn down, that a decision is taken back (批准、否决).

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the amount; another person than at the other steps.
    Move        proposed -> withdrawn or refused.
    Leaves      after the last step the decision that tells the night of it.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing.
    """
    refuse_past(day)
    withdrawal = _held(withdrawal_id)
    case = case_held(withdrawal.case_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    _follow(officer, withdrawal, case, day)
    case_work(case, on=day.on, note=reason)
    return withdrawal


def _follow(officer: Officer, withdrawal: Withdrawal, case: Case, day: BusinessDay) -> None:
    """Let the withdrawal follow its case where the case is final."""
    if case.state == Case.State.OPEN:
        return
    withdrawal.closed_on = day.on
    withdrawal.save(update_fields=["closed_on"])
    if case.state == Case.State.REFUSED:
        move(withdrawal, Withdrawal.State.REFUSED, seen_version=withdrawal.version)
        return
    move(withdrawal, Withdrawal.State.WITHDRAWN, seen_version=withdrawal.version)
    decision_withdraw(withdrawal.decision, decision_id=withdrawal.pk, reason=withdrawal.reason, officer=officer)


def _check_holds(decision: Decision, day: BusinessDay) -> None:
    """Stop where there is nothing to take back."""
    states = [Withdrawal.State.PROPOSED, Withdrawal.State.WITHDRAWN]
    is_refused = WorkItem.objects.filter(kind=REFUSED, subject=f"decision:{decision.pk}").exists()
    why = ""
    if decision.withdraws_id is not None:
        why = _("这是一项撤回，不能再撤回。")
    elif decision.withdrawals.filter(state__in=states).exists() or decision.withdrawn_by.exists():
        why = _("这项决定已经撤回或正在报批撤回。")
    elif is_refused:
        why = _("这项决定已被接收环节退回，没有生效，无需撤回。")
    elif decision.ends_on is not None and decision.ends_on < day.on:
        why = _("这项决定已经到期，无需撤回。")
    if why:
        raise IllegalMove(message=why, hint=_("请刷新页面，查看决定的状态。"), where={"decision": decision.pk})


def _owed_cents(decision: Decision, day: BusinessDay) -> int:
    """What is owed on the loan of a decision; nothing where the loan is not in the day's book."""
    found = loan_rows(day).lazy().filter(pl.col("loan_id") == decision.loan_id).select("outstanding_cents").collect()
    return int(found.item() or 0) if found.height else 0


def _save(withdrawal: Withdrawal, case: Case) -> None:
    """Save both, or stop where somebody else proposed the same a moment before: the database lets one in.

    The decision's row is not held: whoever hands a day over holds the audit chain and waits for it.
    """
    try:
        with transaction.atomic():
            case.save()
            withdrawal.save(force_insert=True)
    except IntegrityError:
        raise StaleView(
            message=_("这项决定刚刚已由同事提出撤回。"), hint=_("请刷新页面。"), where={"decision": case.subject}
        ) from None


def _decision(decision_id: UUID) -> Decision:
    found = Decision.objects.select_related("org").filter(pk=decision_id).first()
    if found is None or found.org_id is None:
        raise NotFoundHere(message=_("没有这项决定，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def _held(withdrawal_id: UUID) -> Withdrawal:
    found = (
        Withdrawal.objects.select_for_update(of=("self",))
        .select_related("decision__org")
        .filter(pk=withdrawal_id)
        .first()
    )
    if found is None:
        raise NotFoundHere(message=_("没有这项撤回。"), hint=_("请从列表进入。"))
    return found
