"""The desk's delivery of a day: what was decided as a feed folder, the same bytes for the same decisions."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from postloan.desk.core.models import Decision

COLUMNS = ("decision_id", "kind", "loan_id", "effective_on", "ends_on", "terms", "is_withdrawn")

Rows = tuple[Sequence[str], Sequence[Mapping[str, str]]]
"""The columns of a table, and its rows."""


def delivery_folder(home: Path, on: date) -> Path:
    """Where the desk's delivery of a business date lies: beside the desk, for the core's own folder is not ours."""
    return home / "desk" / "feeds" / on.isoformat()


def delivery_files(tables: Mapping[str, Rows]) -> dict[str, bytes]:
    """The files of a delivery: what each table adds."""
    described = "".join(f"  {table}: increment\n" for table in tables)
    files = {"feed.yaml": f"source: desk\ntables:\n{described}".encode()}
    return files | {f"{table}.csv": _written(columns, rows) for table, (columns, rows) in tables.items()}


def decision_rows(decisions: Iterable[Decision]) -> Rows:
    """Decisions as a table. What was withdrawn before it ever left is told once, as withdrawn."""
    rows = {}
    # Withdrawals come last, so that theirs is the row that stays.
    for each in sorted(decisions, key=lambda each: (each.withdraws_id is not None, str(each.pk))):
        said = each.withdraws or each
        rows[str(said.pk)] = _row(said, is_withdrawn=each.withdraws is not None)
    return COLUMNS, [rows[key] for key in sorted(rows)]


def _written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
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
