"""An outside agency, the cases placed with it, the payments it reports, its bills, and its yearly evaluations."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.models import Work
from postloan.desk.outbox.models import Message


class Agency(Work):
    """An outside agency (外部催收机构): proposed by one, agreed to by another, on the published list until it leaves.

    org       the head office: an agency is of the whole bank.
    licence   the number of its business licence; line is the number that debtors may call.
    evidence  of each entry check, what was looked at.
    schedule  by which it is paid.
    account   the account in whose name its system asks the gate and reports; empty while it has none.
    """

    class State(models.TextChoices):
        """Waiting for the second person, on the list, turned down, or off the list."""

        PROPOSED = "proposed"
        LISTED = "listed"
        REFUSED = "refused"
        LEFT = "left"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.LISTED, State.REFUSED}),
        State.LISTED: frozenset({State.LEFT}),
        State.REFUSED: frozenset(),
        State.LEFT: frozenset(),
    }

    made_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    licence = models.CharField(max_length=40)
    line = models.CharField(max_length=40)
    evidence: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField()
    contract_no = models.CharField(max_length=60)
    begins_on = models.DateField()
    ends_on = models.DateField()
    schedule = models.CharField(max_length=40)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="agency")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    listed_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    left_why = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["licence"], condition=Q(state__in=["proposed", "listed"]), name="one_agency_a_licence"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def may_work(self, on: date) -> bool:
        """Whether it is on the list on a day, and its contract runs."""
        return self.state == self.State.LISTED and self.begins_on <= on <= self.ends_on


class Placement(Work):
    """A case placed with an agency (委外): waiting until the debtor was told, then running until it is taken back.

    told     the message that tells the debtor; the placement begins some days after it was sent.
    share_e8 the share of what is recovered that is paid, by the days past due on which it was placed.
    owed_cents  what was to be paid when it was placed.
    """

    class State(models.TextChoices):
        """Waiting for the debtor to be told, with the agency, taken back, or ended with the case."""

        WAITING = "waiting"
        RUNNING = "running"
        RECALLED = "recalled"
        ENDED = "ended"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.RUNNING, State.RECALLED}),
        State.RUNNING: frozenset({State.RECALLED, State.ENDED}),
        State.RECALLED: frozenset(),
        State.ENDED: frozenset(),
    }

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="placements")
    case = models.ForeignKey(CollectionCase, on_delete=models.PROTECT, related_name="placements")
    batch = models.UUIDField(default=uuid.uuid4, db_index=True)
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    told = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    owed_cents = models.BigIntegerField()
    days_past_due = models.PositiveIntegerField()
    share_e8 = models.BigIntegerField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_on = models.DateField()
    begins_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    why = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("-placed_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["waiting", "running"]), name="one_placement_a_case"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "state"])]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.debtor_id} {self.state}"


class Reported(models.Model):
    """A payment that an agency reports (报告回款). The reference is its own: the same again changes nothing."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="reported")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="reported")
    ref = models.CharField(max_length=120)
    paid_on = models.DateField()
    amount_cents = models.BigIntegerField()
    came_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("paid_on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "ref"], name="one_reported_payment_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="a_reported_payment_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.ref}"


class Bill(Work):
    """What an agency is paid for some days (佣金结算): proposed by one, agreed to by another.

    score     by which quality is paid; recovered_cents is what the ledger says.
    lines     of each placement: what was recovered and what is paid for it; they sum up to the whole. is_first is that
              the fee for taking it on is in it.
    """

    class State(models.TextChoices):
        """Waiting for the second person, agreed to, or turned down."""

        PROPOSED = "proposed"
        AGREED = "agreed"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.AGREED, State.REFUSED}),
        State.AGREED: frozenset(),
        State.REFUSED: frozenset(),
    }

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="bills")
    begins_on = models.DateField()
    ends_on = models.DateField()
    score = models.PositiveSmallIntegerField()
    recovered_cents = models.BigIntegerField()
    reported_cents = models.BigIntegerField()
    total_cents = models.BigIntegerField()
    lines: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-begins_on", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("begins_on")), name="a_bill_runs"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.begins_on} {self.state}"


class Evaluation(Work):
    """What an agency was worth in a year (年度评估): scored by one, agreed to by another.

    scores  of each criterion, of 100, with what it rests on.
    result  kept, warned or left.
    """

    class State(models.TextChoices):
        """Waiting for the second person, agreed to, or turned down."""

        PROPOSED = "proposed"
        AGREED = "agreed"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.AGREED, State.REFUSED}),
        State.AGREED: frozenset(),
        State.REFUSED: frozenset(),
    }

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="evaluations")
    year = models.PositiveSmallIntegerField()
    scores: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField()
    total = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=10)
    note = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-year", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "year"], condition=Q(state__in=["proposed", "agreed"]), name="one_evaluation_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.year} {self.total}"
