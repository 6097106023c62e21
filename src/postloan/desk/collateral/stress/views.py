"""The page of the stress: what a fall of values makes of the loans, and the stresses that the bank has kept."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.collateral import queries
from postloan.desk.collateral.chart import stress_chart
from postloan.desk.collateral.matters.actions import WRITE
from postloan.desk.collateral.stress.actions import stress_propose
from postloan.desk.collateral.stress.queries import stress_due, stresses_kept
from postloan.desk.collateral.views import READ
from postloan.desk.core.authority import limit_of
from postloan.desk.core.forms import made_id_from, reason_from
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk, page
from postloan.plan.collateral_asked import stressed


@page(READ)
def stress(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What a fall of all values would make of the loans of the desk's offices."""
    rule, kept = queries.rules_of(desk).stress, stresses_kept(desk.day.on)
    asked = None if desk.scope.is_all else desk.scope.org_ids
    rows = stressed(desk.day.home, desk.day.on, rule.falls_e8, org_ids=asked)
    told = {
        "rows": rows.to_dicts(), "chart": stress_chart(rows), "cite": str(rule.cite), "matter_id": uuid4(),
        "kept": kept, "due_on": stress_due(rule, kept),
        "may_keep": not desk.day.is_past and limit_of(desk.officer, WRITE, head_office()) != -1,
        "here": "collateral", "part": "stress",
    }  # fmt: skip
    return render(request, "collateral/stress.html", told)


@page(WRITE, methods=("POST",))
def propose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose the stress of the day, with the measures taken on it, as this year's."""
    made = stress_propose(
        desk.officer, measures=reason_from(request.POST), matter_id=made_id_from(request.POST, "matter_id"),
        rule=queries.rules_of(desk).stress, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("collateral:matter", made.pk)
