"""The form of a report: sheets of rows, in cents and whole 1e-8, and the snapshot they were counted from."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from postloan.snapshot.read import read_manifest

Kind = Literal["word", "text", "count", "number", "money", "share"]
Standing = Literal["item", "subtotal", "total", "ratio"]
Cell = str | int | None
Row = dict[str, Cell]

_ONE_E8 = 10**8


@dataclass(frozen=True)
class Column:
    """One column.

    name       stable English name, also in files.
    kind       word: of a closed list; text: as it stands in the feed; count: of loans and the like; number;
               money: in cents; share: in 1e-8.
    on_screen  whether a screen has room for it; files have them all.
    said       its header as it stands, where it is a figure and no word.
    """

    name: str
    kind: Kind
    on_screen: bool = True
    said: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of a report. Every row says in `row` whether it is an item, a subtotal, a total or a ratio.

    on_screen  whether a screen has room for its rows; workbooks have them all.
    is_drawn   a workbook draws its columns beside it, over the first.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    on_screen: bool = True
    is_drawn: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The snapshot a report was counted from.

    pins_sha256  hash of everything the night rests on; the run is named by its first 32 digits.
    """

    on: date
    run_id: str
    known_on: date
    pins_sha256: str
    currency: str


@dataclass(frozen=True)
class Report:
    """A report.

    filed    the rows as files for machines carry them.
    shown    the sheets as a reader sees them.
    before   the earlier snapshot, where two were compared.
    points   the published days that were read, where there may be more than two.
    failed   the checks that did not hold.
    more     further sheets that a JSON file carries.
    """

    name: str
    snapshot: Snapshot
    by: str | None
    filed: Sheet
    shown: tuple[Sheet, ...]
    before: Snapshot | None = None
    points: tuple[date, ...] = ()
    failed: tuple[str, ...] = ()
    more: tuple[Sheet, ...] = ()


def filled(name: str, columns: tuple[Column, ...], rows: Iterable[Row]) -> Sheet:
    """Make a sheet of rows that may leave cells out: those are empty."""
    empty: Row = dict.fromkeys(column.name for column in columns)
    return Sheet(name, columns, tuple(empty | each for each in rows))


def snapshot_of(home: Path, on: date) -> Snapshot:
    """Say what the snapshot of a day is; NothingPublished where there is none."""
    manifest = read_manifest(home, on)
    pins = manifest["pins"]
    return Snapshot(
        on=on,
        run_id=manifest["run_id"],
        known_on=date.fromisoformat(pins["known_on"]),
        pins_sha256=hashlib.sha256(json.dumps(pins, sort_keys=True).encode()).hexdigest(),
        currency=manifest["currency"],
    )


def share_e8(part: int, whole: int) -> int | None:
    """Return part / whole in whole 1e-8, half up; None of nothing."""
    return (2 * part * _ONE_E8 + whole) // (2 * whole) if whole > 0 else None


def row(standing: Standing, **cells: Cell) -> Row:
    """Make a row of a sheet."""
    return {"row": standing, **cells}


def added(rows: Sequence[Mapping[str, Cell]], names: Sequence[str]) -> dict[str, int]:
    """Add up the named counts and amounts of rows."""
    return {name: sum(amount(row[name]) for row in rows) for name in names}


def amount(cell: Cell) -> int:
    """Take a count or an amount out of a row; an empty cell counts nothing."""
    return cell if isinstance(cell, int) else 0
