"""Pages of claims: the list, one claim with its letter, its steps and its ends."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.collateral import queries
from postloan.desk.collateral.claims import actions
from postloan.desk.collateral.claims.ending import actions as ending
from postloan.desk.collateral.letters import claim_letter
from postloan.desk.collateral.lists import CLAIMS
from postloan.desk.collateral.matters.actions import WRITE
from postloan.desk.collateral.views import READ
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import LONG_MOST, cents_from, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page


@page(READ)
def claims(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The losses of insured collateral, what is due first before."""
    told = {"list": CLAIMS.drawn(request, desk), "here": "collateral", "part": "claims"}
    return render(request, "collateral/list.html", told)


@page(READ)
def claim(request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """One claim: the loss, the insurance, its steps, what came in."""
    held = queries.claim_seen(desk, claim_id)
    told = {
        "claim": held, "rule": queries.rules_of(desk).claim, "received": held.payments.all(),
        "payments": queries.payments_for(desk, held) if held.state == actions.State.GRANTED else [],
        "matters": held.matters.select_related("case", "made_by").order_by("-opened_at"),
        "may_write": WRITE in desk.actions and not desk.day.is_past, "matter_id": uuid4(), "here": "collateral",
        "part": "",
    }  # fmt: skip
    return render(request, "collateral/claim.html", told)


@page(READ)
def letter(_request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """The letter to the insurer that the bank is paid first, in Chinese."""
    held = queries.claim_seen(desk, claim_id)
    return to_keep(HttpResponse(claim_letter(held, desk.day.on)), "docx", f"{held.collateral_id}-{held.on}.docx")


@page(WRITE, methods=("POST",))
def note(request: HttpRequest, desk: Desk, collateral_id: str) -> HttpResponse:
    """Note a loss."""
    held, sent = queries.collateral_seen(desk, collateral_id), request.POST
    new = actions.NewLoss(
        sent.get("insurer", ""), sent.get("policy_no", ""), sent.get("is_first") == "on", day_from(sent, "happened_on"),
        text_from(sent, "what", LONG_MOST), cents_from(sent, "loss"),
        [each["loan_id"] for each in queries.loans_of(desk, collateral_id)], text_from(sent, "first_reason"),
    )  # fmt: skip
    made = actions.loss_note(
        desk.officer, held, new, claim_id=made_id_from(sent, "claim_id"), rule=queries.rules_of(desk).claim,
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记出险，请按期报案。"))
    return redirect("collateral:claim", made.pk)


@page(WRITE, methods=("POST",))
def tell(request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """Record that the insurer was told."""
    return _step(request, desk, claim_id, lambda held, step, rule: actions.claim_tell(desk.officer, held, step, rule))


@page(WRITE, methods=("POST",))
def file(request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """Record that the claim was filed."""
    cents = cents_from(request.POST, "amount")
    return _step(
        request, desk, claim_id,
        lambda held, step, rule: actions.claim_file(desk.officer, held, step, rule, cents=cents),
    )  # fmt: skip


@page(WRITE, methods=("POST",))
def answer(request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """Record the insurer's answer."""
    is_refusal = request.POST.get("verdict") == "declined"
    cents = 0 if is_refusal else cents_from(request.POST, "amount")
    return _step(
        request, desk, claim_id,
        lambda held, step, rule: actions.claim_answer(desk.officer, held, step, rule, cents=cents),
    )  # fmt: skip


def _step(request: HttpRequest, desk: Desk, claim_id: UUID, take: Callable[..., object]) -> HttpResponse:
    held, sent = queries.claim_seen(desk, claim_id), request.POST
    step = actions.Step(day_from(sent, "on"), text_from(sent, "note"), whole_from(sent, "version"), desk.day)
    take(held.pk, step, queries.rules_of(desk).claim)
    messages.success(request, _("已登记。"))
    return redirect("collateral:claim", held.pk)


@page(WRITE, methods=("POST",))
def paid(request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """Propose to close a claim by the payments that were ticked."""
    held = queries.claim_seen(desk, claim_id)
    ticked = set(request.POST.getlist("payment"))
    payments = [each for each in queries.payments_for(desk, held) if each["payment_id"] in ticked]
    made = ending.claim_paid(
        desk.officer, held.pk, payments, still_owed=queries.is_owed(desk, held.loan_ids), **_end(request, desk)
    )
    return _proposed(request, made.pk)


@page(WRITE, methods=("POST",))
def restored(request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """Propose to close a claim whose money restored the collateral."""
    held = queries.claim_seen(desk, claim_id)
    made = ending.claim_restored(
        desk.officer, held.pk, queries.collateral_seen(desk, held.collateral_id),
        queries.loans_of(desk, held.collateral_id), rule=queries.rules_of(desk).call, **_end(request, desk),
    )  # fmt: skip
    return _proposed(request, made.pk)


@page(WRITE, methods=("POST",))
def drop(request: HttpRequest, desk: Desk, claim_id: UUID) -> HttpResponse:
    """Propose to give a refused claim up."""
    held = queries.claim_seen(desk, claim_id)
    return _proposed(request, ending.claim_drop(desk.officer, held.pk, **_end(request, desk)).pk)


def _end(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    sent = request.POST
    return {
        "reason": reason_from(sent), "seen_version": whole_from(sent, "version"),
        "matter_id": made_id_from(sent, "matter_id"), "day": desk.day,
    }  # fmt: skip


def _proposed(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    messages.success(request, _("已提交审批。"))
    return redirect("collateral:matter", matter_id)
