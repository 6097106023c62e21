"""Contact points, attempts, complaints, what takes protection away, and the ledger that all of it is told in."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Org, Work
from postloan.plan.contact.ledger import NOTHING_BEFORE, Entry


class LedgerEntry(models.Model):
    """An entry of the ledger of contact. Each holds the hash of the one before it: none can be changed or taken out.

    party  whoever is contacted; point  the contact point, as a keyed hash.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    debtor = models.CharField(max_length=64, blank=True)
    party = models.CharField(max_length=64, blank=True)
    point = models.CharField(max_length=64, blank=True)
    officer = models.CharField(max_length=150, blank=True)
    told: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    before_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)
        indexes: ClassVar = [
            models.Index(fields=["debtor", "seq"]),
            models.Index(fields=["party", "seq"]),
            models.Index(fields=["point", "seq"]),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    @property
    def entry(self) -> Entry:
        """The entry as it is hashed and judged."""
        return Entry(
            self.seq, self.at, self.kind, self.debtor, self.party, self.point, self.officer, self.told,
            self.before_hash, self.hash,
        )  # fmt: skip


class LedgerHead(models.Model):
    """The last entry of the ledger: whoever asks the gate holds this row, so that asks come one after the other.

    rules_seq, rules_hash  the entry that told the rules in force last, and a hash of them.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=NOTHING_BEFORE)
    at = models.DateTimeField(null=True)
    rules_seq = models.BigIntegerField(default=0)
    rules_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_contact_head")]

    def __str__(self) -> str:
        return str(self.seq)


class ContactPoint(models.Model):
    """A number or an address by which somebody is reached about a debtor's debt (联系方式).

    party_id  whose it is; of a third person, who has no number at the bank, the point stands for the person.
    sealed    the number or address under the bank's key; label shows its ends; match is a keyed hash of it.
    source    where it is known from.
    """

    debtor_id = models.CharField(max_length=64)
    party_id = models.CharField(max_length=64)
    party_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12)
    form = models.CharField(max_length=8)
    kind = models.CharField(max_length=8)
    region = models.CharField(max_length=12, blank=True)
    sealed = models.CharField(max_length=600)
    match = models.CharField(max_length=64)
    label = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    is_do_not_call = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id", "match"], condition=Q(ended_at__isnull=True), name="one_point_once_a_debtor"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["match"])]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.kind} {self.label}"


class Attempt(models.Model):
    """An attempt to reach somebody, from its ask to its outcome (联系记录). Its id is made by whoever asks.

    seq       the entry of its ask in the ledger.
    refused_by, refusals  the weightiest rule that refused it, and all of them with clause and words.
    made_at   when it was begun; empty until somebody said what came of it, or where it was refused or not made.
    is_outside  whether it was begun when its answer had ended: a breach, kept as it was told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    seq = models.BigIntegerField(unique=True)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="attempts")
    channel = models.CharField(max_length=14)
    purpose = models.CharField(max_length=8)
    companions = models.CharField(max_length=200, blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_allowed = models.BooleanField()
    refused_by = models.CharField(max_length=12, blank=True)
    refusals: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    allowed_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    made_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    is_outside = models.BooleanField(default=False)

    class Meta:
        ordering = ("-seq",)
        indexes: ClassVar = [
            models.Index(fields=["debtor_id", "seq"]),
            models.Index(fields=["org", "is_allowed", "seq"]),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.channel} {self.debtor_id}"

    def may_begin(self, at: datetime) -> bool:
        """Whether it was allowed, and may still be begun at an instant."""
        return self.is_allowed and not self.outcome and self.valid_until is not None and at < self.valid_until


class Complaint(Work):
    """A complaint about collection (投诉): while it is open, collection of the debtor's debts pauses."""

    class State(models.TextChoices):
        """Waiting for its answer, or answered."""

        OPEN = "open"
        ANSWERED = "answered"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.ANSWERED}),
        State.ANSWERED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    text = models.CharField(max_length=2000)
    opened_on = models.DateField()
    due_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.state}"

    @property
    def subject(self) -> str:
        """How its work item names it."""
        return f"complaint:{self.pk}"


class Exemption(Work):
    """Something that takes protection away (放宽): proposed by one, agreed to by another.

    kind   consent to other hours, use of a point that wanted no contact, the end of a point.
    until  the last day of a consent.
    """

    class Kind(models.TextChoices):
        """What it takes away; the ledger's own words."""

        CONSENT = "consent"
        DO_NOT_CALL_LIFTED = "do_not_call_lifted"
        POINT_ENDED = "point_ended"

    class State(models.TextChoices):
        """Waiting for the second person, in force, turned down, or taken back by whoever consented."""

        PROPOSED = "proposed"
        IN_FORCE = "in_force"
        REFUSED = "refused"
        ENDED = "ended"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.IN_FORCE, State.REFUSED}),
        State.IN_FORCE: frozenset({State.ENDED}),
        State.REFUSED: frozenset(),
        State.ENDED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20)
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="exemptions")
    until = models.DateField(null=True)
    reason = models.CharField(max_length=2000)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.kind} {self.state}"
