"""What an officer does with a list: choose its columns, keep a view, take it out as a workbook."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.core.actions import record
from postloan.desk.core.lists.asked import SIZES
from postloan.desk.core.models import Export, Officer, Preference, SavedView
from postloan.errors import FormWrong

_NAME_LONGEST = 40


def columns_choose(officer: Officer, list_name: str, columns: Sequence[str], size: int) -> None:
    """Remember which columns an officer wants of a list, and how many rows a page."""
    Preference.objects.update_or_create(
        officer=officer,
        list_name=list_name,
        defaults={"columns": list(columns), "size": size if size in SIZES else SIZES[0]},
    )


def view_save(officer: Officer, list_name: str, name: str, query: str) -> None:
    """Keep a filter as a tab; the same name again replaces it. Raises FormWrong where it has no name."""
    if not name.strip() or len(name) > _NAME_LONGEST:
        raise FormWrong(message=_("视图要有名称，最多 40 个字。"), hint=_("请填写名称。"), where={"field": "name"})
    SavedView.objects.update_or_create(
        officer=officer, list_name=list_name, name=name.strip(), defaults={"query": query[:1000]}
    )


@transaction.atomic
def export_ask(
    officer: Officer, list_name: str, asked: Mapping[str, object], rows: int, run_id: str, *, in_background: bool
) -> Export:
    """Register that an officer takes a list out. What left the bank's system, and who took it, is audited."""
    state = Export.State.WAITING if in_background else Export.State.READY
    export = Export.objects.create(
        officer=officer, list_name=list_name, asked=dict(asked), state=state, rows_total=rows
    )
    record(officer, "list.exported", export, run_id=run_id, list=list_name, rows=rows, asked=dict(asked))
    return export


def export_started(export_id: UUID, rows: int) -> None:
    """Say that a workbook is being written."""
    Export.objects.filter(pk=export_id).update(state=Export.State.RUNNING, rows_total=rows, rows_done=0)


def export_told(export_id: UUID, done: int) -> None:
    """Say how many rows are written."""
    Export.objects.filter(pk=export_id).update(rows_done=done)


def export_finished(export_id: UUID) -> None:
    """Say that a workbook is there."""
    Export.objects.filter(pk=export_id).update(state=Export.State.READY)


def export_failed(export_id: UUID, fault: str) -> None:
    """Say why a workbook is not there."""
    Export.objects.filter(pk=export_id).update(state=Export.State.FAILED, failure=fault[:300])


def exports_left_behind() -> int:
    """Mark what a server that was stopped left unfinished: the officer asks again. Returns how many."""
    unfinished = Export.objects.filter(state__in=[Export.State.WAITING, Export.State.RUNNING])
    return unfinished.update(state=Export.State.FAILED, failure="the server was stopped")
