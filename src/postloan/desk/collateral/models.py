"""What is kept of collateral: matters that two people agree to, calls, claims, title documents and their receipts."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import FeedRows, Org, Work


class Call(Work):
    """That a loan falls short of its collateral, and what the borrower does about it (补足担保通知). One open a loan.

    shortfall_cents, ltv_e8   as the day told them that opened it; empty where its collateral counts for nothing.
    answer   what was agreed to; how it was closed.
    """

    class State(models.TextChoices):
        """Opened by the night, told to the borrower, answered and waiting for a second person, closed."""

        OPEN = "open"
        NOTICED = "noticed"
        ANSWERED = "answered"
        CLOSED = "closed"

    class Answer(models.TextChoices):
        """What a borrower may do, and what the bank may."""

        MORE = "call_more"
        REPAID = "call_repaid"
        WAIVED = "call_waiver"

    class Way(models.TextChoices):
        """How the letter was sent."""

        LETTER = "letter"
        DELIVERED = "delivered"
        EMAIL = "email"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.NOTICED}),
        State.NOTICED: frozenset({State.ANSWERED}),
        State.ANSWERED: frozenset({State.NOTICED, State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    loan_id = models.CharField(max_length=64)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    secured_cents = models.BigIntegerField()
    value_cents = models.BigIntegerField()
    ltv_e8 = models.BigIntegerField(null=True)
    shortfall_cents = models.BigIntegerField()
    on = models.DateField()
    due_on = models.DateField()
    sent_on = models.DateField(null=True)
    way = models.CharField(max_length=10, choices=Way, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    answer = models.CharField(max_length=20, choices=Answer, blank=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["loan_id"], condition=~Q(state="closed"), name="one_open_call_a_loan"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.on} {self.state}"


class Claim(Work):
    """A loss of insured collateral (出险), and what the bank claims of the insurer for it.

    id            made by the page, so that twice is once.
    insured_cents, insured_to_on  of the insurance as the night told it when the loss was noted.
    is_first      whether the policy names the bank before all others (第一受益人).
    loan_ids      what the collateral secured when the loss was noted: payments on these may be the insurer's money.
    due_on        by when its next step is due; lapses_on, after which nothing can be claimed.
    granted_cents what the insurer grants; 0 where it refuses.
    ending        how it was closed.
    """

    class State(models.TextChoices):
        """Noted, the insurer told, claim filed, granted or refused, its closing proposed, closed."""

        NOTED = "noted"
        TOLD = "told"
        FILED = "filed"
        GRANTED = "granted"
        DECLINED = "declined"
        CLOSING = "closing"
        CLOSED = "closed"

    class Ending(models.TextChoices):
        """The proceeds came in on the loans; the collateral was restored with them; nothing is paid."""

        PAID = "claim_paid"
        RESTORED = "claim_restored"
        DROPPED = "claim_dropped"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.NOTED: frozenset({State.TOLD}),
        State.TOLD: frozenset({State.FILED}),
        State.FILED: frozenset({State.GRANTED, State.DECLINED}),
        State.GRANTED: frozenset({State.CLOSING}),
        State.DECLINED: frozenset({State.FILED, State.CLOSING}),
        State.CLOSING: frozenset({State.GRANTED, State.DECLINED, State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    collateral_id = models.CharField(max_length=64, db_index=True)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    insurer = models.CharField(max_length=100)
    policy_no = models.CharField(max_length=100)
    is_first = models.BooleanField()
    insured_cents = models.BigIntegerField()
    insured_to_on = models.DateField()
    happened_on = models.DateField()
    what = models.CharField(max_length=2000)
    loan_ids: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    loss_cents = models.BigIntegerField()
    on = models.DateField()
    due_on = models.DateField()
    lapses_on = models.DateField()
    told_on = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    filed_cents = models.BigIntegerField(null=True)
    answered_on = models.DateField(null=True)
    granted_cents = models.BigIntegerField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(filed_cents__isnull=True) | Q(filed_cents__lte=models.F("insured_cents")),
                name="no_claim_beyond_the_sum_insured",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collateral_id} {self.happened_on} {self.state}"


class ClaimPayment(models.Model):
    """A payment in the core by which an insurer's money came in on a loan: it answers one claim only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="payments")
    payment_id = models.CharField(max_length=64, unique=True)
    loan_id = models.CharField(max_length=64)
    paid_on = models.DateField()
    amount_cents = models.BigIntegerField()

    class Meta:
        ordering = ("paid_on", "payment_id")

    def __str__(self) -> str:
        return f"{self.payment_id} {self.amount_cents}"


