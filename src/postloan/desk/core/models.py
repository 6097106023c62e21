"""Officers and offices, what they may do, what they decided, and the record of it."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q


class Org(models.Model):
    """An office (机构), as the feed last told it.

    path  the office and those above it, head office first: /100000/330000/330001/. A subtree is a prefix of paths.
    """

    org_id = models.CharField(max_length=64, primary_key=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="below")
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=20)
    path = models.CharField(max_length=600, db_index=True)

    class Meta:
        ordering = ("path",)

    def __str__(self) -> str:
        return self.name

    @property
    def above(self) -> list[str]:
        """The keys of the offices above it and its own, head office first."""
        return [part for part in self.path.split("/") if part]


class Officer(AbstractUser):
    """A person who works at the desk (员工).

    staff_no  how the feeds call the officer: loans name their officer by it.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=100)
    staff_no = models.CharField(max_length=64, unique=True, null=True, blank=True)
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="officers")

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name or self.username


class Grant(models.Model):
    """What an officer may do, in an office and all below it, up to an amount, from one day to another (授权).

    role         the role in whose name it was given; said beside the action, never asked.
    limit_cents  the largest amount; empty where the action bears none.
    ends_on      the last day, that day included; empty while it is open.
    """

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    action = models.CharField(max_length=60)
    org = models.ForeignKey(Org, on_delete=models.PROTECT)
    role = models.CharField(max_length=40)
    limit_cents = models.BigIntegerField(null=True)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["officer", "action"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")), name="grant_runs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.action} {self.org_id}"


class Delegation(models.Model):
    """One officer stands in for another for some days (代办): the grants of the one count for the other."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_taken")
    begins_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="delegation_runs"),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="delegation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"


class Work(models.Model):
    """A record that moves from state to state. Each desk's work says in MOVES which moves there are.

    version  rises with every move: a page tells which it showed, and an old one is refused.
    """

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {}

    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def may_become(self) -> list[str]:
        """The states it may move to from where it is: what buttons a page draws."""
        return sorted(self.MOVES[self.state])


class Decision(models.Model):
    """What the desk decided, for the next night (Door 2). Its id is made by the page, so that twice is once.

    org        the office of the loan.
    withdraws  the decision that this one takes back.
    feed_day   the business date with which it was handed over; empty while it waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    loan_id = models.CharField(max_length=64)
    debtor_id = models.CharField(max_length=64, blank=True)
    effective_on = models.DateField()
    ends_on = models.DateField(null=True)
    terms = models.JSONField(encoder=DjangoJSONEncoder)
    withdraws = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="withdrawn_by")
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    feed_day = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["feed_day", "effective_on"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.loan_id} {self.effective_on}"


class FeedRows(models.Model):
    """Rows of a feed table that the desk made, for the next night (Door 2): data, not a decision.

    id        made by the page, so that twice is once.
    table     the feed table; rows hold the same columns, as a CSV file of the feed writes them.
    title, page  what they are about and where they were made: work that intake sends back leads there.
    feed_day  the business date with which they were handed over; empty while they wait.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    table = models.CharField(max_length=40)
    rows: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField()
    title = models.CharField(max_length=200)
    page = models.CharField(max_length=200)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    feed_day = models.DateField(null=True, db_index=True)

    class Meta:
        ordering = ("made_at", "pk")

    def __str__(self) -> str:
        return f"{self.table} {self.title}"


class AuditEntry(models.Model):
    """One thing that somebody did. Each entry holds the hash of the one before it: none can be changed or taken out.

    seq     1, 2, 3 … without gaps.
    run_id  the snapshot that the officer was looking at.
    told    what changed, as it was and as it is.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    officer = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=160, db_index=True)
    org_id = models.CharField(max_length=64, blank=True)
    run_id = models.CharField(max_length=64, blank=True)
    told: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=1000, blank=True)
    before_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject}"


class AuditHead(models.Model):
    """The last entry of the chain: whoever adds to it holds this row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_audit_head")]

    def __str__(self) -> str:
        return str(self.seq)


class AdoptedDay(models.Model):
    """A snapshot that the desk took over (Door 1): what follows from it was opened and closed once."""

    run_id = models.CharField(max_length=64, primary_key=True)
    on = models.DateField(db_index=True)
    adopted_at = models.DateTimeField(auto_now_add=True)
    opened_count = models.PositiveIntegerField(default=0)
    closed_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.on} {self.run_id}"


class WorkItem(Work):
    """Something for an officer to do, by a day (待办).

    kind     a kind of the desk's rules, or of the desk that opened it.
    subject  what it is about, by kind and key: loan:JJ2024, debtor:C1, inspection:17.
    page     where it is done: an address.
    action   the grant that opens that page; an item says nothing to whoever lacks it.
    opened_on, closed_on  business days.
    """

    class State(models.TextChoices):
        """Open, done by somebody, or gone with its cause."""

        OPEN = "open"
        DONE = "done"
        GONE = "gone"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.DONE, State.GONE}),
        State.DONE: frozenset(),
        State.GONE: frozenset(),
    }

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    page = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="work_items"
    )
    due_on = models.DateField()
    amount_cents = models.BigIntegerField(default=0)
    told = models.CharField(max_length=300, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    urged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    urged_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="open"), name="one_open_item_a_subject"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["officer", "state", "due_on"]),
            models.Index(fields=["org", "state", "due_on"]),
            models.Index(fields=["kind", "subject", "closed_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Transfer(models.Model):
    """A portfolio handed over (移交): what the feeds lay on one officer is another's from a day on."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers_given")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers_taken")
    begins_on = models.DateField()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(giver=F("taker")), name="transfer_to_another")]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"


class Preference(models.Model):
    """How an officer wants a list: columns and their order, rows a page (列表偏好)."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    list_name = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    size = models.PositiveSmallIntegerField(default=20)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["officer", "list_name"], name="one_preference_a_list")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.list_name}"


class SavedView(models.Model):
    """A filter that an officer keeps as a tab of a list (保存的视图)."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    list_name = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["officer", "list_name", "name"], name="one_saved_view_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A file that is written in the background, and who asked for it (导出).

    asked  the list, its filters and columns: what stood on the screen.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports")
    list_name = models.CharField(max_length=40)
    asked = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return f"{self.list_name} {self.state}"


class ApiToken(models.Model):
    """By which another system speaks for an officer's account (接口令牌).

    hash  of the secret, which is kept nowhere; hint is its beginning, to tell tokens apart.
    """

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    expires_on = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"{self.name} {self.hint}"
