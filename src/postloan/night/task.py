"""What travels between the night and its workers: which shard to compute, and what it says when it is done."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from postloan.rules.rulebook import Policy
from postloan.snapshot.files import read_json
from postloan.snapshot.publish import FinishedShard


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


def finished_shard(night: Path, shard: int) -> FinishedShard:
    """Read back what a finished shard says of itself."""
    folder = shard_folder(night, shard)
    return FinishedShard(shard, folder, read_json(folder / "summary.json"))
