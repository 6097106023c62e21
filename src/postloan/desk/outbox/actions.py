"""Putting messages into the outbox and taking them out: once for a key, by a person or in bulk by a published day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.actions import check_begins, move, record, refuse_past, require, require_reason, rows_give
from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import SHORT_MOST, check_text
from postloan.desk.core.legal_events import TABLE, legal_row
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.work.actions import work_close
from postloan.desk.outbox.guaranteed import guarantees_demanded
from postloan.desk.outbox.models import Message, Receipt, Try
from postloan.errors import FormWrong, NotFoundHere
from postloan.plan.contact.parties import Party
from postloan.rules.message_rules import Template

WRITE, RECEIPT = "outbox.write", "outbox.receipt"
STUCK = "message_stuck"
"""The kind of work that a message is which cannot be sent by itself."""
_BATCH = 500


@dataclass(frozen=True)
class NewMessage:
    """A message to be: what it is for, whom it reaches, what it says, and until when it is worth sending."""

    key: str
    cause: str
    template: Template
    debtor_id: str
    debtor_name: str
    org_id: str
    party: Party
    title: str
    text: str
    made_on: date
    useful_until: date
    loan_id: str = ""
    amount_cents: int = 0
    due_on: date | None = None
    needs_receipt: bool = False
    officer_id: int | None = None


def messages_put(new: Sequence[NewMessage], *, made_by: Officer | None, at: datetime) -> int:
    """Put messages into the outbox in bulk; one of a key that is known already stays as it is.

    The caller holds the transaction and records. Returns how many are new.
    """
    known: set[str] = set()
    for start in range(0, len(new), _BATCH):
        keys = [each.key for each in new[start : start + _BATCH]]
        known.update(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = {each.key: each for each in new if each.key not in known}
    Message.objects.bulk_create(
        [_row(each, made_by, at) for each in fresh.values()], batch_size=_BATCH, ignore_conflicts=True
    )
    return len(fresh)


def _row(new: NewMessage, made_by: Officer | None, at: datetime) -> Message:
    party = new.party
    return Message(
        state=Message.State.QUEUED, key=new.key[:200], cause=new.cause, template=new.template.key,
        channel=new.template.channel, purpose=new.template.purpose, org_id=new.org_id, debtor_id=new.debtor_id,
        debtor_name=new.debtor_name[:200], loan_id=new.loan_id, amount_cents=new.amount_cents,
        party_id=party.party_id, party_name=party.name[:200], role=party.role, form=party.form,
        region=party.region[:12], phone=party.phone or "", title=new.title, text=new.text[:4000], due_on=new.due_on,
        made_on=new.made_on, made_by=made_by, useful_until=new.useful_until, not_before=at,
        needs_receipt=new.needs_receipt, officer_id=new.officer_id,
    )  # fmt: skip


@transaction.atomic
def message_write(officer: Officer, new: NewMessage, *, day: BusinessDay) -> Message:
    """Put one message into the outbox by hand. The same key again gives the same message.

    Permission  outbox.write in the debtor's office. Leaves an audit entry. Raises NotPermitted, IllegalMove.
    """
    refuse_past(day)
    org = Org.objects.get(pk=new.org_id)
    require(officer, WRITE, org=org)
    if messages_put([new], made_by=officer, at=timezone.now()):
        made = Message.objects.get(key=new.key)
        record(officer, "outbox.written", made, org=org, run_id=day.run_id, template=made.template,
               debtor=made.debtor_id, party=made.party_id)  # fmt: skip
    return Message.objects.select_related("org").get(key=new.key)


@transaction.atomic
def message_cancel(officer: Officer, message_id: UUID, *, reason: str, seen_version: int, day: BusinessDay) -> Message:
    """Take a message back that was not sent.

    Permission  outbox.write in its office. Move  queued or stuck -> cancelled.
    Raises NotPermitted, NotFoundHere, ReasonMissing, StaleView, IllegalMove.
    """
    refuse_past(day)
    held = message_held(message_id)
    require(officer, WRITE, org=held.org)
    before = move(held, Message.State.CANCELLED, seen_version=seen_version)
    record(officer, "outbox.cancelled", held, org=held.org, reason=require_reason(reason), before=before)
    work_close((STUCK,), held.subject, on=day.on, note=reason)
    return held


@transaction.atomic
def message_again(officer: Officer, message_id: UUID, *, reason: str, seen_version: int, day: BusinessDay) -> Message:
    """Let a message that is stuck be tried again: the gate is asked anew.

    Permission  outbox.write in its office. Move  refused, without a point, failed or unsure -> queued.
    Raises NotPermitted, NotFoundHere, ReasonMissing, StaleView, IllegalMove; FormWrong where its day is past.
    """
    refuse_past(day)
    held = message_held(message_id)
    require(officer, WRITE, org=held.org)
    check_begins(held, Message.STUCK)
    if held.useful_until < today():
        raise FormWrong(
            message=_("这条消息已过有效期，不再发送。"),
            hint=_("请作废后重新编写。"),
            where={"until": held.useful_until},
        )
    before = move(held, Message.State.QUEUED, seen_version=seen_version)
    held.tries, held.not_before = 0, timezone.now()
    held.save(update_fields=["tries", "not_before"])
    record(officer, "outbox.again", held, org=held.org, reason=require_reason(reason), before=before)
    work_close((STUCK,), held.subject, on=day.on, note=reason)
    return held


@transaction.atomic
def message_was_sent(
    officer: Officer, message_id: UUID, *, reason: str, seen_version: int, day: BusinessDay
) -> Message:
    """Say of a message of which nobody knows whether it was sent that it was: looked up at the door.

    Permission  outbox.write in its office. Move  unsure -> sent.
    Raises NotPermitted, NotFoundHere, ReasonMissing, StaleView, IllegalMove.
    """
    refuse_past(day)
    held = message_held(message_id)
    require(officer, WRITE, org=held.org)
    check_begins(held, [Message.State.UNSURE])
    move(held, Message.State.SENT, seen_version=seen_version)
    held.sent_at = held.claimed_at or timezone.now()
    held.save(update_fields=["sent_at"])
    record(officer, "outbox.was_sent", held, org=held.org, reason=require_reason(reason))
    work_close((STUCK,), held.subject, on=day.on, note=reason)
    return held


@transaction.atomic
def letters_posted(officer: Officer, message_ids: Sequence[UUID], *, posted_ref: str, day: BusinessDay) -> int:
    """Say that printed letters went to the post. Returns how many; one that was posted already stays as it is.

    posted_ref  the number of the post, of one letter or of the list.

    Permission  outbox.write in each office. Raises NotPermitted, FormWrong.
    """
    refuse_past(day)
    held = list(
        Message.objects.select_for_update(of=("self",)).select_related("org")
        .filter(pk__in=message_ids, state=Message.State.SENT, channel__in=["letter", "formal_demand"], posted_at=None)
    )  # fmt: skip
    if not posted_ref.strip():
        raise FormWrong(message=_("没有填写邮寄单号。"), hint=_("请填写后再提交。"), where={"field": "posted_ref"})
    for org in {each.org_id: each.org for each in held}.values():
        require(officer, WRITE, org=org)
    Message.objects.filter(pk__in=[each.pk for each in held]).update(
        posted_ref=posted_ref.strip()[:60], posted_at=timezone.now()
    )
    if held:
        record(officer, "outbox.posted", "outbox", letters=[str(each.pk) for each in held], posted_ref=posted_ref[:60])
    return len(held)


@dataclass(frozen=True)
class NewReceipt:
    """What came back of a message: its sender's own reference, the outcome, and when it was so."""

    ref: str
    outcome: str
    at: datetime
    note: str = ""


