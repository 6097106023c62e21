"""Publishing: a finished night becomes a snapshot, then the pointer of its business date moves to it.

The order is the promise: tables, manifest, folder into place, pointer last. Killed anywhere, the old pointer stands.
The pointer keeps every run of its day in the order in which they were first published: they are its versions, numbered
from 1, and one of them is the one that is read.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from postloan.snapshot.chain import read_closings
from postloan.snapshot.files import commit_json, is_whole, read_json, sync_folder
from postloan.tables.published import OF_THE_BANK, PUBLISHED

TABLES = tuple(PUBLISHED)


@dataclass(frozen=True)
class FinishedTable:
    """A finished table of the bank as a whole: its name, its file, and what is said of it."""

    table: str
    file: Path
    said: dict[str, Any]


@dataclass(frozen=True)
class FinishedShard:
    """A shard's folder of finished tables, and what its summary says of them."""

    shard: int
    folder: Path
    summary: dict[str, Any]


def snapshot_folder(home: Path, run: str) -> Path:
    """Return where a run is published."""
    return home / "snapshots" / run


def pointer_file(home: Path, on: date) -> Path:
    """Return the file that says which run is published for a business date."""
    return home / "snapshots" / f"{on.isoformat()}.json"


def publish(
    home: Path,
    run: str,
    on: date,
    shards: list[FinishedShard],
    manifest: dict[str, Any],
    whole: Sequence[FinishedTable] = (),
    *,
    at: str | None = None,
) -> Path:
    """Publish a night's tables under its run and point the business date to it.

    at  when, by the clock of whoever publishes; kept beside the run, never in it.

    Tables are linked, not copied, where the disk allows; a run published before is written again only if damaged.
    """
    place = snapshot_folder(home, run)
    finished = [
        (f"{table}/{shard.shard:04d}.parquet", shard.folder / f"{table}.parquet", shard.summary["files"][table])
        for table in TABLES
        if table not in OF_THE_BANK
        for shard in shards
    ]
    finished += [(f"{each.table}/0000.parquet", each.file, each.said) for each in whole]
    files = {name: said for name, _, said in finished}
    if place.exists() and not _is_whole(place, files):
        shutil.rmtree(place)
    if not place.exists():
        part = place.with_name(f".{run}.part")
        shutil.rmtree(part, ignore_errors=True)
        for table in TABLES:
            (part / table).mkdir(parents=True)
        for name, source, _ in finished:
            _link(source, part / name)
        for table in TABLES:
            sync_folder(part / table)
        commit_json(part / "manifest.json", manifest | {"run_id": run, "on": on.isoformat(), "files": files})
        part.rename(place)
        sync_folder(place.parent)
    _point(home, on, run, at)
    return place


@dataclass(frozen=True)
class Pointer:
    """What stands in the pointer of a day.

    run_id    the run that is read.
    versions  every run of the day, in the order in which they were first published.
    made_at   when each was, by the clock of whoever published it, where that is known.
    """

    run_id: str
    versions: tuple[str, ...]
    made_at: dict[str, str]


def read_pointer(home: Path, on: date) -> Pointer | None:
    """Read the pointer of a day; None where there is none.

    Raises OSError, ValueError, KeyError, TypeError where it cannot be read.
    """
    pointer = pointer_file(home, on)
    if not pointer.is_file():
        return None
    said = read_json(pointer)
    # Earlier programs wrote a run again where a day was pointed back to it.
    versions = tuple(dict.fromkeys([*said.get("versions", ()), said["run_id"]]))
    return Pointer(said["run_id"], versions, said.get("made_at", {}))


def versions_of(home: Path, on: date) -> tuple[str, ...]:
    """List the runs of a day by version, from 1; of a day whose pointer is gone, what was filed. None is empty.

    Raises OSError, ValueError, KeyError, TypeError where the pointer cannot be read, ClosingsDamaged.
    """
    pointer = read_pointer(home, on)
    return pointer.versions if pointer else _filed_runs(home, on)


def _point(home: Path, on: date, run: str, at: str | None) -> None:
    """Point a day to a run, beside those that it had; the run keeps the number and the instant it had."""
    try:
        before = read_pointer(home, on)
    except (OSError, ValueError, KeyError, TypeError):  # A damaged pointer is made anew.
        before = None
    versions = before.versions if before else _filed_runs(home, on)
    made_at = dict(before.made_at) if before else {}
    if at is not None:
        made_at.setdefault(run, at)
    said: dict[str, Any] = {"run_id": run, "versions": list(dict.fromkeys([*versions, run]))}
    commit_json(pointer_file(home, on), said | ({"made_at": made_at} if made_at else {}))


def _filed_runs(home: Path, on: date) -> tuple[str, ...]:
    """The runs that the closings of a day name: they stay its versions, whatever becomes of its pointer."""
    return tuple(dict.fromkeys(run for closing in read_closings(home) if closing.on == on for run in closing.runs))


def _is_whole(place: Path, files: dict[str, Any]) -> bool:
    try:
        whole = read_json(place / "manifest.json")["files"] == files
        return whole and all(is_whole(place / name, said) for name, said in files.items())
    except (OSError, ValueError, KeyError):
        return False


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # Another file system, or one without links.
        shutil.copyfile(source, target)
