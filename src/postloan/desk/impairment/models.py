"""What is kept of impairment: who reviewed and signed a run, and what people proposed of single loans."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Decision, Work


class RunSign(Work):
    """The sign-off of one run of the allowance (减值结果复核签批): one reviews it, another signs it. One a run.

    on       the business day of the run.
    figures  what was signed, as it was published: by stage its loans, claim and allowance in cents, and all of them.
    """

    class State(models.TextChoices):
        """Reviewed, signed, or given back by whoever should have signed."""

        REVIEWED = "reviewed"
        SIGNED = "signed"
        RETURNED = "returned"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.REVIEWED: frozenset({State.SIGNED, State.RETURNED}),
        State.RETURNED: frozenset({State.REVIEWED}),
        State.SIGNED: frozenset(),
    }

    run_id = models.CharField(max_length=64, unique=True)
    on = models.DateField(db_index=True)
    figures: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    loss_cents = models.BigIntegerField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    review_note = models.CharField(max_length=2000)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    sign_note = models.CharField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"{self.on} {self.run_id} {self.state}"


class Proposal(Work):
    """What people propose of one loan: a recovery plan, a worse stage, the watch list. Its id is made by the page.

    kind            how the night calls the decision it becomes.
    claim_cents, loss_cents   claim and allowance when it was proposed; planned_cents the allowance by the plan.
    worth           what the plan came to on that day: the figures of PlanWorth.
    received_cents  the cash received until then: what the plan's recoveries are counted from.
    ends_on         the last day of a stage or a watch; a plan holds until another takes its place.
    replaced_by     the plan that took this one's place.
    on              the business day it was proposed on; run_id is the snapshot that was looked at.
    """

    class Kind(models.TextChoices):
        """Kinds of decision."""

        PLAN = "recovery_plan"
        STAGE = "stage"
        WATCH = "watch"

    class State(models.TextChoices):
        """On its way, decided, turned down, or replaced by a later plan."""

        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"
        REPLACED = "replaced"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.APPROVED, State.REFUSED}),
        State.APPROVED: frozenset({State.REPLACED}),
        State.REFUSED: frozenset(),
        State.REPLACED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20, choices=Kind)
    loan_id = models.CharField(max_length=64, db_index=True)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    terms: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    reason = models.CharField(max_length=2000)
    claim_cents = models.BigIntegerField()
    loss_cents = models.BigIntegerField()
    planned_cents = models.BigIntegerField(null=True)
    worth: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(null=True)
    received_cents = models.BigIntegerField()
    ends_on = models.DateField(null=True)
    on = models.DateField()
    run_id = models.CharField(max_length=64)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "loan_id"], condition=Q(state="proposed"), name="one_open_proposal_a_kind"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "state"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.loan_id} {self.state}"