@transaction.atomic
def receipt_take(officer: Officer, message_id: UUID, new: NewReceipt) -> Message:
    """Take in a receipt that a gateway brought. The same reference again changes nothing.

    Permission  outbox.receipt in the message's office. Move  sent -> delivered or undelivered; a later delivery
                outweighs a failure.
    Raises NotPermitted, NotFoundHere; FormWrong where the message was not sent, the outcome is none, or its day lies
    before the message went out or has not come.
    """
    held = message_held(message_id)
    require(officer, RECEIPT, org=held.org)
    return _receipted(officer, held, new)


@transaction.atomic
def receipt_note(officer: Officer, message_id: UUID, new: NewReceipt, *, day: BusinessDay) -> Message:
    """Write down a receipt that came on paper.

    Permission  outbox.write in the message's office; else as `receipt_take`. Raises IllegalMove on a past day.
    """
    refuse_past(day)
    held = message_held(message_id)
    require(officer, WRITE, org=held.org)
    return _receipted(officer, held, new)


def _receipted(officer: Officer, held: Message, new: NewReceipt) -> Message:
    if new.outcome not in {"delivered", "undelivered"} or not new.ref.strip():
        raise FormWrong(message=_("回执内容不对。"), hint=_("请对照接口说明。"), where={"field": "outcome"})
    check_text(new.note, "note", SHORT_MOST)
    if held.receipts.filter(ref=new.ref[:120]).exists():
        return held
    if held.state not in {*Message.WAS_SENT, Message.State.UNSURE}:
        raise FormWrong(message=_("这条消息没有发出。"), hint=_("请核对消息编号。"), where={"state": held.state})
    # By the day: paper tells no hour, a gateway's clock is not ours, and the law counts days.
    if not timezone.localdate(held.claimed_at or held.opened_at) <= timezone.localdate(new.at) <= today():
        raise FormWrong(
            message=_("送达日不在发出日与今日之间。"), hint=_("请核对回执日期。"), where={"field": "at", "at": new.at}
        )
    Receipt.objects.create(
        message=held, ref=new.ref[:120], outcome=new.outcome, at=new.at, told_by=officer, note=new.note
    )
    if held.state == Message.State.UNSURE:
        # Whoever delivered it, or could not, was sent it.
        move(held, Message.State.SENT, seen_version=held.version)
        held.sent_at = held.claimed_at
        held.save(update_fields=["sent_at"])
    if new.outcome in held.MOVES[held.state]:
        move(held, new.outcome, seen_version=held.version)
        if held.state == Message.State.DELIVERED:
            _tell_law(officer, held, new)
    record(officer, "outbox.receipt", held, org=held.org, outcome=new.outcome, ref=new.ref[:120])
    return held


