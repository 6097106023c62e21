"""A case of disposal: the non-performing loans of one debtor, by which route they go, and what is done about them."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.models import Decision, Work


class DisposalCase(Work):
    """The non-performing loans of one debtor (不良处置); one running case a debtor, opened and closed by nights.

    tier          the worst of its loans; loan_count, balance_cents (principal) and debt_cents (all that is owed) are of
                  the non-performing ones on the day, and stay as they were last once there is none.
    keeper        who disposes of it, where that is not the officer of its largest loan (资产保全岗).
    route, target, due_on, expected_cents  the plan: the way chosen, what is to be reached by when, and what it should
                  bring in; empty until somebody plans.
    off_cents     written off and still pursued: the case goes on while there is any.
    collection    the case of collection that was handed over to be taken to court, if one was: as long as it is there,
                  what is past due is disposed of too, non-performing or not.
    """

    class State(models.TextChoices):
        """Without a plan, with one, nothing on the book and pursued, or at an end."""

        OPEN = "open"
        ACTING = "acting"
        PURSUED = "pursued"
        CLOSED = "closed"

    RUNNING: ClassVar[tuple[str, ...]] = ("open", "acting", "pursued")
    ON_BOOK: ClassVar[tuple[str, ...]] = ("open", "acting")
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.ACTING, State.PURSUED, State.CLOSED}),
        State.ACTING: frozenset({State.ACTING, State.PURSUED, State.CLOSED}),
        State.PURSUED: frozenset({State.PURSUED, State.OPEN, State.ACTING, State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    product = models.CharField(max_length=60, blank=True)
    legal_form = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=20)
    loan_count = models.PositiveIntegerField()
    balance_cents = models.BigIntegerField()
    debt_cents = models.BigIntegerField()
    off_cents = models.BigIntegerField(default=0)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    collection = models.ForeignKey(CollectionCase, null=True, on_delete=models.PROTECT, related_name="disposals")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    route = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=500, blank=True)
    due_on = models.DateField(null=True)
    expected_cents = models.BigIntegerField(null=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id"],
                condition=Q(state__in=["open", "acting", "pursued"]),
                name="one_running_disposal_a_debtor",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["org", "state"]),
            models.Index(fields=["debtor_id", "closed_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.state}"

    @property
    def subject(self) -> str:
        """How work items and approvals name it."""
        return f"disposal:{self.pk}"

    @property
    def is_running(self) -> bool:
        """Whether anything is left to do."""
        return self.state in self.RUNNING


class DisposalEntry(models.Model):
    """A line of what happened to a case (处置台账). Its id is made by the page, so that twice is once.

    step     what was done, a word of the list; loan_id where it was of one loan; amount_cents where it moved any.
    officer  empty where a published day did it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(DisposalCase, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=24)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    loan_id = models.CharField(max_length=64, blank=True)
    amount_cents = models.BigIntegerField(null=True)
    text = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("at",)
        indexes: ClassVar = [models.Index(fields=["case", "at"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Lawsuit(Work):
    """A proceeding against a debtor (诉讼): its state is the stage it has come to.

    loan_ids      the loans it is about.
    claim_cents   what is claimed; adjudged_cents what the judgment gives.
    costs_cents   all its steps' costs together.
    """

    class State(models.TextChoices):
        """The stages, one after the other; what is settled or withdrawn is closed from any."""

        PREPARED = "prepared"
        FILED = "filed"
        JUDGED = "judged"
        ENFORCED = "enforced"
        AUCTIONED = "auctioned"
        CLOSED = "closed"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PREPARED: frozenset({State.FILED, State.JUDGED, State.CLOSED}),
        State.FILED: frozenset({State.JUDGED, State.CLOSED}),
        State.JUDGED: frozenset({State.ENFORCED, State.CLOSED}),
        State.ENFORCED: frozenset({State.AUCTIONED, State.CLOSED}),
        State.AUCTIONED: frozenset({State.AUCTIONED, State.ENFORCED, State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(DisposalCase, on_delete=models.PROTECT, related_name="lawsuits")
    loan_ids: "models.JSONField[list[str], list[str]]" = models.JSONField()
    court = models.CharField(max_length=100, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    claim_cents = models.BigIntegerField()
    adjudged_cents = models.BigIntegerField(null=True)
    costs_cents = models.BigIntegerField(default=0)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ("opened_on", "pk")

    def __str__(self) -> str:
        return f"{self.reference or self.pk} {self.state}"


class LawsuitStep(models.Model):
    """A step of a proceeding (诉讼进程), with its day, court, reference, costs and paper. It is never changed.

    ends_on  the last day of the period that a judgment gives the debtor to perform, or of a seizure.
    asset    the thing that was seized or let go, and its kind.
    paper    where one was sent: name, kind, and the hash under which it lies.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    lawsuit = models.ForeignKey(Lawsuit, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=24)
    on = models.DateField()
    ends_on = models.DateField(null=True)
    court = models.CharField(max_length=100, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    costs_cents = models.BigIntegerField(default=0)
    asset_kind = models.CharField(max_length=12, blank=True)
    asset_id = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    paper_name = models.CharField(max_length=200, blank=True)
    paper_kind = models.CharField(max_length=10, blank=True)
    paper_sha256 = models.CharField(max_length=64, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.lawsuit_id} {self.step} {self.on}"


class AuctionRound(Work):
    """One judicial sale of one thing (司法拍卖): the first, the second, then sale without auction (变卖).

    asset_id      the thing, by the number of the collateral where it is one of ours.
    asset_kind    movable, real estate or another right: the notice is as long as its kind asks.
    round         1 and 2 are auctions, 3 is the sale after them.
    start_cents   the price it starts at; deposit_cents what a bidder lays down.
    told_on       when the parties were told; notice_on when it was published; held_on when bidding began.
    """

    class State(models.TextChoices):
        """Published, sold, or failed."""

        PUBLISHED = "published"
        SOLD = "sold"
        FAILED = "failed"
        WITHDRAWN = "withdrawn"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PUBLISHED: frozenset({State.SOLD, State.FAILED, State.WITHDRAWN}),
        State.SOLD: frozenset(),
        State.FAILED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    lawsuit = models.ForeignKey(Lawsuit, on_delete=models.PROTECT, related_name="rounds")
    asset_id = models.CharField(max_length=64)
    asset_name = models.CharField(max_length=200, blank=True)
    asset_kind = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField()
    appraised_cents = models.BigIntegerField()
    start_cents = models.BigIntegerField()
    deposit_cents = models.BigIntegerField()
    told_on = models.DateField()
    notice_on = models.DateField()
    held_on = models.DateField()
    ended_on = models.DateField(null=True)
    sold_cents = models.BigIntegerField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("asset_id", "round")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lawsuit", "asset_id", "round"], condition=~Q(state="withdrawn"), name="one_auction_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.round} {self.state}"


class Outcome(Work):
    """What a loan comes to by a route (处置结果), agreed to by others where the route asks for it.

    route           cash, settlement, transfer, securitisation, asset or write_off.
    value_cents     what comes in: cash, the price, the value of the asset; 0 for a write-off.
    parts           what it meets or takes off of each component, in cents; waived those that are given up.
    basis, ground   by agreement or by ruling; why it may be written off, by the rulebook.
    counterparty    who buys or takes over.
    pay_by          of a settlement, by when value_cents is to be paid; agreed_on since when that is counted. What is
                    given up is given up once it is paid.
    decisions       what it became for the next night. What comes in after a write-off is not kept here: nights tell it.
    """

    class State(models.TextChoices):
        """Drawn up, on its way, settled and to be paid, agreed to (a write-off is pursued), ended, or given up."""

        DRAFT = "draft"
        PROPOSED = "proposed"
        AGREED = "agreed"
        APPROVED = "approved"
        ENDED = "ended"
        REFUSED = "refused"
        DROPPED = "dropped"
        LAPSED = "lapsed"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.PROPOSED, State.APPROVED, State.DROPPED}),
        State.PROPOSED: frozenset({State.AGREED, State.APPROVED, State.REFUSED}),
        State.AGREED: frozenset({State.APPROVED, State.LAPSED}),
        State.APPROVED: frozenset({State.APPROVED, State.ENDED}),
        State.ENDED: frozenset(),
        State.REFUSED: frozenset(),
        State.DROPPED: frozenset(),
        State.LAPSED: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(DisposalCase, on_delete=models.PROTECT, related_name="outcomes")
    loan_id = models.CharField(max_length=64, db_index=True)
    route = models.CharField(max_length=20)
    basis = models.CharField(max_length=20, blank=True)
    ground = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    counterparty = models.CharField(max_length=200, blank=True)
    value_cents = models.BigIntegerField(default=0)
    parts: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    waived: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    text = models.CharField(max_length=2000, blank=True)
    on = models.DateField()
    effective_on = models.DateField(null=True)
    pay_by = models.DateField(null=True)
    agreed_on = models.DateField(null=True)
    drawn_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="+")
    decisions = models.ManyToManyField(Decision, related_name="+")
    ended_on = models.DateField(null=True)

    class Meta:
        ordering = ("on", "opened_at")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["loan_id", "route"],
                condition=Q(state__in=["draft", "proposed"]),
                name="one_open_outcome_a_route",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["route", "state"])]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.route} {self.state}"

    @property
    def subject(self) -> str:
        """How an approval names it."""
        return f"outcome:{self.pk}"


class AssetTaken(models.Model):
    """A thing taken for a debt (抵债资产): what it is, at what value, since when, and by when it is to be sold.

    kind        movable, real_estate or right.
    taken_on    the day on which the agreement or the ruling takes effect.
    dispose_by  the last day that the law gives for selling it.
    """

    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, related_name="asset")
    asset_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    value_cents = models.BigIntegerField()
    taken_on = models.DateField()
    dispose_by = models.DateField()

    class Meta:
        ordering = ("dispose_by", "pk")

    def __str__(self) -> str:
        return f"{self.asset_id} {self.kind}"


class OutcomePaper(models.Model):
    """The paper that proves one condition of an outcome (证明材料). It lies among the files, under its hash."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="papers")
    item = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("item", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outcome", "item", "sha256"], name="one_paper_once_an_item")
        ]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.item}"
