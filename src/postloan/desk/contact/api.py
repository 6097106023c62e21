"""The contact gate's interface for diallers and message gateways, and for what a borrower may see."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from postloan.desk.book.queries import debtor_seen
from postloan.desk.contact import queries
from postloan.desk.contact.actions import Wanted, attempt_close
from postloan.desk.contact.asking import point_named
from postloan.desk.contact.limits import require_within
from postloan.desk.contact.models import Attempt
from postloan.desk.contact.telling.actions import attempt_ask_told
from postloan.desk.core.pages import desk_of
from postloan.rules.contact_rules import Channel, Outcome, Purpose

router = Router(tags=["contact"])


class AskIn(Schema):
    """A contact that is about to be made.

    id          made by the caller: the same again gives the same answer and counts once.
    point       the key of a registered contact point, or feed: and the number of a party whose phone the feeds tell.
    companions  the user names of who goes along on a visit.
    """

    id: UUID
    debtor_id: str = Field(max_length=64)
    point: str = Field(max_length=80)
    channel: Channel
    purpose: Purpose
    companions: list[str] = Field(default_factory=list, max_length=10)


class RefusedBy(Schema):
    """A rule that refuses: its name, what it says, and its clause."""

    rule: str
    zh: str
    en: str
    cite: str
    place_confirmed: bool


class AnswerOut(Schema):
    """Whether the contact may be made.

    ledger_seq    the entry of the ledger that keeps this answer.
    allowed_from  the next instant at which it would be allowed if nothing else happened; null is never.
    valid_until   up to when an allowed contact may be begun, that instant excluded.
    """

    id: UUID
    ledger_seq: int
    at: datetime
    is_allowed: bool
    refused_by: list[RefusedBy]
    allowed_from: datetime | None
    valid_until: datetime | None


class CallAnswerOut(AnswerOut):
    """Whether the contact may be made.

    number  what to dial or write to, where it may be made now by phone; empty otherwise. That it was told is kept.
    """

    number: str


class OutcomeIn(Schema):
    """What came of a contact that was allowed. made_at is when it was begun; when it was asked for, if left out."""

    id: UUID
    outcome: Outcome
    made_at: AwareDatetime | None = None
    note: str = Field(default="", max_length=1000)


class OutcomeOut(Schema):
    """What was noted down; is_outside says that it was begun when its answer had ended."""

    id: UUID
    outcome: Outcome
    made_at: datetime | None
    is_outside: bool


class PointOut(Schema):
    """A contact point: what an ask names it by, whose it is, and its ends."""

    point: str
    party_name: str
    role: Literal["debtor", "co_borrower", "guarantor", "third"]
    kind: Literal["phone", "address", "email", "app"]
    label: str
    is_do_not_call: bool


class ContactOut(Schema):
    """A contact that was made; a letter that went out beside the gate stands by noon of its day."""

    at: datetime
    channel: Channel
    purpose: Purpose | Literal["collateral"]
    party_name: str
    role: str
    label: str
    outcome: str
    officer: str


class ContactsOut(Schema):
    """All contacts about a debtor's debts, the latest first: what the borrower may see."""

    debtor_id: str
    contacts: list[ContactOut]


@router.post("/ask", response=CallAnswerOut, summary="May this contact be made now?")
def ask(request: HttpRequest, sent: AskIn) -> dict[str, Any]:
    """Judge a contact and keep the answer. Every attempt asks first; an allowed answer counts until it is closed."""
    desk = desk_of(request, "contact.ask")
    debtor = debtor_seen(desk, sent.debtor_id)
    wanted = Wanted(
        sent.id, sent.debtor_id, debtor["name"], debtor["org_id"], point_named(desk, debtor, sent.point), sent.channel,
        sent.purpose, tuple(sorted(set(sent.companions))),
    )  # fmt: skip
    made, number = attempt_ask_told(desk.officer, wanted)
    return {
        "id": made.pk, "ledger_seq": made.seq, "at": made.at, "is_allowed": made.is_allowed,
        "refused_by": made.refusals, "allowed_from": made.allowed_from, "valid_until": made.valid_until,
        "number": number,
    }  # fmt: skip


@router.post("/outcome", response=OutcomeOut, summary="What came of a contact")
def outcome(request: HttpRequest, sent: OutcomeIn) -> Attempt:
    """Close an allowed contact with its outcome; the same again changes nothing."""
    desk = desk_of(request, "contact.ask")
    held = queries.attempt_seen(desk, sent.id)
    return attempt_close(desk.officer, held.pk, sent.outcome, made_at=sent.made_at, note=sent.note)


@router.get("/points/{debtor_id}", response=list[PointOut], summary="By which points a debtor's parties are reached")
def points(request: HttpRequest, debtor_id: str) -> list[dict[str, Any]]:
    """List the contact points of a debtor of the caller's offices; numbers are masked."""
    desk = desk_of(request, "contact.ask")
    require_within(desk.officer, debtor_id)
    told = queries.points_told(desk, debtor_id, queries.parties_seen(desk, debtor_id))
    return [
        {"point": each.value, "party_name": each.party_name, "role": each.role, "kind": each.kind, "label": each.label,
         "is_do_not_call": each.point is not None and each.point.is_do_not_call}
        for each in told
    ]  # fmt: skip


@router.get("/made/{debtor_id}", response=ContactsOut, summary="Every contact that was made about a debtor's debts")
def made(request: HttpRequest, debtor_id: str) -> dict[str, Any]:
    """List what the borrower may see: contacts that were made, or for which no outcome was told."""
    desk = desk_of(request, "contact.read")
    debtor_seen(desk, debtor_id)
    return {"debtor_id": debtor_id, "contacts": [asdict(each) for each in queries.contacts_made(desk, debtor_id)]}
