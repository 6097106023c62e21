"""Pages of restructuring: options side by side, rounds, consents, approval, agreement, and the loans watched."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import may_decide, steps_told
from postloan.desk.book.queries import loan_seen, name_of
from postloan.desk.book.write_off_grounds import grounds_known
from postloan.desk.core.downloads import CONTENT_TYPES, to_keep
from postloan.desk.core.forms import day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.officers.queries import office_over
from postloan.desk.core.pages import Desk, page
from postloan.desk.inspection.queries import rules_on as inspection_rules
from postloan.desk.restructure import actions, queries
from postloan.desk.restructure.agreement.document import agreement_of
from postloan.desk.restructure.agreement.pdf import pdf_of
from postloan.desk.restructure.agreement.word import word_of
from postloan.desk.restructure.consents.actions import WRITABLE, consent_add
from postloan.desk.restructure.consents.queries import consent_path, needs_consent, parties_asked
from postloan.desk.restructure.drawn import compare_page
from postloan.desk.restructure.lists import RESTRUCTURINGS, WATCHED
from postloan.desk.restructure.models import Restructuring
from postloan.desk.restructure.tried import tried_one
from postloan.desk.restructure.typed import read_typed
from postloan.errors import FormWrong, NotFoundHere
from postloan.tables.said import SAID


@page("restructure.read")
def restructurings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is negotiated and decided."""
    told = {"list": RESTRUCTURINGS.drawn(request, desk), "here": "restructurings", "part": "restructurings"}
    return render(request, "restructure/list.html", told)


