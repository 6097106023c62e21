"""Pruning: which published days are kept, and the removal of the others, pointer first."""

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.errors import SnapshotDamaged
from postloan.snapshot.chain import whole_closings
from postloan.snapshot.files import sync_folder
from postloan.snapshot.publish import pointer_file, snapshot_folder, versions_of
from postloan.snapshot.read import published_days


@dataclass(frozen=True)
class Prunable:
    """What may go.

    days   published days that no rule and nobody's signature keeps, with their runs.
    runs   the runs that go: of those days, and those that no day points to.
    bytes  what they take on the disk; files that another folder shares are counted.
    """

    days: tuple[date, ...]
    runs: tuple[str, ...]
    bytes: int


def days_kept(days: Iterable[date], daily_months: int) -> set[date]:
    """Return the days that are kept by their age: all of the last months, and of each month before the last day.

    Months are counted back from the last day itself, so that no clock can make a day old. A day of exactly so many
    months before is kept; where there is no such day in its month, the last of that month counts.
    """
    found = sorted(days)
    if not found:
        return set()
    begins_on: date = pl.select(pl.lit(found[-1]).dt.offset_by(f"-{daily_months}mo")).item()
    last_of_month = {(day.year, day.month): day for day in found}
    return {day for day in found if day >= begins_on} | set(last_of_month.values())


def prunable(home: Path, daily_months: int, signed: Collection[str]) -> Prunable:
    """Find what may go. Nothing is changed.

    signed  runs that a signed figure refers to: their days stay.
    Raises ClosingsDamaged, and SnapshotDamaged where a pointer cannot be read: it is not known then what it keeps.
    """
    days = published_days(home)
    closings = whole_closings(home)
    keeps = days_kept(days, daily_months) | {closing.on for closing in closings}
    runs = {day: _runs_of(home, day) for day in days}
    gone = tuple(day for day in days if day not in keeps and not set(runs[day]) & set(signed))
    pointed = {run for day in days if day not in gone for run in runs[day]}
    filed = {run for closing in closings for run in closing.runs}
    there = {path.name for path in (home / "snapshots").iterdir() if path.is_dir()} if days else set()
    removed = tuple(sorted(there - pointed - filed - set(signed)))
    return Prunable(gone, removed, sum(_bytes(snapshot_folder(home, run)) for run in removed))


def prune(home: Path, found: Prunable) -> None:
    """Remove what was found, each day's pointer before its runs: killed anywhere, no day points to what is gone.

    The caller keeps nights and closings out meanwhile.
    """
    for day in found.days:
        pointer_file(home, day).unlink(missing_ok=True)
    if found.days:
        sync_folder(home / "snapshots")
    for run in found.runs:
        shutil.rmtree(snapshot_folder(home, run), ignore_errors=True)


def _runs_of(home: Path, day: date) -> tuple[str, ...]:
    try:
        return versions_of(home, day)
    except (OSError, ValueError, KeyError):
        raise SnapshotDamaged(
            message=f"The pointer of {day} cannot be read.",
            hint="Compute the night of that day again, then prune.",
            where={"file": pointer_file(home, day)},
        ) from None


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
