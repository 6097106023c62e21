"""Pages of watching: the list of alarms, and what is done about one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.forms import reason_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.modelling.lists import ALARMS
from postloan.desk.modelling.watching.actions import alarm_dispose


@page("model.read")
def alarms(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The alarms there are."""
    told = {"list": ALARMS.drawn(request, desk), "here": "models", "part": "alarms"}
    return render(request, "modelling/alarms.html", told)


@page("model.propose", methods=("POST",))
def dispose(request: HttpRequest, desk: Desk, alarm_id: int) -> HttpResponse:
    """Say what is done about an alarm."""
    alarm = alarm_dispose(
        desk.officer, alarm_id, request.POST.get("disposal", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已处置。"))
    return redirect("modelling:card", alarm.card_id)
