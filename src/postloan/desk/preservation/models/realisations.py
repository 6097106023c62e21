"""Collateral disposed of outside court, by agreement with its owner: the agreement, the sale, the money, the rest."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import FeedRows, Work


class Realisation(Work):
    """What the bank and the owner agreed to do with a collateral (协议处置押品). One under way a collateral.

    right        by which the bank holds it; way how it is turned into money; cause why it may be.
    agreed_on, reference   the day and the number of the agreement.
    value_cents, valued_on what it was worth on the day it was proposed, and the day of the valuation behind that.
    price_cents  at which the bank takes it, or the least for which it is sold (底价); costs_cents of the disposal.
    offered      what the page proposed as a price, by where that came from, in cents.
    division     what the price pays, in the law's order: as proposed, then as the sale or the taking had it.
    sold_cents   what it was sold for; surplus_cents what is the owner's, known once it is closed.
    approval, settlement   who agreed to the agreement, and to what came in.
    """

    class Right(models.TextChoices):
        """Mortgage or pledge."""

        MORTGAGE = "mortgage"
        PLEDGE = "pledge"

    class Way(models.TextChoices):
        """Taken by the bank at its value (折价), auctioned (拍卖), sold (变卖)."""

        CONVERT = "convert"
        AUCTION = "auction"
        SALE = "sale"

    class Cause(models.TextChoices):
        """A debt is due and not paid, or what was agreed on has happened."""

        UNPAID = "unpaid"
        EVENT = "event"

    class State(models.TextChoices):
        """On its way, agreed to, turned down, given up, sold, its money looked at, closed."""

        PROPOSED = "proposed"
        AGREED = "agreed"
        REFUSED = "refused"
        DROPPED = "dropped"
        SOLD = "sold"
        SETTLING = "settling"
        CLOSED = "closed"

    RUNNING: ClassVar[tuple[str, ...]] = ("proposed", "agreed", "sold", "settling")
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.AGREED, State.REFUSED}),
        State.AGREED: frozenset({State.SOLD, State.CLOSED, State.DROPPED}),
        State.REFUSED: frozenset(),
        State.DROPPED: frozenset(),
        State.SOLD: frozenset({State.SETTLING, State.DROPPED}),
        State.SETTLING: frozenset({State.SOLD, State.CLOSED}),
        State.CLOSED: frozenset({State.CLOSED}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    collateral_id = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    owner_id = models.CharField(max_length=64)
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    right = models.CharField(max_length=10, choices=Right)
    way = models.CharField(max_length=10, choices=Way)
    cause = models.CharField(max_length=10, choices=Cause)
    asset_kind = models.CharField(max_length=20, blank=True)
    agreed_on = models.DateField()
    reference = models.CharField(max_length=100)
    value_cents = models.BigIntegerField()
    valued_on = models.DateField()
    price_cents = models.BigIntegerField()
    costs_cents = models.BigIntegerField(default=0)
    offered: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    division: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    reason = models.CharField(max_length=1000)
    on = models.DateField()
    due_on = models.DateField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    settlement = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="+")
    sold_on = models.DateField(null=True)
    sold_cents = models.BigIntegerField(null=True)
    buyer = models.CharField(max_length=200, blank=True)
    payments: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    surplus_cents = models.BigIntegerField(null=True)
    returned_on = models.DateField(null=True)
    voucher = models.CharField(max_length=100, blank=True)
    given = models.OneToOneField(FeedRows, null=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collateral_id"],
                condition=Q(state__in=["proposed", "agreed", "sold", "settling"]),
                name="one_realisation_a_collateral",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["org", "state"])]

    def __str__(self) -> str:
        return f"{self.collateral_id} {self.way} {self.state}"

    @property
    def subject(self) -> str:
        """How work and approvals name it."""
        return f"realisation:{self.pk}"

    @property
    def owes_surplus(self) -> bool:
        """Whether the owner has yet to be given what is beyond the claims."""
        return self.state == self.State.CLOSED and bool(self.surplus_cents) and self.returned_on is None


class RealisationPayment(models.Model):
    """A payment in the core by which a sale's money came in on a loan: it answers one sale only."""

    realisation = models.ForeignKey(Realisation, on_delete=models.PROTECT, related_name="received")
    payment_id = models.CharField(max_length=64, unique=True)
    loan_id = models.CharField(max_length=64)
    paid_on = models.DateField()
    amount_cents = models.BigIntegerField()

    class Meta:
        ordering = ("paid_on", "payment_id")

    def __str__(self) -> str:
        return f"{self.payment_id} {self.amount_cents}"
