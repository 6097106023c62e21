"""Warming: what the cockpit and the lists show of a published day is counted before anybody asks."""

from datetime import date

import structlog

from postloan.desk.book.narrow import collateral_rows, debtor_rows, group_rows, loan_rows
from postloan.desk.circle.kept import book_of, ties_of
from postloan.desk.core.authority import Scope, actions_of, officers_holding, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.report.cockpit.parts import PLACES
from postloan.desk.report.cockpit.question import question_of
from postloan.desk.report.cockpit.tiles import tiles_of
from postloan.errors import PostloanError

_READS = "report.read"
_log = structlog.get_logger("postloan.report")


def day_warm(on: date) -> int:
    """Count the cockpit of a day for everybody who may read reports, and lay out what its lists search.

    Officers of the same offices read the same reports: they are counted once. A report that cannot be counted is told
    in the log and keeps nobody from the day: its reader will see why.

    Returns for how many sets of offices. Raises DeskNotReady where nothing was adopted yet.
    """
    readers = _readers()
    for desk in (Desk(officer, actions_of(officer), scope, on.isoformat()) for scope, officer in readers.items()):
        for rows in (loan_rows, debtor_rows, group_rows, collateral_rows, book_of, ties_of):
            rows(desk.day)
        question = question_of(desk)
        for make in (tiles_of, *(place.make for place in PLACES.values())):
            try:
                make(question)
            except PostloanError as fault:
                _log.warning("not counted beforehand", on=on.isoformat(), code=fault.code, fault=fault.message)
    return len(readers)


def _readers() -> dict[Scope, Officer]:
    """An officer for each set of offices whose reports somebody reads, the whole bank first."""
    found = {scope_of(officer, _READS): officer for officer in officers_holding(_READS)}
    return dict(sorted(found.items(), key=lambda each: -len(each[0].org_ids)))
