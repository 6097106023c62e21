"""Pages of collateral: the register, one collateral, what is proposed of it, its spread."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told
from postloan.desk.book.queries import loan_seen
from postloan.desk.collateral import queries
from postloan.desk.collateral.lists import MATTERS, REGISTER
from postloan.desk.collateral.matters.actions import WRITE, matter_decide
from postloan.desk.collateral.release.actions import release_propose
from postloan.desk.core.forms import made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.plan.collateral_asked import paper_of

READ = "collateral.read"
_PARTS_SHOWN = 50


@page(READ)
def register(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How each collateral stands."""
    told = {"list": REGISTER.drawn(request, desk), "here": "collateral", "part": "register"}
    return render(request, "collateral/list.html", told)


@page(READ)
def matters(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is proposed of collateral."""
    told = {"list": MATTERS.drawn(request, desk), "here": "collateral", "part": "matters"}
    return render(request, "collateral/list.html", told)


@page(READ)
def collateral(request: HttpRequest, desk: Desk, collateral_id: str) -> HttpResponse:
    """One collateral: its value and the way to it, the loans it secures, its papers."""
    held = queries.collateral_seen(desk, collateral_id)
    values = paper_of(desk.day.home, desk.day.on, collateral_id, "valuation").sort("valued_on", descending=True)
    told = {
        "held": held, "loans": queries.loans_of(desk, collateral_id), "values": values.to_dicts(),
        "matters": queries.matters_seen(desk).filter(collateral_id=collateral_id).order_by("-opened_at")[:50],
        "documents": queries.documents_seen(desk).filter(collateral_id=collateral_id).order_by("number"),
        "may_write": WRITE in desk.actions and not desk.day.is_past and held["org_id"] is not None,
        "claims": queries.claims_seen(desk).filter(collateral_id=collateral_id).order_by("-happened_on"),
        "matter_id": uuid4(), "document_id": uuid4(), "claim_id": uuid4(), "here": "collateral", "part": "",
    }  # fmt: skip
    return render(request, "collateral/collateral.html", told)


@page(READ)
def of_loan(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """A loan beside all its collateral, as a part of its page."""
    loan_seen(desk, loan_id)
    told = {"stands": queries.loan_stands(desk, loan_id), "collateral": queries.collateral_of(desk, loan_id)}
    return render(request, "collateral/of_loan.html", told)


@page(READ)
def matter(request: HttpRequest, desk: Desk, matter_id: UUID) -> HttpResponse:
    """One matter: what is proposed, what it would make of loans, who agreed."""
    held = queries.matter_seen(desk, matter_id)
    case = held.case
    told = {
        "matter": held, "case": case, "steps": steps_told(case), "may_decide": may_decide(desk, case),
        "here": "collateral", "part": "",
        "items": held.told.get("items", [])[: queries.rules_of(desk).batch.shown],
    }  # fmt: skip
    return render(request, "collateral/matter.html", told)


@page(READ, methods=("POST",))
def decide(request: HttpRequest, desk: Desk, matter_id: UUID) -> HttpResponse:
    """Agree to what a matter waits for, or turn it down."""
    held = queries.matter_seen(desk, matter_id)
    matter_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("collateral:matter", held.pk)


@page(WRITE, methods=("POST",))
def release(request: HttpRequest, desk: Desk, collateral_id: str) -> HttpResponse:
    """Propose to release a collateral, or to put another in its place."""
    held = queries.collateral_seen(desk, collateral_id)
    made = release_propose(
        desk.officer, held, replaced_by=request.POST.get("replaced_by", "").strip()[:64],
        reason=reason_from(request.POST), matter_id=made_id_from(request.POST, "matter_id"),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("collateral:matter", made.pk)


@page(READ)
def spread(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How the value that counts is spread by class, region, valuer and custodian."""
    asked = (
        (_("按押品类型"), _("押品类型"), "kind", "collateral_kind"),
        (_("按地区（省）"), _("地区代码"), "region_code", ""),
        (_("按评估机构"), _("评估机构"), "valuer", ""),
        (_("按权证保管人"), _("权证保管人"), "custody", ""),
    )
    cuts = [(title, head, queries.spread(desk, by)[:_PARTS_SHOWN], words) for title, head, by, words in asked]
    return render(request, "collateral/spread.html", {"cuts": cuts, "here": "collateral", "part": "spread"})
