"""Pages of visits: the list, a case's visits and the form that plans one, a visit, and the route of a day."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import uuid4

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.collection.deeds.actions import Promised
from postloan.desk.collection.queries import case_seen, keys_of, promise_key, rules_on
from postloan.desk.core.actions import record_alone
from postloan.desk.core.authority import today
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import (
    CENTS_DIGITS,
    cents_from,
    day_from,
    made_id_from,
    reason_from,
    text_from,
    whole_from,
)
from postloan.desk.core.officers.queries import colleague
from postloan.desk.core.pages import Desk, page
from postloan.desk.inspection.files.queries import file_path, thumbnail_path
from postloan.desk.inspection.queries import rules_on as inspection_rules
from postloan.desk.visit import actions, queries
from postloan.desk.visit.actions import Place
from postloan.desk.visit.lists import VISITS
from postloan.desk.visit.models import VisitPhoto
from postloan.desk.visit.photos.actions import photos_add
from postloan.desk.visit.photos.queries import photos_told
from postloan.desk.visit.planning import NewVisit
from postloan.errors import FormWrong, NotFoundHere

_DEGREES_MOST = 180
_ONE_E7 = 10**7


@page("visit.read")
def visits(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The visits of the desk's offices."""
    return render(request, "visit/visits.html", {"list": VISITS.drawn(request, desk), "here": "visits"})


