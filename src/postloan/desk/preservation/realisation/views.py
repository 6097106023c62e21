"""Pages of collateral disposed of by agreement: the list, a new agreement, and one with its sale, money and rest."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told, with_steps
from postloan.desk.collateral.queries import collateral_seen, loans_of
from postloan.desk.core.forms import cents_from, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.typed import cents_if_any
from postloan.desk.preservation.assets.actions import TAKEN
from postloan.desk.preservation.grants import READ, WRITE, rules_on
from postloan.desk.preservation.lists import REALISATIONS
from postloan.desk.preservation.models import Realisation
from postloan.desk.preservation.queries import one_seen, seen
from postloan.desk.preservation.realisation import actions
from postloan.desk.preservation.realisation.checked import NewAgreement
from postloan.desk.preservation.realisation.money import actions as money
from postloan.desk.preservation.realisation.offered import first_of, offered
from postloan.desk.preservation.realisation.owed import came_since, loans_owed

_ABOUT_MOST = 100


@page(READ)
def realisations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The agreements about collateral."""
    told = {"list": REALISATIONS.drawn(request, desk), "here": "preservation", "part": "realisations"}
    return render(request, "preservation/list.html", told)


@page(READ)
def of_collateral(request: HttpRequest, desk: Desk, collateral_id: str) -> HttpResponse:
    """What was agreed about a collateral, and a new agreement with the prices that are proposed for its way."""
    standing = collateral_seen(desk, collateral_id)
    prices, way = offered(desk, standing), request.GET.get("way", "")
    told = {
        "standing": standing, "loans": loans_of(desk, collateral_id), "prices": prices, "way": way,
        "price": first_of(way, prices), "rule": rules_on(desk.day).agreed, "ways": Realisation.Way.values,
        "rights": Realisation.Right.values, "causes": Realisation.Cause.values, "asset_kinds": TAKEN,
        "held": seen(desk, Realisation).filter(collateral_id=collateral_id).order_by("-on", "-opened_at"),
        "may_propose": WRITE in desk.actions and not desk.day.is_past, "key": uuid4(), "today": desk.day.on,
        "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/realisation_of.html", told)


@page(WRITE, methods=("POST",))
def propose(request: HttpRequest, desk: Desk, collateral_id: str) -> HttpResponse:
    """Propose what was agreed with the owner of a collateral."""
    standing, sent = collateral_seen(desk, collateral_id), request.POST
    new = NewAgreement(
        right=sent.get("right", ""), way=sent.get("way", ""), cause=sent.get("cause", ""),
        agreed_on=day_from(sent, "agreed_on"), reference=text_from(sent, "reference", _ABOUT_MOST),
        price_cents=cents_from(sent, "price"), costs_cents=cents_if_any(sent, "costs"),
        asset_kind=sent.get("asset_kind", ""),
    )  # fmt: skip
    made = actions.realisation_propose(
        desk.officer, standing, new, offered=offered(desk, standing), key=made_id_from(sent, "key"),
        reason=reason_from(sent), rule=rules_on(desk.day).agreed, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("preservation:realisation", made.pk)


@page(READ)
def realisation(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """One agreement: the price and what it pays, who agreed, its sale, its money, the owner's rest."""
    held = one_seen(desk, Realisation, key, "approval__org", "settlement__org", "made_by", "given")
    may_write = WRITE in desk.actions and not desk.day.is_past
    is_sold = held.state == Realisation.State.SOLD
    cases = with_steps(each for each in (held.approval, held.settlement) if each is not None)
    told = {
        "held": held, "cases": [(each, steps_told(each)) for each in cases], "case": cases[-1],
        "may_decide": may_decide(desk, cases[-1]), "basis": rules_on(desk.day).agreed.basis_of(held.right),
        "may_sell": may_write and held.state == Realisation.State.AGREED, "may_settle": may_write and is_sold,
        "may_return": may_write and held.owes_surplus, "payments": came_since(desk, held) if is_sold else [],
        "may_drop": may_write and held.state in {Realisation.State.AGREED, Realisation.State.SOLD},
        "received": held.received.all(), "deed_id": uuid4(), "today": desk.day.on, "here": "preservation", "part": "",
    }  # fmt: skip
    return render(request, "preservation/realisation.html", told)


@page(READ, methods=("POST",))
def decide(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Agree to an agreement, or turn it down."""
    held = one_seen(desk, Realisation, key)
    standing = collateral_seen(desk, held.collateral_id)
    actions.realisation_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), standing, _verdict(request, desk),
        rules_on(desk.day).agreed,
    )  # fmt: skip
    return _done(request, held)


@page(WRITE, methods=("POST",))
def sell(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Record for what a collateral was sold."""
    held, sent = one_seen(desk, Realisation, key), request.POST
    standing = collateral_seen(desk, held.collateral_id)
    money.realisation_sell(
        desk.officer, held.pk, standing, _deed(request, desk), rules_on(desk.day).agreed,
        sold_on=day_from(sent, "sold_on"), buyer=sent.get("buyer", ""), sold_cents=cents_from(sent, "sold"),
        costs_cents=cents_if_any(sent, "costs"),
    )  # fmt: skip
    return _done(request, held)


@page(WRITE, methods=("POST",))
def settle(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Propose to close a sale by the payments that were ticked."""
    held = one_seen(desk, Realisation, key)
    ticked = set(request.POST.getlist("payment"))
    payments = [each for each in came_since(desk, held) if each["payment_id"] in ticked]
    money.settlement_propose(desk.officer, held.pk, payments, owed=loans_owed(desk, held), deed=_deed(request, desk))
    return _done(request, held)


@page(READ, methods=("POST",))
def settled(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Agree that a sale's money is in, or turn that down."""
    held = one_seen(desk, Realisation, key)
    money.settlement_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), _verdict(request, desk), rules_on(desk.day).agreed
    )
    return _done(request, held)


@page(WRITE, methods=("POST",))
def surplus(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Record that the owner was given the rest."""
    held, sent = one_seen(desk, Realisation, key), request.POST
    money.surplus_return(
        desk.officer, held.pk, returned_on=day_from(sent, "returned_on"), voucher=sent.get("voucher", ""),
        deed=_deed(request, desk),
    )  # fmt: skip
    return _done(request, held)


@page(WRITE, methods=("POST",))
def drop(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Give an agreement up."""
    held = one_seen(desk, Realisation, key)
    actions.realisation_drop(desk.officer, held.pk, _deed(request, desk))
    return _done(request, held)


def _deed(request: HttpRequest, desk: Desk) -> Deed:
    sent = request.POST
    return Deed(made_id_from(sent, "deed_id"), whole_from(sent, "version"), reason_from(sent), desk.day)


def _verdict(request: HttpRequest, desk: Desk) -> Deed:
    """A verdict is not sent twice: its case is seen at one version."""
    return Deed(uuid4(), whole_from(request.POST, "version"), reason_from(request.POST), desk.day)


def _done(request: HttpRequest, held: Realisation) -> HttpResponse:
    messages.success(request, _("已办理。"))
    return redirect("preservation:realisation", held.pk)
