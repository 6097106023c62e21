"""Pages of calls: the list, one call, its letter, its notice, its answer."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.collateral import queries
from postloan.desk.collateral.calls import actions
from postloan.desk.collateral.letters import call_letter
from postloan.desk.collateral.lists import CALLS
from postloan.desk.collateral.matters.actions import WRITE
from postloan.desk.collateral.models import Call
from postloan.desk.collateral.views import READ
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page


@page(READ)
def calls(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The loans that were called."""
    told = {"list": CALLS.drawn(request, desk), "here": "collateral", "part": "calls"}
    return render(request, "collateral/list.html", told)


@page(READ)
def call(request: HttpRequest, desk: Desk, call_id: int) -> HttpResponse:
    """One call: how the loan stood and stands, its letter, its answer."""
    held = queries.call_seen(desk, call_id)
    told = {
        "call": held, "stands": queries.loan_stands(desk, held.loan_id), "ways": list(Call.Way),
        "answers": list(Call.Answer), "matters": held.matters.select_related("case", "made_by").order_by("-opened_at"),
        "may_write": WRITE in desk.actions and not desk.day.is_past, "matter_id": uuid4(), "here": "collateral",
        "part": "",
    }  # fmt: skip
    return render(request, "collateral/call.html", told)


@page(READ)
def letter(_request: HttpRequest, desk: Desk, call_id: int) -> HttpResponse:
    """The letter, to be printed and sealed: in Chinese, as the borrower reads it."""
    held = queries.call_seen(desk, call_id)
    return to_keep(HttpResponse(call_letter(held, desk.day.on)), "docx", f"{held.loan_id}-{held.on}.docx")


@page(WRITE, methods=("POST",))
def notice(request: HttpRequest, desk: Desk, call_id: int) -> HttpResponse:
    """Record that the borrower was told."""
    held = queries.call_seen(desk, call_id)
    actions.call_notice(
        desk.officer, held.pk, sent_on=day_from(request.POST, "sent_on"), way=request.POST.get("way", ""),
        note=text_from(request.POST, "note"), seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记送达。"))
    return redirect("collateral:call", held.pk)


@page(WRITE, methods=("POST",))
def answer(request: HttpRequest, desk: Desk, call_id: int) -> HttpResponse:
    """Propose to close a call."""
    held = queries.call_seen(desk, call_id)
    made = actions.call_answer(
        desk.officer, held.pk, request.POST.get("answer", ""), stands=queries.loan_stands(desk, held.loan_id),
        reason=reason_from(request.POST), seen_version=whole_from(request.POST, "version"),
        matter_id=made_id_from(request.POST, "matter_id"), rule=queries.rules_of(desk).call, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("collateral:matter", made.pk)
