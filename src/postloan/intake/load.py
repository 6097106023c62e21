"""Load: feeds in, facts out; a feed day is accepted whole or leaves the home folder as it was."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.errors import FeedChanged, FeedNotDescribed, FeedOutOfOrder, RequestWrong
from postloan.intake.accept import accept_table
from postloan.intake.book import Book
from postloan.intake.feeds import Feed, check_unchanged, find_days, open_feed
from postloan.intake.quarantine import QUARANTINE_COLUMNS
from postloan.intake.records import (
    Layout,
    LoadedTable,
    LoadRecord,
    layout_file,
    numbers_file,
    parts_folder,
    read_layout,
    read_records,
    record_file,
    visible_loads,
)
from postloan.intake.seal import Seal, find_seal, needs_seal, sealed
from postloan.intake.slices import read_slices
from postloan.intake.stage import clear_orphans, held_home, sync_folders, write_frame, write_text
from postloan.intake.staged import StagedTable
from postloan.intake.whole import check_numbers, sum_of
from postloan.tables.inputs import FEED_TABLES

SHARDS_MAX = 9_999
ALL_E8 = 10**8
ASIDE = "aside"
"""The folder, among a load's parts, in which big tables are cut."""

Tell = Callable[[str, int, int], None]
"""Told as work goes on: what is at work, how much is done, how much there is."""


@dataclass(frozen=True)
class TableReport:
    """How many rows of a table were accepted, and how many went to quarantine."""

    accepted: int
    quarantined: int


@dataclass(frozen=True)
class LoadReport:
    """What became of one delivery of a feed day; `load` is its number."""

    feed_day: date
    load: int
    already_loaded: bool
    tables: dict[str, TableReport]

    @property
    def quarantined(self) -> int:
        """Rows in quarantine, over all tables."""
        return sum(table.quarantined for table in self.tables.values())


def load_feeds(
    home: Path,
    feed_dir: Path,
    *,
    shards: int = 8,
    correct: bool = False,
    tell: Tell | None = None,
) -> list[LoadReport]:
    """Load a feed folder, or all those inside a folder in the order of their days.

    `shards` counts for the first load only. `correct` lets a changed or late day in. What was loaded before a refusal
    stays loaded.
    """
    check_shards(shards)
    days = find_days(feed_dir)
    with held_home(home):
        return [_DayLoad(home, open_feed(day), shards, correct=correct).run(tell or _keep_silent) for day in days]


def check_shards(shards: int) -> None:
    """Refuse a number of shards that cannot be: RequestWrong."""
    if not 1 <= shards <= SHARDS_MAX:
        raise RequestWrong(
            message=f"{shards} shards cannot be.",
            hint=f"Choose from 1 to {SHARDS_MAX}; a shard of some ten to a hundred thousand loans works well.",
            where={"shards": shards},
        )


def _keep_silent(_what: str, _done: int, _total: int) -> None:
    pass


