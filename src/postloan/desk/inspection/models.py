"""Inspections of debtors, what is put to them, what they found, and the projects that inspect the inspectors."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Work


class Inspection(Work):
    """One inspection of one debtor (贷后检查): from its opening to the accepted report.

    kind        first, periodic, triggered, special or sampled.
    cause       why it was opened, in words; cause_key tells one cause of a debtor from another.
    form        the form of inspection_forms in force on opened_on.
    answers     question -> answer, as text.
    draft       rises with every saved draft: two windows cannot write over each other.
    facts       what the data said when the report was submitted, of the run and day beside it.
    prose       the report's own text in one piece: what copied text is looked for in.
    second      who signs beside the author, where the rules ask for two.
    """

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open"
        SIGNING = "signing"
        REVIEW = "review"
        RETURNED = "returned"
        ACCEPTED = "accepted"
        GONE = "gone"

    WRITABLE: ClassVar[frozenset[str]] = frozenset({State.OPEN, State.RETURNED})
    RUNNING: ClassVar[frozenset[str]] = frozenset({State.OPEN, State.SIGNING, State.REVIEW, State.RETURNED})
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.SIGNING, State.REVIEW, State.GONE}),
        State.SIGNING: frozenset({State.REVIEW, State.RETURNED}),
        State.REVIEW: frozenset({State.ACCEPTED, State.RETURNED}),
        State.RETURNED: frozenset({State.SIGNING, State.REVIEW}),
        State.ACCEPTED: frozenset(),
        State.GONE: frozenset(),
    }

    kind = models.CharField(max_length=20)
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    cause = models.CharField(max_length=300)
    cause_key = models.CharField(max_length=64)
    form = models.CharField(max_length=40)
    exposure_cents = models.BigIntegerField(default=0)
    tier = models.CharField(max_length=20)
    needs_two = models.BooleanField(default=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    due_on = models.DateField()

    answers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    draft = models.PositiveIntegerField(default=0)
    drafted_at = models.DateTimeField(null=True)
    inspected_on = models.DateField(null=True)
    way = models.CharField(max_length=20, blank=True)
    place = models.CharField(max_length=200, blank=True)

    facts: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )
    facts_on = models.DateField(null=True)
    run_id = models.CharField(max_length=64, blank=True)
    prose = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_on = models.DateField(null=True)
    submitted_at = models.DateTimeField(null=True)
    second = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_on = models.DateField(null=True)
    opinion = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["debtor_id", "kind"],
                condition=Q(state__in=["open", "signing", "review", "returned"]),
                name="one_running_inspection_a_kind",
            ),
            models.UniqueConstraint(fields=["debtor_id", "kind", "cause_key"], name="one_inspection_a_cause"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["org", "state", "due_on"]),
            models.Index(fields=["officer", "state", "due_on"]),
            models.Index(fields=["form", "submitted_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.debtor_id}"

    @property
    def subject(self) -> str:
        """How work items name it."""
        return f"inspection:{self.pk}"

    @property
    def is_writable(self) -> bool:
        """Whether its report may still be changed."""
        return self.state in self.WRITABLE


class InspectionFile(models.Model):
    """A photo or document put to an inspection; its bytes lie under their sha256.

    band_0 … band_3  the 64 bits of a photo's perceptual hash in four parts: of two photos that differ in three bits
                     at most, one part is the same, so that an index finds them.
    taken_at, latitude_e7, longitude_e7  what the camera wrote; latitude and longitude in 1e-7 degrees.
    """

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    note = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    band_0 = models.CharField(max_length=4, blank=True, db_index=True)
    band_1 = models.CharField(max_length=4, blank=True, db_index=True)
    band_2 = models.CharField(max_length=4, blank=True, db_index=True)
    band_3 = models.CharField(max_length=4, blank=True, db_index=True)
    taken_at = models.DateTimeField(null=True)
    latitude_e7 = models.IntegerField(null=True)
    longitude_e7 = models.IntegerField(null=True)
    camera = models.CharField(max_length=100, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "sha256"], name="one_file_once_an_inspection")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        """Whether it is a picture."""
        return bool(self.width)

    @property
    def looks(self) -> str:
        """The perceptual hash, 16 hexadecimal digits; empty where it is no picture or an even surface."""
        return self.band_0 + self.band_1 + self.band_2 + self.band_3


class Finding(Work):
    """What an inspection found wrong (检查发现的问题): owner, day, correction, and who confirmed it.

    text_en  the text in English where the rule of the question says it; empty where a person wrote the text.
    """

    class State(models.TextChoices):
        """Open, said to be corrected, and seen to be."""

        OPEN = "open"
        CORRECTED = "corrected"
        CONFIRMED = "confirmed"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.CORRECTED}),
        State.CORRECTED: frozenset({State.CONFIRMED, State.OPEN}),
        State.CONFIRMED: frozenset(),
    }

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    question = models.CharField(max_length=60, blank=True)
    severity = models.CharField(max_length=10)
    text = models.CharField(max_length=500)
    text_en = models.CharField(max_length=500, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    correction = models.CharField(max_length=1000, blank=True)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    corrected_on = models.DateField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["org", "state", "due_on"])]

    def __str__(self) -> str:
        return self.text

    @property
    def said(self) -> str:
        """What is wrong, in the reader's language where the rule says it."""
        return self.text if language() == "zh" else self.text_en or self.text

    @property
    def subject(self) -> str:
        """How work items name it."""
        return f"finding:{self.pk}"


