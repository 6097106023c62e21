"""A package of bad loans, from the loans put in to the price that was paid."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Decision, Work


class Package(Work):
    """Loans that are sold together (资产包): companies in a batch or one by one, or a batch of persons.

    asked          the items of due diligence as they stood when it was drawn up: item, zh, en.
    reserve_cents  the least price: what its loans are worth if they are kept; None until it is priced.
    price_cents    what was paid.
    """

    class Kind(models.TextChoices):
        """Who its debtors are, and how many."""

        COMPANIES = "companies"
        SINGLE = "single"
        PERSONS = "persons"

    class State(models.TextChoices):
        """Filled, priced, up for bids, agreed to be sold, sold, or given up."""

        DRAFT = "draft"
        PRICED = "priced"
        BIDDING = "bidding"
        PROPOSED = "proposed"
        SOLD = "sold"
        DROPPED = "dropped"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.PRICED, State.DROPPED}),
        State.PRICED: frozenset({State.DRAFT, State.BIDDING, State.DROPPED}),
        State.BIDDING: frozenset({State.PROPOSED, State.DROPPED}),
        State.PROPOSED: frozenset({State.SOLD, State.BIDDING}),
        State.SOLD: frozenset(),
        State.DROPPED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    on = models.DateField()
    asked: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    reserve_cents = models.BigIntegerField(null=True)
    price_cents = models.BigIntegerField(null=True)
    buyer = models.CharField(max_length=200, blank=True)
    sold_on = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    winner = models.ForeignKey("Bid", null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @property
    def subject(self) -> str:
        """How work and approvals name it."""
        return f"package:{self.pk}"


class PackageLoan(models.Model):
    """A loan of a package, as it stood when it was put in.

    worth_cents  what it is worth if it is kept; price_cents its share of the price, by its principal.
    decision     its transfer on its way to the night, once it is sold.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="loans")
    loan_id = models.CharField(max_length=64, db_index=True)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    tier = models.CharField(max_length=20)
    principal_cents = models.BigIntegerField()
    interest_cents = models.BigIntegerField()
    worth_cents = models.BigIntegerField()
    price_cents = models.BigIntegerField(null=True)
    decision = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("loan_id",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["package", "loan_id"], name="one_loan_a_package")]

    def __str__(self) -> str:
        return f"{self.package_id} {self.loan_id}"


class PackageCheck(models.Model):
    """An item of due diligence that somebody looked into, and what was found (尽职调查)."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="checks")
    item = models.CharField(max_length=40)
    finding = models.CharField(max_length=1000)
    is_fault = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["package", "item"], name="one_check_an_item")]

    def __str__(self) -> str:
        return f"{self.package_id} {self.item}"


class Bid(models.Model):
    """A price that somebody offers for a package (报价)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="bids")
    bidder = models.CharField(max_length=200)
    price_cents = models.BigIntegerField()
    on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-price_cents", "on", "pk")

    def __str__(self) -> str:
        return f"{self.bidder} {self.price_cents}"
