"""Pages of custody: title documents, one of them with its receipts, in, out and back."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.collateral import queries
from postloan.desk.collateral.custody import actions
from postloan.desk.collateral.letters import receipt_paper
from postloan.desk.collateral.lists import DOCUMENTS
from postloan.desk.collateral.matters.actions import WRITE
from postloan.desk.collateral.views import READ
from postloan.desk.core.downloads import to_keep
from postloan.desk.core.forms import day_from, made_id_from, reason_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.errors import NotFoundHere


@page(READ)
def documents(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The title documents."""
    told = {"list": DOCUMENTS.drawn(request, desk), "here": "collateral", "part": "documents"}
    return render(request, "collateral/list.html", told)


@page(READ)
def document(request: HttpRequest, desk: Desk, document_id: UUID) -> HttpResponse:
    """One title document: where it is, and every time it came and went."""
    held = queries.document_seen(desk, document_id)
    told = {
        "document": held, "receipts": held.receipts.select_related("first", "second"),
        "matters": held.matters.select_related("case", "made_by").order_by("-opened_at"),
        "may_write": WRITE in desk.actions and not desk.day.is_past, "matter_id": uuid4(), "here": "collateral",
        "part": "",
    }  # fmt: skip
    return render(request, "collateral/document.html", told)


@page(READ)
def receipt(_request: HttpRequest, desk: Desk, document_id: UUID, receipt_id: int) -> HttpResponse:
    """The receipt of one coming or going."""
    held = queries.document_seen(desk, document_id)
    found = held.receipts.select_related("document", "org", "first", "second").filter(pk=receipt_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这张单据。"), hint=_("请从权证页面进入。"))
    return to_keep(HttpResponse(receipt_paper(found)), "docx", f"{found.pk:08d}.docx")


@page(WRITE, methods=("POST",))
def document_in(request: HttpRequest, desk: Desk, collateral_id: str) -> HttpResponse:
    """Hand a title document in."""
    held = queries.collateral_seen(desk, collateral_id)
    sent = request.POST
    made = actions.document_in(
        desk.officer, held, name=sent.get("name", ""), number=sent.get("number", ""), held_as=sent.get("held_as", ""),
        other=sent.get("other", ""), reason=reason_from(sent),
        document_id=made_id_from(sent, "document_id"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交复核。"))
    return redirect("collateral:matter", made.pk)


@page(WRITE, methods=("POST",))
def out(request: HttpRequest, desk: Desk, document_id: UUID) -> HttpResponse:
    """Ask for a title document."""
    held, sent = queries.document_seen(desk, document_id), request.POST
    made = actions.document_out(
        desk.officer, held.pk, other=sent.get("other", ""), reason=reason_from(sent),
        due_back_on=day_from(sent, "due_back_on"), seen_version=whole_from(sent, "version"),
        matter_id=made_id_from(sent, "matter_id"), rule=queries.rules_of(desk).custody, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交复核。"))
    return redirect("collateral:matter", made.pk)


@page(WRITE, methods=("POST",))
def back(request: HttpRequest, desk: Desk, document_id: UUID) -> HttpResponse:
    """Hand a title document back."""
    held, sent = queries.document_seen(desk, document_id), request.POST
    made = actions.document_back(
        desk.officer, held.pk, other=sent.get("other", ""), reason=reason_from(sent),
        seen_version=whole_from(sent, "version"), matter_id=made_id_from(sent, "matter_id"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已提交复核。"))
    return redirect("collateral:matter", made.pk)
