"""What is kept of collateral: matters that two people agree to, calls, title documents and their receipts."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import FeedRows, Org, Work


class Call(Work):
    """That a loan falls short of its collateral, and what the borrower does about it (补足担保通知). One open a loan.

    shortfall_cents, ltv_e8   as the day told them that opened it; empty where its collateral counts for nothing.
    answer   what was agreed to; how it was closed.
    """

    class State(models.TextChoices):
        """Opened by the night, told to the borrower, answered and waiting for a second person, closed."""

        OPEN = "open"
        NOTICED = "noticed"
        ANSWERED = "answered"
        CLOSED = "closed"

    class Answer(models.TextChoices):
        """What a borrower may do, and what the bank may."""

        MORE = "call_more"
        REPAID = "call_repaid"
        WAIVED = "call_waiver"

    class Way(models.TextChoices):
        """How the letter was sent."""

        LETTER = "letter"
        DELIVERED = "delivered"
        EMAIL = "email"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.NOTICED}),
        State.NOTICED: frozenset({State.ANSWERED}),
        State.ANSWERED: frozenset({State.NOTICED, State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    loan_id = models.CharField(max_length=64)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    secured_cents = models.BigIntegerField()
    value_cents = models.BigIntegerField()
    ltv_e8 = models.BigIntegerField(null=True)
    shortfall_cents = models.BigIntegerField()
    on = models.DateField()
    due_on = models.DateField()
    sent_on = models.DateField(null=True)
    way = models.CharField(max_length=10, choices=Way, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    answer = models.CharField(max_length=20, choices=Answer, blank=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["loan_id"], condition=~Q(state="closed"), name="one_open_call_a_loan"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.on} {self.state}"


class Document(Work):
    """A title document that the bank keeps (权证), or kept.

    held_as      who or what place keeps it while it is in.
    due_back_on  while it is out, the day by which it is back; empty where it went for good.
    """

    class State(models.TextChoices):
        """Handed in and not yet taken; in the vault; asked for; out; handed back; gone or never taken."""

        COMING = "coming"
        HELD = "held"
        LEAVING = "leaving"
        OUT = "out"
        RETURNING = "returning"
        GONE = "gone"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.COMING: frozenset({State.HELD, State.GONE}),
        State.HELD: frozenset({State.LEAVING}),
        State.LEAVING: frozenset({State.HELD, State.OUT}),
        State.OUT: frozenset({State.RETURNING}),
        State.RETURNING: frozenset({State.HELD, State.OUT}),
        State.GONE: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    collateral_id = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=100)
    number = models.CharField(max_length=100)
    held_as = models.CharField(max_length=100)
    due_back_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collateral_id", "number"], condition=~Q(state="gone"), name="a_document_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collateral_id} {self.number} {self.state}"


class Matter(Work):
    """What one person proposes of collateral and others agree to.

    id      made by the page, so that twice is once.
    kind    how approvals name it.
    told    what is proposed, and what it would make of loans: JSON by kind.
    given   the rows that go to the next night, once it is agreed to.
    """

    class Kind(models.TextChoices):
        """Kinds of matter, each with its chain."""

        VALUATION = "valuation"
        MORE = "call_more"
        REPAID = "call_repaid"
        WAIVER = "call_waiver"
        RELEASE = "collateral_release"
        CUSTODY_IN = "custody_in"
        CUSTODY_OUT = "custody_out"
        CUSTODY_BACK = "custody_back"

    class State(models.TextChoices):
        """On its way, agreed to, or turned down."""

        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.APPROVED, State.REFUSED}),
        State.APPROVED: frozenset(),
        State.REFUSED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20, choices=Kind)
    collateral_id = models.CharField(max_length=64, blank=True, db_index=True)
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=2000)
    told: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="matters")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="matters")
    given = models.OneToOneField(FeedRows, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collateral_id", "kind"],
                condition=Q(state="proposed", kind__in=["valuation", "collateral_release"]) & ~Q(collateral_id=""),
                name="one_open_matter_a_collateral",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.collateral_id} {self.state}"


class Receipt(models.Model):
    """That a title document came in or went out (权证出入库单): its key is the number of the receipt."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="receipts")
    is_out = models.BooleanField()
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    other = models.CharField(max_length=100)
    reason = models.CharField(max_length=2000)
    due_back_on = models.DateField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.pk} {self.document}"
