"""Pages of the worklist."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.forms import reason_from, text_from, ticked_from, whole_from
from postloan.desk.core.officers.queries import colleague
from postloan.desk.core.pages import Desk, page
from postloan.desk.core.work.actions import portfolio_transfer, work_assign, work_done, work_urge
from postloan.desk.core.work.told import told_said
from postloan.desk.worklist.lists import OWN, WORK
from postloan.desk.worklist.queries import open_by_kind, work_seen
from postloan.errors import NotFoundHere


@page("work.read")
def mine(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the officer must do today, the late first."""
    drawn = WORK.drawn(request, desk)
    kinds = open_by_kind(desk, is_own=drawn.form.begins == OWN)
    return render(request, "worklist/mine.html", {"list": drawn, "kinds": kinds, "here": "worklist", "ticks": "work"})


@page("work.read")
def item(request: HttpRequest, desk: Desk, item_id: int) -> HttpResponse:
    """One item, and what was noted of it."""
    found = work_seen(desk).select_related("org", "officer", "urged_by").filter(pk=item_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个事项，或不在您的机构范围内。"), hint=_("请从工作台进入。"))
    told = {"item": found, "told": told_said(found.told), "here": "worklist"}
    return render(request, "worklist/item.html", told)


@page("work.do", methods=("POST",))
def done(request: HttpRequest, desk: Desk, item_id: int) -> HttpResponse:
    """Say that an item is done."""
    work_done(
        desk.officer, item_id, seen_version=whole_from(request.POST, "version"), note=text_from(request.POST, "note"),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办结。"))
    return redirect("worklist:mine")


@page("work.assign", methods=("POST",))
def assign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give the ticked items to somebody."""
    to = colleague(request.POST.get("to", ""), "to")
    count = work_assign(desk.officer, ticked_from(request.POST), to, day=desk.day)
    messages.success(request, _("已分配 %s 项。") % count)
    return redirect("worklist:mine")


@page("work.assign", methods=("POST",))
def urge(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Urge the ticked items on."""
    count = work_urge(desk.officer, ticked_from(request.POST), reason=reason_from(request.POST), day=desk.day)
    messages.success(request, _("已督办 %s 项。") % count)
    return redirect("worklist:mine")


@page("portfolio.transfer", methods=("POST",))
def transfer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Hand a portfolio over."""
    giver, taker = colleague(request.POST.get("giver", ""), "giver"), colleague(request.POST.get("taker", ""), "taker")
    portfolio_transfer(desk.officer, giver, taker, reason=reason_from(request.POST), day=desk.day)
    messages.success(request, _("已移交。"))
    return redirect("worklist:mine")
