"""Reading snapshots: any published day, checked against its manifest."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from postloan.errors import NothingPublished, SnapshotDamaged, VersionUnknown
from postloan.snapshot.chain import filed
from postloan.snapshot.files import is_whole, read_json
from postloan.snapshot.publish import TABLES, pointer_file, snapshot_folder, versions_of
from postloan.tables.published import PUBLISHED, PublishedDebtor, PublishedLoan

_RUN_LEAST = 8
"""Digits of a run by which it may be named; a number of fewer is that of a version."""
_POINTER = re.compile(r"\d{4}-\d{2}-\d{2}\.json")


class Edition(date):
    """A business date of which one version is meant: wherever a day is read, it stands for the day.

    run_id  the run of that version; empty is the latest, as for any other date.
    """

    run_id: str = ""

    @classmethod
    def of(cls, on: date, run_id: str) -> "Edition":
        """Name a run of a day."""
        day = cls(on.year, on.month, on.day)
        day.run_id = run_id
        return day


def edition(home: Path, on: date, version: int) -> Edition:
    """Take a version of a published day, from 1. Raises VersionUnknown where there is no such version."""
    versions = published_versions(home, on)
    if not 1 <= version <= len(versions):
        raise VersionUnknown(
            message=f"The day {on} has no version {version}.",
            hint=f"It has {len(versions)}: postloan days --on {on}.",
            where={"home": home, "on": on, "version": version},
        )
    return Edition.of(on, versions[version - 1])


def filed_edition(home: Path, on: date) -> Edition:
    """Take a day as it was last filed. Raises VersionUnknown where it was never closed."""
    closing = filed(home, on)
    if closing is None:
        raise VersionUnknown(
            message=f"The day {on} was never closed.",
            hint=f"Close it: postloan close {on} --by NAME. Or leave --filed out.",
            where={"home": home, "on": on},
        )
    return Edition.of(on, closing.run_id)


def edition_before(home: Path, on: date) -> Edition:
    """Take the version that a day's is compared with: the filed one, or of a day never closed the one before it.

    on  the day in the version that is asked about; any other date is the one that is read.
    Raises VersionUnknown where the day has no other.
    """
    closing, runs = filed(home, on), published_versions(home, on)
    run = published_run(home, on)
    if closing is not None:
        return Edition.of(on, closing.run_id)
    if run is None or run not in runs[1:]:
        raise VersionUnknown(
            message=f"The day {on} has no earlier version to compare with, and was never closed.",
            hint=f"See postloan days --on {on}; name the one to compare with: --against VERSION.",
            where={"home": home, "on": on},
        )
    return Edition.of(on, runs[runs.index(run) - 1])


def named_edition(home: Path, on: date, name: str) -> Edition:
    """Take a version by what it is called: its number, `filed`, `latest` for the last one made, or a run's beginning.

    Raises VersionUnknown.
    """
    if name == "filed":
        return filed_edition(home, on)
    runs = published_versions(home, on)
    if name == "latest" and runs:
        return Edition.of(on, runs[-1])
    if name.isascii() and name.isdigit() and len(name) < _RUN_LEAST:
        return edition(home, on, int(name))
    found = [run for run in runs if len(name) >= _RUN_LEAST and run.startswith(name)]
    if len(found) != 1:
        raise VersionUnknown(
            message=f"The day {on} has no version {name}.",
            hint=f"Give its number, filed, latest, or the beginning of its run as postloan days --on {on} lists them.",
            where={"home": home, "on": on, "version": name},
        )
    return Edition.of(on, found[0])


def published_versions(home: Path, on: date) -> tuple[str, ...]:
    """List the runs of a day by version, from 1; SnapshotDamaged where the pointer cannot be read."""
    try:
        return versions_of(home, on)
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(pointer_file(home, on), "The pointer of a day cannot be read.") from None


def published_days(home: Path) -> list[date]:
    """List the business dates that have a published snapshot, rising."""
    folder = home / "snapshots"
    names = [path.name for path in folder.iterdir() if _POINTER.fullmatch(path.name)] if folder.is_dir() else []
    return sorted(date.fromisoformat(name.removesuffix(".json")) for name in names)


def published_run(home: Path, on: date) -> str | None:
    """Return the run published for a business date, or None; SnapshotDamaged where the pointer cannot be read."""
    if isinstance(on, Edition) and on.run_id:
        return on.run_id
    pointer = pointer_file(home, on)
    return str(_read(pointer, "run_id")["run_id"]) if pointer.is_file() else None


def is_published(home: Path, on: date, run: str) -> bool:
    """Tell whether a business date points to this run, and the run lies there whole, to the last byte."""
    try:
        if published_run(home, on) != run or not all(_tables(home, on, table, None) for table in TABLES):
            return False
        check_snapshot(home, on)
    except SnapshotDamaged:
        return False
    return True


def check_snapshot(home: Path, on: date) -> None:
    """Hold every file of a day's snapshot against its manifest, byte for byte: reading looks at sizes only.

    Raises NothingPublished, SnapshotDamaged.
    """
    manifest = read_manifest(home, on)
    folder = snapshot_folder(home, str(manifest["run_id"]))
    for name, said in manifest["files"].items():
        if not is_whole(folder / name, said):
            raise _damaged(folder / name, "A published file is missing, or is not what the night wrote.")


def read_manifest(home: Path, on: date) -> dict[str, Any]:
    """Read what the snapshot of a day rests on and holds.

    Raises NothingPublished where the day has none, SnapshotDamaged where its manifest is gone.
    """
    run = published_run(home, on)
    if run is None:
        days = published_days(home)
        known = f"Published: {days[0]} to {days[-1]}, {len(days)} days." if days else "Nothing is published yet."
        raise NothingPublished(
            message=f"No snapshot is published for {on}.",
            hint=f"{known} Compute the day first: postloan night {on}.",
            where={"home": home, "on": on},
        )
    manifest = snapshot_folder(home, run) / "manifest.json"
    if not manifest.is_file():
        raise _damaged(manifest, "The manifest is missing.")
    return _read(manifest, "files")


def _read(path: Path, needed: str) -> dict[str, Any]:
    try:
        content = read_json(path)
        content[needed]
    except (ValueError, KeyError, TypeError):
        raise _damaged(path, "A published file is cut short or is not what a night writes.") from None
    return content


def read_loans(home: Path, on: date, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read a day's published loans, by loan number; every column of PublishedLoan or only some."""
    return _collect(home, on, "loan", "loan_no", columns or PublishedLoan.column_names())


