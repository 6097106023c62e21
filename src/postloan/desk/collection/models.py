"""A debtor that is past due: its case, what happened to it, what was promised and paid, and who collects."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.contact.models import Attempt
from postloan.desk.core.models import Org, Work


class CollectionCase(Work):
    """All that a debtor owes past due (催收案件), from the night it fell past due to the night it is cured.

    org          the office of the debtor's largest loan past due; officer is the collector it is assigned to, if any.
    segment, strategy, trial, arm  by which rules it is worked on, and on which side of a trial it stands.
    step_days, channel  the step of its strategy that was reached last, and by which channel that step goes.
    past_due_cents      what is past due of principal, interest and fees; cure_cents is what pays everything off that is
                        past due, penalty and compound interest too.
    collected_cents     what was paid, since it was opened, on its debtor's loans while they were past due.
    counted             by loan that was past due: what it had received by the last adopted day, and 1 where it is yet.
    priority     the higher, the earlier its turn.
    ready_at     from when it may be worked on.
    held_by, held_until  whose desk it lies on now, and until when nobody else gets it.
    approval     the approval under way, or the last one.
    closed_why   cured, or gone where the debtor has no loan on the book any more.
    """

    class State(models.TextChoices):
        """In the queue, proposed for court, with an outside agency, before a court, or closed."""

        OPEN = "open"
        PROPOSED = "proposed"
        PLACED = "placed"
        COURT = "court"
        CLOSED = "closed"

    class Why(models.TextChoices):
        """Why a case is closed."""

        CURED = "cured"
        GONE = "gone"

    RUNNING: ClassVar[tuple[str, ...]] = ("open", "proposed", "placed", "court")
    ENDS: ClassVar[tuple[str, ...]] = ("open", "placed", "court")
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.PROPOSED, State.PLACED, State.CLOSED}),
        State.PROPOSED: frozenset({State.PROPOSED, State.COURT, State.OPEN}),
        State.PLACED: frozenset({State.OPEN, State.CLOSED}),
        State.COURT: frozenset({State.OPEN, State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    form = models.CharField(max_length=8)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    team = models.CharField(max_length=20)
    segment = models.CharField(max_length=40)
    strategy = models.CharField(max_length=40)
    trial = models.CharField(max_length=40, blank=True)
    arm = models.CharField(max_length=10, blank=True)
    step_days = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=14)
    days_past_due = models.PositiveIntegerField()
    bucket = models.CharField(max_length=4)
    opened_bucket = models.CharField(max_length=4)
    loan_count = models.PositiveIntegerField()
    past_due_cents = models.BigIntegerField()
    cure_cents = models.BigIntegerField()
    opened_cents = models.BigIntegerField()
    exposure_cents = models.BigIntegerField()
    collected_cents = models.BigIntegerField(default=0)
    counted: "models.JSONField[dict[str, list[int]], dict[str, list[int]]]" = models.JSONField(default=dict)
    tier = models.CharField(max_length=20)
    score = models.IntegerField(null=True)
    warning_level = models.CharField(max_length=10, blank=True)
    broken_count = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)
    priority = models.IntegerField()
    ready_at = models.DateTimeField()
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    held_until = models.DateTimeField(null=True)
    opened_on = models.DateField()
    told_on = models.DateField()
    last_worked_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    closed_why = models.CharField(max_length=10, blank=True)
    approval = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id"],
                condition=Q(state__in=["open", "proposed", "placed", "court"]),
                name="one_running_collection_a_debtor",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["team", "-priority", "id"], condition=Q(state="open", officer=None),
                         name="collection_pool"),
            models.Index(fields=["officer", "-priority", "id"], condition=Q(state="open"), name="collection_own"),
            models.Index(fields=["held_by"], condition=Q(held_by__isnull=False), name="collection_held"),
            models.Index(fields=["org", "state", "-priority"]),
            models.Index(fields=["state", "team"]),
            models.Index(fields=["debtor_id", "closed_on"]),
            models.Index(fields=["trial", "arm", "opened_on"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.state}"

    @property
    def subject(self) -> str:
        """How work items and approvals name it."""
        return f"collection:{self.pk}"

    @property
    def is_running(self) -> bool:
        """Whether anything is left to do."""
        return self.state in self.RUNNING


class CollectionEntry(models.Model):
    """A line of what happened to a case (催收过程). Its id is made by the page, so that twice is once.

    officer  empty where a published day did it.
    attempt  the contact that it came of, which the gate allowed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(CollectionCase, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, blank=True)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    team = models.CharField(max_length=20)
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField(null=True)
    text = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("-at",)
        indexes: ClassVar = [
            models.Index(fields=["case", "at"]),
            models.Index(fields=["on", "team", "officer"]),
            models.Index(fields=["attempt"]),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} {self.outcome}"


class Promise(Work):
    """A promise to pay (还款承诺): how much by when, followed by the nights until it is kept, partly kept or broken.

    base_cents  what the case had collected when it was made; paid_cents what it collected since.
    """

    class State(models.TextChoices):
        """Waiting for its day, kept, partly kept, broken, or replaced by another."""

        OPEN = "open"
        KEPT = "kept"
        PARTIAL = "partial"
        BROKEN = "broken"
        REPLACED = "replaced"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.KEPT, State.PARTIAL, State.BROKEN, State.REPLACED}),
        State.KEPT: frozenset(),
        State.PARTIAL: frozenset(),
        State.BROKEN: frozenset(),
        State.REPLACED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(CollectionCase, on_delete=models.PROTECT, related_name="promises")
    debtor_id = models.CharField(max_length=64)
    team = models.CharField(max_length=20)
    made_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    due_on = models.DateField()
    base_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField(default=0)
    judged_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="one_open_promise_a_case"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["debtor_id", "state"]),
            models.Index(fields=["made_on", "team"]),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.due_on} {self.state}"


class Seat(models.Model):
    """A collector's place in a team (催收席位): whether new cases are given, and how many at most.

    cap  how many open cases may be assigned; empty is what the rules say of the team.
    """

    officer = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seat")
    team = models.CharField(max_length=20)
    is_on = models.BooleanField(default=True)
    cap = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["team", "is_on"])]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.team}"


class Collected(models.Model):
    """What a debtor paid on loans past due between two adopted days while its case was running (回收)."""

    case = models.ForeignKey(CollectionCase, on_delete=models.PROTECT, related_name="collected")
    on = models.DateField()
    team = models.CharField(max_length=20)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "on"], name="one_sum_a_case_and_day")]
        indexes: ClassVar = [models.Index(fields=["on", "team", "officer"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.on}"


class Roll(models.Model):
    """How many cases went from one bucket to another between two adopted days (迁徙), by office and team.

    bucket_to  M0 where the debtor was cured, gone where it left the book.
    """

    on = models.DateField()
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    team = models.CharField(max_length=20)
    bucket = models.CharField(max_length=4)
    bucket_to = models.CharField(max_length=4)
    case_count = models.PositiveIntegerField()
    past_due_cents = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "org", "team", "bucket", "bucket_to"], name="one_roll_a_day_office_and_buckets"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.team} {self.bucket} {self.bucket_to}"
