"""Reports kept: a run never changes, so a report of the same runs, offices and question is counted once.

In memory by the process that asked lately, and beside the desk for every process: whoever opens the cockpit after a
night, or after the server was started, waits for no counting. The files hold nothing that the snapshots do not say:
whoever deletes them loses the time it takes to count again.
"""

import hashlib
import json
import os
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from postloan.desk.core.pages import Desk
from postloan.desk.report.ask import ask_report
from postloan.desk.report.book import Within
from postloan.desk.report.filed import report_read, report_written
from postloan.desk.report.form import Report
from postloan.rules.rulebook import load_rulebook
from postloan.snapshot.read import published_days, published_run

_REPORTS_KEPT = 256
_ON_DISK = frozenset(
    {"tiers", "overdue", "provisions", "losses", "migration", "rolls", "bridge", "vintages", "debtors"}
)
"""Reports that rest on runs and rules alone. Others read the closing, the ledger or the bank's forms."""


def within_of(desk: Desk) -> Within:
    """The offices whose loans a desk's reports count."""
    return None if desk.scope.is_all else desk.scope.org_ids


def kept_report(
    home: Path,
    kind: str,
    *,
    on: date,
    from_on: date | None = None,
    by: str | None = None,
    within: Within = None,
    against: str | None = None,
) -> Report:
    """Ask for a report as `ask_report` does, or take the one that was counted before from the same runs."""
    return _counted(home, kind, on, from_on, by, within, against, runs_until(home, on))


def days_published(home: Path) -> tuple[date, ...]:
    """The published days, rising; the folder is read again only when something was published."""
    return tuple(day for day, _run in _runs(home, _changed(home)))


def runs_published(home: Path) -> tuple[tuple[date, str], ...]:
    """Every published day with its run, rising."""
    return _runs(home, _changed(home))


def runs_until(home: Path, on: date) -> tuple[str, ...]:
    """The runs that a report of a day may rest on: those of every published day up to it, its own in its version."""
    own = published_run(home, on) or ""
    return tuple(own if day == on else run for day, run in _runs(home, _changed(home)) if day <= on)


def _changed(home: Path) -> int:
    folder = home / "snapshots"
    return folder.stat().st_mtime_ns if folder.is_dir() else 0


@lru_cache(maxsize=4)
def _runs(home: Path, _changed_ns: int) -> tuple[tuple[date, str], ...]:
    return tuple((day, published_run(home, day) or "") for day in published_days(home))


@lru_cache(maxsize=_REPORTS_KEPT)
def _counted(
    home: Path,
    kind: str,
    on: date,
    from_on: date | None,
    by: str | None,
    within: Within,
    against: str | None,
    runs: tuple[str, ...],
) -> Report:
    if kind not in _ON_DISK:
        return ask_report(home, kind, on=on, from_on=from_on, by=by, within=within, against=against)
    offices = None if within is None else sorted(within)
    asked = [kind, str(on), str(from_on), by, offices, runs, load_rulebook(home).fingerprint, _program()]
    name = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    path = home / "desk" / "reports" / str(on) / f"{kind}-{name[:40]}.json"
    found = _read(path)
    if found is None:
        found = ask_report(home, kind, on=on, from_on=from_on, by=by, within=within)
        _write(path, report_written(found))
    return found


@cache
def _program() -> str:
    """What counts: files of an earlier program are not read."""
    package = Path(__file__).parents[2]
    sources = hashlib.sha256()
    for folder in ("desk/report", "plan", "rules", "snapshot", "tables"):
        for path in sorted((package / folder).rglob("*.py")):
            sources.update(path.read_bytes() + b"\0")
    return sources.hexdigest()


def _read(path: Path) -> Report | None:
    """Read a kept report; one that is not there, or not whole, is counted again."""
    try:
        return report_read(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, written: dict[str, Any]) -> None:
    """Keep a report, whole or not at all. A full disk keeps nobody from reading it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{id(written)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(written, ensure_ascii=False))
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
