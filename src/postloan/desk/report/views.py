"""The cockpit and its parts, the report centre, a report and its workbook."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk, page
from postloan.desk.exceptions.queries import exceptions_tile
from postloan.desk.report.actions import report_take
from postloan.desk.report.centre import groupings_said, kind_named, report_asked, report_page, sections
from postloan.desk.report.cockpit.parts import PLACES
from postloan.desk.report.cockpit.question import days_before, read_question
from postloan.desk.report.cockpit.tiles import tiles_of
from postloan.desk.report.exposed import asked_of, exposed_page, exposed_report
from postloan.desk.report.files import workbook_of
from postloan.desk.report.versions import run_against, version_choices, version_days, version_lines
from postloan.desk.warning.queries import warnings_tile
from postloan.errors import NotFoundHere, NotPermitted

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("report.read")
def cockpit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The figures of the day; charts come after the first paint."""
    question = read_question(request, desk)
    told = {
        "question": question, "tiles": tiles_of(question), "places": PLACES.values(), "days": days_before(desk),
        "orgs": org_choices(desk), "exceptions": exceptions_tile(desk, question.within),
        "warnings": warnings_tile(desk, question.within), "here": "cockpit",
    }  # fmt: skip
    return render(request, "report/cockpit.html", told)


@page("report.read")
def cockpit_part(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """One part of the cockpit. Raises NotFoundHere."""
    if name not in PLACES:
        raise NotFoundHere(message=_("驾驶舱没有这一部分。"), hint=_("请刷新驾驶舱。"))
    part = PLACES[name].make(read_question(request, desk))
    return render(request, "report/part.html", {"part": part})


@page("report.read")
def centre(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The reports there are."""
    told = {"sections": sections(read_question(request, desk)), "here": "reports"}
    return render(request, "report/centre.html", told)


@page("report.read")
def report(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """A report as a page: its sheets, its days, its groups."""
    question, by, asked = read_question(request, desk), request.GET.get("by", ""), kind_named(kind)
    against = run_against(question, request.GET.get("against", ""))
    told = {
        "page": report_page(question, asked, by, since_is_asked="from" in request.GET, against=against),
        "question": question, "by": by, "days": days_before(desk), "orgs": org_choices(desk),
        "groupings": groupings_said(question), "versions": version_choices(question), "here": "reports",
    }  # fmt: skip
    return render(request, "report/report.html", told)


@page("report.read", methods=("POST",))
def report_workbook(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """A report as a workbook: every line of it. Raises NotPermitted."""
    if "export.write" not in desk.actions:
        raise NotPermitted(message=_("您没有导出的权限。"), hint=_("请向系统管理员申请授权。"))
    question, by, asked = read_question(request, desk), request.GET.get("by", ""), kind_named(kind)
    against = run_against(question, request.GET.get("against", ""))
    made = report_asked(question, asked, by, since_is_asked="from" in request.GET, against=against)
    snapshot = made.snapshot
    report_take(desk.officer, asked.name, on=snapshot.on, run_id=snapshot.run_id, asked=request.GET.dict())
    answer = HttpResponse(workbook_of(made, question.words), content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{asked.name}-{snapshot.on}.xlsx"'
    return answer


@page("report.read")
def versions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The versions of the day: when each was made, and what for."""
    told = {"lines": version_lines(desk), "days": version_days(desk), "here": "reports"}
    return render(request, "report/versions.html", told)


@page("report.read")
def exposed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who is exposed to a scenario, or to an event that an officer describes."""
    return render(request, "report/exposed.html", exposed_page(read_question(request, desk), asked_of(request)))


@page("report.read", methods=("POST",))
def exposed_workbook(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same as a workbook: every debtor. Raises NotPermitted, RequestWrong."""
    if "export.write" not in desk.actions:
        raise NotPermitted(message=_("您没有导出的权限。"), hint=_("请向系统管理员申请授权。"))
    question, asked = read_question(request, desk), asked_of(request)
    made = exposed_report(question, asked)
    snapshot = made.snapshot
    report_take(desk.officer, "exposures", on=snapshot.on, run_id=snapshot.run_id, asked=request.GET.dict())
    answer = HttpResponse(workbook_of(made, question.words), content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="exposures-{snapshot.on}.xlsx"'
    return answer
