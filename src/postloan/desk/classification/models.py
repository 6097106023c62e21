"""A quarter's batch of an office, the loans that people look at one by one, and the sheet of those classed by days."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Decision, Org, Work


class Batch(Work):
    """The classification of an office's loans for a quarter (分类批次).

    quarter_on  the last day of the quarter.
    on, run_id  the business day and snapshot whose tiers stand beside the officers' opinions.
    """

    class State(models.TextChoices):
        """Under way, or settled whole."""

        OPEN = "open"
        CLOSED = "closed"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    quarter_on = models.DateField()
    on = models.DateField()
    run_id = models.CharField(max_length=64)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["org", "quarter_on"], name="one_batch_a_quarter")]

    def __str__(self) -> str:
        return f"{self.org_id} {self.quarter_on}"


class Item(models.Model):
    """A loan that people class: one of a company, or a person's that somebody found to be an exception (分类明细).

    tier, cite    what the snapshot says, and by which clause.
    is_changed    the tier is not that of the last quarter's end; a new loan counts as pass then.
    opinion       agree, worse or upgrade, as last said; opinion_tier is the tier that follows.
    is_plain      neither changed nor judged otherwise than the system: what is approved all at once.
    decision      what the night was told, where the opinion is not the system's.
    """

    class Opinion(models.TextChoices):
        """As the system says, worse, or better by a controlled upgrade."""

        AGREE = "agree"
        WORSE = "worse"
        UPGRADE = "upgrade"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="classified")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    loan_id = models.CharField(max_length=64)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    legal_form = models.CharField(max_length=20)
    security_kind = models.CharField(max_length=20)
    outstanding_cents = models.BigIntegerField()
    overdue_cents = models.BigIntegerField()
    days_past_due = models.PositiveIntegerField()
    tier = models.CharField(max_length=20)
    cite = models.CharField(max_length=200, blank=True)
    tier_last_quarter = models.CharField(max_length=20, blank=True)
    is_held = models.BooleanField()
    may_upgrade_from_on = models.DateField(null=True)
    is_exception = models.BooleanField(default=False)
    is_changed = models.BooleanField()
    is_plain = models.BooleanField()
    opinion = models.CharField(max_length=10, choices=Opinion, default=Opinion.AGREE)
    opinion_tier = models.CharField(max_length=20)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "loan_id"], name="one_item_a_loan")]
        indexes: ClassVar = [
            models.Index(fields=["batch", "is_plain"]),
            models.Index(fields=["officer", "batch"]),
            models.Index(fields=["loan_id"]),
        ]

    def __str__(self) -> str:
        return self.loan_id


class Sheet(models.Model):
    """The loans of an office that are classed by days past due and confirmed together (零售批量).

    tiers  per tier: tier, loans, cents, changed. The rows themselves are the snapshot's, and are not copied.
    """

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="sheet")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="sheet")
    loans = models.PositiveIntegerField()
    outstanding_cents = models.BigIntegerField()
    tiers: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.loans}"
