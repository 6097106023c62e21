"""Pages of statements: the uploads, the template, a workbook sent in, its preview, confirming it."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.book.queries import debtor_seen
from postloan.desk.core.actions import refuse_past
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import made_id_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.covenant.lists import UPLOADS
from postloan.desk.covenant.statements import actions, queries
from postloan.desk.covenant.statements.reading import read_statements
from postloan.desk.covenant.statements.template import template_of
from postloan.errors import FormWrong
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.inspection_rules import FileRules, Inspections


@page("covenant.read")
def uploads(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The workbooks that were sent in."""
    told = {"list": UPLOADS.drawn(request, desk), "here": "covenants", "part": "uploads"}
    return render(request, "covenant/list.html", told)


@page("covenant.write", methods=("GET", "HEAD", "POST"))
def new(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Send a workbook in; what is wrong with it is told place by place, and then nothing is kept."""
    refuse_past(desk.day)
    debtor, rules, faults = debtor_seen(desk, debtor_id), _files(desk), []
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            raise FormWrong(message=_("没有选择文件。"), hint=_("请选择填好的模板。"), where={"field": "file"})
        # No more is read than would be taken: what is larger is refused by its length.
        content = sent.read(rules.bytes_most + 1)
        read = read_statements(content, debtor_id, rules, on=desk.day.on)
        faults = read.faults
        if not faults:
            made = actions.upload_keep(
                desk.officer, debtor, read, queries.known_values(desk, debtor), file_name=sent.name or "",
                content=content, upload_id=made_id_from(request.POST, "upload_id"), day=desk.day,
            )  # fmt: skip
            return redirect("covenant:upload", made.pk)
    told = {"debtor": debtor, "faults": faults, "upload_id": uuid4(), "here": "covenants", "part": ""}
    return render(request, "covenant/new_upload.html", told)


@page("covenant.write")
def template(_request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """The workbook to fill in."""
    debtor = debtor_seen(desk, debtor_id)
    drawn = template_of(debtor_id, str(debtor["name"]), desk.day.on)
    return to_keep(HttpResponse(drawn), "xlsx", f"statements-{debtor_id}.xlsx")


@page("covenant.read")
def upload(request: HttpRequest, desk: Desk, upload_id: UUID) -> HttpResponse:
    """What a workbook says, beside what was known when it was read."""
    held = queries.upload_seen(desk, upload_id)
    periods, rows = queries.compared(held)
    told = {
        "held": held, "periods": periods, "rows": rows, "here": "covenants", "part": "",
        "may_settle": "covenant.write" in desk.actions and held.state == held.State.READ and not desk.day.is_past,
    }  # fmt: skip
    return render(request, "covenant/upload.html", told)


@page("covenant.write", methods=("POST",))
def settle(request: HttpRequest, desk: Desk, upload_id: UUID) -> HttpResponse:
    """Confirm statements, or throw them away."""
    held = queries.upload_seen(desk, upload_id)
    version = whole_from(request.POST, "version")
    actions.upload_settle(desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=version, day=desk.day)
    messages.success(request, _("已办理。"))
    return redirect("covenant:upload", held.pk)


def _files(desk: Desk) -> FileRules:
    return load_desk_rules(desk.day.home).version("inspections", Inspections, desk.day.on).files
