"""Pages of the core: lists' columns and exports, the audit chain, officers and their grants."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.exports import AT_ONCE_MOST, begin_in_background, export_file, notes_on, rows_of
from postloan.desk.core.forms import day_from, reason_from
from postloan.desk.core.lists.actions import columns_choose, export_ask, view_save
from postloan.desk.core.lists.cells import language
from postloan.desk.core.lists.drawn import asked_by
from postloan.desk.core.lists.registry import list_named
from postloan.desk.core.lists.workbook import workbook
from postloan.desk.core.models import Export, Officer
from postloan.desk.core.officers.actions import delegate, officer_open, role_end, role_give, view_begin, view_end
from postloan.desk.core.officers.lists import AUDIT, OFFICERS
from postloan.desk.core.officers.queries import (
    colleague,
    officer_in_scope,
    officers_in,
    org_in_scope,
    roles_held,
    roles_known,
)
from postloan.desk.core.pages import Desk, desk_of, page
from postloan.desk.core.tokens.actions import token_end, token_issue
from postloan.desk.core.viewing import VIEWS_AS, begin_view, end_view
from postloan.errors import FormWrong, NotFoundHere, NotPermitted

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    to = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    # Not redirect(), which takes what holds no slash for the name of a view.
    return HttpResponseRedirect(to if is_ours else otherwise)


@require_POST
@login_required
def columns(request: HttpRequest, name: str) -> HttpResponse:
    """Remember the columns an officer chose."""
    desk = desk_of(request, list_named(name).action)
    known = {column.name for column in list_named(name).form(desk).columns}
    chosen = [each for each in request.POST.getlist("column") if each in known]
    size = request.POST.get("size", "")
    columns_choose(desk.officer, name, chosen, int(size) if size.isdecimal() else 0)
    return _back(request, "/")


@require_POST
@login_required
def save_view(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the filter of the page as a tab."""
    desk = desk_of(request, list_named(name).action)
    view_save(desk.officer, name, request.POST.get("name", ""), request.POST.get("query", ""))
    return _back(request, "/")


