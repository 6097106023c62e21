"""The interface of outside agencies: their own cases, asks by the same gate, outcomes, and the payments they report."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from postloan.desk.agency.billing.actions import NewReport, payment_report
from postloan.desk.agency.models import Placement, Reported
from postloan.desk.agency.queries import own_agency, own_attempt
from postloan.desk.book.queries import debtor_seen
from postloan.desk.contact.actions import Wanted, attempt_ask, attempt_close
from postloan.desk.contact.api import AnswerOut, OutcomeIn, OutcomeOut, PointOut
from postloan.desk.contact.asking import point_named
from postloan.desk.contact.limits import require_within
from postloan.desk.contact.models import Attempt
from postloan.desk.contact.queries import parties_seen, points_told
from postloan.desk.core.actions import record_alone
from postloan.desk.core.days import home
from postloan.desk.core.figures import decimal_money
from postloan.desk.core.pages import desk_of
from postloan.plan.contact.parties import opened_point
from postloan.rules.contact_rules import Channel

router = Router(tags=["agency"])


class CaseOut(Schema):
    """A case that is with the agency now. owed is what was to be paid when it was placed, in the book's unit."""

    debtor_id: str
    debtor_name: str
    begins_on: date
    owed: Decimal
    points: list[PointOut]


class AskIn(Schema):
    """A contact that the agency is about to make, to collect.

    id     made by the caller: the same again gives the same answer and counts once.
    point  of the case's points.
    """

    id: UUID
    debtor_id: str = Field(max_length=64)
    point: str = Field(max_length=80)
    channel: Channel


class AgencyAnswerOut(AnswerOut):
    """Whether the contact may be made, and the number or address: told when it may, and not otherwise."""

    to: str


class PaymentIn(Schema):
    """A payment that the agency says a debtor made.

    ref     the agency's own reference: the same again changes nothing.
    amount  in the book's unit, at most two decimals.
    """

    ref: str = Field(min_length=1, max_length=120)
    debtor_id: str = Field(max_length=64)
    paid_on: date
    amount: Decimal = Field(gt=0, max_digits=16, decimal_places=2)


class PaymentOut(Schema):
    """A payment as it was taken in."""

    ref: str
    paid_on: date
    amount: Decimal
    came_at: datetime


@router.get("/cases", response=list[CaseOut], summary="The cases that are with the agency now")
def cases(request: HttpRequest) -> list[dict[str, Any]]:
    """List the agency's own cases, without points: ask for one case to see those."""
    desk = desk_of(request, "agency.report")
    running = own_agency(desk.officer).placements.filter(state=Placement.State.RUNNING)
    return [_case(each, []) for each in running.order_by("begins_on", "pk")]


@router.get("/cases/{debtor_id}", response=CaseOut, summary="One case, with its contact points")
def case(request: HttpRequest, debtor_id: str) -> dict[str, Any]:
    """Tell of one of the agency's own cases; numbers are masked until the gate allows a contact."""
    desk = desk_of(request, "agency.report")
    agency = own_agency(desk.officer)
    require_within(desk.officer, debtor_id)
    held = agency.placements.filter(state=Placement.State.RUNNING, debtor_id=debtor_id).get()
    return _case(held, [
        {"point": each.value, "party_name": each.party_name, "role": each.role, "kind": each.kind, "label": each.label,
         "is_do_not_call": each.point is not None and each.point.is_do_not_call}
        for each in points_told(desk, debtor_id, parties_seen(desk, debtor_id))
    ])  # fmt: skip


@router.post("/ask", response=AgencyAnswerOut, summary="May the agency make this contact now?")
def ask(request: HttpRequest, sent: AskIn) -> dict[str, Any]:
    """Judge a contact by the bank's own gate: hours, counts and pauses hold for the agency and the bank together."""
    desk = desk_of(request, "agency.report")
    agency = own_agency(desk.officer)
    require_within(desk.officer, sent.debtor_id)
    debtor = debtor_seen(desk, sent.debtor_id)
    made = attempt_ask(desk.officer, Wanted(
        sent.id, sent.debtor_id, debtor["name"], debtor["org_id"], point_named(desk, debtor, sent.point), sent.channel,
        "collect",
    ))  # fmt: skip
    to = opened_point(home(), made.point.sealed) if made.is_allowed else ""
    if to:
        record_alone(desk.officer, "agency.number_told", agency, debtor=sent.debtor_id, attempt=str(made.pk))
    return {
        "id": made.pk, "ledger_seq": made.seq, "at": made.at, "is_allowed": made.is_allowed,
        "refused_by": made.refusals, "allowed_from": made.allowed_from, "valid_until": made.valid_until, "to": to,
    }  # fmt: skip


@router.post("/outcome", response=OutcomeOut, summary="What came of a contact")
def outcome(request: HttpRequest, sent: OutcomeIn) -> Attempt:
    """Close an allowed contact of the agency's own; the same again changes nothing."""
    desk = desk_of(request, "agency.report")
    held = own_attempt(desk, sent.id)
    return attempt_close(desk.officer, held.pk, sent.outcome, made_at=sent.made_at, note=sent.note)


@router.post("/payments", response=list[PaymentOut], summary="Payments that debtors made, as the agency says")
def payments(request: HttpRequest, sent: list[PaymentIn]) -> list[dict[str, Any]]:
    """Take reported payments in; they are held against the ledger, which alone decides what is paid for."""
    desk = desk_of(request, "agency.report")
    agency = own_agency(desk.officer)
    made = [
        payment_report(desk.officer, agency, NewReport(each.ref, each.debtor_id, each.paid_on, int(each.amount * 100)))
        for each in sent
    ]
    return [_payment(each) for each in made]


def _payment(held: Reported) -> dict[str, Any]:
    amount = decimal_money(held.amount_cents)
    return {"ref": held.ref, "paid_on": held.paid_on, "amount": amount, "came_at": held.came_at}


def _case(held: Placement, points: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "debtor_id": held.debtor_id, "debtor_name": held.debtor_name, "begins_on": held.begins_on,
        "owed": decimal_money(held.owed_cents), "points": points,
    }  # fmt: skip
