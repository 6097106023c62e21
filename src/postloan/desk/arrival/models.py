"""Events as other systems post them, whom each concerns, what was handed over of them, and what debtors are called."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from postloan.desk.core.models import Org, Work
from postloan.desk.lending.models import Freeze
from postloan.desk.warning.models import WarningCase


class ArrivedEvent(Work):
    """An event as it was posted (到达事件). Its office is that of the account that posted it.

    revision      rises with every correction; what stood before is in the audit chain.
    debtor_id     as it was posted; empty where the text is to say whom it concerns.
    kind          as it was posted, or as its text says; kind_said is empty then.
    content_hash  of what was posted: the same again is no news.
    score, hits   the tone of its text: points, and the words with their places.
    """

    class State(models.TextChoices):
        """Whom it concerns is known, waits for somebody, is known of nobody, or does not matter."""

        SETTLED = "settled"
        WAITING = "waiting"
        NOBODY = "nobody"
        SET_ASIDE = "set_aside"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.SETTLED: frozenset({State.SETTLED, State.WAITING, State.NOBODY}),
        State.WAITING: frozenset({State.SETTLED, State.WAITING, State.NOBODY}),
        State.NOBODY: frozenset({State.SETTLED, State.WAITING, State.NOBODY, State.SET_ASIDE}),
        State.SET_ASIDE: frozenset({State.SETTLED, State.WAITING, State.NOBODY}),
    }

    event_id = models.CharField(max_length=64, unique=True)
    revision = models.PositiveIntegerField(default=1)
    debtor_id = models.CharField(max_length=64, blank=True)
    happened_on = models.DateField()
    source = models.CharField(max_length=20)
    kind = models.CharField(max_length=64)
    kind_said = models.CharField(max_length=64, blank=True)
    amount_cents = models.BigIntegerField(null=True)
    text = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    score = models.IntegerField(null=True)
    hits: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    arrived_on = models.DateField()
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "opened_at"]),
            models.Index(fields=["org", "opened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind}"


class Match(Work):
    """That an event concerns a debtor (事件归属): as it was posted, as its text says, or as somebody said.

    found, score     how the debtor stands in the text, and how alike that is to its name, in per cent.
    judged_revision  the revision of the event that was judged last; 0 is none.
    raised, rank     the signals that held then, and the place of the worst level among those that were new; -1 is none.
    freeze_told      why no freeze was proposed where a red signal was new; empty where one was, or none was due.
    handed_on, handed_revision, handed_kind  what the night was told last.
    """

    class State(models.TextChoices):
        """Put before somebody, taken, or turned down."""

        WAITING = "waiting"
        CONFIRMED = "confirmed"
        DENIED = "denied"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.CONFIRMED, State.DENIED}),
        State.CONFIRMED: frozenset({State.DENIED}),
        State.DENIED: frozenset({State.CONFIRMED}),
    }

    event = models.ForeignKey(ArrivedEvent, on_delete=models.PROTECT, related_name="matches")
    debtor_id = models.CharField(max_length=64)
    debtor_no = models.BigIntegerField()
    debtor_name = models.CharField(max_length=200)
    how = models.CharField(max_length=10)
    found = models.CharField(max_length=200, blank=True)
    score = models.PositiveSmallIntegerField(default=100)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True)
    judged_revision = models.PositiveIntegerField(default=0)
    judged_at = models.DateTimeField(null=True)
    raised: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    rank = models.SmallIntegerField(default=-1)
    case = models.ForeignKey(WarningCase, null=True, on_delete=models.PROTECT, related_name="+")
    freeze = models.ForeignKey(Freeze, null=True, on_delete=models.PROTECT, related_name="+")
    freeze_told = models.CharField(max_length=20, blank=True)
    handed_on = models.DateField(null=True)
    handed_revision = models.PositiveIntegerField(default=0)
    handed_kind = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "debtor_id"], name="one_match_an_event_and_debtor")
        ]
        indexes: ClassVar = [
            models.Index(fields=["debtor_id", "state"]),
            models.Index(fields=["org", "state"]),
            models.Index(fields=["state", "handed_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.debtor_id} {self.state}"

    @property
    def subject(self) -> str:
        """How work names it."""
        return f"match:{self.pk}"


class HandedEvent(models.Model):
    """A row of feed table `event` as it went with a business date: the same again gives the same bytes."""

    feed_day = models.DateField()
    feed_id = models.CharField(max_length=64)
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="+")
    row: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(encoder=DjangoJSONEncoder)
    refused = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed_day", "feed_id"], name="one_row_an_event_and_feed_day")
        ]

    def __str__(self) -> str:
        return f"{self.feed_day} {self.feed_id}"


class Alias(models.Model):
    """What a debtor is also called (客户别名), as the bank knows it; its office is that of the debtor."""

    alias = models.CharField(max_length=60)
    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alias", "debtor_id"], condition=models.Q(ended_on=None), name="one_alias_a_debtor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.alias} {self.debtor_id}"
