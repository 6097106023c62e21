"""A case of early warning: all signals of a debtor, what people found and did, and everything that happened to it."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Org, Work


class WarningCase(Work):
    """All signals of one debtor that hold or held since it was opened (预警事件); one running case a debtor.

    level        the worst that any of its signals ever had; rank is its place, blue is 0.
    signal_ids, categories  those of its signals between spaces, so that a list can ask for one.
    product      of the debtor's largest loan; org and officer are those of that loan too.
    due_on       by when the step that it waits for is to be taken.
    approval     the approval under way, or the last one.
    is_raised    whether it was raised while an approval was under way: what was asked for is no longer what is there.
    late_to      the office above that was told that the step is late; empty while it is not, or was told of none.

    VERIFIES, PLANS, ACTS and LIFTS are where those actions begin; MOVES holds the outcomes of approvals too.
    """

    class State(models.TextChoices):
        """Where it stands; what is doubted, planned or lifting waits for somebody else to agree."""

        OPEN = "open"
        DOUBTED = "doubted"
        VERIFIED = "verified"
        PLANNED = "planned"
        ACTING = "acting"
        LIFTING = "lifting"
        LIFTED = "lifted"
        DISMISSED = "dismissed"
        GONE = "gone"

    RUNNING: ClassVar[tuple[str, ...]] = ("open", "doubted", "verified", "planned", "acting", "lifting")
    WAITING: ClassVar[tuple[str, ...]] = ("doubted", "planned", "lifting")
    WITH_OFFICER: ClassVar[tuple[str, ...]] = ("open", "verified", "acting")
    VERIFIES: ClassVar[tuple[str, ...]] = ("open",)
    PLANS: ClassVar[tuple[str, ...]] = ("verified", "acting")
    ACTS: ClassVar[tuple[str, ...]] = ("acting",)
    LIFTS: ClassVar[tuple[str, ...]] = ("verified", "acting")
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.VERIFIED, State.DOUBTED, State.DISMISSED, State.GONE}),
        State.DOUBTED: frozenset({State.DOUBTED, State.DISMISSED, State.OPEN}),
        State.VERIFIED: frozenset({State.PLANNED, State.LIFTING, State.OPEN, State.GONE}),
        State.PLANNED: frozenset({State.PLANNED, State.ACTING, State.VERIFIED, State.OPEN}),
        State.ACTING: frozenset({State.ACTING, State.PLANNED, State.LIFTING, State.OPEN, State.GONE}),
        State.LIFTING: frozenset({State.LIFTING, State.LIFTED, State.ACTING, State.VERIFIED, State.OPEN}),
        State.LIFTED: frozenset(),
        State.DISMISSED: frozenset(),
        State.GONE: frozenset(),
    }

    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    level = models.CharField(max_length=10)
    rank = models.PositiveSmallIntegerField()
    signal_ids = models.CharField(max_length=2000)
    categories = models.CharField(max_length=200)
    signal_count = models.PositiveIntegerField()
    product = models.CharField(max_length=60, blank=True)
    exposure_cents = models.BigIntegerField(default=0)
    tier = models.CharField(max_length=20)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    raised_on = models.DateField(null=True)
    verified_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    due_on = models.DateField()
    approval = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    is_raised = models.BooleanField(default=False)
    late_to = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id"],
                condition=Q(state__in=["open", "doubted", "verified", "planned", "acting", "lifting"]),
                name="one_running_warning_a_debtor",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["org", "state", "rank"]),
            models.Index(fields=["officer", "state", "due_on"]),
            models.Index(fields=["debtor_id", "closed_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.level} {self.state}"

    @property
    def subject(self) -> str:
        """How work items and approvals name it."""
        return f"warning:{self.pk}"

    @property
    def is_running(self) -> bool:
        """Whether anything is left to do."""
        return self.state in self.RUNNING


class CaseSignal(models.Model):
    """A signal of a case (预警信号): when it came, how bad it was at worst, and when it was gone.

    loan_id   empty where it is of the debtor.
    evidence  the features that told why, on the day it came or became as bad as it is.
    arrival   empty where a night raised it. Raised on arrival of an event it waits for a night that knows the event,
              and until then no night lets it go.
    """

    class Arrival(models.TextChoices):
        """Whether a night knows the event that raised a signal by now."""

        WAITS = "waits"
        TOLD = "told"

    case = models.ForeignKey(WarningCase, on_delete=models.PROTECT, related_name="signals")
    signal = models.CharField(max_length=20)
    category = models.CharField(max_length=20)
    loan_id = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=10)
    rank = models.PositiveSmallIntegerField()
    evidence: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    came_on = models.DateField()
    gone_on = models.DateField(null=True)
    arrival = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ("-rank", "signal", "loan_id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "signal", "loan_id"], name="one_signal_once_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.signal} {self.level}"


class Measure(models.Model):
    """Something to be done about a case (处置措施), by a day, and what came of it.

    is_agreed  whether the plan that it stands in was agreed to; of a plan that was turned down nothing stays.
    """

    case = models.ForeignKey(WarningCase, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    due_on = models.DateField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_agreed = models.BooleanField(default=False)
    outcome = models.CharField(max_length=1000, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True)

    class Meta:
        ordering = ("due_on", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class CaseEntry(models.Model):
    """A line of what happened to a case (办理过程). Its id is made by the page, so that twice is once.

    officer   empty where a published day did it.
    evidence  what a verification rests on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(WarningCase, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=20)
    level = models.CharField(max_length=10)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000, blank=True)
    evidence = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("at",)
        indexes: ClassVar = [models.Index(fields=["case", "at"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"