class Document(Work):
    """A title document that the bank keeps (权证), or kept.

    held_as      who or what place keeps it while it is in.
    due_back_on  while it is out, the day by which it is back; empty where it went for good.
    """

    class State(models.TextChoices):
        """Handed in and not yet taken; in the vault; asked for; out; handed back; gone or never taken."""

        COMING = "coming"
        HELD = "held"
        LEAVING = "leaving"
        OUT = "out"
        RETURNING = "returning"
        GONE = "gone"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.COMING: frozenset({State.HELD, State.GONE}),
        State.HELD: frozenset({State.LEAVING}),
        State.LEAVING: frozenset({State.HELD, State.OUT}),
        State.OUT: frozenset({State.RETURNING}),
        State.RETURNING: frozenset({State.HELD, State.OUT}),
        State.GONE: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    collateral_id = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=100)
    number = models.CharField(max_length=100)
    held_as = models.CharField(max_length=100)
    due_back_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collateral_id", "number"], condition=~Q(state="gone"), name="a_document_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collateral_id} {self.number} {self.state}"


class Matter(Work):
    """What one person proposes of collateral and others agree to.

    id      made by the page, so that twice is once.
    kind    how approvals name it.
    told    what is proposed, and what it would make of loans: JSON by kind.
    given   the rows that go to the next night, once it is agreed to.
    """

    class Kind(models.TextChoices):
        """Kinds of matter, each with its chain."""

        VALUATION = "valuation"
        MORE = "call_more"
        REPAID = "call_repaid"
        WAIVER = "call_waiver"
        CLAIM_PAID = "claim_paid"
        CLAIM_RESTORED = "claim_restored"
        CLAIM_DROPPED = "claim_dropped"
        RELEASE = "collateral_release"
        VALUER_LISTED = "valuer_listed"
        VALUER_SUSPENDED = "valuer_suspended"
        VALUER_REMOVED = "valuer_removed"
        STRESS = "collateral_stress"
        CUSTODY_IN = "custody_in"
        CUSTODY_OUT = "custody_out"
        CUSTODY_BACK = "custody_back"

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
    kind = models.CharField(max_length=20, choices=Kind)
    collateral_id = models.CharField(max_length=64, blank=True, db_index=True)
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=2000)
    told: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="matters")
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="matters")
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="matters")
    given = models.OneToOneField(FeedRows, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collateral_id", "kind"],
                condition=Q(state="proposed", kind__in=["valuation", "collateral_release"]) & ~Q(collateral_id=""),
                name="one_open_matter_a_collateral",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.collateral_id} {self.state}"


class Receipt(models.Model):
    """That a title document came in or went out (权证出入库单): its key is the number of the receipt."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="receipts")
    is_out = models.BooleanField()
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    other = models.CharField(max_length=100)
    reason = models.CharField(max_length=2000)
    due_back_on = models.DateField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.pk} {self.document}"


class Valuer(models.Model):
    """An outside valuer that the bank accepts, or once accepted (评估机构); name as valuations write it."""

    name = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class ValuerTerm(models.Model):
    """How a valuer stands on the bank's list (名单) from a day on, until its next term begins.

    kinds    classes of collateral (form G13) that it may value; none where it is not listed.
    ends_on  the last day of a listing.
    """

    class Standing(models.TextChoices):
        """On the list; on it and not to be asked; off it."""

        LISTED = "listed"
        SUSPENDED = "suspended"
        REMOVED = "removed"

    valuer = models.ForeignKey(Valuer, on_delete=models.PROTECT, related_name="terms")
    standing = models.CharField(max_length=10, choices=Standing)
    kinds: "models.JSONField[list[str], list[str]]" = models.JSONField()
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.valuer} {self.standing} {self.begins_on}"
