"""Pages of freezes: the list, one freeze with its approval, a proposal."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import steps_told
from postloan.desk.book.queries import debtor_seen
from postloan.desk.core.forms import made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.lending.actions import freeze_decide, freeze_propose, lift_propose
from postloan.desk.lending.answers import lending_answer
from postloan.desk.lending.lists import FREEZES
from postloan.desk.lending.queries import freeze_seen


@page("freeze.read")
def freezes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The freezes of the desk's offices."""
    return render(request, "lending/freezes.html", {"list": FREEZES.drawn(request, desk), "here": "freezes"})


@page("freeze.read")
def freeze(request: HttpRequest, desk: Desk, freeze_id: UUID) -> HttpResponse:
    """One freeze: why, what the lending system is told, and the step that it waits for."""
    found = freeze_seen(desk, freeze_id)
    case = found.open_case
    told = {
        "freeze": found,
        "case": case,
        "steps": steps_told(found.case),
        "lift_steps": steps_told(found.lift_case) if found.lift_case else [],
        "answer": lending_answer(desk, found.debtor_id),
        "may_decide": case is not None and case.waits_for in desk.actions and not desk.day.is_past,
        "may_lift": found.state == "in_force" and case is None and "freeze.propose" in desk.actions,
        "here": "freezes",
    }
    return render(request, "lending/freeze.html", told)


@page("freeze.propose", methods=("GET", "HEAD", "POST"))
def propose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose a freeze of a debtor."""
    if request.method == "POST":
        debtor = debtor_seen(desk, request.POST.get("debtor", "")[:64])
        reason = reason_from(request.POST)
        made = freeze_propose(
            desk.officer, debtor, freeze_id=made_id_from(request.POST, "freeze_id"), reason=reason, day=desk.day
        )
        messages.success(request, _("冻结已提出，等待批准。"))
        return redirect("lending:freeze", made.pk)
    debtor_id = request.GET.get("debtor", "").strip()[:64]
    told = {
        "debtor_id": debtor_id,
        "debtor": debtor_seen(desk, debtor_id) if debtor_id else None,
        "answer": lending_answer(desk, debtor_id) if debtor_id else None,
        "freeze_id": uuid4(),
        "here": "freezes",
    }
    return render(request, "lending/propose.html", told)


@page("freeze.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, freeze_id: UUID) -> HttpResponse:
    """Agree to, or turn down, what is proposed."""
    found = freeze_seen(desk, freeze_id)
    freeze_decide(
        desk.officer, found.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("lending:freeze", found.pk)


@page("freeze.propose", methods=("POST",))
def lift(request: HttpRequest, desk: Desk, freeze_id: UUID) -> HttpResponse:
    """Propose that a freeze is lifted."""
    found = freeze_seen(desk, freeze_id)
    reason = reason_from(request.POST)
    lift_propose(desk.officer, found.pk, seen_version=whole_from(request.POST, "version"), reason=reason, day=desk.day)
    messages.success(request, _("解除已提出，等待批准。"))
    return redirect("lending:freeze", found.pk)
