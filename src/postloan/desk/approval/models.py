"""A matter to be agreed to, the steps that its chain asks for, and what each person said."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.core.models import Work


class Case(Work):
    """A matter on its way through a chain of steps (审批事项).

    kind       the chain it follows.
    subject    what it is about, by kind and key; one open case a kind and subject.
    page       where it is decided: an address.
    steps      the chain's steps as they stood when it was opened: action, zh, en. A later rule changes no open case.
    at_step    the step it waits for, from 0; the number of steps once all are taken.
    waits_for  the action of that step; empty once it is final.
    due_on     by when that step is to be taken.
    on         the business day it was opened on; run_id is the snapshot that was looked at.
    """

    class State(models.TextChoices):
        """Under way, agreed to by all, or turned down."""

        OPEN = "open"
        APPROVED = "approved"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.OPEN, State.APPROVED, State.REFUSED}),
        State.APPROVED: frozenset(),
        State.REFUSED: frozenset(),
    }

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    page = models.CharField(max_length=200)
    amount_cents = models.BigIntegerField(default=0)
    steps: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    at_step = models.PositiveSmallIntegerField(default=0)
    waits_for = models.CharField(max_length=60, blank=True)
    due_on = models.DateField()
    on = models.DateField()
    run_id = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="open"), name="one_open_case_a_subject"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "waits_for", "org"]),
            models.Index(fields=["kind", "subject"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_at_last_step(self) -> bool:
        """Whether the step it waits for is the last one."""
        return self.at_step == len(self.steps) - 1


class CaseStep(models.Model):
    """What one person said at a step (审批意见). It is never changed."""

    class Verdict(models.TextChoices):
        """Agreed, given back to the step before, or turned down."""

        AGREED = "agreed"
        RETURNED = "returned"
        REFUSED = "refused"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="taken")
    place = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=60)
    verdict = models.CharField(max_length=10, choices=Verdict)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    opinion = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(fields=["officer", "case"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.place} {self.verdict}"
