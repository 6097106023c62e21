"""The loads of a home folder: their commit records, and which of them a reader sees.

A load exists when its record has been renamed into place. Nothing is ever changed after that: a correction is a
further load that supersedes an earlier one.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from postloan.errors import HomeNotReady

CORE = "core"
"""The source of a delivery that names none: the bank's other systems."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Layout(_Strict):
    """How the facts are laid out and read, fixed by the first load.

    law_of  the day whose rules class the days before the rulebook begins; null where such days are refused.
    """

    shards: int
    book_currency: str
    law_of: date | None = None


class LoadedTable(_Strict):
    """One table of one load.

    rows           accepted rows.
    last_known_on  the latest `known_on` of the accepted rows; null where there are none.
    repeats_keys   some key is already in another visible part, or twice in this one.
    shards         the shards that have rows; empty for the bank's own tables.
    sums           a CRC-32 of the file of each of these shards, or of the bank's own; see `whole`.
    """

    mode: Literal["full", "increment"]
    rows: int
    quarantined: int
    last_known_on: date | None
    repeats_keys: bool
    shards: tuple[int, ...]
    sums: tuple[int, ...] = ()


class LoadRecord(_Strict):
    """A load that has been committed.

    source       who delivered it.
    content      hash over the names and hashes of all its files.
    sealed_with  fingerprint of the key that sealed its personal data; null where nothing was sealed.
    numbers      a CRC-32 of each file of numbers that it gave, by kind.
    """

    load: int
    feed_day: date
    known_on: date
    supersedes: tuple[int, ...]
    content: str
    files: dict[str, str]
    tables: dict[str, LoadedTable]
    sealed_with: str | None = None
    source: str = CORE
    numbers: dict[str, int] = {}


def facts_folder(home: Path) -> Path:
    """The folder that holds everything intake has accepted."""
    return home / "facts"


def layout_file(home: Path) -> Path:
    """The file that fixes the number of shards and the book's currency."""
    return facts_folder(home) / "layout.json"


def record_file(home: Path, load: int) -> Path:
    """The commit record of a load."""
    return facts_folder(home) / "loads" / f"{load:06d}.json"


def parts_folder(home: Path, load: int) -> Path:
    """The folder of the rows of a load."""
    return facts_folder(home) / "parts" / f"{load:06d}"


def part_file(home: Path, load: int, table: str, shard: int | None) -> Path:
    """The rows of one table of a load: those of a shard, or the bank's own where `shard` is None."""
    return parts_folder(home, load) / table / ("bank.parquet" if shard is None else f"{shard:04d}.parquet")


def numbers_file(home: Path, load: int, kind: str) -> Path:
    """The identifiers of a kind that a load numbered."""
    return parts_folder(home, load) / "numbers" / f"{kind}.parquet"


def read_layout(home: Path) -> Layout | None:
    """Read the layout; None where nothing was loaded yet."""
    path = layout_file(home)
    if not path.exists():
        return None
    try:
        return Layout.model_validate_json(path.read_bytes())
    except ValueError as wrong:
        raise _damaged(path) from wrong


def read_records(home: Path) -> list[LoadRecord]:
    """Read all commit records, in the order of their loads."""
    return list(_records(home))


def _records(home: Path) -> Iterator[LoadRecord]:
    for path in sorted((facts_folder(home) / "loads").glob("[0-9]*.json")):
        try:
            yield LoadRecord.model_validate_json(path.read_bytes())
        except ValueError as wrong:
            raise _damaged(path) from wrong


def _damaged(path: Path) -> HomeNotReady:
    return HomeNotReady(
        message=f"{path.name} is not what a load writes.",
        hint="Restore the file from a backup of the home folder; loads never change it.",
        where={"file": path},
    )


def visible_loads(records: Sequence[LoadRecord], known_on: date) -> list[LoadRecord]:
    """The loads known by a day, less those superseded by then, in the order of their feed days."""
    known = [record for record in records if record.known_on <= known_on]
    gone = {load for record in known for load in record.supersedes}
    return sorted((r for r in known if r.load not in gone), key=lambda record: (record.feed_day, record.load))


def visible_parts(loads: Sequence[LoadRecord], table: str) -> list[LoadRecord]:
    """Of visible loads, those whose rows of a table count: of each source the latest full one and what came after it.

    A full delivery says all that its source has to say; what another source said stands beside it.
    """
    holding = [record for record in loads if table in record.tables]
    begins = {record.source: at for at, record in enumerate(holding) if record.tables[table].mode == "full"}
    return [record for at, record in enumerate(holding) if at >= begins.get(record.source, 0)]
