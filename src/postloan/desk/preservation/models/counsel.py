"""Counsel: law firms, lawyers and their conflicts, mandates with their costs and results."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models

from postloan.desk.core.models import Work
from postloan.desk.disposal.models import DisposalCase


class Firm(models.Model):
    """A law firm on the bank's list (律师事务所).

    rating  A to D, D takes no mandates; is_listed whether it is on the list at all.
    """

    class Rating(models.TextChoices):
        """How the bank rates it."""

        A = "A"
        B = "B"
        C = "C"
        D = "D"

    name = models.CharField(max_length=200, unique=True)
    licence = models.CharField(max_length=64)
    rating = models.CharField(max_length=1, choices=Rating)
    fees = models.CharField(max_length=500, blank=True)
    listed_on = models.DateField()
    is_listed = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Lawyer(models.Model):
    """A lawyer of a firm (律师)."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="lawyers")
    name = models.CharField(max_length=100)
    licence = models.CharField(max_length=64, unique=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Conflict(models.Model):
    """A party for which a firm works or worked: it takes no mandate against it (利益冲突)."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="conflicts")
    debtor_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    noted_on = models.DateField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "debtor_id"], name="one_conflict_a_party")]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.debtor_id}"


class Mandate(Work):
    """What a firm is asked to do against a debtor (委托), its fee, its costs so far and its result.

    fee_kind   fixed, contingent on what is recovered, or by the hour; fee_cents the agreed fee, or the most of one.
    claim_cents  what it is about: caps of costs are shares of it.
    """

    class State(models.TextChoices):
        """Under way, or at an end."""

        RUNNING = "running"
        WON = "won"
        LOST = "lost"
        SETTLED = "settled"
        ENDED = "ended"

    OVER: ClassVar[tuple[str, ...]] = ("won", "lost", "settled", "ended")
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.RUNNING: frozenset({State.RUNNING, State.WON, State.LOST, State.SETTLED, State.ENDED}),
        State.WON: frozenset(),
        State.LOST: frozenset(),
        State.SETTLED: frozenset(),
        State.ENDED: frozenset(),
    }

    class FeeKind(models.TextChoices):
        """How the fee is agreed."""

        FIXED = "fixed"
        CONTINGENT = "contingent"
        HOURLY = "hourly"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="mandates")
    lawyer = models.ForeignKey(Lawyer, null=True, on_delete=models.PROTECT, related_name="mandates")
    case = models.ForeignKey(DisposalCase, null=True, on_delete=models.PROTECT, related_name="mandates")
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    matter = models.CharField(max_length=500)
    fee_kind = models.CharField(max_length=12, choices=FeeKind)
    fee_cents = models.BigIntegerField()
    claim_cents = models.BigIntegerField()
    opened_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)
    recovered_cents = models.BigIntegerField(default=0)
    costs_cents = models.BigIntegerField(default=0)
    result = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["firm", "state"])]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.debtor_id} {self.state}"

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.state == self.State.RUNNING


class MandateCost(models.Model):
    """A cost of a mandate (费用). is_over says that it passed its cap, and who approved it recorded it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="costs")
    kind = models.CharField(max_length=20)
    amount_cents = models.BigIntegerField()
    on = models.DateField()
    voucher = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    is_over = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.kind}"
