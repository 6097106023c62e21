"""The outbox's interface for gateways: receipts of what they delivered, and what became of a message."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from postloan.desk.core.pages import desk_of
from postloan.desk.outbox.actions import NewReceipt, receipt_take
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.queries import message_seen
from postloan.rules.contact_rules import Channel

router = Router(tags=["outbox"])
State = Literal[
    "queued", "sending", "sent", "delivered", "undelivered", "refused", "no_point", "failed", "unsure", "expired",
    "cancelled",
]  # fmt: skip


class ReceiptIn(Schema):
    """A receipt of a message.

    message_id  the id that the gateway was given with the message, in the body and in Idempotency-Key.
    ref         the gateway's own reference of this receipt: the same again changes nothing.
    at          when it was delivered, or given up.
    """

    message_id: UUID
    ref: str = Field(min_length=1, max_length=120)
    outcome: Literal["delivered", "undelivered"]
    at: AwareDatetime
    note: str = Field(default="", max_length=500)


class MessageOut(Schema):
    """Where a message stands. refused_by is the rule of the contact gate that refused it last."""

    id: UUID
    channel: Channel
    state: State
    refused_by: str
    sent_at: datetime | None
    outside_ref: str


class ReceiptsIn(Schema):
    """Receipts, as many as a gateway has: each is taken in by itself."""

    receipts: list[ReceiptIn] = Field(min_length=1, max_length=500)


@router.post("/receipts", response=list[MessageOut], summary="Messages that were delivered, or were not")
def receipts(request: HttpRequest, sent: ReceiptsIn) -> list[Message]:
    """Take receipts in, in their order. One that is wrong refuses itself and those after it; those before it stay."""
    desk = desk_of(request, "outbox.receipt")
    return [
        receipt_take(
            desk.officer, message_seen(desk, each.message_id).pk, NewReceipt(each.ref, each.outcome, each.at, each.note)
        )
        for each in sent.receipts
    ]  # fmt: skip


@router.get("/messages/{message_id}", response=MessageOut, summary="Where a message stands")
def message(request: HttpRequest, message_id: UUID) -> Message:
    """Tell where a message stands, to whoever brings receipts; neither what it says nor where it went."""
    return message_seen(desk_of(request, "outbox.receipt"), message_id)
