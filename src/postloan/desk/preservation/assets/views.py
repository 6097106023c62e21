"""Pages of repossessed assets: the register, and one asset with its counts, losses and sale."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told
from postloan.desk.book.queries import loan_seen
from postloan.desk.core.forms import cents_from, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.officers.queries import org_in_scope
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal.typed import cents_if_any
from postloan.desk.preservation.assets import actions
from postloan.desk.preservation.grants import READ, WRITE, rules_on
from postloan.desk.preservation.lists import ASSETS
from postloan.desk.preservation.models import Asset
from postloan.desk.preservation.queries import one_seen
from postloan.tables.said import SAID


@page(READ)
def assets(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The register of repossessed assets."""
    told = {
        "list": ASSETS.drawn(request, desk),
        "here": "preservation",
        "part": "assets",
        "key": uuid4(),
        "may_register": WRITE in desk.actions and not desk.day.is_past,
        "kinds": actions.TAKEN,
        "today": desk.day.on,
    }
    return render(request, "preservation/assets.html", told)


@page(WRITE, methods=("POST",))
def register(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Register an asset."""
    given = request.POST
    loan = loan_seen(desk, given.get("loan_id", "").strip())
    made = actions.asset_register(
        desk.officer, org_in_scope(desk, loan["org_id"]), key=made_id_from(given, "key"),
        asset_id=given.get("asset_id", ""), name=given.get("name", ""), kind=given.get("kind", ""),
        debtor_id=loan["debtor_id"], loan_id=loan["loan_id"], taken_on=day_from(given, "taken_on"),
        book_cents=cents_from(given, "book"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记。"))
    return redirect("preservation:asset", made.pk)


@page(READ)
def asset(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """One asset."""
    held = one_seen(desk, Asset, key, "made_by", "approval__org")
    counts = list(held.counts.select_related("counted_by", "confirmed_by"))
    case, is_free = held.approval, held.state == Asset.State.HELD and not desk.day.is_past
    may_propose = is_free and not held.is_asked and WRITE in desk.actions
    told = {
        "held": held, "counts": counts, "losses": held.losses.select_related("made_by"), "loss_id": uuid4(),
        "waits": any(each.confirmed_by_id is None for each in counts), "founds": list(SAID["asset_found"]),
        "days_left": (held.dispose_by - desk.day.on).days, "lead": rules_on(desk.day).asset.lead_days,
        "may_write": is_free and WRITE in desk.actions, "may_propose": may_propose, "today": desk.day.on,
        "case": case, "steps": steps_told(case) if case else [], "may_decide": may_decide(desk, case),
        "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/asset.html", told)


@page(WRITE, methods=("POST",))
def count(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Count an asset."""
    held = one_seen(desk, Asset, key)
    actions.asset_count(
        desk.officer, held.pk, request.POST.get("found", ""), note=text_from(request.POST, "note"),
        seen_version=whole_from(request.POST, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("盘点已登记，等待复核。"))
    return redirect("preservation:asset", held.pk)


@page(WRITE, methods=("POST",))
def confirm(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Confirm a count."""
    held = one_seen(desk, Asset, key)
    actions.count_confirm(desk.officer, held.pk, whole_from(request.POST, "count"), day=desk.day)
    messages.success(request, _("盘点已复核。"))
    return redirect("preservation:asset", held.pk)


@page(WRITE, methods=("POST",))
def write_down(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Propose to note what an asset has lost."""
    held = one_seen(desk, Asset, key)
    actions.asset_loss_propose(
        desk.officer, held.pk, loss_id=made_id_from(request.POST, "loss_id"),
        amount_cents=cents_from(request.POST, "amount"), ground=text_from(request.POST, "ground"),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("preservation:asset", held.pk)


@page(WRITE, methods=("POST",))
def sell(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Propose the sale of an asset; no taxes are left empty."""
    held = one_seen(desk, Asset, key)
    given = request.POST
    actions.asset_sale_propose(
        desk.officer, held.pk, sold_on=day_from(given, "sold_on"), buyer=given.get("buyer", ""),
        proceeds_cents=cents_from(given, "proceeds"),
        taxes_cents=cents_if_any(given, "taxes"),
        reason=reason_from(given), seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("preservation:asset", held.pk)


@page(READ, methods=("POST",))
def decide(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Agree to a loss or a sale, or turn it down."""
    held = one_seen(desk, Asset, key)
    actions.asset_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("preservation:asset", held.pk)
