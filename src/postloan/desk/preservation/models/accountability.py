"""Who answers for a loss: the facts, the votes of a committee, and its finding."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.core.models import Work


class Accountability(Work):
    """The question who answers for the loss of a loan (责任认定), closed by a vote within a set time of the write-off.

    off_on     the day of the write-off; due_on the last day to close it. Without one it is closed before.
    proposal   what is put to the vote: somebody is liable, or all did what was due (尽职免责).
    persons    who is named, and what each is held liable for.
    """

    class State(models.TextChoices):
        """Facts are gathered, it is voted on, it is closed."""

        OPEN = "open"
        VOTING = "voting"
        CLOSED = "closed"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.VOTING}),
        State.VOTING: frozenset({State.VOTING, State.OPEN, State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    class Finding(models.TextChoices):
        """What is proposed."""

        LIABLE = "liable"
        EXEMPT = "exempt"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    loan_id = models.CharField(max_length=64)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    loss_cents = models.BigIntegerField()
    off_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    facts = models.CharField(max_length=4000, blank=True)
    persons = models.CharField(max_length=1000, blank=True)
    proposal = models.CharField(max_length=10, choices=Finding, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["loan_id"], condition=~Q(state="closed"), name="one_open_accountability_a_loan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.state}"

    @property
    def subject(self) -> str:
        """How work names it."""
        return f"accountability:{self.pk}"


class Vote(models.Model):
    """What one member of the committee said to a proposal (表决); is_of_now while that proposal stands."""

    case = models.ForeignKey(Accountability, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_for = models.BooleanField()
    reason = models.CharField(max_length=1000)
    proposal = models.CharField(max_length=10)
    is_of_now = models.BooleanField(default=True)
    on = models.DateField()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "member"], condition=Q(is_of_now=True), name="one_vote_a_member"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.member_id}"
