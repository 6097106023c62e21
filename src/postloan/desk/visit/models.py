"""A visit to somebody about a case of collection: who goes when, where they checked in, what came of it, and photos."""

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from postloan.desk.collection.models import CollectionCase
from postloan.desk.contact.models import Attempt, ContactPoint
from postloan.desk.core.models import Work


class Visit(Work):
    """A visit (上门): planned, under way since they checked in, made, or not made.

    made_id  made by the page that planned it, so that twice is once.
    point    the address that it goes to.
    lead, second  who goes; the lead collects, both are told to the gate (COLL-07).
    planned_at  when they mean to be there.
    attempt  the ask of the gate that the last check-in made.
    refused_by  the weightiest rule that refused the last check-in; empty once it was allowed.
    checked_in_at, place, latitude_e7, longitude_e7  when and where they checked in, as the lead says.
    outcome  by the rules of collection.
    """

    class State(models.TextChoices):
        """Where it stands."""

        PLANNED = "planned"
        UNDER_WAY = "under_way"
        DONE = "done"
        CANCELLED = "cancelled"

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.PLANNED: frozenset({State.UNDER_WAY, State.CANCELLED}),
        State.UNDER_WAY: frozenset({State.DONE}),
        State.DONE: frozenset(),
        State.CANCELLED: frozenset(),
    }

    made_id = models.UUIDField(unique=True)
    case = models.ForeignKey(CollectionCase, on_delete=models.PROTECT, related_name="visits")
    debtor_id = models.CharField(max_length=64, db_index=True)
    debtor_name = models.CharField(max_length=200)
    amount_cents = models.BigIntegerField()
    point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    planned_on = models.DateField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    refused_by = models.CharField(max_length=12, blank=True)
    checked_in_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, blank=True)
    latitude_e7 = models.BigIntegerField(null=True)
    longitude_e7 = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("planned_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(lead=models.F("second")), name="a_visit_takes_two"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["org", "state", "planned_on"]),
            models.Index(fields=["lead", "planned_on"]),
            models.Index(fields=["second", "planned_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.planned_on} {self.state}"

    @property
    def subject(self) -> str:
        """How its work item names it."""
        return f"visit:{self.pk}"


class VisitPhoto(models.Model):
    """A photo of a visit, its bytes kept by hash beside those of inspections.

    looks        its perceptual hash, 16 hexadecimal digits; bands are its quarters, by which others are found.
    taken_at, latitude_e7, longitude_e7, camera  what the camera wrote.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    looks = models.CharField(max_length=16, blank=True)
    band_0 = models.CharField(max_length=4, blank=True, db_index=True)
    band_1 = models.CharField(max_length=4, blank=True, db_index=True)
    band_2 = models.CharField(max_length=4, blank=True, db_index=True)
    band_3 = models.CharField(max_length=4, blank=True, db_index=True)
    taken_at = models.DateTimeField(null=True)
    latitude_e7 = models.BigIntegerField(null=True)
    longitude_e7 = models.BigIntegerField(null=True)
    camera = models.CharField(max_length=100, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["visit", "sha256"], name="one_photo_once_a_visit")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.name}"
