"""Pages of packages: the list, and one package from its loans to its result."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told
from postloan.desk.core.forms import cents_from, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.lists.cells import language
from postloan.desk.core.officers.queries import org_choices, org_in_scope
from postloan.desk.core.pages import Desk, page
from postloan.desk.preservation.grants import READ, WRITE, rules_on
from postloan.desk.preservation.lists import PACKAGES
from postloan.desk.preservation.models import Package
from postloan.desk.preservation.packages import actions
from postloan.desk.preservation.packages.candidates import candidates, chosen
from postloan.desk.preservation.queries import one_seen
from postloan.errors import FormWrong
from postloan.tables.said import SAID

_LOANS_MOST = 500


@page(READ)
def packages(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The packages of the desk's offices."""
    told = {
        "list": PACKAGES.drawn(request, desk), "here": "preservation", "part": "packages", "package_id": uuid4(),
        "may_open": WRITE in desk.actions and not desk.day.is_past, "kinds": list(SAID["package_kind"]),
        "orgs": org_choices(desk),
    }  # fmt: skip
    return render(request, "preservation/packages.html", told)


@page(WRITE, methods=("POST",))
def open_package(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Draw up a package."""
    made = actions.package_open(
        desk.officer, org_in_scope(desk, request.POST.get("org", "")), name=request.POST.get("name", ""),
        package_id=made_id_from(request.POST, "package_id"), kind=request.POST.get("kind", ""), day=desk.day,
    )  # fmt: skip
    return redirect("preservation:package", made.pk)


@page(READ)
def package(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """One package: its loans, what was looked into, its price, its bids and its result."""
    held = one_seen(desk, Package, package_id, "approval__org", "winner", "made_by")
    loans = list(held.loans.select_related("decision"))
    case, worth_cents = held.approval, sum(each.worth_cents for each in loans)
    may_write = WRITE in desk.actions and not desk.day.is_past
    told = {
        "held": held, "loans": loans, "checks": _checks(held), "bids": held.bids.select_related("made_by"),
        "accounts": len({each.debtor_id for each in loans}), "least": rules_on(desk.day).batch.accounts,
        "principal_cents": sum(each.principal_cents for each in loans),
        "interest_cents": sum(each.interest_cents for each in loans),
        "worth_cents": worth_cents, "reserve": f"{worth_cents // 100}.{worth_cents % 100:02d}",
        "candidates": candidates(desk, held) if may_write and held.state == Package.State.DRAFT else [],
        "case": case, "steps": steps_told(case) if case else [], "may_write": may_write, "bid_id": uuid4(),
        "may_decide": case is not None and may_decide(desk, case) and held.state == Package.State.PROPOSED,
        "today": desk.day.on, "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/package.html", told)


def _checks(held: Package) -> list[dict[str, Any]]:
    made = {each.item: each for each in held.checks.select_related("by")}
    return [{"item": each["item"], "said": each[language()], "check": made.get(each["item"])} for each in held.asked]


@page(WRITE, methods=("POST",))
def fill(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Put loans into a package."""
    held = one_seen(desk, Package, package_id)
    rows, worths = chosen(desk, request.POST.getlist("loan")[:_LOANS_MOST])
    if not rows:
        raise FormWrong(message=_("没有勾选任何记录。"), hint=_("请先在列表中勾选。"), where={"field": "loan"})
    actions.package_fill(desk.officer, held.pk, rows, worths, day=desk.day)
    messages.success(request, _("已入包 %s 笔。") % len(rows))
    return redirect("preservation:package", held.pk)


@page(WRITE, methods=("POST",))
def take_out(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Take a loan out."""
    held = one_seen(desk, Package, package_id)
    actions.loan_take_out(desk.officer, held.pk, request.POST.get("loan", ""), day=desk.day)
    return redirect("preservation:package", held.pk)


@page(WRITE, methods=("POST",))
def check(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Say what was found of an item of due diligence."""
    held = one_seen(desk, Package, package_id)
    given = request.POST
    actions.package_check(
        desk.officer, held.pk, given.get("item", ""), finding=text_from(given, "finding"),
        is_fault=given.get("is") == "fault", day=desk.day,
    )  # fmt: skip
    return redirect("preservation:package", held.pk)


@page(WRITE, methods=("POST",))
def price(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Set the reserve."""
    held = one_seen(desk, Package, package_id)
    actions.package_price(
        desk.officer, held.pk, reserve_cents=cents_from(request.POST, "reserve"),
        reason=reason_from(request.POST), seen_version=whole_from(request.POST, "version"),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已定价。"))
    return redirect("preservation:package", held.pk)


@page(WRITE, methods=("POST",))
def move(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Put a package up for bids, back, or give it up."""
    held = one_seen(desk, Package, package_id)
    actions.package_move(
        desk.officer, held.pk, request.POST.get("to", ""), reason=reason_from(request.POST),
        seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("preservation:package", held.pk)


@page(WRITE, methods=("POST",))
def bid(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Keep a bid."""
    held = one_seen(desk, Package, package_id)
    actions.bid_make(
        desk.officer, held.pk, bid_id=made_id_from(request.POST, "bid_id"), bidder=request.POST.get("bidder", ""),
        price_cents=cents_from(request.POST, "price"), on=day_from(request.POST, "on"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("报价已登记。"))
    return redirect("preservation:package", held.pk)


@page(WRITE, methods=("POST",))
def propose(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Propose to sell to a bidder."""
    held = one_seen(desk, Package, package_id)
    actions.sale_propose(
        desk.officer, held.pk, made_id_from(request.POST, "bid"), reason=reason_from(request.POST),
        seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("preservation:package", held.pk)


@page(READ, methods=("POST",))
def decide(request: HttpRequest, desk: Desk, package_id: UUID) -> HttpResponse:
    """Agree to a sale, or turn it down."""
    held = one_seen(desk, Package, package_id)
    actions.sale_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("preservation:package", held.pk)
