"""Pages of the register of models: the list, a new card, one card, its approval, its retirement, its file."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.core.actions import refuse_past
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.desk.modelling import actions, queries
from postloan.desk.modelling.lists import MODELS
from postloan.desk.modelling.reading import card_held, card_sent
from postloan.desk.modelling.told import card_told
from postloan.desk.modelling.watching.told import watched_told
from postloan.errors import FormWrong
from postloan.models.card import card_file
from postloan.rules.model_rules import load_model_rules


@page("model.read")
def register(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The register of models."""
    told = {
        "list": MODELS.drawn(request, desk), "may_propose": queries.may_at_head(desk, "model.propose"),
        "here": "models", "part": "register",
    }  # fmt: skip
    return render(request, "modelling/register.html", told)


@page("model.propose", methods=("GET", "HEAD", "POST"))
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Send the file of a card and propose that it holds."""
    refuse_past(desk.day)
    if request.method != "POST":
        told = {"card_id": uuid4(), "bytes_most": _bytes_most(desk), "here": "models"}
        return render(request, "modelling/new.html", told)
    sent = request.FILES.get("file")
    if sent is None:
        raise FormWrong(message=_("没有选择文件。"), hint=_("请选择模型卡文件（JSON）。"), where={"field": "file"})
    most = _bytes_most(desk)
    # No more is read than would be taken: what is larger is refused by its length.
    card = card_sent(sent.name or "", sent.read(most + 1), most)
    made = actions.card_propose(
        desk.officer, card, purpose=text_from(request.POST, "purpose"),
        effective_from=day_from(request.POST, "effective_from"), reason=reason_from(request.POST),
        card_id=made_id_from(request.POST, "card_id"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记并提交审批。"))
    return redirect("modelling:card", made.pk)


@page("model.read")
def card(request: HttpRequest, desk: Desk, card_id: UUID) -> HttpResponse:
    """One card: what it is, how it did, who agreed to it, and what each month says of it."""
    held = queries.card_seen(desk, card_id)
    read = card_held(held)
    told = {
        "held": held, "case": held.case, "matters": queries.matters_of(held), "told": card_told(read),
        "is_effective": read.is_effective(desk.day.on), "earlier": queries.earlier_in_force(held),
        "watched": watched_told(held, read, desk),
        "may_decide": held.case.waits_for in desk.actions and queries.may_at_head(desk, held.case.waits_for),
        "may_propose": queries.may_at_head(desk, "model.propose"), "here": "models", "part": "",
    }  # fmt: skip
    return render(request, "modelling/card.html", told)


@page("model.read")
def download(_request: HttpRequest, desk: Desk, card_id: UUID) -> HttpResponse:
    """The file of a card, with who approved it and for which days."""
    held = queries.card_seen(desk, card_id)
    return to_keep(HttpResponse(card_file(card_held(held))), "json", f"{held.model_id}-{held.edition}.json")


@page("model.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, card_id: UUID) -> HttpResponse:
    """Agree to what a card waits for, or turn it down."""
    held = queries.card_seen(desk, card_id)
    actions.card_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("modelling:card", held.pk)


@page("model.propose", methods=("POST",))
def retire(request: HttpRequest, desk: Desk, card_id: UUID) -> HttpResponse:
    """Propose that a card no longer holds."""
    held = queries.card_seen(desk, card_id)
    actions.retirement_propose(
        desk.officer, held.pk, seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("modelling:card", held.pk)


def _bytes_most(desk: Desk) -> int:
    return load_model_rules(desk.day.home).register(desk.day.on).card_file.bytes_most
