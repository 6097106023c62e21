"""The desk's delivery of a day: decisions and rows of other tables as a feed folder, the same bytes for the same."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from postloan.desk.core.models import Decision, FeedRows
from postloan.tables.inputs import FEED_TABLES

COLUMNS = ("decision_id", "kind", "loan_id", "effective_on", "ends_on", "terms", "is_withdrawn")


def delivery_folder(home: Path, on: date) -> Path:
    """Where the desk's delivery of a business date lies: beside the desk, for the core's own folder is not ours."""
    return home / "desk" / "feeds" / on.isoformat()


def delivery_files(decisions: Sequence[Decision], made: Iterable[FeedRows]) -> dict[str, bytes]:
    """The files of a delivery, tables by name. Of rows with the same key the last that was made is told."""
    tables = {"decision": _file(COLUMNS, _decisions(decisions))} if decisions else {}
    by_table: dict[str, dict[tuple[str, ...], Mapping[str, str]]] = {}
    for each in made:
        key = FEED_TABLES[each.table].primary_key()
        by_table.setdefault(each.table, {}).update({tuple(row[name] for name in key): row for row in each.rows})
    for table, rows in by_table.items():
        told = [rows[key] for key in sorted(rows)]
        tables[table] = _file(tuple(told[0]), told)
    listed = "".join(f"  {table}: increment\n" for table in sorted(tables))
    description = f"source: desk\ntables:\n{listed}".encode()
    return {"feed.yaml": description} | {f"{table}.csv": tables[table] for table in sorted(tables)}


def _decisions(decisions: Iterable[Decision]) -> list[dict[str, str]]:
    """The rows of decisions. What was withdrawn before it ever left is told once, as withdrawn."""
    rows = {}
    # Withdrawals come last, so that theirs is the row that stays.
    for each in sorted(decisions, key=lambda each: (each.withdraws_id is not None, str(each.pk))):
        said = each.withdraws or each
        rows[str(said.pk)] = _row(said, is_withdrawn=each.withdraws is not None)
    return [rows[key] for key in sorted(rows)]


def _file(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def _row(decision: Decision, *, is_withdrawn: bool) -> dict[str, str]:
    return {
        "decision_id": str(decision.pk),
        "kind": decision.kind,
        "loan_id": decision.loan_id,
        "effective_on": decision.effective_on.isoformat(),
        "ends_on": decision.ends_on.isoformat() if decision.ends_on else "",
        "terms": json.dumps(decision.terms, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "is_withdrawn": "true" if is_withdrawn else "false",
    }


def write_delivery(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a delivery whole: it is there with all its files, or not at all. One that is there stays as it is."""
    if folder.is_dir() and all(_holds(folder / name, content) for name, content in files.items()):
        return
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, content in files.items():
        with (part / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    # A folder that holds something else was damaged: the database says what was handed over, not the disk.
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
