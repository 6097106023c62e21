"""A comparison of ways out of a bad debt that was kept: what it showed, and which way was chosen."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Work
from postloan.desk.disposal.models import DisposalCase


class RouteComparison(Work):
    """The ways out of a debtor's debt on a day, and the one chosen (处置路径); agreed to by loss and route.

    changed   what was typed in the place of the rulebook's figures, by name.
    position  what there was to be disposed of; routes the figures of each way, in cents and days.
    best      the way worth most; chosen the one proposed. npv_cents and loss_cents are of that.
    """

    class State(models.TextChoices):
        """On its way, agreed to, or turned down."""

        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.APPROVED, State.REFUSED}),
        State.APPROVED: frozenset(),
        State.REFUSED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(DisposalCase, null=True, on_delete=models.PROTECT, related_name="comparisons")
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    on = models.DateField()
    changed: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField()
    position: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    routes: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    best = models.CharField(max_length=20)
    chosen = models.CharField(max_length=20)
    days = models.PositiveIntegerField()
    npv_cents = models.BigIntegerField()
    loss_cents = models.BigIntegerField()
    reason = models.CharField(max_length=2000)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id"], condition=Q(state="proposed"), name="one_proposed_route_a_debtor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.chosen} {self.state}"
