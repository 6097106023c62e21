"""Pages of counsel: firms with their scores, mandates, what they cost and what came of them."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.book.queries import debtor_seen, name_of
from postloan.desk.core.forms import SHORT_MOST, cents_from, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal.typed import cents_if_any
from postloan.desk.preservation.counsel import actions
from postloan.desk.preservation.counsel.scores import scores
from postloan.desk.preservation.grants import APPROVE, READ, WRITE, rules_on
from postloan.desk.preservation.lists import MANDATES
from postloan.desk.preservation.models import Firm, Mandate
from postloan.desk.preservation.queries import claim_of_debtor, office_of_debtor, one_seen, seen
from postloan.rules.figures import ONE_E8
from postloan.tables.said import SAID


@page(READ)
def mandates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The mandates of the desk's offices."""
    told = {"list": MANDATES.drawn(request, desk), "here": "preservation", "part": "mandates"}
    return render(request, "preservation/list.html", told)


@page(READ)
def firms(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The firms on the list, with what they won, recovered and cost in the desk's offices."""
    told = {
        "scores": scores(desk),
        "ratings": list(SAID["firm_rating"]),
        "here": "preservation",
        "part": "firms",
        "may_list": APPROVE in desk.actions and not desk.day.is_past,
        "may_write": WRITE in desk.actions and not desk.day.is_past,
        "firms": Firm.objects.prefetch_related("lawyers", "conflicts"),
    }
    return render(request, "preservation/firms.html", told)


@page(APPROVE, methods=("POST",))
def list_firm(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Put a firm on the list, or say it anew."""
    actions.firm_list(desk.officer, request.POST, day=desk.day)
    messages.success(request, _("已登记。"))
    return redirect("preservation:firms")


@page(APPROVE, methods=("POST",))
def add_lawyer(request: HttpRequest, desk: Desk, firm_id: int) -> HttpResponse:
    """Put a lawyer on the list."""
    actions.lawyer_add(desk.officer, firm_id, request.POST, day=desk.day)
    messages.success(request, _("已登记。"))
    return redirect("preservation:firms")


@page(WRITE, methods=("POST",))
def note_conflict(request: HttpRequest, desk: Desk, firm_id: int) -> HttpResponse:
    """Note that a firm is in conflict with a debtor."""
    debtor_id = request.POST.get("debtor_id", "").strip()
    actions.conflict_note(
        desk.officer, office_of_debtor(desk, debtor_id), firm_id, debtor_id,
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记。"))
    return redirect("preservation:firms")


@page(READ)
def mandates_of(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """A debtor's mandates, and a new one."""
    debtor = debtor_seen(desk, debtor_id)
    told = {
        "debtor": debtor, "claim_cents": claim_of_debtor(desk, debtor_id), "mandate_id": uuid4(),
        "held": seen(desk, Mandate, "firm").filter(debtor_id=debtor_id),
        "firms": Firm.objects.filter(is_listed=True).exclude(rating=actions.NO_MANDATES).prefetch_related("lawyers"),
        "cap": rules_on(desk.day).cap_of("lawyer"), "kinds": list(SAID["fee_kind"]),
        "may_write": WRITE in desk.actions and not desk.day.is_past, "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/mandates_of.html", told)


@page(WRITE, methods=("POST",))
def give(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Ask a firm to act."""
    debtor_seen(desk, debtor_id)
    firm_id, _between, lawyer_id = request.POST.get("firm", "").partition(":")
    asked = {"firm": firm_id, "lawyer": lawyer_id}
    made = actions.mandate_give(
        desk.officer, office_of_debtor(desk, debtor_id), mandate_id=made_id_from(request.POST, "mandate_id"),
        firm_id=whole_from(asked, "firm"), lawyer_id=whole_from(asked, "lawyer") if lawyer_id else None,
        debtor_id=debtor_id, debtor_name=name_of(desk, debtor_id), matter=text_from(request.POST, "matter", SHORT_MOST),
        fee_kind=request.POST.get("fee_kind", ""), fee_cents=cents_from(request.POST, "fee"),
        claim_cents=claim_of_debtor(desk, debtor_id), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已委托。"))
    return redirect("preservation:mandate", made.pk)


@page(READ)
def mandate(request: HttpRequest, desk: Desk, mandate_id: UUID) -> HttpResponse:
    """One mandate: its costs by kind beside their caps, and its result."""
    held = one_seen(desk, Mandate, mandate_id, "firm", "lawyer", "opened_by", "case")
    told = {
        "held": held,
        "kinds": _kinds(desk, held),
        "costs": held.costs.select_related("made_by"),
        "cost_id": uuid4(),
        "outcomes": Mandate.OVER,
        "here": "preservation",
        "part": "",
        "today": desk.day.on,
        "may_write": WRITE in desk.actions and not desk.day.is_past and held.is_running,
    }
    return render(request, "preservation/mandate.html", told)


def _kinds(desk: Desk, held: Mandate) -> list[dict[str, Any]]:
    """The kinds of costs with what was spent and the most that may be."""
    spent = dict(held.costs.order_by().values_list("kind").annotate(sum=Sum("amount_cents")))
    rules = rules_on(desk.day)
    caps: dict[str, int] = {each.kind: held.claim_cents * each.share_e8 // ONE_E8 for each in rules.caps}
    return [
        {"kind": kind, "spent_cents": spent.get(kind, 0), "cap_cents": caps.get(kind),
         "is_over": kind in caps and spent.get(kind, 0) > caps[kind]}
        for kind in SAID["mandate_cost"]
    ]  # fmt: skip


@page(WRITE, methods=("POST",))
def book_cost(request: HttpRequest, desk: Desk, mandate_id: UUID) -> HttpResponse:
    """Book a cost."""
    held = one_seen(desk, Mandate, mandate_id)
    given = request.POST
    actions.cost_book(
        desk.officer, held.pk, cost_id=made_id_from(given, "cost_id"), kind=given.get("kind", ""),
        amount_cents=cents_from(given, "amount"), on=day_from(given, "on"), voucher=given.get("voucher", ""),
        note=text_from(given, "note", SHORT_MOST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("费用已登记。"))
    return redirect("preservation:mandate", held.pk)


@page(WRITE, methods=("POST",))
def close(request: HttpRequest, desk: Desk, mandate_id: UUID) -> HttpResponse:
    """Say what came of a mandate; nothing recovered is left empty."""
    held = one_seen(desk, Mandate, mandate_id)
    given = request.POST
    actions.mandate_close(
        desk.officer, held.pk, given.get("outcome", ""), result=text_from(given, "result"),
        recovered_cents=cents_if_any(given, "recovered"),
        seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("结果已登记。"))
    return redirect("preservation:mandate", held.pk)