@page("restructure.read")
def watched(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The restructured loans that are watched."""
    told = {"list": WATCHED.drawn(request, desk), "here": "restructurings", "part": "watched"}
    return render(request, "restructure/list.html", told)


@page("restructure.read")
def compare(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """Options of a loan side by side."""
    loan = loan_seen(desk, loan_id)
    told = compare_page(desk, loan, request.GET)
    may_offer = actions.WRITE in desk.actions and not desk.day.is_past
    told |= {
        "loan": loan, "debtor_name": name_of(desk, loan["debtor_id"]), "may_offer": may_offer,
        "held_id": uuid4(),
        "held": queries.restructurings_seen(desk).filter(loan_id=loan_id).order_by("-opened_at"),
        "here": "restructurings", "part": "",
    }  # fmt: skip
    return render(request, "restructure/compare.html", told)


@page("restructure.write", methods=("POST",))
def offer(request: HttpRequest, desk: Desk, loan_id: str) -> HttpResponse:
    """Keep one column as an offer."""
    loan = loan_seen(desk, loan_id)
    typed = read_typed(request.POST, 1, loan, name="1")
    is_eased = request.POST.get("is_eased", "yes") == "yes"
    made = actions.offer_make(
        desk.officer, office_over([loan["org_id"]]), tried_one(desk, loan, typed, is_eased=is_eased),
        by=request.POST.get("by", ""), offer_id=made_id_from(request.POST, "offer_id"),
        held_id=made_id_from(request.POST, "held_id"), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已登记第 %s 轮方案。") % made.round)
    return redirect("restructure:restructuring", made.restructuring_id)


@page("restructure.read")
def restructuring(request: HttpRequest, desk: Desk, held_id: UUID) -> HttpResponse:
    """One matter: its rounds, consents, approval and agreement."""
    return render(request, "restructure/restructuring.html", _told(desk, queries.restructuring_seen(desk, held_id)))


def _told(desk: Desk, held: Restructuring) -> dict[str, Any]:
    case, is_now = held.case, not desk.day.is_past
    kinds = {kind for kind, _terms in held.chosen.changes} if held.chosen else set()
    return {
        "held": held, "offers": held.offers.all(), "case": case, "steps": steps_told(case) if case else [],
        "may_decide": may_decide(desk, case), "decision_id": uuid4(),
        "may_write": actions.WRITE in desk.actions and is_now and held.state == Restructuring.State.OPEN,
        "may_file": actions.WRITE in desk.actions and is_now and held.state in WRITABLE,
        "parties": parties_asked(held, desk.day), "needs_consent": needs_consent(kinds, desk.day),
        "decisions": sorted(held.decisions.all(), key=lambda each: str(each.pk)),
        "difficulties": list(SAID["difficulty"]), "grounds": grounds_known(desk.day),
        "accepts": ",".join(CONTENT_TYPES.values()), "here": "restructurings", "part": "",
    }  # fmt: skip


@page("restructure.write", methods=("POST",))
def answer(request: HttpRequest, desk: Desk, held_id: UUID, offer_id: UUID) -> HttpResponse:
    """Keep what the other side said."""
    made = queries.offer_seen(desk, held_id, offer_id)
    note = text_from(request.POST, "note")
    actions.offer_answer(desk.officer, made.pk, request.POST.get("answer", ""), note=note, day=desk.day)
    messages.success(request, _("已登记答复。"))
    return redirect("restructure:restructuring", held_id)


@page("restructure.write", methods=("POST",))
def consent(request: HttpRequest, desk: Desk, held_id: UUID) -> HttpResponse:
    """Keep the written consent of somebody who stands for the loan."""
    held = queries.restructuring_seen(desk, held_id)
    sent = request.FILES.get("file")
    if sent is None:
        raise FormWrong(message=_("没有选择文件。"), hint=_("请选择书面同意的扫描件或照片。"), where={"field": "file"})
    # No more is read than would be taken: what is larger is refused by its length.
    content = sent.read(inspection_rules(desk.day.on).files.bytes_most + 1)
    consent_add(
        desk.officer, held.pk, request.POST.get("security_id", ""), signed_on=day_from(request.POST, "signed_on"),
        name=sent.name or "", content=content, day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已上传书面同意。"))
    return redirect("restructure:restructuring", held.pk)


@page("restructure.read")
def paper(_request: HttpRequest, desk: Desk, held_id: UUID, consent_id: int) -> FileResponse:
    """Fetch a consent, always as an attachment of the kind that its bytes were found to be."""
    kept = queries.restructuring_seen(desk, held_id).consents.filter(pk=consent_id).first()
    if kept is None or not consent_path(kept.sha256).is_file():
        raise NotFoundHere(message=_("没有这个文件。"), hint=_("请从页面进入。"))
    return to_keep(FileResponse(consent_path(kept.sha256).open("rb")), kept.kind, kept.name)


@page("restructure.write", methods=("POST",))
def propose(request: HttpRequest, desk: Desk, held_id: UUID) -> HttpResponse:
    """Propose an offer that both sides agreed on."""
    held = queries.restructuring_seen(desk, held_id)
    actions.restructuring_propose(
        desk.officer, held.pk, made_id_from(request.POST, "offer_id"),
        seen_version=whole_from(request.POST, "version"), difficulty=request.POST.get("difficulty", ""),
        reason=reason_from(request.POST), day=desk.day, ground=request.POST.get("ground", "")[:40],
    )  # fmt: skip
    messages.success(request, _("已提交审批。"))
    return redirect("restructure:restructuring", held.pk)


@page("restructure.write", methods=("POST",))
def drop(request: HttpRequest, desk: Desk, held_id: UUID) -> HttpResponse:
    """Give a negotiation up."""
    held = queries.restructuring_seen(desk, held_id)
    actions.restructuring_drop(
        desk.officer, held.pk, seen_version=whole_from(request.POST, "version"),
        reason=reason_from(request.POST), day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已放弃谈判。"))
    return redirect("restructure:restructuring", held.pk)


@page("restructure.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, held_id: UUID) -> HttpResponse:
    """Agree to what a restructuring waits for, or turn it down."""
    held = queries.restructuring_seen(desk, held_id)
    actions.restructuring_decide(
        desk.officer, held.pk, request.POST.get("verdict", ""), seen_version=whole_from(request.POST, "version"),
        decision_id=made_id_from(request.POST, "decision_id"), reason=reason_from(request.POST),
        day=desk.day,
    )  # fmt: skip
    messages.success(request, _("已办理。"))
    return redirect("restructure:restructuring", held.pk)


@page("restructure.read")
def agreement_word(_request: HttpRequest, desk: Desk, held_id: UUID) -> HttpResponse:
    """The agreement in Word, to be edited and signed: in Chinese, as the borrower reads it."""
    written = word_of(agreement_of(desk, queries.restructuring_seen(desk, held_id)))
    return to_keep(HttpResponse(written), "docx", f"{held_id}.docx")


@page("restructure.read")
def agreement_pdf(_request: HttpRequest, desk: Desk, held_id: UUID) -> HttpResponse:
    """The agreement as PDF, to be filed."""
    written = pdf_of(agreement_of(desk, queries.restructuring_seen(desk, held_id)))
    return to_keep(HttpResponse(written), "pdf", f"{held_id}.pdf")