class _DayLoad:
    """The load of one feed day."""

    def __init__(self, home: Path, feed: Feed, shards: int, *, correct: bool) -> None:
        self.home = home
        self.feed = feed
        self.correct = correct
        self.records = read_records(home)
        self.load = 1 + max((record.load for record in self.records), default=0)
        held = read_layout(home) if self.records else None
        self.layout = held or Layout(
            shards=shards,
            book_currency=feed.description.book_currency or "CNY",
            law_of=feed.description.law_of,
        )
        self.visible = visible_loads(self.records, date.max)
        self.same_day = [
            each for each in self.visible if (each.feed_day, each.source) == (feed.day, feed.description.source)
        ]
        self.seal: Seal | None = None

    def run(self, tell: Tell) -> LoadReport:
        """Load the day, unless it is there already."""
        same = next((record for record in self.same_day if record.content == self.feed.content), None)
        if same is not None:
            return _report(same, already_loaded=True)
        self._check_turn()
        clear_orphans(self.home)
        try:
            record = self._stage(tell)
            self._commit(record)
        except BaseException:
            if not record_file(self.home, self.load).exists():
                shutil.rmtree(parts_folder(self.home, self.load), ignore_errors=True)
                if not self.records:
                    layout_file(self.home).unlink(missing_ok=True)
            raise
        return _report(record, already_loaded=False)

    def _check_turn(self) -> None:
        feed, where = self.feed, {"folder": self.feed.folder, "feed_day": self.feed.day}
        for name in ("book_currency", "law_of"):
            fixed, said = getattr(self.layout, name), getattr(feed.description, name)
            if said not in (None, fixed):
                raise FeedNotDescribed(
                    message=f"The first load fixed {name} as {fixed}; this feed says {said}.",
                    hint=f"Leave {name} out of feed.yaml after the first day, or repeat it unchanged.",
                    where=where,
                )
        if self.correct or not self.records:
            return
        if self.same_day:
            raise FeedChanged(
                message=f"{feed.day} was loaded before, with other contents.",
                hint="If this delivery is the right one, load it with --correct; the earlier one stays on record.",
                where=where | {"loaded_as": self.same_day[-1].load},
            )
        latest = max(record.feed_day for record in self.records)
        if feed.day < latest:
            raise FeedOutOfOrder(
                message=f"{feed.day} comes after {latest} was loaded.",
                hint="Load days in their order; to let a missed day in, load it with --correct.",
                where=where | {"latest": latest},
            )

    def _stage(self, tell: Tell) -> LoadRecord:
        feed, superseded = self.feed, [record.load for record in self.same_day]
        others = [record for record in self.visible if record.load not in superseded]
        known_on = max([feed.day, *(record.known_on for record in self.records)])
        book = Book(
            self.home,
            loads=[record for record in others if record.feed_day <= feed.day],
            others=others,
            superseded=superseded,
            numbering=[record.load for record in self.records],
            shards=self.layout.shards,
            book_currency=self.layout.book_currency,
            source=feed.description.source,
        )
        check_numbers(self.home, self.records)
        parts_folder(self.home, self.load).mkdir(parents=True)
        ordered = [table for table in FEED_TABLES if table in feed.tables]
        loaded: dict[str, LoadedTable] = {}
        quarantines: list[pl.DataFrame] = []
        for at, table in enumerate(ordered):
            tell(f"{feed.day} {table}", at, len(ordered))
            loaded[table], quarantine = self._stage_table(table, book, known_on)
            quarantines.append(quarantine)
        tell(f"{feed.day}", len(ordered), len(ordered))
        given = {kind: numbers for kind, numbers in book.new_numbers.items() if not numbers.is_empty()}
        for kind, numbers in given.items():
            write_frame(numbers_file(self.home, self.load, kind), numbers)
        quarantine = pl.concat([pl.DataFrame(schema=QUARANTINE_COLUMNS), *quarantines])
        write_frame(parts_folder(self.home, self.load) / "quarantine.parquet", quarantine)
        return LoadRecord(
            load=self.load,
            feed_day=feed.day,
            known_on=known_on,
            supersedes=tuple(superseded),
            content=feed.content,
            files=feed.files,
            tables=loaded,
            sealed_with=self.seal.fingerprint if self.seal else None,
            source=feed.description.source,
            numbers={kind: sum_of(numbers_file(self.home, self.load, kind)) for kind in given},
        )

    def _stage_table(self, table: str, book: Book, known_on: date) -> tuple[LoadedTable, pl.DataFrame]:
        file, mode, encoding = self.feed.tables[table], self.feed.mode(table), self.feed.description.encoding
        aside = parts_folder(self.home, self.load) / ASIDE
        staged = StagedTable(self.home, self.load, table, mode)
        for piece in read_slices(table, file.path, encoding, book, aside):
            check_unchanged(file)
            accepted = accept_table(piece.raw, book, mode=mode, feed_day=self.feed.day, known_by=known_on)
            staged.take(piece, accepted, self._sealed(table, accepted.rows))
        return staged.loaded(), staged.quarantine()

    def _sealed(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        if not needs_seal(table, rows):
            return rows
        fingerprints = {record.sealed_with for record in self.records if record.sealed_with}
        self.seal = self.seal or find_seal(fingerprints=fingerprints, home=self.home)
        return sealed(table, rows, self.seal)

    def _commit(self, record: LoadRecord) -> None:
        sync_folders(parts_folder(self.home, self.load))
        if not self.records:
            write_text(layout_file(self.home), json_text(self.layout.model_dump(mode="json")))
        write_text(record_file(self.home, self.load), json_text(record.model_dump(mode="json")))


def json_text(value: object) -> str:
    """Write a record so that the same one always gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _report(record: LoadRecord, *, already_loaded: bool) -> LoadReport:
    tables = {name: TableReport(table.rows, table.quarantined) for name, table in record.tables.items()}
    return LoadReport(record.feed_day, record.load, already_loaded, tables)
