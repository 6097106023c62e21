"""Exports: a list as a workbook, at once where it is small, in the background where it is not."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import polars as pl
import structlog
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import home
from postloan.desk.core.lists.actions import export_failed, export_finished, export_started, export_told
from postloan.desk.core.lists.asked import Asked, read_asked
from postloan.desk.core.lists.form import ListForm
from postloan.desk.core.lists.registry import list_named
from postloan.desk.core.lists.workbook import ROWS_MOST, write_workbook
from postloan.desk.core.models import Export
from postloan.desk.core.pages import Desk
from postloan.errors import FormWrong, PostloanError

AT_ONCE_MOST = 5000
"""Rows up to which a workbook is written while the officer waits."""
_log = structlog.get_logger("postloan.exports")
_background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")


def export_file(export_id: UUID) -> Path:
    """Where the workbook of an export lies."""
    return home() / "desk" / "exports" / f"{export_id}.xlsx"


def begin_in_background(export_id: UUID) -> None:
    """Write an export in the background, after those before it."""
    _background.submit(write_export, export_id)


def write_export(export_id: UUID) -> None:
    """Write the workbook of an export; what goes wrong is told on the officer's page, and the file appears whole."""
    close_old_connections()
    export = Export.objects.select_related("officer").get(pk=export_id)
    try:
        with override(export.asked["language"]):
            _write(export)
    except (PostloanError, OSError, pl.exceptions.PolarsError) as fault:
        _log.warning("export failed", export=str(export_id), fault=str(fault))
        export_failed(export_id, str(fault))
    finally:
        close_old_connections()


def _write(export: Export) -> None:
    desk_list = list_named(export.list_name)
    given = export.asked["query"]
    desk = Desk(export.officer, actions_of(export.officer), scope_of(export.officer, desk_list.action), given.get("on"))
    form = desk_list.form(desk)
    asked = read_asked(form, given, columns=export.asked["columns"])
    rows = rows_of(desk, export.list_name, asked)
    export_started(export.pk, len(rows))
    path = export_file(export.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        write_workbook(
            file, asked.columns, rows, notes_on(desk, form, asked), tell=lambda done: export_told(export.pk, done)
        )
    part.rename(path)
    export_finished(export.pk)


def rows_of(desk: Desk, list_name: str, asked: Asked) -> list[dict[str, object]]:
    """All rows that a question leaves, with the columns it shows. Raises FormWrong where a sheet cannot hold them."""
    desk_list = list_named(list_name)
    form = desk_list.form(desk)
    found = desk_list.source(desk, form).every(asked.all_values(form), sort=asked.sort)
    if len(found) > ROWS_MOST:
        raise FormWrong(
            message=_("共 %(count)s 行，一张 Excel 工作表放不下。") % {"count": f"{len(found):,}"},
            hint=_("请先用筛选缩小范围。"),
        )
    names = [column.name for column in asked.columns]
    return found.select(names).to_dicts() if isinstance(found, pl.DataFrame) else found


def notes_on(desk: Desk, form: ListForm, asked: Asked) -> list[tuple[str, str]]:
    """What the second sheet says: where the rows come from, and who took them."""
    answers = [f"{name}={value}" for name, value in asked.all_values(form).items()]
    return [
        (_("列表"), str(form.title)),
        (_("营业日期"), desk.day.on.isoformat()),
        (_("批次"), desk.day.run_id),
        (_("筛选"), "；".join(answers) or _("无")),
        (_("排序"), asked.sort),
        (_("导出人"), f"{desk.officer.name}（{desk.officer.get_username()}）"),
        (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M:%S")),
    ]