def _tell_law(officer: Officer, held: Message, new: NewReceipt) -> None:
    """Hand a formal demand that arrived to the next night: it interrupts the limitation of the debtor's debt (DSP-33).

    One to a guarantor is of each guarantee that he gave for the loan and that a demand keeps (DSP-42, DSP-44); where
    none is known there is nothing to tell.
    """
    if held.channel != "formal_demand" or not held.loan_id:
        return
    of = guarantees_demanded(held.loan_id, held.party_id) if held.role == "guarantor" else [""]
    rows = [
        legal_row(
            f"MSG-{held.pk.hex}" + (f"-{at}" if guarantee_id else ""), held.loan_id, "demand",
            timezone.localdate(new.at), proof=f"{held.posted_ref} {new.note}".strip(), guarantee_id=guarantee_id,
        )
        for at, guarantee_id in enumerate(of)
    ]  # fmt: skip
    if rows:
        rows_give(
            rows_id=held.pk, table=TABLE, rows=rows, title=held.debtor_name, officer=officer, org=held.org,
            page=reverse("outbox:message", args=[held.pk]),
        )  # fmt: skip


def message_held(message_id: UUID) -> Message:
    """Hold a message until the transaction ends. Raises NotFoundHere."""
    found = Message.objects.select_for_update(of=("self",)).select_related("org").filter(pk=message_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这条消息。"), hint=_("请从列表进入。"))
    return found


def try_told(message: Message, outcome: str, **told: object) -> None:
    """Keep what came of a try, in the transaction of what it changed."""
    Try.objects.create(
        message=message, at=timezone.now(), outcome=outcome, attempt_id=message.attempt_id,
        label=message.point.label if message.point else "", told=told,
    )  # fmt: skip
