"""Pages of valuations: one proposed, a batch looked at and proposed."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.collateral import queries
from postloan.desk.collateral.matters.actions import WRITE
from postloan.desk.collateral.valuation import actions
from postloan.desk.collateral.valuation.batch import batch_of, form_of
from postloan.desk.core.actions import refuse_past
from postloan.desk.core.forms import cents_from, day_from, made_id_from, reason_from
from postloan.desk.core.pages import Desk, page
from postloan.tables.inputs.security import COLLATERAL_KINDS


@page(WRITE, methods=("POST",))
def value(request: HttpRequest, desk: Desk, collateral_id: str) -> HttpResponse:
    """Propose what one collateral is worth."""
    held = queries.collateral_seen(desk, collateral_id)
    made = actions.valuation_propose(
        desk.officer, held, value_cents=cents_from(request.POST, "value"),
        valued_on=day_from(request.POST, "valued_on"),
        method=request.POST.get("method", ""), valuer=request.POST.get("valuer", ""),
        reason=reason_from(request.POST), matter_id=made_id_from(request.POST, "matter_id"),
        rule=queries.rules_of(desk).valuers, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交复核。"))
    return redirect("collateral:matter", made.pk)


@page(WRITE)
def batch(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose collateral and an index or a share, and look at what new values would make of loans."""
    refuse_past(desk.day)
    shown = queries.rules_of(desk).batch.shown
    batch = batch_of(desk, request.GET) if request.GET.get("by") else None
    short = batch.asked.fallen_short.head(shown).to_dicts() if batch and batch.asked else []
    told = {
        "asked": form_of(request.GET), "batch": batch, "sums": batch.sums if batch else None, "short": short,
        "kinds": COLLATERAL_KINDS, "matter_id": uuid4(), "here": "collateral", "part": "batch",
    }  # fmt: skip
    return render(request, "collateral/batch.html", told)


@page(WRITE, methods=("POST",))
def batch_propose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose the values that were looked at."""
    refuse_past(desk.day)
    chosen = batch_of(desk, request.POST)
    made = actions.batch_propose(
        desk.officer, chosen.chosen.to_dicts(), chosen.values, source=chosen.source,
        reason=reason_from(request.POST), matter_id=made_id_from(request.POST, "matter_id"),
        rule=queries.rules_of(desk).batch, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交复核。"))
    return redirect("collateral:matter", made.pk)
