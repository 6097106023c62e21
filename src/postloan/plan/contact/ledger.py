"""The ledger of contact: how an entry is hashed, and how the whole is written into a file that proves itself.

Each entry holds the hash of the one before it. Numbers and addresses stand in it as keyed hashes only; names do not.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from postloan.errors import LedgerUnreadable
from postloan.plan.contact.standing import Event

NOTHING_BEFORE = "0" * 64
_KEYS = {"seq", "at", "kind", "debtor", "party", "point", "officer", "told", "before_hash", "hash"}


@dataclass(frozen=True)
class Entry:
    """An entry of the ledger: an event, who brought it about, and the hashes that hold the chain together."""

    seq: int
    at: datetime
    kind: str
    debtor: str
    party: str
    point: str
    officer: str
    told: Mapping[str, Any]
    before_hash: str
    hash: str = ""

    @property
    def event(self) -> Event:
        """What bears on contact of it."""
        return Event(self.seq, self.at, self.kind, self.debtor, self.party, self.point, self.told)


@dataclass(frozen=True)
class Head:
    """The last entry as it was written: its number and hash. Whoever keeps it outside can prove the whole."""

    seq: int
    hash: str


def written_at(at: datetime) -> str:
    """An instant as the ledger writes it: by the clock of UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(entry: Entry) -> str:
    """The hash that an entry must carry: of all it says, and of the hash before it."""
    said = _plain(entry)
    del said["hash"]
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def write_ledger(path: Path, entries: Iterable[Entry], head: Head) -> int:
    """Write a ledger into a file, a line an entry, the head last. Returns how many entries."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as opened:
        for entry in entries:
            opened.write(json.dumps(_plain(entry), sort_keys=True, ensure_ascii=False) + "\n")
            count += 1
        opened.write(json.dumps({"head": asdict(head)}) + "\n")
    return count


def read_ledger(path: Path) -> Iterator[Entry | Head]:
    """Read a file's lines, whatever they prove. Raises LedgerUnreadable where one is no entry and no head."""
    try:
        with path.open(encoding="utf-8") as opened:
            for place, line in enumerate(opened, start=1):
                yield _read(line, place)
    except (OSError, UnicodeDecodeError) as fault:
        raise _unreadable(f"The file {path} cannot be read.", 0) from fault


def _read(line: str, place: int) -> Entry | Head:
    try:
        said = json.loads(line)
        if set(said) == {"head"}:
            return Head(int(said["head"]["seq"]), str(said["head"]["hash"]))
        if set(said) != _KEYS or not isinstance(said["told"], dict):
            raise _unreadable("A line is no entry of a ledger.", place)
        return Entry(**said | {"at": datetime.fromisoformat(said["at"])})
    except (ValueError, TypeError, KeyError) as fault:
        raise _unreadable("A line is no entry of a ledger.", place) from fault


def _plain(entry: Entry) -> dict[str, Any]:
    return asdict(entry) | {"at": written_at(entry.at), "told": dict(entry.told)}


def _unreadable(message: str, place: int) -> LedgerUnreadable:
    return LedgerUnreadable(
        message=message, hint="Export the ledger anew: postloan gate export FILE.", where={"line": place}
    )
