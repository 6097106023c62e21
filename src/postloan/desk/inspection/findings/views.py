"""Pages of findings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.forms import reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.inspection.findings.actions import finding_confirm, finding_correct
from postloan.desk.inspection.lists import FINDINGS
from postloan.desk.inspection.models import Finding
from postloan.desk.inspection.queries import findings_seen, not_here, working_day


@page("inspection.read")
def findings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The findings of the officer's offices."""
    return render(request, "inspection/findings.html", {"list": FINDINGS.drawn(request, desk), "here": "findings"})


@page("inspection.read")
def finding(request: HttpRequest, desk: Desk, finding_id: int) -> HttpResponse:
    """One finding, and what became of it."""
    return render(request, "inspection/finding.html", {"finding": _seen(desk, finding_id), "here": "findings"})


@page("inspection.read", methods=("POST",))
def correct(request: HttpRequest, desk: Desk, finding_id: int) -> HttpResponse:
    """Say how it was corrected."""
    held, given = _seen(desk, finding_id), request.POST.dict()
    finding_correct(
        desk.officer, held.pk, correction=text_from(given, "correction"), seen_version=whole_from(given, "version"),
        day=working_day(desk),
    )  # fmt: skip
    messages.success(request, _("整改情况已提交，等待确认。"))
    return redirect("inspection:finding", held.pk)


@page("inspection.review", methods=("POST",))
def confirm(request: HttpRequest, desk: Desk, finding_id: int) -> HttpResponse:
    """Confirm a correction, or send it back."""
    held, given = _seen(desk, finding_id), request.POST.dict()
    finding_confirm(
        desk.officer, held.pk, is_corrected=given.get("answer") == "confirm", reason=reason_from(given),
        seen_version=whole_from(given, "version"), day=working_day(desk),
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("inspection:finding", held.pk)


def _seen(desk: Desk, finding_id: int) -> Finding:
    people = ("org", "inspection", "owner", "corrected_by", "confirmed_by")
    held = findings_seen(desk).select_related(*people).filter(pk=finding_id).first()
    if held is None:
        raise not_here()
    return held