def read_debtors(home: Path, on: date, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Read a day's published debtors, by debtor number; every column of PublishedDebtor or only some."""
    return _collect(home, on, "debtor", "debtor_no", columns or PublishedDebtor.column_names())


def scan_loans(home: Path, on: date, *, shard: int | None = None) -> pl.LazyFrame:
    """Scan a day's published loans, of all shards or one, for a query that needs few rows."""
    return pl.scan_parquet(_tables(home, on, "loan", shard))


def scan_whole_loans(home: Path, on: date, *, shard: int | None = None) -> pl.LazyFrame:
    """Scan a day's published loans with every column of PublishedLoan; see scan_loans.

    A column that an earlier version of the program did not publish is empty.
    """
    rows, kinds = scan_loans(home, on, shard=shard), PublishedLoan.create_empty().schema
    held = rows.collect_schema()
    return rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in held)


def scan_debtors(home: Path, on: date, *, shard: int | None = None) -> pl.LazyFrame:
    """Scan a day's published debtors, of all shards or one."""
    return pl.scan_parquet(_tables(home, on, "debtor", shard))


def scan_breaks(home: Path, on: date) -> pl.LazyFrame:
    """Scan a day's breaks between the core's ledger and ours, in no order; see LedgerBreak."""
    return _scan(home, on, "ledger_break")


def scan_instructions(home: Path, on: date) -> pl.LazyFrame:
    """Scan a day's instructions, in no order; see Instruction."""
    return _scan(home, on, "instruction")


def scan_group_alerts(home: Path, on: date) -> pl.LazyFrame:
    """Scan a day's group alerts, by group, bad member and other member; see GroupAlert."""
    return _scan(home, on, "group_alert")


def scan_warnings(home: Path, on: date) -> pl.LazyFrame:
    """Scan a day's warning signals, in no order; see PublishedWarning."""
    return _scan(home, on, "warning")


def scan_warning_scores(home: Path, on: date) -> pl.LazyFrame:
    """Scan what the warning model says of a day's debtors, in no order; see WarningScore."""
    return _scan(home, on, "warning_score")


def read_covenant_tests(home: Path, on: date, *, shard: int | None = None) -> pl.DataFrame:
    """Read a day's covenant tests; empty where an earlier version of the program published none; see CovenantTest."""
    paths = _tables(home, on, "covenant_test", shard)
    return pl.read_parquet(paths) if paths else PUBLISHED["covenant_test"].create_empty()


def scan_clocks(home: Path, on: date) -> pl.LazyFrame:
    """Scan a day's legal clocks, in no order; see LegalClock."""
    return _scan(home, on, "legal_clock")


def read_of_bank(home: Path, on: date, table: str) -> pl.DataFrame:
    """Read a table of the bank as a whole; empty where an earlier version of the program published none."""
    paths = _tables(home, on, table, None)
    return pl.read_parquet(paths) if paths else PUBLISHED[table].create_empty()


def _collect(home: Path, on: date, table: str, order: str, columns: Sequence[str]) -> pl.DataFrame:
    wanted = list(dict.fromkeys((*columns, order)))
    return pl.scan_parquet(_tables(home, on, table, None)).select(wanted).collect().sort(order).select(columns)


def _scan(home: Path, on: date, table: str) -> pl.LazyFrame:
    paths = _tables(home, on, table, None)
    if not paths:
        raise NothingPublished(
            message=f"The snapshot of {on} has no table {table}: an earlier version of the program published it.",
            hint=f"Compute the day again: postloan night {on}.",
            where={"home": home, "on": on},
        )
    return pl.scan_parquet(paths)


def _tables(home: Path, on: date, table: str, shard: int | None) -> list[Path]:
    """Find a table's files as the manifest lists them; a file gone or of another size is damage, not absence."""
    manifest = read_manifest(home, on)
    folder = snapshot_folder(home, str(manifest["run_id"]))
    wanted = f"{table}/" if shard is None else f"{table}/{shard:04d}."
    paths = []
    for name, said in manifest["files"].items():
        if not name.startswith(wanted):
            continue
        path = folder / name
        if not path.is_file() or path.stat().st_size != said["bytes"]:
            raise _damaged(path, "A published file is missing or cut short.")
        paths.append(path)
    return paths


def _damaged(path: Path, message: str) -> SnapshotDamaged:
    return SnapshotDamaged(
        message=message,
        hint="Compute the night of that day again: the same pins give the same bytes, and what is damaged is replaced.",
        where={"file": path},
    )
