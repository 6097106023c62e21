"""Pages of decisions: the list, one decision with what became of it, its withdrawal."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import steps_told
from postloan.desk.core.forms import made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.withdrawal.actions import withdrawal_decide, withdrawal_propose
from postloan.desk.withdrawal.lists import DECISIONS
from postloan.desk.withdrawal.queries import decision_seen, may_be_withdrawn, terms_told, withdrawals_of


@page("decision.read")
def decisions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The decisions of the desk's offices."""
    return render(request, "withdrawal/decisions.html", {"list": DECISIONS.drawn(request, desk), "here": "decisions"})


@page("decision.read")
def decision(request: HttpRequest, desk: Desk, decision_id: UUID) -> HttpResponse:
    """One decision: its terms, where it stands, and its withdrawals."""
    found = decision_seen(desk, decision_id)
    withdrawals = withdrawals_of(found)
    case = withdrawals[0].case if withdrawals and withdrawals[0].state == "proposed" else None
    told = {
        "decision": found,
        "terms": terms_told(found.terms),
        "withdrawals": [(each, steps_told(each.case)) for each in withdrawals],
        "case": case,
        "withdrawal_id": uuid4(),
        "may_decide": case is not None and case.waits_for in desk.actions and not desk.day.is_past,
        "may_withdraw": "decision.withdraw" in desk.actions and may_be_withdrawn(found),
        "here": "decisions",
    }
    return render(request, "withdrawal/decision.html", told)


@page("decision.withdraw", methods=("POST",))
def withdraw(request: HttpRequest, desk: Desk, decision_id: UUID) -> HttpResponse:
    """Propose that a decision is taken back."""
    found = decision_seen(desk, decision_id)
    withdrawal_propose(
        desk.officer, found.pk, withdrawal_id=made_id_from(request.POST, "withdrawal_id"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("撤回已提出，等待批准。"))
    return redirect("withdrawal:decision", found.pk)


@page("decision.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, decision_id: UUID) -> HttpResponse:
    """Agree to, or turn down, that a decision is taken back."""
    found = decision_seen(desk, decision_id)
    withdrawal_decide(
        desk.officer, made_id_from(request.POST, "withdrawal_id"), request.POST.get("verdict", ""),
        seen_version=whole_from(request.POST, "version"), reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("withdrawal:decision", found.pk)
