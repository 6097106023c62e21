"""Publishing: a finished night becomes a snapshot, then the pointer of its business date moves to it.

The order is the promise: tables, manifest, folder into place, pointer last. Killed anywhere, the old pointer stands.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from postloan.snapshot.files import commit_json, hash_of, read_json, sync_folder
from postloan.tables.published import PUBLISHED

TABLES = tuple(PUBLISHED)


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


def publish(home: Path, run: str, on: date, shards: list[FinishedShard], manifest: dict[str, Any]) -> Path:
    """Publish a night's tables under its run and point the business date to it.

    Tables are linked, not copied, where the disk allows; a run published before is written again only if damaged.
    """
    place = snapshot_folder(home, run)
    sources = {f"{table}/{shard.shard:04d}.parquet": (table, shard) for table in TABLES for shard in shards}
    files = {name: shard.summary["files"][table] for name, (table, shard) in sources.items()}
    if place.exists() and not _is_whole(place, files):
        shutil.rmtree(place)
    if not place.exists():
        part = place.with_name(f".{run}.part")
        shutil.rmtree(part, ignore_errors=True)
        for table in TABLES:
            (part / table).mkdir(parents=True)
        for name, (table, shard) in sources.items():
            _link(shard.folder / f"{table}.parquet", part / name)
        for table in TABLES:
            sync_folder(part / table)
        commit_json(part / "manifest.json", manifest | {"run_id": run, "on": on.isoformat(), "files": files})
        part.rename(place)
        sync_folder(place.parent)
    commit_json(pointer_file(home, on), {"run_id": run})
    return place


def _is_whole(place: Path, files: dict[str, Any]) -> bool:
    try:
        whole = read_json(place / "manifest.json")["files"] == files
        return whole and all(hash_of(place / name) == said["sha256"] for name, said in files.items())
    except (OSError, ValueError, KeyError):
        return False


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # Another file system, or one without links.
        shutil.copyfile(source, target)
