"""A message to somebody about a debt, every try to send it, and the receipts that came back."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.contact.models import ContactPoint
from postloan.desk.core.models import Work


class Message(Work):
    """A message (消息), made once for what its key says.

    key         what it is for: the same again makes no second one.
    cause       the step of the reminders, or what else made it.
    channel, purpose  as the contact gate knows them.
    loan_id     empty where it is about no single loan.
    party_*     whom it is for; phone is the number that the feeds tell, under their seal.
    officer     who keeps the loan.
    point       the contact point it was last tried at; label shows the ends of its number.
    made_on     the business day it was made on; useful_until the last calendar day it is worth sending.
    not_before  when it may be tried next.
    attempt_id  the ask of the contact gate that the last try made.
    refused_by  the weightiest rule that refused it last, and when it would be allowed; empty once it was sent.
    outside_ref what the door calls it; posted_ref is the number of a letter that was posted.
    """

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        UNDELIVERED = "undelivered"
        REFUSED = "refused"
        NO_POINT = "no_point"
        FAILED = "failed"
        UNSURE = "unsure"
        EXPIRED = "expired"
        CANCELLED = "cancelled"

    WAITING: ClassVar[tuple[str, ...]] = ("queued", "sending")
    STUCK: ClassVar[tuple[str, ...]] = ("refused", "no_point", "failed", "unsure")
    WAS_SENT: ClassVar[tuple[str, ...]] = ("sent", "delivered", "undelivered")
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.QUEUED: frozenset({State.SENDING, State.EXPIRED, State.CANCELLED}),
        State.SENDING: frozenset({State.SENT, State.QUEUED, State.REFUSED, State.NO_POINT, State.FAILED, State.UNSURE}),
        State.SENT: frozenset({State.DELIVERED, State.UNDELIVERED}),
        State.DELIVERED: frozenset(),
        State.UNDELIVERED: frozenset({State.DELIVERED}),
        State.REFUSED: frozenset({State.QUEUED, State.CANCELLED, State.EXPIRED}),
        State.NO_POINT: frozenset({State.QUEUED, State.CANCELLED, State.EXPIRED}),
        State.FAILED: frozenset({State.QUEUED, State.CANCELLED, State.EXPIRED}),
        State.UNSURE: frozenset({State.SENT, State.QUEUED, State.CANCELLED}),
        State.EXPIRED: frozenset(),
        State.CANCELLED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    key = models.CharField(max_length=200, unique=True)
    cause = models.CharField(max_length=40)
    template = models.CharField(max_length=40)
    channel = models.CharField(max_length=14)
    purpose = models.CharField(max_length=8)
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    loan_id = models.CharField(max_length=64, blank=True, db_index=True)
    amount_cents = models.BigIntegerField(default=0)
    party_id = models.CharField(max_length=64)
    party_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12)
    form = models.CharField(max_length=8)
    region = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=600, blank=True)
    point = models.ForeignKey(ContactPoint, null=True, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=4000)
    due_on = models.DateField(null=True)
    made_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    useful_until = models.DateField()
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    attempt_id = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    refused_by = models.CharField(max_length=12, blank=True)
    sent_at = models.DateTimeField(null=True)
    sent_through = models.CharField(max_length=10, blank=True)
    outside_ref = models.CharField(max_length=120, blank=True)
    needs_receipt = models.BooleanField(default=False)
    posted_ref = models.CharField(max_length=60, blank=True)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("made_on", "id")
        indexes: ClassVar = [
            models.Index(fields=["state", "not_before"]),
            models.Index(fields=["org", "state", "made_on"]),
            models.Index(fields=["cause", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.debtor_id} {self.state}"

    @property
    def subject(self) -> str:
        """How its work item names it."""
        return f"message:{self.pk}"

    @property
    def is_letter(self) -> bool:
        """Whether it is printed and posted."""
        return self.channel in {"letter", "formal_demand"}


class Try(models.Model):
    """One try to send a message (发送记录): refused by a rule, failed at the door, or sent.

    attempt_id  its ask of the contact gate; empty where it came to none.
    told        the rules that refused it with their clauses, or what went wrong.
    """

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="all_tries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    attempt_id = models.UUIDField(null=True)
    label = models.CharField(max_length=200, blank=True)
    told: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.message_id} {self.outcome}"


class Receipt(models.Model):
    """What came back of a message (送达回执). Its reference is its sender's: the same again changes nothing.

    told_by  the account that brought it.
    """

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="receipts")
    ref = models.CharField(max_length=120)
    outcome = models.CharField(max_length=12)
    at = models.DateTimeField()
    came_at = models.DateTimeField(auto_now_add=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "ref"], name="one_receipt_once"),
            models.CheckConstraint(condition=Q(outcome__in=["delivered", "undelivered"]), name="a_receipt_says_which"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.outcome}"
