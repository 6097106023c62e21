"""Pages of routes: the list of those chosen, the routes of a debtor side by side, and one choice on its way."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told
from postloan.desk.book.queries import debtor_seen
from postloan.desk.core.forms import made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal.deeds import WRITE as PLANS
from postloan.desk.disposal.typed import deed_from
from postloan.desk.preservation.grants import READ, WRITE
from postloan.desk.preservation.lists import ROUTES
from postloan.desk.preservation.models import RouteComparison
from postloan.desk.preservation.queries import office_of_debtor, one_seen, seen
from postloan.desk.preservation.routes import actions
from postloan.desk.preservation.routes.tried import fields_of, route_told, routes_chart, tried_of


@page(READ)
def routes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The routes that were chosen."""
    told = {"list": ROUTES.drawn(request, desk), "here": "preservation", "part": "routes"}
    return render(request, "preservation/list.html", told)


@page(READ)
def routes_of(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """The ways out of a debtor's debt side by side, by suppositions that may be typed."""
    debtor = debtor_seen(desk, debtor_id)
    tried = tried_of(desk, debtor_id, request.GET)
    told = {
        "debtor": debtor, "loans": tried.loans.to_dicts(), "position": tried.supposed.position,
        "fields": fields_of(tried), "changed": tried.supposed.changed, "faults": tried.supposed.faults,
        "routes": [route_told(each) for each in tried.routes], "best": tried.best.route,
        "chart": routes_chart(tried.routes), "comparison_id": uuid4(),
        "held": seen(desk, RouteComparison).filter(debtor_id=debtor_id).order_by("-on", "-opened_at")[:5],
        "may_choose": WRITE in desk.actions and not desk.day.is_past, "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/routes_of.html", told)


@page(WRITE, methods=("POST",))
def choose(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Propose a route of a debtor."""
    debtor = debtor_seen(desk, debtor_id)
    made = actions.route_choose(
        desk.officer, office_of_debtor(desk, debtor_id), tried_of(desk, debtor_id, request.POST),
        request.POST.get("chosen", ""), debtor_id=debtor_id, debtor_name=str(debtor["name"] or debtor_id),
        comparison_id=made_id_from(request.POST, "comparison_id"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("preservation:comparison", made.pk)


@page(READ)
def comparison(request: HttpRequest, desk: Desk, comparison_id: UUID) -> HttpResponse:
    """One choice as it was made: what was supposed, the routes side by side, and who agreed."""
    held = one_seen(desk, RouteComparison, comparison_id, "approval__org", "case", "chosen_by")
    case, disposal = held.approval, actions.running_disposal(held.debtor_id)
    is_planned = held.state == RouteComparison.State.APPROVED and disposal is not None
    told = {
        "held": held, "routes": held.routes, "best": held.best, "case": case, "disposal": disposal,
        "steps": steps_told(case) if case else [], "deed_id": uuid4(),
        "may_decide": case is not None and may_decide(desk, case),
        "may_plan": is_planned and PLANS in desk.actions and not desk.day.is_past, "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/comparison.html", told)


@page("disposal.write", methods=("POST",))
def plan(request: HttpRequest, desk: Desk, comparison_id: UUID) -> HttpResponse:
    """Write a route that was agreed to into the plan of the debtor's case of disposal."""
    held = one_seen(desk, RouteComparison, comparison_id)
    case = actions.route_plan(desk.officer, held.pk, request.POST.get("target", ""), deed_from(request, desk))
    messages.success(request, _("已写入处置方案。"))
    return redirect("disposal:case", case.pk)


@page(READ, methods=("POST",))
def decide(request: HttpRequest, desk: Desk, comparison_id: UUID) -> HttpResponse:
    """Agree to a route, or turn it down."""
    held = one_seen(desk, RouteComparison, comparison_id)
    actions.route_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("preservation:comparison", held.pk)
