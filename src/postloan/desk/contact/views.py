"""Pages of the contact gate: the list, a debtor's contacts and the form that asks, protections, a paper."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.book.queries import debtor_seen
from postloan.desk.contact import queries
from postloan.desk.contact.actions import NewPoint, attempt_close, point_add
from postloan.desk.contact.asking import party_named, point_named, wanted_from
from postloan.desk.contact.lists import CONTACTS
from postloan.desk.contact.models import Exemption
from postloan.desk.contact.protections.actions import (
    About,
    complaint_answer,
    complaint_open,
    consent_end,
    do_not_call,
    exemption_decide,
    exemption_propose,
)
from postloan.desk.contact.telling.actions import attempt_ask_told
from postloan.desk.core.forms import CENTS_DIGITS, LONG_MOST, day_from, made_id_from, reason_from, text_from, whole_from
from postloan.desk.core.pages import Desk, page
from postloan.rules.contact_rules import CHANNELS, CHANNELS_OF, OUTCOMES_OF, PURPOSES


@page("contact.read")
def contacts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every ask of the desk's offices, allowed and refused."""
    return render(request, "contact/contacts.html", {"list": CONTACTS.drawn(request, desk), "here": "contacts"})


@page("contact.read")
def of(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """A debtor's contacts: the points, the form that asks, what was answered last, every attempt, protections."""
    debtor = debtor_seen(desk, debtor_id)
    parties = queries.parties_seen(desk, debtor_id)
    asked = queries.attempt_asked(desk, debtor_id, request.GET.get("attempt", ""))
    told = {
        "debtor": debtor,
        "parties": parties,
        "points": queries.points_told(desk, debtor_id, parties),
        "asked": asked,
        "number": queries.number_of(request.user.pk, asked) if asked else "",
        "refusals": queries.refusals_said(asked) if asked else [],
        "outcomes": OUTCOMES_OF[asked.channel] if asked else (),
        "attempts": queries.contacts_of(desk, debtor_id),
        "complaints": queries.complaints_of(desk, debtor_id),
        "exemptions": queries.exemptions_of(desk, debtor_id),
        "channels": CHANNELS,
        "purposes": PURPOSES,
        "kinds": tuple(CHANNELS_OF),
        "exemption_kinds": Exemption.Kind.values,
        "made_id": uuid4(),
        "here": "contacts",
    }
    return render(request, "contact/of.html", told)


@page("contact.read")
def paper(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Every contact that was made about a debtor's debts, as the borrower may see and keep it."""
    told = {"debtor": debtor_seen(desk, debtor_id), "made": queries.contacts_made(desk, debtor_id), "here": "contacts"}
    return render(request, "contact/paper.html", told)


@page("contact.ask", methods=("POST",))
def ask(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Ask whether a contact may be made now; the page shows the answer."""
    debtor, given = debtor_seen(desk, debtor_id), request.POST.dict()
    point = point_named(desk, debtor, given.get("point", ""))
    made, _number = attempt_ask_told(desk.officer, wanted_from(debtor, point, made_id_from(given, "made_id"), given))
    return redirect(f"{reverse('contact:of', args=[debtor_id])}?attempt={made.pk}")


@page("contact.ask", methods=("POST",))
def close(request: HttpRequest, desk: Desk, attempt_id: UUID) -> HttpResponse:
    """Say what came of a contact."""
    held, given = queries.attempt_seen(desk, attempt_id), request.POST.dict()
    attempt_close(desk.officer, held.pk, given.get("outcome", ""), note=text_from(given, "note"))
    return _done(_("结果已登记。"), held.debtor_id, request)


@page("contact.write", methods=("POST",))
def add_point(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Register a number or an address."""
    debtor, given = debtor_seen(desk, debtor_id), request.POST.dict()
    party = party_named(desk, debtor, given.get("party", ""), given.get("name", ""))
    new = NewPoint(party, given.get("kind", ""), given.get("plain", ""), given.get("source", ""))
    point_add(desk.officer, debtor_id, debtor["org_id"], new, day=desk.day)
    return _done(_("联系方式已登记。"), debtor_id, request)


@page("contact.write", methods=("POST",))
def complain(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Write down a complaint: collection pauses."""
    given = request.POST.dict()
    due_on = day_from(given, "due_on") if given.get("due_on") else None
    complaint_open(
        desk.officer, _about(desk, debtor_id), made_id_from(given, "made_id"), text=text_from(given, "text", LONG_MOST),
        due_on=due_on, day=desk.day,
    )  # fmt: skip
    return _done(_("投诉已登记，暂停催收。"), debtor_id, request)


@page("contact.answer", methods=("POST",))
def answer(request: HttpRequest, desk: Desk, debtor_id: str, complaint_id: UUID) -> HttpResponse:
    """Answer a complaint: the pause ends."""
    debtor_seen(desk, debtor_id)
    given = request.POST.dict()
    complaint_answer(
        desk.officer, complaint_id, answer=text_from(given, "answer", LONG_MOST),
        seen_version=whole_from(given, "version"), day=desk.day,
    )  # fmt: skip
    return _done(_("投诉已答复。"), debtor_id, request)


@page("contact.write", methods=("POST",))
def unwanted(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Keep a number or an address from being used."""
    debtor_seen(desk, debtor_id)
    given = request.POST.dict()
    do_not_call(desk.officer, whole_from(given, "point", digits=CENTS_DIGITS), reason=reason_from(given), day=desk.day)
    return _done(_("已设为勿扰。"), debtor_id, request)


@page("contact.write", methods=("POST",))
def propose(request: HttpRequest, desk: Desk, debtor_id: str) -> HttpResponse:
    """Propose to take protection away."""
    given = request.POST.dict()
    exemption_propose(
        desk.officer, _about(desk, debtor_id), made_id_from(given, "made_id"), kind=given.get("kind", ""),
        point_id=whole_from(given, "point", digits=CENTS_DIGITS), reason=reason_from(given),
        until=day_from(given, "until") if given.get("until") else None, day=desk.day,
    )  # fmt: skip
    return _done(_("已提出，等待批准。"), debtor_id, request)


@page("contact.read", methods=("POST",))
def decide(request: HttpRequest, desk: Desk, debtor_id: str, exemption_id: UUID) -> HttpResponse:
    """Agree to what was proposed, or turn it down."""
    debtor_seen(desk, debtor_id)
    given = request.POST.dict()
    exemption_decide(
        desk.officer, exemption_id, given.get("verdict", ""), seen_version=whole_from(given, "version"),
        reason=reason_from(given), day=desk.day,
    )  # fmt: skip
    return _done(_("已办理。"), debtor_id, request)


@page("contact.write", methods=("POST",))
def take_back(request: HttpRequest, desk: Desk, debtor_id: str, exemption_id: UUID) -> HttpResponse:
    """Write down that a consent was taken back."""
    debtor_seen(desk, debtor_id)
    given = request.POST.dict()
    consent_end(
        desk.officer,
        exemption_id,
        reason=reason_from(given),
        seen_version=whole_from(given, "version"),
        day=desk.day,
    )
    return _done(_("同意已撤回。"), debtor_id, request)


def _about(desk: Desk, debtor_id: str) -> About:
    debtor: Mapping[str, str] = debtor_seen(desk, debtor_id)
    return About(debtor_id, debtor["name"], debtor["org_id"])


def _done(said: str, debtor_id: str, request: HttpRequest) -> HttpResponse:
    messages.success(request, said)
    return redirect("contact:of", debtor_id)
