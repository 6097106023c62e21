"""A debtor's file on its way to asset preservation, and the papers that are in it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.core.models import Work


class Handover(Work):
    """The hand-over of one debtor to asset preservation (移交资产保全); one a debtor that is non-performing.

    reached_on  the day on which its worst loan reached the tier; due_on the last day to have it received.
    asked       the items of the file as they stood when it was opened: item, zh, en.
    hander, taker  who handed it over and who received it: two people.
    """

    class State(models.TextChoices):
        """To be handed over, on its way, received, or gone with its cause."""

        OPEN = "open"
        HANDED = "handed"
        RECEIVED = "received"
        GONE = "gone"

    RUNNING: ClassVar[tuple[str, ...]] = ("open", "handed")
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.OPEN, State.HANDED, State.GONE}),
        State.HANDED: frozenset({State.OPEN, State.RECEIVED, State.GONE}),
        State.RECEIVED: frozenset({State.GONE}),
        State.GONE: frozenset(),
    }

    debtor_id = models.CharField(max_length=64)
    debtor_name = models.CharField(max_length=200)
    tier = models.CharField(max_length=20)
    loan_count = models.PositiveIntegerField()
    exposure_cents = models.BigIntegerField()
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    reached_on = models.DateField()
    due_on = models.DateField()
    opened_on = models.DateField()
    hander = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    handed_on = models.DateField(null=True)
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id"],
                condition=Q(state__in=["open", "handed", "received"]),
                name="one_handover_a_debtor",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_on"]), models.Index(fields=["org", "state"])]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.state}"

    @property
    def subject(self) -> str:
        """How work names it."""
        return f"handover:{self.pk}"


class HandoverFile(models.Model):
    """An item of the file that somebody ticked: it is there, or it is missing for a reason."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="files")
    item = models.CharField(max_length=40)
    is_missing = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    ticked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["handover", "item"], name="one_tick_an_item")]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.item}"