class Supervision(Work):
    """A project of supervision (督导检查): whose inspections of which months are looked at again, and the sample.

    seed        with it, whoever draws the sample again draws the same.
    population  how many accepted inspections there were to draw from.
    """

    class State(models.TextChoices):
        """Being worked on, told to the branch, and at an end."""

        OPEN = "open"
        ISSUED = "issued"
        CLOSED = "closed"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.ISSUED}),
        State.ISSUED: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    title = models.CharField(max_length=100)
    kinds = models.JSONField(default=list)
    begins_on = models.DateField()
    ends_on = models.DateField()
    wanted = models.PositiveIntegerField()
    population = models.PositiveIntegerField(default=0)
    seed = models.CharField(max_length=40)
    rules_on = models.DateField()
    led_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.title


class WorkingPaper(Work):
    """The working paper of one drawn inspection (工作底稿): marks, what was found, its correction and the re-check.

    marks   question -> points given.
    score   their sum, out of a hundred; empty until it is checked.
    """

    class State(models.TextChoices):
        """Where it stands."""

        DRAWN = "drawn"
        CHECKED = "checked"
        RECTIFYING = "rectifying"
        RECTIFIED = "rectified"
        CLOSED = "closed"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAWN: frozenset({State.CHECKED}),
        State.CHECKED: frozenset({State.CHECKED, State.RECTIFYING, State.CLOSED}),
        State.RECTIFYING: frozenset({State.RECTIFIED}),
        State.RECTIFIED: frozenset({State.CLOSED, State.RECTIFYING}),
        State.CLOSED: frozenset(),
    }

    supervision = models.ForeignKey(Supervision, on_delete=models.PROTECT, related_name="papers")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="papers")
    place = models.PositiveIntegerField()
    marks: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(null=True)
    found = models.CharField(max_length=1000, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    correction = models.CharField(max_length=1000, blank=True)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    corrected_on = models.DateField(null=True)
    rechecked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    rechecked_on = models.DateField(null=True)
    recheck = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("place",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["supervision", "inspection"], name="one_paper_an_inspection")
        ]

    def __str__(self) -> str:
        return f"{self.supervision_id} {self.place}"

    @property
    def subject(self) -> str:
        """How work items name it."""
        return f"paper:{self.pk}"
