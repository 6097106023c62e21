"""The features of published days, reckoned once and kept beside the desk: rules are tried and models watched on them.

They hold nothing that the facts and the snapshots do not say: whoever deletes them loses the time it takes to reckon
again.
"""

import os
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import structlog

from postloan.plan.published_day import published_day
from postloan.plan.warnings import features_of_shard
from postloan.snapshot.program import code_fingerprint
from postloan.snapshot.read import published_run

_log = structlog.get_logger("postloan.book")


def features_folder(home: Path, on: date) -> Path:
    """Where the features of a published day lie, by its run and the program that reckoned them."""
    run = published_run(home, on) or ""
    return home / "desk" / "features" / on.isoformat() / f"{run[:24]}-{code_fingerprint()[:16]}"


def features_kept(home: Path, on: date) -> pl.LazyFrame:
    """The features of a published day, reckoned first where they are not there. Raises NothingPublished."""
    folder = features_folder(home, on)
    if not folder.is_dir():
        features_make(home, on)
    return pl.scan_parquet(folder / "*.parquet")


def features_read(home: Path, on: date) -> pl.DataFrame:
    """The same, read: what models are fitted and watched on. Raises NothingPublished."""
    return features_kept(home, on).collect()


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