@page("visit.read")
def due(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cases for which a visit is due by their strategy."""
    return render(request, "visit/due.html", {"cases": queries.cases_due(desk), "here": "visits"})


@page("visit.read")
def of_case(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """The visits of a case of collection, and the form that plans one."""
    told = queries.planning_told(desk, case_id) | {"made_id": uuid4(), "here": "visits"}
    return render(request, "visit/of_case.html", told)


@page("visit.write", methods=("POST",))
def plan(request: HttpRequest, desk: Desk, case_id: int) -> HttpResponse:
    """Plan a visit."""
    case, given = case_seen(desk, case_id), request.POST.dict()
    new = NewVisit(
        made_id_from(given, "made_id"), whole_from(given, "point", digits=CENTS_DIGITS),
        given.get("purpose", "collect"), given.get("second", ""), queries.instant_from(given, "at"),
        reason_from(given),
    )  # fmt: skip
    made = actions.visit_plan(desk.officer, case.pk, colleague(given.get("lead", ""), "lead"), new, day=desk.day)
    messages.success(request, _("上门已安排。"))
    return redirect("visit:visit", made.pk)


@page("visit.read")
def visit(request: HttpRequest, desk: Desk, visit_id: int) -> HttpResponse:
    """One visit: who goes where, the gate's answer, what came of it, its photos."""
    found = queries.visit_seen(desk, visit_id)
    told = {
        "visit": found, "photos": photos_told(found, desk.day), "refusals": queries.refusals_said(found),
        "keys": keys_of(rules_on(desk), "visit"), "is_lead": found.lead_id == desk.officer.pk,
        "is_there": desk.officer.pk in {found.lead_id, found.second_id}, "made_id": uuid4(), "here": "visits",
    }  # fmt: skip
    return render(request, "visit/visit.html", told)


@page("visit.do", methods=("POST",))
def check_in(request: HttpRequest, desk: Desk, visit_id: int) -> HttpResponse:
    """Check in at the place."""
    found, given = queries.visit_seen(desk, visit_id), request.POST.dict()
    place = Place(given.get("place", ""), _degrees(given, "latitude"), _degrees(given, "longitude"))
    held = actions.visit_check_in(
        desk.officer, found.pk, place, seen_version=whole_from(given, "version"), day=desk.day
    )
    if held.refused_by:
        messages.error(request, _("不得上门：规则见下。"))
    else:
        messages.success(request, _("已签到。"))
    return redirect("visit:visit", found.pk)


@page("visit.do", methods=("POST",))
def close(request: HttpRequest, desk: Desk, visit_id: int) -> HttpResponse:
    """Say what came of a visit."""
    found, given = queries.visit_seen(desk, visit_id), request.POST.dict()
    key, promised = given.get("key", ""), None
    if key == promise_key(desk):
        promised = Promised(cents_from(given, "amount"), day_from(given, "due_on"))
    actions.visit_close(
        desk.officer, found.pk, key, entry_id=made_id_from(given, "made_id"), note=text_from(given, "note"),
        promised=promised, seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("上门结果已登记。"))
    return redirect("visit:visit", found.pk)


@page("visit.write", methods=("POST",))
def cancel(request: HttpRequest, desk: Desk, visit_id: int) -> HttpResponse:
    """Call a visit off."""
    found, given = queries.visit_seen(desk, visit_id), request.POST.dict()
    actions.visit_cancel(
        desk.officer, found.pk, reason=reason_from(given), seen_version=whole_from(given, "version"), day=desk.day
    )
    messages.success(request, _("上门已取消。"))
    return redirect("visit:visit", found.pk)


@page("visit.do", methods=("POST",))
def photos(request: HttpRequest, desk: Desk, visit_id: int) -> HttpResponse:
    """Put photos to a visit."""
    found, rules = queries.visit_seen(desk, visit_id), inspection_rules(desk.day.on).files
    # No more is read than would be taken: what is larger is refused by its length.
    sent = [(each.name or "", each.read(rules.bytes_most + 1)) for each in request.FILES.getlist("file")]
    count = photos_add(desk.officer, found.pk, sent, rules, day=desk.day)
    messages.success(request, _("已保存 %s 张照片。") % count)
    return redirect("visit:visit", found.pk)


@page("visit.read")
def small(_request: HttpRequest, desk: Desk, visit_id: int, photo_id: int) -> FileResponse:
    """A photo small, for the page."""
    held = _photo(desk, visit_id, photo_id)
    return to_keep(FileResponse(thumbnail_path(held.sha256).open("rb")), "jpeg", f"{held.sha256[:12]}.jpg")


@page("visit.read")
def fetch(_request: HttpRequest, desk: Desk, visit_id: int, photo_id: int) -> FileResponse:
    """A photo as it was sent."""
    held = _photo(desk, visit_id, photo_id)
    return to_keep(FileResponse(file_path(held.sha256).open("rb")), held.kind, held.name)


@page("visit.read")
def route(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The route of the officer's own visits of a day; addresses show their beginnings."""
    return _route(request, desk, request.GET.dict(), opened=False)


@page("visit.do", methods=("POST",))
def route_opened(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same route with addresses in full, to be printed; that it was opened is recorded."""
    return _route(request, desk, request.POST.dict(), opened=True)


def _route(request: HttpRequest, desk: Desk, given: Mapping[str, str], *, opened: bool) -> HttpResponse:
    on = day_from(given, "day") if given.get("day") else today()
    stops = queries.route_of(desk, on, opened=opened)
    if opened and stops:
        record_alone(desk.officer, "visit.addresses_opened", "visits", day=on, visits=[each.visit.pk for each in stops])
    return render(request, "visit/route.html", {"stops": stops, "on": on, "opened": opened, "here": "visits"})


def _photo(desk: Desk, visit_id: int, photo_id: int) -> VisitPhoto:
    held = queries.visit_seen(desk, visit_id).photos.filter(pk=photo_id).first()
    if held is None or not file_path(held.sha256).is_file():
        raise NotFoundHere(message=_("没有这张照片。"), hint=_("请从页面进入。"))
    return held


def _degrees(given: Mapping[str, str], field: str) -> int | None:
    """Degrees that a page sends, in 1e-7; None where it sends none. Raises FormWrong."""
    written = given.get(field, "").strip()
    if not written:
        return None
    try:
        found = round(Decimal(written) * _ONE_E7)
    except (InvalidOperation, ValueError, OverflowError):
        found = _DEGREES_MOST * _ONE_E7 + 1
    if abs(found) > _DEGREES_MOST * _ONE_E7:
        raise FormWrong(message=_("经纬度不对。"), hint=_("请写成 30.2741。"), where={"field": field})
    return found
