"""Stage: a load's files are written aside, made safe on the disk, and come into being by one rename, or not at all."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from postloan.errors import HomeBusy, HomeUnwritable
from postloan.intake.order import in_order
from postloan.intake.records import facts_folder, part_file, record_file
from postloan.intake.shape import facts_shape
from postloan.intake.whole import sum_of


@contextmanager
def held_home(home: Path) -> Iterator[None]:
    """Keep a home folder to ourselves for the length of a load; a folder made for it goes again if it stays empty."""
    facts = facts_folder(home)
    made = [folder for folder in (facts / "loads", facts / "parts", facts, *facts.parents) if not folder.exists()]
    with refusing_unwritable(home):
        (facts / "loads").mkdir(parents=True, exist_ok=True)
        (facts / "parts").mkdir(exist_ok=True)
    # The folder itself is locked, so that no lock file is left behind; the lock dies with the process.
    lock = os.open(facts, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise HomeBusy(
                message="Another load is at work in this home folder.",
                hint="Wait until it has ended, then load again.",
                where={"home": home},
            ) from busy
        yield
    finally:
        os.close(lock)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def clear_orphans(home: Path) -> None:
    """Remove what a killed load left behind: parts without a commit record, and files not yet renamed."""
    facts = facts_folder(home)
    for path in [*facts.glob("*.tmp"), *(facts / "loads").glob("*.tmp")]:
        path.unlink()
    for path in (facts / "parts").iterdir():
        if re.fullmatch(r"[0-9]{6,}", path.name) and not record_file(home, int(path.name)).exists():
            shutil.rmtree(path)


def write_part(home: Path, load: int, table: str, rows: pl.DataFrame) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Write a table's accepted rows, a file a shard, sorted and complete.

    Gives the shards that have rows, none of the bank's own tables, and the sums of the files.
    """
    shape = facts_shape(table)
    if not shape.sharded:
        return (), (_write_rows(part_file(home, load, table, None), table, rows),)
    if rows.is_empty():
        return (), ()
    shards = rows.select(pl.col("shard").unique().sort()).to_series().to_list()
    if len(shards) == 1:
        return (int(shards[0]),), (_write_rows(part_file(home, load, table, shards[0]), table, rows),)
    parted = rows.partition_by("shard", as_dict=True, include_key=False)
    del rows
    sums = [_write_rows(part_file(home, load, table, shard), table, parted.pop((shard,))) for shard in shards]
    return tuple(int(shard) for shard in shards), tuple(sums)


def _write_rows(path: Path, table: str, rows: pl.DataFrame) -> int:
    shape = facts_shape(table)
    absent = {name: dtype for name, dtype in shape.columns.items() if name not in rows.columns}
    whole = rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in absent.items())
    write_frame(path, in_order(whole.select(list(shape.columns)), shape))
    return sum_of(path)


def write_frame(path: Path, frame: pl.DataFrame) -> None:
    """Write a frame so that the same rows always give the same bytes, and see it safe on the disk.

    A part is one row group: it is read whole, and then its columns are arrays that kernels can walk without a copy.
    """
    with refusing_unwritable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        one_group = max(1, frame.height)
        frame.rechunk().write_parquet(path, compression="lz4", statistics=False, row_group_size=one_group)
        sync(path)


def write_text(path: Path, text: str) -> None:
    """Write a small file under another name, make it safe, and rename it into place."""
    aside = path.with_name(path.name + ".tmp")
    with refusing_unwritable(path):
        try:
            aside.write_text(text, encoding="utf-8")
            sync(aside)
            aside.rename(path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        sync(path.parent)


@contextmanager
def refusing_unwritable(path: Path) -> Iterator[None]:
    """Turn what the disk says into a refusal with its place."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as wrong:
        raise HomeUnwritable(
            message=f"{path.name} cannot be written: {' '.join(str(wrong).split())[:200]}.",
            hint="Make room on the disk or allow writing, then load again; what was loaded before is unharmed.",
            where={"file": path},
        ) from wrong


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_folders(parts: Path) -> None:
    """Wait until a load's folders, and that they are there, are on the disk; the files were waited for as written."""
    for folder in [*(path for path in parts.rglob("*") if path.is_dir()), parts, parts.parent]:
        sync(folder)
