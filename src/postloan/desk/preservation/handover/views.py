"""Pages of hand-over: the list, one file with its items, and what is done about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.forms import reason_from, text_from, whole_from
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk, page
from postloan.desk.preservation.grants import READ, RECEIVE, WRITE
from postloan.desk.preservation.handover import actions
from postloan.desk.preservation.lists import HANDOVERS
from postloan.desk.preservation.models import Handover
from postloan.desk.preservation.queries import one_seen


@page(READ)
def handovers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The hand-overs of the desk's offices."""
    told = {"list": HANDOVERS.drawn(request, desk), "here": "preservation", "part": "handovers"}
    return render(request, "preservation/list.html", told)


@page(READ)
def handover(request: HttpRequest, desk: Desk, handover_id: int) -> HttpResponse:
    """One file on its way: what is asked of it, what was ticked by whom, who handed and received it."""
    held = one_seen(desk, Handover, handover_id, "officer", "hander", "taker")
    is_now = not desk.day.is_past
    told = {
        "held": held,
        "items": _items(held),
        "here": "preservation",
        "part": "",
        "is_late": desk.day.on > held.due_on if held.received_on is None else held.received_on > held.due_on,
        "may_write": is_now and WRITE in desk.actions and held.state == Handover.State.OPEN,
        "may_receive": is_now and RECEIVE in desk.actions and held.state == Handover.State.HANDED,
    }
    return render(request, "preservation/handover.html", told)


def _items(held: Handover) -> list[dict[str, Any]]:
    ticked = {each.item: each for each in held.files.select_related("ticked_by")}
    return [{"item": each["item"], "said": each[language()], "tick": ticked.get(each["item"])} for each in held.asked]


@page(WRITE, methods=("POST",))
def tick(request: HttpRequest, desk: Desk, handover_id: int) -> HttpResponse:
    """Say that an item is there, or missing."""
    held = one_seen(desk, Handover, handover_id)
    actions.file_tick(
        desk.officer, held.pk, request.POST.get("item", ""), is_missing=request.POST.get("is") == "missing",
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    return redirect("preservation:handover", held.pk)


@page(WRITE, methods=("POST",))
def give(request: HttpRequest, desk: Desk, handover_id: int) -> HttpResponse:
    """Hand a file over."""
    held = one_seen(desk, Handover, handover_id)
    actions.handover_give(
        desk.officer, held.pk, note=text_from(request.POST, "note"),
        seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已移交，等待接收。"))
    return redirect("preservation:handover", held.pk)


@page(RECEIVE, methods=("POST",))
def receive(request: HttpRequest, desk: Desk, handover_id: int) -> HttpResponse:
    """Receive a file, or send it back."""
    held = one_seen(desk, Handover, handover_id)
    actions.handover_receive(
        desk.officer, held.pk, is_complete=request.POST.get("verdict") == "receive",
        note=text_from(request.POST, "note"), seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("preservation:handover", held.pk)
