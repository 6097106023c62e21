"""The chain of closings: a small record for every day filed, each holding the hash of the one before.

A record is written once and never changed. `head.json` says how many there are and the hash of the last, so that a
removed last record shows too. Who can write here can also forge a whole new chain: the bank keeps the hash that each
closing prints in a place of its own.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from postloan.errors import ClosingsDamaged
from postloan.snapshot.files import commit_json, hash_of, read_json

_RECORD = re.compile(r"\d{6}\.json")


@dataclass(frozen=True)
class Closing:
    """A day as it was filed.

    number          its place in the chain, from 1.
    on              the business date.
    runs            the versions of the day up to this one; the last is what was filed.
    content_sha256  hash of what the run's manifest says, see `content_hash`.
    known_on        rows that became known later were not seen.
    loads           the loads that were seen, each with the hash of what it contained.
    by, note        who signed, and what they said.
    closed_at       when, by the clock of whoever closed it.
    open_items      what was known not to tie when it was signed, in counts.
    before          sha256 of the record before; None in the first.
    """

    number: int
    on: date
    runs: tuple[str, ...]
    content_sha256: str
    known_on: date
    loads: dict[str, str]
    by: str
    note: str | None
    closed_at: str
    open_items: dict[str, int]
    before: str | None

    @property
    def version(self) -> int:
        """The number of the version filed, from 1."""
        return len(self.runs)

    @property
    def run_id(self) -> str:
        """The run filed."""
        return self.runs[-1]

    def as_json(self) -> dict[str, Any]:
        """The record as it is written."""
        said = {"on": self.on.isoformat(), "runs": list(self.runs), "known_on": self.known_on.isoformat()}
        return asdict(self) | said

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Self:
        """Read a record back; KeyError, TypeError or ValueError where it is none."""
        days = {name: date.fromisoformat(said[name]) for name in ("on", "known_on")}
        return cls(**said | days | {"runs": tuple(said["runs"])})


def closings_folder(home: Path) -> Path:
    """Return where the records lie."""
    return home / "closings"


def read_closings(home: Path) -> list[Closing]:
    """Read every record, oldest first. Raises ClosingsDamaged where one is no record; see also `broken_links`."""
    found = []
    for path in _records(home):
        try:
            found.append(Closing.of_json(read_json(path)))
        except (OSError, ValueError, KeyError, TypeError):
            raise ClosingsDamaged(
                message="A record of a closing is damaged.",
                hint="Restore the file from a copy: a record is never written again.",
                where={"file": path},
            ) from None
    return found


def whole_closings(home: Path) -> list[Closing]:
    """Read the closings, oldest first; refuse a chain that was tampered with: a record behind it would vouch for it.

    Raises ClosingsDamaged.
    """
    closings = read_closings(home)
    faults = broken_links(home)
    if faults:
        raise ClosingsDamaged(
            message="The chain of closings does not hold.",
            hint="Restore the folder `closings` from a copy, and find out who wrote there.",
            where=faults,
        )
    return closings


def filed(home: Path, on: date) -> Closing | None:
    """Find how a day was last filed, or None where it never was."""
    return next((closing for closing in reversed(read_closings(home)) if closing.on == on), None)


def append(home: Path, closing: Closing) -> str:
    """Put a record at the end of the chain, whole or not at all; return its hash. The caller keeps others out."""
    folder = closings_folder(home)
    folder.mkdir(exist_ok=True)
    place = folder / f"{closing.number:06d}.json"
    commit_json(place, closing.as_json())
    commit_json(folder / "head.json", {"records": closing.number, "sha256": hash_of(place)})
    return hash_of(place)


def last_hash(home: Path) -> str | None:
    """Return the hash of the last record, or None where nothing was ever closed."""
    records = _records(home)
    return hash_of(records[-1]) if records else None


def content_hash(manifest: dict[str, Any]) -> str:
    """Hash what a run says. Its checks are left out: they also tell what else was published when it ran."""
    said = {name: value for name, value in manifest.items() if name != "checks"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def broken_links(home: Path) -> dict[str, str]:
    """Walk the chain; return what does not hold, by record: one missing, changed, or out of its place."""
    faults: dict[str, str] = {}
    records, before = _records(home), None
    for number, path in enumerate(records, start=1):
        said = read_json(path)
        if path.name != f"{number:06d}.json" or said["number"] != number:
            faults[path.name] = f"stands in place {number}: a record before it is missing"
        elif said["before"] != before:
            faults[path.name] = "does not hold the hash of the record before: that one, or this, was changed"
        before = hash_of(path)
    head_file = closings_folder(home) / "head.json"
    if not head_file.is_file():
        # A closing killed before its head leaves one record; it never said that it was done.
        return faults | ({head_file.name: "is missing"} if len(records) > 1 else {})
    try:
        head = read_json(head_file)
        place = closings_folder(home) / f"{head['records']:06d}.json"
    except (ValueError, KeyError, TypeError):
        return faults | {head_file.name: "is damaged"}
    if not place.is_file() or len(records) not in {head["records"], head["records"] + 1}:
        faults[head_file.name] = f"speaks of {head['records']} records; {len(records)} are there"
    elif hash_of(place) != head["sha256"]:
        faults[place.name] = "is not the record that was filed"
    return faults


def _records(home: Path) -> list[Path]:
    folder = closings_folder(home)
    names = [path for path in folder.iterdir() if _RECORD.fullmatch(path.name)] if folder.is_dir() else []
    return sorted(names)
