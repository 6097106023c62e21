"""Putting files to an inspection, and taking them away again while its report is being written."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.core.actions import record, require
from postloan.desk.core.models import Officer
from postloan.desk.inspection.files.content import Content, read_content
from postloan.desk.inspection.files.queries import file_path, thumbnail_path
from postloan.desk.inspection.models import Inspection, InspectionFile
from postloan.errors import FileRefused, IllegalMove
from postloan.rules.inspection_rules import FileRules

_BAND = 4


@transaction.atomic
def files_add(
    officer: Officer, inspection_id: int, sent: Sequence[tuple[str, bytes]], rules: FileRules
) -> list[tuple[str, FileRefused]]:
    """Put files, each a name and its bytes, to an inspection; the same bytes again are the same file.

    Permission  inspection.write in its office. The report must still be writable.
    Leaves      one audit entry. Returns the files that were refused, each with the reason.
    Raises NotPermitted, IllegalMove.
    """
    inspection = Inspection.objects.select_for_update(of=("self",)).select_related("org").get(pk=inspection_id)
    require(officer, "inspection.write", org=inspection.org)
    _must_be_writable(inspection)
    known = set(inspection.files.values_list("sha256", flat=True))
    refused: list[tuple[str, FileRefused]] = []
    made: list[InspectionFile] = []
    for name, content in sent:
        try:
            found = read_content(content, rules)
            _must_have_room(len(known), rules)
        except FileRefused as fault:
            refused.append((name, fault))
            continue
        if found.sha256 in known:
            continue
        known.add(found.sha256)
        keep(file_path(found.sha256), content)
        if found.thumbnail:
            keep(thumbnail_path(found.sha256), found.thumbnail)
        made.append(_row(officer, inspection, name, found))
    InspectionFile.objects.bulk_create(made)
    if made:
        told = {each.sha256: each.name for each in made}
        record(officer, "inspection.files_added", inspection, org=inspection.org, files=told)
    return refused


def _must_have_room(held: int, rules: FileRules) -> None:
    if held >= rules.files_most:
        raise FileRefused(
            message=_("一份检查报告最多 %s 个文件。") % rules.files_most,
            hint=_("请先删除不需要的文件。"),
            where={"field": "file"},
        )


def _row(officer: Officer, inspection: Inspection, name: str, found: Content) -> InspectionFile:
    bands = [found.looks[at : at + _BAND] for at in range(0, 4 * _BAND, _BAND)]
    return InspectionFile(
        inspection=inspection, name=plain_name(name, found.kind), kind=found.kind, sha256=found.sha256,
        size=found.size, width=found.width, height=found.height, band_0=bands[0], band_1=bands[1], band_2=bands[2],
        band_3=bands[3], taken_at=found.taken_at, latitude_e7=found.latitude_e7, longitude_e7=found.longitude_e7,
        camera=found.camera, added_by=officer,
    )  # fmt: skip


@transaction.atomic
def file_remove(officer: Officer, inspection_id: int, file_id: int) -> None:
    """Take a file away from a report that is being written. Its bytes stay: another inspection may hold them.

    Permission  inspection.write in its office. Raises NotPermitted, IllegalMove.
    """
    inspection = Inspection.objects.select_for_update(of=("self",)).select_related("org").get(pk=inspection_id)
    require(officer, "inspection.write", org=inspection.org)
    _must_be_writable(inspection)
    held = inspection.files.filter(pk=file_id).first()
    if held is None:
        return
    record(officer, "inspection.file_removed", inspection, org=inspection.org, sha256=held.sha256, name=held.name)
    held.delete()


def _must_be_writable(inspection: Inspection) -> None:
    if not inspection.is_writable:
        raise IllegalMove(
            message=_("报告已提交，不能再增减文件。"),
            hint=_("如需补充，请由复核人退回后再办理。"),
            where={"record": inspection.pk, "state": inspection.state},
        )


def keep(path: Path, content: bytes) -> None:
    """Write bytes under their hash; what is there already is the same."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def plain_name(name: str, kind: str) -> str:
    """The name that the file had, without folders and control characters, and with the ending of what it is."""
    bare = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())
    stem = bare.rpartition(".")[0] or bare or "file"
    return f"{stem[:180]}.{'jpg' if kind == 'jpeg' else kind}"
