"""A restructuring from its first offer to its agreement: rounds of offers, consents, and the decisions it became."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Decision, Work


class Restructuring(Work):
    """What is negotiated of one loan (重组事项), a waiver alone included. One open a loan.

    id          made by the page, so that twice is once.
    difficulty  of those that the law lists; empty where the debtor is in none, and nothing is restructured.
    chosen      the offer that is proposed for approval; amount_cents what its chain went by.
    waived_cents  what the offer gives up of interest, penalty and fees, for which authority is asked apart.
    ground      of the rule of writing off, where the offer writes principal off; empty otherwise.
    effective_on  the day from which the decisions hold.
    """

    class State(models.TextChoices):
        """Negotiated, on its way, decided, turned down, or given up."""

        OPEN = "open"
        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"
        DROPPED = "dropped"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.OPEN, State.PROPOSED, State.DROPPED}),
        State.PROPOSED: frozenset({State.APPROVED, State.REFUSED}),
        State.APPROVED: frozenset(),
        State.REFUSED: frozenset(),
        State.DROPPED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    loan_id = models.CharField(max_length=64, db_index=True)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    outstanding_cents = models.BigIntegerField()
    difficulty = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=2000, blank=True)
    amount_cents = models.BigIntegerField(default=0)
    waived_cents = models.BigIntegerField(default=0)
    ground = models.CharField(max_length=40, blank=True)
    on = models.DateField()
    effective_on = models.DateField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen = models.OneToOneField("Offer", null=True, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="+")
    decisions = models.ManyToManyField(Decision, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["loan_id"], condition=Q(state__in=["open", "proposed"]), name="one_open_restructuring_a_loan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.state}"

    @property
    def subject(self) -> str:
        """How an approval names it."""
        return f"restructure:{self.loan_id}"


class Offer(models.Model):
    """One round: who offered what, when, and what the other side said (谈判轮次). What was offered is never changed.

    typed       what stood in the fields; changes the decisions it would become: kind and terms each.
    figures     what it came to when it was offered; instalments its schedule: day, principal, interest, fee in cents.
    """

    class By(models.TextChoices):
        """Whose offer it is."""

        BANK = "bank"
        BORROWER = "borrower"

    class Answer(models.TextChoices):
        """What the other side said."""

        WAITING = "waiting"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    restructuring = models.ForeignKey(Restructuring, on_delete=models.PROTECT, related_name="offers")
    round = models.PositiveSmallIntegerField()
    by = models.CharField(max_length=10, choices=By)
    on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    typed: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField()
    changes: "models.JSONField[list[Any], list[Any]]" = models.JSONField()
    figures: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(encoder=DjangoJSONEncoder)
    instalments: "models.JSONField[list[Any], list[Any]]" = models.JSONField(encoder=DjangoJSONEncoder)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    answered_on = models.DateField(null=True)
    answer_note = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("round",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["restructuring", "round"], name="one_offer_a_round"),
        ]

    def __str__(self) -> str:
        return f"{self.restructuring_id} {self.round} {self.by}"


class Consent(models.Model):
    """The written consent of whoever stands for the debt to what makes it heavier or longer (书面同意).

    security_id  the guarantee or the collateral; party_id who gave it.
    signed_on    the day on the paper. The paper lies among the files, under its hash.
    """

    restructuring = models.ForeignKey(Restructuring, on_delete=models.PROTECT, related_name="consents")
    security_id = models.CharField(max_length=64)
    party_id = models.CharField(max_length=64)
    signed_on = models.DateField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["restructuring", "security_id"], name="one_consent_a_security"),
        ]

    def __str__(self) -> str:
        return f"{self.restructuring_id} {self.security_id}"
