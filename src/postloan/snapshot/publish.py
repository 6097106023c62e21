"""Publishing: a finished night becomes a snapshot, then the pointer of its business date moves to it.

The order is the promise: tables, manifest, folder into place, pointer last. Killed anywhere, the old pointer stands.
Of a day that was closed, the pointer keeps every run since, in order: they are its versions, the filed one among them.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from postloan.snapshot.chain import filed
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
) -> Path:
    """Publish a night's tables under its run and point the business date to it.

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
    _point(home, on, run)
    return place


def versions_of(home: Path, on: date) -> tuple[str, ...]:
    """List the runs of a day by version, from 1; of a day never closed only the latest run counts. None is empty.

    Raises OSError, ValueError, KeyError where the pointer cannot be read, ClosingsDamaged.
    """
    pointer = pointer_file(home, on)
    if pointer.is_file():
        said = read_json(pointer)
        return tuple(said.get("versions", [said["run_id"]]))
    closing = filed(home, on)
    return closing.runs if closing else ()


def _point(home: Path, on: date, run: str) -> None:
    """Point a day to a run: instead of the one before, or beside it where that day was closed."""
    closing = filed(home, on)
    if closing is None:
        commit_json(pointer_file(home, on), {"run_id": run})
        return
    try:
        versions = versions_of(home, on)
    except (OSError, ValueError, KeyError):  # A damaged pointer is made anew; what was filed stays its version.
        versions = closing.runs
    if versions[-1] != run:
        versions = (*versions, run)
    commit_json(pointer_file(home, on), {"run_id": run, "versions": list(versions)})


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
