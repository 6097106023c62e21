"""The desk's delivery of a day: the decision table as a feed folder, the same bytes for the same decisions."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from postloan.desk.core.models import Decision

COLUMNS = ("decision_id", "kind", "loan_id", "effective_on", "ends_on", "terms", "is_withdrawn")
_DESCRIPTION = "source: desk\ntables:\n  decision: increment\n"


def delivery_folder(home: Path, on: date) -> Path:
    """Where the desk's delivery of a business date lies: beside the desk, for the core's own folder is not ours."""
    return home / "desk" / "feeds" / on.isoformat()


def delivery_files(decisions: Iterable[Decision]) -> dict[str, bytes]:
    """The files of a delivery. What was withdrawn before it ever left is told once, as withdrawn."""
    rows = {}
    # Withdrawals come last, so that theirs is the row that stays.
    for each in sorted(decisions, key=lambda each: (each.withdraws_id is not None, str(each.pk))):
        said = each.withdraws or each
        rows[str(said.pk)] = _row(said, is_withdrawn=each.withdraws is not None)
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[key] for key in sorted(rows))
    return {"feed.yaml": _DESCRIPTION.encode(), "decision.csv": written.getvalue().encode()}


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
