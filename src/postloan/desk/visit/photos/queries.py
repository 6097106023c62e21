"""Whether a visit's photo stands elsewhere, in another visit or an inspection: the same bytes or the same picture."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.inspection.files.content import bits_apart
from postloan.desk.inspection.models import InspectionFile
from postloan.desk.inspection.queries import rules_on
from postloan.desk.visit.models import Visit, VisitPhoto


@dataclass(frozen=True)
class PhotoTold:
    """A photo, and where else it stands; nothing where it stands nowhere else."""

    photo: VisitPhoto
    elsewhere: str


def photos_told(visit: Visit, day: BusinessDay) -> list[PhotoTold]:
    """The photos of a visit, each held against all that were kept before it."""
    bits_most = rules_on(day.on).signs.photo_bits_most
    return [PhotoTold(each, _elsewhere(each, bits_most)) for each in visit.photos.select_related("added_by")]


def _elsewhere(photo: VisitPhoto, bits_most: int) -> str:
    alike = Q(sha256=photo.sha256)
    if photo.looks:
        alike |= Q(band_0=photo.band_0) | Q(band_1=photo.band_1) | Q(band_2=photo.band_2) | Q(band_3=photo.band_3)
    for other in VisitPhoto.objects.filter(alike, pk__lt=photo.pk).exclude(visit=photo.visit).select_related("visit"):
        if _is_same(photo, other.sha256, other.looks, bits_most):
            return _("与 %s 的上门照片相同") % other.visit.planned_on
    for held in InspectionFile.objects.filter(alike).select_related("inspection"):
        if _is_same(photo, held.sha256, held.looks, bits_most):
            return _("与 %s 的检查照片相同") % held.inspection.opened_on
    return ""


def _is_same(photo: VisitPhoto, sha256: str, looks: str, bits_most: int) -> bool:
    return sha256 == photo.sha256 or bool(photo.looks and looks and bits_apart(photo.looks, looks) <= bits_most)
