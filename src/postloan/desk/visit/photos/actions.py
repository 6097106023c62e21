"""Putting photos to a visit: checked by content, kept by hash."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.core.actions import record, refuse_past, require
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.inspection.files.actions import keep, plain_name
from postloan.desk.inspection.files.content import Content, read_content
from postloan.desk.inspection.files.queries import file_path, thumbnail_path
from postloan.desk.visit.models import Visit, VisitPhoto
from postloan.errors import FileRefused, IllegalMove, NotFoundHere
from postloan.rules.inspection_rules import FileRules

_BAND = 4


@transaction.atomic
def photos_add(
    officer: Officer, visit_id: int, sent: Sequence[tuple[str, bytes]], rules: FileRules, *, day: BusinessDay
) -> int:
    """Put photos, each a name and its bytes, to a visit that is under way or was made; the same bytes are one photo.

    Permission  visit.do in the office; who led the visit or went along. Leaves an audit entry. Returns how many are
                new.
    Raises NotPermitted, NotFoundHere, IllegalMove; FileRefused where one is no photo, or there are too many.
    """
    refuse_past(day)
    visit = Visit.objects.select_for_update(of=("self",)).select_related("org").filter(pk=visit_id).first()
    if visit is None:
        raise NotFoundHere(message=_("没有这次上门。"), hint=_("请从列表进入。"))
    require(officer, "visit.do", org=visit.org)
    is_theirs = officer.pk in {visit.lead_id, visit.second_id}
    if not is_theirs or visit.state not in {Visit.State.UNDER_WAY, Visit.State.DONE}:
        raise IllegalMove(message=_("签到后由上门人员上传照片。"), hint=_("请先签到。"), where={"state": visit.state})
    known = set(visit.photos.values_list("sha256", flat=True))
    made = []
    for name, content in sent:
        found = read_content(content, rules)
        if not found.thumbnail:
            raise FileRefused(
                message=_("不是照片。"), hint=_("请上传 JPG、PNG 或 WEBP 照片。"), where={"field": "file"}
            )
        if found.sha256 in known:
            continue
        if len(known) >= rules.files_most:
            raise FileRefused(message=_("照片太多。"), hint=_("请只上传需要的照片。"), where={"field": "file"})
        known.add(found.sha256)
        keep(file_path(found.sha256), content)
        keep(thumbnail_path(found.sha256), found.thumbnail)
        made.append(_row(officer, visit, name, found))
    VisitPhoto.objects.bulk_create(made)
    if made:
        record(officer, "visit.photos_added", visit, org=visit.org, photos={each.sha256: each.name for each in made})
    return len(made)


def _row(officer: Officer, visit: Visit, name: str, found: Content) -> VisitPhoto:
    bands = [found.looks[at : at + _BAND] for at in range(0, 4 * _BAND, _BAND)]
    return VisitPhoto(
        visit=visit, name=plain_name(name, found.kind), kind=found.kind, sha256=found.sha256, size=found.size,
        looks=found.looks, band_0=bands[0], band_1=bands[1], band_2=bands[2], band_3=bands[3],
        taken_at=found.taken_at, latitude_e7=found.latitude_e7, longitude_e7=found.longitude_e7, camera=found.camera,
        added_by=officer,
    )  # fmt: skip
