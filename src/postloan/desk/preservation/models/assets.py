"""Repossessed assets: what was taken, yearly counts, what it has lost since, and the sale."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Work
from postloan.desk.disposal.models import AssetTaken


class Asset(Work):
    """A thing taken for a debt (抵债资产), until it is sold.

    taken        the outcome by which it was taken; empty for one that was taken before there was a desk.
    dispose_by   the last day that the law gives for selling it.
    book_cents   at what it stands in the books; lost_cents what was noted as lost since.
    result_cents proceeds less book value, impairment taken off, less taxes.
    approval     of the loss or the sale that was proposed last, by its kind; asked what was proposed, amounts in cents.
    """

    class State(models.TextChoices):
        """Held, or sold."""

        HELD = "held"
        SOLD = "sold"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.HELD: frozenset({State.HELD, State.SOLD}),
        State.SOLD: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    taken = models.OneToOneField(AssetTaken, null=True, on_delete=models.PROTECT, related_name="+")
    asset_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    debtor_id = models.CharField(max_length=64)
    loan_id = models.CharField(max_length=64)
    taken_on = models.DateField()
    dispose_by = models.DateField()
    book_cents = models.BigIntegerField()
    lost_cents = models.BigIntegerField(default=0)
    counted_on = models.DateField(null=True)
    sold_on = models.DateField(null=True)
    buyer = models.CharField(max_length=200, blank=True)
    proceeds_cents = models.BigIntegerField(null=True)
    taxes_cents = models.BigIntegerField(null=True)
    result_cents = models.BigIntegerField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    asked: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "dispose_by"])]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.state}"

    @property
    def subject(self) -> str:
        """How work names it."""
        return f"asset:{self.pk}"

    @property
    def carrying_cents(self) -> int:
        """What it stands in the books at, impairment taken off."""
        return self.book_cents - self.lost_cents

    @property
    def is_asked(self) -> bool:
        """Whether a loss or a sale waits for an approval."""
        return self.approval is not None and self.approval.state == Case.State.OPEN


class AssetCount(models.Model):
    """What a count found of an asset (盘点): one person counts, another confirms."""

    class Found(models.TextChoices):
        """What was found."""

        FOUND = "found"
        MISSING = "missing"
        DAMAGED = "damaged"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="counts")
    on = models.DateField()
    found = models.CharField(max_length=10, choices=Found)
    note = models.CharField(max_length=1000)
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-on", "-pk")

    def __str__(self) -> str:
        return f"{self.asset_id} {self.on} {self.found}"


class AssetLoss(models.Model):
    """What an asset was found to have lost (减值), with the ground; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="losses")
    amount_cents = models.BigIntegerField()
    on = models.DateField()
    ground = models.CharField(max_length=1000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.asset_id} {self.amount_cents}"