@require_POST
@login_required
def export(request: HttpRequest, name: str) -> HttpResponse:
    """Take a list out: at once where it is small, in the background otherwise."""
    desk = desk_of(request, list_named(name).action)
    if "export.write" not in desk.actions:
        raise NotPermitted(message=_("您没有导出的权限。"), hint=_("请向系统管理员申请授权。"))
    form = list_named(name).form(desk)
    asked = asked_by(request, desk.officer, form)
    rows = rows_of(desk, name, asked)
    said = {
        "query": request.GET.dict(), "columns": [column.name for column in asked.columns], "language": language(),
    }  # fmt: skip
    is_large = len(rows) > AT_ONCE_MOST
    made = export_ask(desk.officer, name, said, len(rows), desk.day.run_id, in_background=is_large)
    if is_large:
        begin_in_background(made.pk)
        return redirect("core:exports")
    content = workbook(asked.columns, rows, notes_on(desk, form, asked))
    answer = HttpResponse(content, content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{desk.day.on}.xlsx"'
    return answer


@page("export.write")
def exports(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The officer's own exports, with their progress."""
    mine = Export.objects.filter(officer=desk.officer)[:50]
    unfinished = any(each.state in {Export.State.WAITING, Export.State.RUNNING} for each in mine)
    return render(request, "core/exports.html", {"exports": mine, "unfinished": unfinished})


@page("export.write")
def export_fetch(_request: HttpRequest, desk: Desk, export_id: str) -> FileResponse:
    """Fetch the workbook of one's own export."""
    found = Export.objects.filter(pk=export_id, officer=desk.officer, state=Export.State.READY).first()
    path = export_file(found.pk) if found else None
    if found is None or path is None or not path.is_file():
        raise NotFoundHere(message=_("没有这个文件。"), hint=_("请重新导出。"))
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{found.list_name}.xlsx")


@page("audit.read")
def audit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was done, by whom, on which day's figures."""
    return render(request, "core/audit.html", {"list": AUDIT.drawn(request, desk), "here": "audit"})


@page("audit.read", methods=("POST",))
def audit_verify(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """Prove the whole chain, and say where it does not hold."""
    faults = list(faults_of_chain())
    return render(request, "core/audit_proof.html", {"faults": faults[:100], "here": "audit"})


@page("grant.read")
def officers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The officers of the offices one may see."""
    drawn = OFFICERS.drawn(request, desk)
    return render(request, "core/officers.html", {"list": drawn, "here": "officers", "roles": roles_known(language())})


@page("grant.write", methods=("POST",))
def officer_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open an account."""
    org = org_in_scope(desk, request.POST.get("org", ""))
    given = {name: request.POST.get(name, "").strip() for name in ("username", "name", "password", "staff_no")}
    if not given["username"] or not given["name"]:
        raise FormWrong(message=_("用户名和姓名都要填写。"), hint=_("请补齐后再提交。"))
    made = officer_open(
        desk.officer, username=given["username"], name=given["name"], password=given["password"] or None, org=org,
        staff_no=given["staff_no"],
    )  # fmt: skip
    return redirect("core:officer", made.pk)


@page("grant.read")
def officer(request: HttpRequest, desk: Desk, officer_id: int) -> HttpResponse:
    """One officer: grants, delegations, last deeds."""
    found = officer_in_scope(desk, officer_id)
    told = {"officer": found, "held": roles_held(found, language()), "roles": roles_known(language())}
    return render(request, "core/officer.html", told | {"here": "officers"})


@page("grant.write", methods=("POST",))
def grant_new(request: HttpRequest, desk: Desk, officer_id: int) -> HttpResponse:
    """Give an officer a role in an office."""
    found = officer_in_scope(desk, officer_id)
    role = roles_known("zh").get(request.POST.get("role", ""))
    if role is None:
        raise FormWrong(message=_("没有这个角色。"), hint=_("请从列表中选择。"), where={"field": "role"})
    ends = request.POST.get("ends_on")
    role_give(
        desk.officer, found, role.role, org_in_scope(desk, request.POST.get("org", "")),
        begins_on=day_from(request.POST, "begins_on"),
        ends_on=day_from(request.POST, "ends_on") if ends else None, reason=reason_from(request.POST),
    )  # fmt: skip
    messages.success(request, _("已授权。"))
    return redirect("core:officer", found.pk)


@page("grant.write", methods=("POST",))
def grant_end(request: HttpRequest, desk: Desk, officer_id: int) -> HttpResponse:
    """End a role of an officer in an office."""
    found = officer_in_scope(desk, officer_id)
    org = org_in_scope(desk, request.POST.get("org", ""))
    role_end(desk.officer, found, request.POST.get("role", ""), org, reason=reason_from(request.POST))
    messages.success(request, _("授权已终止。"))
    return redirect("core:officer", found.pk)


@page("grant.write", methods=("POST",))
def token_new(request: HttpRequest, desk: Desk, officer_id: int) -> HttpResponse:
    """Give an account a token; its secret is shown this once."""
    found = officer_in_scope(desk, officer_id)
    made = token_issue(
        desk.officer, found, name=request.POST.get("name", ""), reason=reason_from(request.POST),
        expires_on=day_from(request.POST, "expires_on"),
    )  # fmt: skip
    return render(request, "core/token.html", {"officer": found, "made": made, "here": "officers"})


@page("grant.write", methods=("POST",))
def token_stop(request: HttpRequest, desk: Desk, officer_id: int, token_id: int) -> HttpResponse:
    """End a token."""
    found = officer_in_scope(desk, officer_id)
    token_end(desk.officer, token_id, reason=reason_from(request.POST))
    messages.success(request, _("令牌已停用。"))
    return redirect("core:officer", found.pk)


@page("work.do", methods=("POST",))
def delegation_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let a colleague stand in."""
    taker = colleague(request.POST.get("taker", ""), "taker")
    delegate(
        desk.officer, taker, begins_on=day_from(request.POST, "begins_on"),
        ends_on=day_from(request.POST, "ends_on"), reason=reason_from(request.POST),
    )  # fmt: skip
    messages.success(request, _("代办已设定。"))
    return redirect("/")


@page(VIEWS_AS, methods=("GET", "HEAD", "POST"))
def view_as(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Begin to see the desk as another officer sees it, read only."""
    if request.method == "POST":
        other = colleague(request.POST.get("username", "").strip(), "username")
        view_begin(desk.officer, other, reason=reason_from(request.POST))
        begin_view(request, other)
        return redirect("/")
    told = {"username": request.GET.get("username", "")[:150], "officers": officers_in(desk.scope)[:500]}
    return render(request, "core/view_as.html", told | {"here": "officers"})


@require_POST
@login_required
def view_as_end(request: HttpRequest) -> HttpResponse:
    """See the desk as oneself again."""
    other_id = end_view(request)
    if other_id is not None and isinstance(request.user, Officer):
        view_end(request.user, other_id)
    return redirect("/")
