"""A freeze of a debtor's credit, from its proposal to its lifting."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Work


class Freeze(Work):
    """A debtor gets no new credit (冻结授信). Its id is made by the page, so that twice is once.

    case, lift_case  the approvals of the freeze and of its lifting.
    begun_on, lifted_on  business days.
    """

    class State(models.TextChoices):
        """Proposed, in force, over, or never approved."""

        PROPOSED = "proposed"
        IN_FORCE = "in_force"
        LIFTED = "lifted"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.IN_FORCE, State.REFUSED}),
        State.IN_FORCE: frozenset({State.LIFTED}),
        State.LIFTED: frozenset(),
        State.REFUSED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    exposure_cents = models.BigIntegerField()
    reason = models.CharField(max_length=2000)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    lift_case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    begun_on = models.DateField(null=True)
    lifted_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id"], condition=Q(state__in=["proposed", "in_force"]), name="one_freeze_a_debtor"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["debtor_id", "state"])]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.state}"

    @property
    def open_case(self) -> Case | None:
        """The case that waits for somebody, or None."""
        held = self.lift_case or self.case
        return held if held.state == Case.State.OPEN else None
