"""Changes of warning rules on their way from a draft to the rulebook, and the files that were handed over."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Work

_HASH_TOLD = 32


class RuleChange(Work):
    """A change of one warning rule (预警规则变更). Its id is made by the page, so that twice is once.

    kind            a rule that is there is edited or retired, or a new one is written.
    rule            the rule as it is to be: plain values without a citation; wrong ones may stand in a draft.
    before          the rule as it stood when the draft was begun; empty of a new one.
    effective_from  the first business date that is asked for; once adopted, the day from which it holds.
    feed_day        the business date with which it was handed over to the night.
    """

    class State(models.TextChoices):
        """Written, proposed, agreed to, in the rulebook; or turned down, given up, overtaken by another change."""

        DRAFT = "draft"
        PROPOSED = "proposed"
        APPROVED = "approved"
        ADOPTED = "adopted"
        REFUSED = "refused"
        DROPPED = "dropped"
        OVERTAKEN = "overtaken"

    class Kind(models.TextChoices):
        """What is done to the rule."""

        EDIT = "edit"
        NEW = "new"
        RETIRE = "retire"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.DRAFT, State.PROPOSED, State.DROPPED}),
        State.PROPOSED: frozenset({State.APPROVED, State.REFUSED}),
        State.APPROVED: frozenset({State.ADOPTED, State.OVERTAKEN}),
        State.ADOPTED: frozenset(),
        State.REFUSED: frozenset(),
        State.DROPPED: frozenset(),
        State.OVERTAKEN: frozenset(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=Kind)
    category = models.CharField(max_length=20)
    signal = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    rule: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    before: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()
    effective_from = models.DateField(null=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(null=True)
    feed_day = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["signal"], condition=Q(state__in=["proposed", "approved"]), name="one_change_of_a_rule"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "effective_from"]), models.Index(fields=["signal"])]

    def __str__(self) -> str:
        return f"{self.signal} {self.kind} {self.state}"

    @property
    def subject(self) -> str:
        """How work items and approvals, and so every audit entry of them, name it: by its key and the rule's hash."""
        written = json.dumps([self.kind, self.rule], sort_keys=True, ensure_ascii=False)
        return f"rule:{self.pk}:{hashlib.sha256(written.encode()).hexdigest()[:_HASH_TOLD]}"


class RuleFile(models.Model):
    """A category's file as it was handed over with a business date (规则文件). It is never changed.

    before_sha256  of the file that it goes on from: anything else that lies there was put there by somebody else.
    """

    category = models.CharField(max_length=20)
    feed_day = models.DateField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    before_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "feed_day"], name="one_rule_file_a_category_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.feed_day}"
