"""What is kept of covenants: notices sent, waivers and cures proposed, statements sent in."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Decision, FeedRows, Org, Work


class Notice(models.Model):
    """That the borrower was told of a breach, once a period (违约通知)."""

    class Way(models.TextChoices):
        """How it was sent."""

        LETTER = "letter"
        DELIVERED = "delivered"
        EMAIL = "email"

    covenant_id = models.CharField(max_length=64)
    period_end_on = models.DateField()
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField()
    way = models.CharField(max_length=10, choices=Way)
    note = models.CharField(max_length=1000)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["covenant_id", "period_end_on"], name="one_notice_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.covenant_id} {self.period_end_on}"


class Proposal(Work):
    """What people propose of one test: that it is waived until a day, or that its breach is cured.

    id       made by the page, so that twice is once.
    kind     how the night calls the decision it becomes.
    result   how the test stood when it was proposed; amount_cents what the debtor owed.
    ends_on  the last day of a waiver; a cure has none.
    """

    class Kind(models.TextChoices):
        """Kinds of decision."""

        WAIVER = "covenant_waiver"
        CURE = "covenant_cure"

    class State(models.TextChoices):
        """On its way, decided, or turned down."""

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
    covenant_id = models.CharField(max_length=64)
    period_end_on = models.DateField()
    loan_id = models.CharField(max_length=64)
    debtor_id = models.CharField(max_length=64)
    result = models.CharField(max_length=20)
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=2000)
    ends_on = models.DateField(null=True)
    on = models.DateField()
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["covenant_id", "period_end_on"], condition=Q(state="proposed"), name="one_open_proposal_a_test"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.covenant_id} {self.period_end_on} {self.state}"


class StatementUpload(Work):
    """Statements of a debtor as a workbook told them (报表上传): shown first, then confirmed by a person.

    values   by item: item, period_end_on, value_cents and known_cents, what was known when it was read; empty is null.
    given    the rows that go to the next night, once it is confirmed.
    """

    class State(models.TextChoices):
        """Read and shown, confirmed, or thrown away."""

        READ = "read"
        CONFIRMED = "confirmed"
        DROPPED = "dropped"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.READ: frozenset({State.CONFIRMED, State.DROPPED}),
        State.CONFIRMED: frozenset(),
        State.DROPPED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    unit = models.CharField(max_length=10)
    is_audited = models.BooleanField()
    values: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    given = models.OneToOneField(FeedRows, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.file_name} {self.state}"
