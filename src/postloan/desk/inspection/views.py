"""Pages of inspections: the list, a report being written, submitted, reviewed, and filed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.days import home
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import day_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.inspection import queries
from postloan.desk.inspection.files.queries import files_said
from postloan.desk.inspection.lists import INSPECTIONS
from postloan.desk.inspection.opening.actions import ORDERED, inspection_order
from postloan.desk.inspection.report import actions
from postloan.desk.inspection.report.document import document_of, number_of
from postloan.desk.inspection.report.drawn import may_write, report_page, review_page
from postloan.desk.inspection.report.facts import facts_of
from postloan.desk.inspection.report.pdf import pdf_of
from postloan.desk.inspection.report.reading import draft_from, findings_from, second_from
from postloan.desk.inspection.report.signs import signs_of
from postloan.desk.inspection.report.word import word_of
from postloan.rules.desk_rules import load_desk_rules


@page("inspection.read")
def inspections(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The inspections of the officer's offices."""
    told = {"list": INSPECTIONS.drawn(request, desk), "ordered": ORDERED, "here": "inspections"}
    return render(request, "inspection/list.html", told)


@page("inspection.plan", methods=("POST",))
def order(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Order special inspections."""
    due = request.POST.get("due_on", "")
    opened = inspection_order(
        desk.officer, request.POST.get("debtors", "").split(), kind=request.POST.get("kind", ""),
        day=queries.working_day(desk), rules=load_desk_rules(home()), reason=reason_from(request.POST),
        due_on=day_from(request.POST.dict(), "due_on") if due else None,
    )  # fmt: skip
    messages.success(request, _("已发起 %s 项检查。") % len(opened))
    return redirect("inspection:inspections")


@page("inspection.read")
def inspection(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """One inspection: its report to be written, or as it was written."""
    found = queries.inspection_seen(desk, inspection_id)
    name = "inspection/write.html" if may_write(desk, found) else "inspection/report.html"
    return render(request, name, report_page(desk, found))


@page("inspection.write", methods=("POST",))
def draft(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """Keep a draft while it is written; answers with what the answers raise."""
    found = queries.inspection_seen(desk, inspection_id)
    given = request.POST.dict()
    queries.working_day(desk)
    read = draft_from(queries.form_of(found), given)
    actions.draft_save(desk.officer, found.pk, read, seen_draft=whole_from(given, "draft"))
    return render(request, "inspection/saved.html", report_page(desk, queries.inspection_seen(desk, inspection_id)))


@page("inspection.write", methods=("POST",))
def submit(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """Submit a report."""
    found = queries.inspection_seen(desk, inspection_id)
    form, given = queries.form_of(found), request.POST.dict()
    actions.report_submit(
        desk.officer, found.pk, draft_from(form, given), form=form, facts=facts_of(desk, found.debtor_id),
        second=second_from(given), seen_version=whole_from(given, "version"), seen_draft=whole_from(given, "draft"),
        day=queries.working_day(desk),
    )  # fmt: skip
    messages.success(request, _("报告已提交。"))
    return redirect("inspection:inspection", found.pk)


@page("inspection.read", methods=("POST",))
def sign(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """Sign as the second."""
    found = queries.inspection_seen(desk, inspection_id)
    version = whole_from(request.POST.dict(), "version")
    actions.report_sign(desk.officer, found.pk, seen_version=version, day=queries.working_day(desk))
    messages.success(request, _("已签字，报告转入复核。"))
    return redirect("inspection:inspection", found.pk)


@page("inspection.review")
def review(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """A submitted report beside the last one, with the signs of authenticity first."""
    found = queries.inspection_seen(desk, inspection_id)
    return render(request, "inspection/review.html", review_page(desk, found))


@page("inspection.review", methods=("POST",))
def accept(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """Accept a report and open its findings."""
    found, given = queries.inspection_seen(desk, inspection_id), request.POST.dict()
    form, rules, day = queries.form_of(found), queries.rules_on(found.opened_on), queries.working_day(desk)
    actions.report_accept(
        desk.officer, found.pk, opinion=text_from(given, "opinion"), seen_version=whole_from(given, "version"),
        findings=findings_from(given, found, form, rules, day.on), day=day,
        signs=[each.coded for each in signs_of(found, form, rules)],
    )  # fmt: skip
    messages.success(request, _("报告已通过。"))
    return redirect("inspection:inspection", found.pk)


@page("inspection.read", methods=("POST",))
def send_back(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """Return a report with the reason."""
    found, given = queries.inspection_seen(desk, inspection_id), request.POST.dict()
    actions.report_return(
        desk.officer, found.pk, reason=reason_from(given), seen_version=whole_from(given, "version"),
        day=queries.working_day(desk),
    )  # fmt: skip
    messages.success(request, _("报告已退回。"))
    return redirect("inspection:inspections")


@page("inspection.read")
def report_pdf(_request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """The report as PDF."""
    found = queries.report_seen(desk, inspection_id)
    return to_keep(HttpResponse(pdf_of(document_of(found))), "pdf", f"{number_of(found)}.pdf")


@page("inspection.read")
def report_word(_request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """The report as Word."""
    found = queries.report_seen(desk, inspection_id)
    return to_keep(HttpResponse(word_of(document_of(found))), "docx", f"{number_of(found)}.docx")


def files_page(desk: Desk, inspection_id: int, **told: Any) -> dict[str, Any]:
    """What the part of the page with the files is drawn from."""
    found = queries.inspection_seen(desk, inspection_id)
    return {"inspection": found, "files": files_said(found), "may_write": may_write(desk, found), **told}
