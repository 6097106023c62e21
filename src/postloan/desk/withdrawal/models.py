"""A withdrawal of a decision, from its proposal to the night that is told of it."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Decision, Work


class Withdrawal(Work):
    """A decision is taken back (撤回决定). Its id is made by the page, so that twice is once.

    decision  what is taken back. The decision that tells the night of it has this withdrawal's own id.
    """

    class State(models.TextChoices):
        """Proposed, agreed to, or turned down."""

        PROPOSED = "proposed"
        WITHDRAWN = "withdrawn"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.WITHDRAWN, State.REFUSED}),
        State.WITHDRAWN: frozenset(),
        State.REFUSED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="withdrawals")
    reason = models.CharField(max_length=1000)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(state__in=["proposed", "withdrawn"]), name="one_withdrawal_a_decision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.state}"
