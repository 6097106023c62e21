"""Cards of models on their way from proposal to retirement, what each month-end found of them, and alarms."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.approval.models import Case
from postloan.desk.core.models import Work

_HASH_TOLD = 32


class ModelCard(Work):
    """A card in the register (模型卡). Its id is made by the page, so that twice is once.

    model_id, edition  which model, and the version of it that the card is; sha256 is the card's own hash.
    content   the file as it was proposed, without an approval; read anew, hash and all, whenever it is shown.
    auc_e8    on rows held out of the fit, else on those fitted; empty where the card ranks nothing.
    case      the matter under way or settled last: its approval, or its retirement.
    effective_from  the day that was asked for; once approved, the day from which it holds.
    effective_to    the last day on which it holds: of one that was replaced or retired.
    """

    class State(models.TextChoices):
        """Proposed, in force, being retired, out of force, or turned down."""

        PROPOSED = "proposed"
        APPROVED = "approved"
        RETIRING = "retiring"
        RETIRED = "retired"
        REPLACED = "replaced"
        REFUSED = "refused"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.APPROVED, State.REFUSED}),
        State.APPROVED: frozenset({State.RETIRING, State.REPLACED}),
        State.RETIRING: frozenset({State.RETIRED, State.APPROVED, State.REPLACED}),
        State.RETIRED: frozenset(),
        State.REPLACED: frozenset(),
        State.REFUSED: frozenset(),
    }
    IN_FORCE: ClassVar[tuple[str, ...]] = (State.APPROVED, State.RETIRING)
    """States in which a card holds, once its day has come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    model_id = models.CharField(max_length=80)
    edition = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    content = models.TextField()
    purpose = models.CharField(max_length=1000)
    auc_e8 = models.BigIntegerField(null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField(null=True)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaces")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model_id", "edition"], condition=~Q(state="refused"), name="one_card_an_edition"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["model_id", "state"])]

    def __str__(self) -> str:
        return f"{self.model_id}/{self.edition}"

    @property
    def subject(self) -> str:
        """How its cases, and so every audit entry of them, name it: by its key and its hash."""
        return f"model:{self.pk}:{self.sha256[:_HASH_TOLD]}"


class Watch(models.Model):
    """What a published month-end says of a card (监控结果). It is never changed; a new run of the day has its own.

    labelled_on  the month-end whose outcomes it tells; empty while none is ripe.
    findings     measures as monitoring gives them: measure, subject, value, reference, low, high, light.
    grades       tests by band of score.
    """

    card = models.ForeignKey(ModelCard, on_delete=models.PROTECT, related_name="watches")
    on = models.DateField()
    run_id = models.CharField(max_length=64)
    labelled_on = models.DateField(null=True)
    findings: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    grades: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "run_id"], name="one_watch_a_run")]
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.card_id} {self.on}"


class Alarm(Work):
    """A measure of a card that has to be acted upon (模型报警), from the first red finding until it is green again.

    told      what was found, the worst subject first.
    disposal  what somebody decided to do about it, with a reason. It stays disposed of while it lasts: the same measure
              opens no second alarm before it was green.
    ended_on  the month-end on which it was green again.
    """

    class State(models.TextChoices):
        """Open, answered by somebody, or over."""

        OPEN = "open"
        DISPOSED = "disposed"
        OVER = "over"

    class Disposal(models.TextChoices):
        """The model is fitted anew, used as it is, or proposed for retirement."""

        RETUNE = "retune"
        ACCEPT = "accept"
        RETIRE = "retire"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.DISPOSED, State.OVER}),
        State.DISPOSED: frozenset({State.OVER}),
        State.OVER: frozenset(),
    }

    card = models.ForeignKey(ModelCard, on_delete=models.PROTECT, related_name="alarms")
    measure = models.CharField(max_length=40)
    told = models.CharField(max_length=300)
    on = models.DateField()
    ended_on = models.DateField(null=True)
    disposal = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    disposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    disposed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["card", "measure"], condition=~Q(state="over"), name="one_lasting_alarm_a_measure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.measure} {self.state}"
