"""Finding files: where their bytes lie, and in which other inspections the same photo stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.inspection.files.content import bits_apart
from postloan.desk.inspection.models import Inspection, InspectionFile
from postloan.desk.inspection.queries import rules_on

_ONE_E7 = 10**7


@dataclass(frozen=True)
class Reuse:
    """A file that stands in another inspection too.

    is_same  the same bytes; otherwise a picture that looks the same.
    """

    file: InspectionFile
    other: InspectionFile
    is_same: bool


def file_path(sha256: str) -> Path:
    """Where the bytes of a file lie."""
    return Path(settings.MEDIA_ROOT) / "inspection" / sha256[:2] / sha256


def thumbnail_path(sha256: str) -> Path:
    """Where the small picture of a photo lies."""
    return file_path(sha256).with_suffix(".thumb.jpg")


def reused(inspection: Inspection, files: Sequence[InspectionFile], *, bits_most: int) -> list[Reuse]:
    """The files that another inspection held before: the same bytes, or photos that differ in few bits."""
    wanted = Q(sha256__in=[each.sha256 for each in files])
    for each in files:
        if each.looks:
            wanted |= Q(band_0=each.band_0) | Q(band_1=each.band_1) | Q(band_2=each.band_2) | Q(band_3=each.band_3)
    if not files:
        return []
    others = list(
        InspectionFile.objects.filter(wanted).exclude(inspection=inspection).select_related("inspection").order_by("pk")
    )
    before = [[other for other in others if other.pk < each.pk] for each in files]
    told = [_earliest(each, held, bits_most) for each, held in zip(files, before, strict=True)]
    return [found for found in told if found]


def _earliest(file: InspectionFile, others: Sequence[InspectionFile], bits_most: int) -> Reuse | None:
    for other in others:
        if other.sha256 == file.sha256:
            return Reuse(file, other, is_same=True)
    for other in others:
        if file.looks and other.looks and bits_apart(file.looks, other.looks) <= bits_most:
            return Reuse(file, other, is_same=False)
    return None


@dataclass(frozen=True)
class FileSaid:
    """A file as a page shows it: when and where the photo was taken, and where else it stands."""

    file: InspectionFile
    taken: str
    reuse: Reuse | None
    is_early: bool


def files_said(inspection: Inspection) -> list[FileSaid]:
    """The files of an inspection, each with what the camera wrote and whether another inspection holds it."""
    files = list(inspection.files.select_related("added_by"))
    again = {
        each.file.pk: each
        for each in reused(inspection, files, bits_most=rules_on(inspection.opened_on).signs.photo_bits_most)
    }
    return [
        FileSaid(
            file=each,
            taken=photo_said(each) if each.is_photo else each.name,
            reuse=again.get(each.pk),
            is_early=each.taken_at is not None and each.taken_at.date() < inspection.opened_on,
        )
        for each in files
    ]


def photo_said(photo: InspectionFile) -> str:
    """A photo's name, and when and where it was taken."""
    taken = timezone.localtime(photo.taken_at).strftime("%Y-%m-%d %H:%M") if photo.taken_at else _("无拍摄时间")
    return f"{photo.note or photo.name} · {taken} · {_place(photo)}"


def _place(photo: InspectionFile) -> str:
    if photo.latitude_e7 is None or photo.longitude_e7 is None:
        return _("无拍摄地点")
    return f"{photo.latitude_e7 / _ONE_E7:.5f}, {photo.longitude_e7 / _ONE_E7:.5f}"
