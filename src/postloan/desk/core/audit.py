"""The audit chain: how an entry is hashed, and how the whole of it is proved.

The hash of an entry covers everything it says and the hash before it, so that no entry can be changed, taken out or put
in between without every later hash being wrong. Whoever holds the last hash from outside can prove the chain whole.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.core.serializers.json import DjangoJSONEncoder

from postloan.desk.core.models import AuditEntry, AuditHead

_CHUNK = 2000


@dataclass(frozen=True)
class ChainFault:
    """A place where the chain does not hold: the entry, and which of its proofs fails."""

    seq: int
    fault: str


def hash_of_entry(entry: AuditEntry) -> str:
    """The hash that an entry must carry."""
    said = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "officer": entry.officer,
        "action": entry.action,
        "subject": entry.subject,
        "org_id": entry.org_id,
        "run_id": entry.run_id,
        "told": entry.told,
        "reason": entry.reason,
        "before_hash": entry.before_hash,
    }
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.sha256(written.encode()).hexdigest()


def faults_of_chain() -> Iterator[ChainFault]:
    """Go through the whole chain and name each place where it does not hold; nothing where it is whole."""
    seq, last_hash = 0, "0" * 64
    for entry in AuditEntry.objects.order_by("seq").iterator(chunk_size=_CHUNK):
        if entry.seq != seq + 1:
            yield ChainFault(entry.seq, f"entries {seq + 1} to {entry.seq - 1} are missing")
        if entry.before_hash != last_hash:
            yield ChainFault(entry.seq, "does not follow the entry before it")
        if entry.hash != hash_of_entry(entry):
            yield ChainFault(entry.seq, "was changed after it was written")
        seq, last_hash = entry.seq, entry.hash
    told = head_of_chain()
    if told != (seq, last_hash):
        yield ChainFault(told[0], f"is the last that was written, and the chain ends with {seq}")


def head_of_chain() -> tuple[int, str]:
    """The number and hash of the last entry, as it was written: what somebody outside may keep."""
    head = AuditHead.objects.filter(pk=1).first()
    return (head.seq, head.hash) if head else (0, "0" * 64)
