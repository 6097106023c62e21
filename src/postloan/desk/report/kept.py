"""Reports kept in memory: a run never changes, so a report of the same runs, offices and question is counted once."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from postloan.desk.core.pages import Desk
from postloan.desk.report.ask import ask_report
from postloan.desk.report.book import Within
from postloan.desk.report.form import Report
from postloan.snapshot.read import published_days, published_run

_REPORTS_KEPT = 256


def within_of(desk: Desk) -> Within:
    """The offices whose loans a desk's reports count."""
    return None if desk.scope.is_all else desk.scope.org_ids


def kept_report(
    home: Path, kind: str, *, on: date, from_on: date | None = None, by: str | None = None, within: Within = None
) -> Report:
    """Ask for a report as `ask_report` does, or take the one that was counted before from the same runs."""
    return _counted(home, kind, on, from_on, by, within, runs_until(home, on))


def days_published(home: Path) -> tuple[date, ...]:
    """The published days, rising; the folder is read again only when something was published."""
    return tuple(day for day, _run in _runs(home, _changed(home)))


def runs_until(home: Path, on: date) -> tuple[str, ...]:
    """The runs that a report of a day may rest on: those of every published day up to it."""
    return tuple(run for day, run in _runs(home, _changed(home)) if day <= on)


def _changed(home: Path) -> int:
    folder = home / "snapshots"
    return folder.stat().st_mtime_ns if folder.is_dir() else 0


@lru_cache(maxsize=4)
def _runs(home: Path, _changed_ns: int) -> tuple[tuple[date, str], ...]:
    return tuple((day, published_run(home, day) or "") for day in published_days(home))


@lru_cache(maxsize=_REPORTS_KEPT)
def _counted(
    home: Path, kind: str, on: date, from_on: date | None, by: str | None, within: Within, _runs: tuple[str, ...]
) -> Report:
    return ask_report(home, kind, on=on, from_on=from_on, by=by, within=within)
