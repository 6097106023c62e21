"""What travels between the night and its workers: which shard to compute, and what it says when it is done."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from socket import gethostname
from typing import Any

import polars as pl

from postloan.rules.rulebook import Policy
from postloan.snapshot.files import is_whole, read_json, write_table
from postloan.snapshot.publish import FinishedShard, FinishedTable


@dataclass(frozen=True)
class ShardTask:
    """What a worker needs to know, the rules in force among it; it travels between processes, rows do not."""

    home: Path
    folder: Path
    shard: int
    on: date
    known_on: date
    policy: Policy


def shard_folder(night: Path, shard: int) -> Path:
    """Return where a shard's finished tables lie within its night."""
    return night / f"shard-{shard:04d}"


def part_of(place: Path) -> Path:
    """Name what a process fills before it is renamed into place: no other process of the night fills the same."""
    return place.with_name(f".{place.name}.{gethostname()}-{os.getpid()}.part")


def finished_table(night: Path, table: str, rows: pl.DataFrame) -> FinishedTable:
    """Put a table of the bank as a whole into the night's folder."""
    # The file of a killed night may be linked from a snapshot: a new one takes its place, it is not written over.
    place = night / f"{table}.parquet"
    part = part_of(place)
    said = write_table(part, rows)
    part.rename(place)
    return FinishedTable(table, place, said)


def hash_of_summary(said: Mapping[str, Any]) -> str:
    """Hash what a shard says of itself: the sha256 that its summary ends with."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def is_finished(night: Path, shard: int) -> bool:
    """Tell whether a shard's tables lie there whole; what is damaged goes, to be computed again."""
    folder = shard_folder(night, shard)
    if not folder.exists():
        return False
    try:
        said = read_json(folder / "summary.json")
        is_said = said.pop("sha256") == hash_of_summary(said)
        if is_said and all(is_whole(folder / f"{table}.parquet", file) for table, file in said["files"].items()):
            return True
    except (OSError, ValueError, KeyError):
        pass
    shutil.rmtree(folder)
    return False


def finished_shard(night: Path, shard: int) -> FinishedShard:
    """Read back what a finished shard says of itself."""
    folder = shard_folder(night, shard)
    return FinishedShard(shard, folder, read_json(folder / "summary.json"))
