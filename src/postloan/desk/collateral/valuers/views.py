"""Pages of valuers: the bank's list, and one valuer with its terms."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from postloan.desk.collateral import queries
from postloan.desk.collateral.matters.actions import WRITE
from postloan.desk.collateral.models import Matter, Valuer
from postloan.desk.collateral.valuers.actions import NewTerm, term_propose
from postloan.desk.collateral.valuers.listed import term_on, terms_on
from postloan.desk.collateral.views import READ
from postloan.desk.core.authority import limit_of
from postloan.desk.core.forms import day_from, made_id_from, reason_from
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk, page
from postloan.tables.inputs.security import COLLATERAL_KINDS


@page(READ)
def valuers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list: how each valuer stands on the day, and what it has valued."""
    worth, terms = {each["part"]: each for each in queries.spread(desk, "valuer")}, terms_on(desk.day.on)
    rows = [
        {"valuer": each, "term": terms.get(each.pk), "valued": worth.get(each.name)}
        for each in Valuer.objects.order_by("name")
    ]
    told = {"rows": rows, "here": "collateral", "part": "valuers"}
    return render(request, "collateral/valuers.html", told | _form(desk))


@page(READ)
def valuer(request: HttpRequest, desk: Desk, valuer_id: int) -> HttpResponse:
    """One valuer and its terms."""
    held = get_object_or_404(Valuer, pk=valuer_id)
    told = {
        "valuer": held, "terms": held.terms.select_related("matter__made_by").order_by("-begins_on", "-pk"),
        "term": term_on(held.name, desk.day.on), "here": "collateral", "part": "",
        "ways": [Matter.Kind.VALUER_LISTED, Matter.Kind.VALUER_SUSPENDED, Matter.Kind.VALUER_REMOVED],
    }  # fmt: skip
    return render(request, "collateral/valuer.html", told | _form(desk))


def _form(desk: Desk) -> dict[str, object]:
    may_list = not desk.day.is_past and limit_of(desk.officer, WRITE, head_office()) != -1
    return {"may_list": may_list, "kinds": COLLATERAL_KINDS, "matter_id": uuid4()}


@page(WRITE, methods=("POST",))
def propose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose how a valuer stands."""
    sent = request.POST
    new = NewTerm(
        sent.get("way", ""), sent.get("name", ""), sent.get("code", ""), day_from(sent, "begins_on"),
        day_from(sent, "ends_on") if sent.get("ends_on") else None, sent.getlist("kinds"),
    )  # fmt: skip
    made = term_propose(
        desk.officer, new, reason=reason_from(sent), matter_id=made_id_from(sent, "matter_id"),
        rule=queries.rules_of(desk).valuers, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("collateral:matter", made.pk)
