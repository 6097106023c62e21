"""What takes long is reckoned once: features of published days as Parquet, trials as JSON, in files beside the desk.

A page finds them ready or has them made in the background, one after the other, as exports are. They hold nothing that
the facts and the snapshots do not say: whoever deletes them loses the time it takes to reckon again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import structlog

from postloan.plan.published_day import published_day
from postloan.plan.warnings import features_of_shard
from postloan.snapshot.read import published_run

_background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="studio")
_jobs: dict[Path, Future[None]] = {}
_log = structlog.get_logger("postloan.studio")


def is_ready(path: Path, make: Callable[[], None]) -> bool:
    """Tell whether a file is there; where it is not, let it be made in the background, once. Raises what kept it."""
    if path.exists():
        return True
    job = _jobs.get(path)
    if job is None:
        _jobs[path] = _background.submit(make)
        return False
    if job.done():
        _jobs.pop(path, None)
        job.result()
        return path.exists()
    return False


def features_folder(home: Path, on: date) -> Path:
    """Where the features of a published day lie, by its run and the program that reckoned them."""
    run = published_run(home, on) or ""
    return home / "desk" / "features" / on.isoformat() / f"{run[:24]}-{_program()[:16]}"


def features_kept(home: Path, on: date) -> pl.LazyFrame:
    """The features of a published day, reckoned first where they are not there. Raises NothingPublished."""
    folder = features_folder(home, on)
    if not folder.is_dir():
        features_make(home, on)
    return pl.scan_parquet(folder / "*.parquet")


def features_make(home: Path, on: date) -> None:
    """Reckon the features of a published day, a shard at a time, and put them into place whole."""
    folder, day = features_folder(home, on), published_day(home, on)
    if folder.is_dir():
        return
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for shard in range(day.facts.layout.shards):
        features_of_shard(day, shard).write_parquet(part / f"{shard:04d}.parquet")
    # A run that was published anew has features of its own: those of the one before are of no use.
    for old in folder.parent.iterdir():
        if old != folder and not old.name.startswith("."):
            shutil.rmtree(old, ignore_errors=True)
    try:
        part.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(part, ignore_errors=True)
    _log.info("features reckoned", on=on.isoformat())


def answer_file(home: Path, name: str, asked: Sequence[Any]) -> Path:
    """Where the answer to a question lies."""
    key = hashlib.sha256(json.dumps([name, *asked, _program()], sort_keys=True, default=str).encode()).hexdigest()
    return home / "desk" / "trials" / f"{name}-{key[:40]}.json"


def answer_write(path: Path, told: object) -> None:
    """Put an answer into place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(told, ensure_ascii=False))
    part.rename(path)


def answer_read(path: Path) -> Any:
    """Read an answer."""
    return json.loads(path.read_bytes())


@cache
def _program() -> str:
    """What reckons: files of an earlier program are not read."""
    package = Path(__file__).parents[2]
    sources = hashlib.sha256()
    for folder in ("plan", "steps/features", "tables", "rules", "desk/studio"):
        for path in sorted((package / folder).rglob("*.py")):
            sources.update(path.read_bytes() + b"\0")
    return sources.hexdigest()
