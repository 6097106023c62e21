"""Pages of demands on guarantors: the clocks of one guarantee, what was served, and a form."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.forms import day_from, made_id_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal.deeds import WRITE
from postloan.desk.disposal.demands.actions import demand_note
from postloan.desk.disposal.demands.asked import guaranteed
from postloan.desk.disposal.lists import clocks_table


@page("clock.read")
def demands(request: HttpRequest, desk: Desk, loan_id: str, guarantee_id: str) -> HttpResponse:
    """One guarantee of a loan: its clocks, the demands on its guarantor."""
    held = guaranteed(desk, loan_id, guarantee_id)
    told = {
        "held": held, "table": clocks_table(held.clocks, of_loan=True),
        "served": [row | {"by": each.made_by, "feed_day": each.feed_day} for each in held.told for row in each.rows],
        "may_write": WRITE in desk.actions and not desk.day.is_past, "demand_id": uuid4(), "here": "clocks",
    }  # fmt: skip
    return render(request, "disposal/demands.html", told)


@page(WRITE, methods=("POST",))
def note(request: HttpRequest, desk: Desk, loan_id: str, guarantee_id: str) -> HttpResponse:
    """Record a demand."""
    held, sent = guaranteed(desk, loan_id, guarantee_id), request.POST
    demand_note(
        desk.officer, held, served_on=day_from(sent, "served_on"), proof=sent.get("proof", ""),
        demand_id=made_id_from(sent, "demand_id"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记，下一夜间批处理后时限随之更新。"))
    return redirect(held.page)
