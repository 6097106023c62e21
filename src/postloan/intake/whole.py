"""Whole: the parts of facts, held against the sums that their loads noted when they wrote them.

A sum is a CRC-32: it tells of a disk that forgets, not of people; and every night sums all that it reads.
"""

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from postloan.errors import FactsDamaged
from postloan.intake.records import LoadRecord, numbers_file, part_file, visible_parts
from postloan.intake.shape import facts_shape
from postloan.tables.inputs import FEED_TABLES

_CHUNK_BYTES = 1 << 20


def sum_of(path: Path) -> int:
    """The CRC-32 of a file."""
    total = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            total = zlib.crc32(chunk, total)
    return total


def check_parts(
    home: Path, loads: Sequence[LoadRecord], shard: int | None, tables: Iterable[str] = FEED_TABLES
) -> None:
    """Hold the parts of a shard that count, or the bank's own where `shard` is None, against their sums.

    loads  visible loads. What an earlier version of the program loaded has no sums, and is taken as it is.
    Raises FactsDamaged with the file.
    """
    for table in tables:
        if facts_shape(table).sharded is (shard is None):
            continue
        for record in visible_parts(loads, table):
            held = record.tables[table]
            for place, noted in zip(held.shards or (None,), held.sums, strict=False):
                if place == shard:
                    _check(part_file(home, record.load, table, shard), noted)


def check_numbers(home: Path, records: Sequence[LoadRecord]) -> None:
    """Hold the numbers that loads gave against their sums. Raises FactsDamaged."""
    for record in records:
        for kind, noted in record.numbers.items():
            _check(numbers_file(home, record.load, kind), noted)


def _check(path: Path, noted: int) -> None:
    try:
        is_whole = sum_of(path) == noted
    except OSError:
        is_whole = False
    if not is_whole:
        raise FactsDamaged(
            message="A file of the facts is missing, or is not what its load wrote.",
            hint="Restore it from a backup of the home folder: loads never change it. Then run the same command again.",
            where={"file": path},
        )
