"""Writing the ledger of contact: an entry after the other, each with the hash of the one before."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone

from postloan.desk.contact.models import LedgerEntry, LedgerHead
from postloan.plan.contact.ledger import Entry, hash_of
from postloan.rules.contact_rules import Contact


def ledger_held() -> LedgerHead:
    """Hold the ledger until the transaction ends: whoever else would ask or tell anything waits.

    Two asks for the last attempt of a day come one after the other, whoever's debt they are about: one number may stand
    in two debts. Raises TransactionManagementError outside a transaction.
    """
    held = LedgerHead.objects.select_for_update()
    # Whoever is first of all makes the row; a request that registers a point before it asks holds it twice.
    return held.filter(pk=1).first() or held.get_or_create(pk=1)[0]


def entry_append(
    head: LedgerHead, kind: str, *, at: datetime, officer: str, debtor: str = "", party: str = "", point: str = "",
    **told: Any,
) -> Entry:  # fmt: skip
    """Append an entry, in the transaction that holds the ledger.

    at  the instant that `instant_of` told: what is judged by it and what is written are one.
    """
    entry = Entry(head.seq + 1, at, kind, debtor, party, point, officer, told, head.hash)
    entry = replace(entry, hash=hash_of(entry))
    LedgerEntry.objects.create(
        seq=entry.seq, at=entry.at, kind=kind, debtor=debtor, party=party, point=point, officer=officer, told=told,
        before_hash=entry.before_hash, hash=entry.hash,
    )  # fmt: skip
    head.seq, head.hash, head.at = entry.seq, entry.hash, entry.at
    head.save(update_fields=["seq", "hash", "at", "rules_seq", "rules_hash"])
    return entry


def instant_of(head: LedgerHead) -> datetime:
    """The present instant, never before the ledger's last one."""
    now = timezone.now()
    return max(now, head.at) if head.at else now


def rules_told(head: LedgerHead, rules: Contact, at: datetime) -> int:
    """The number of the entry that tells these rules; it is written first where the last one told others."""
    written = sha256(rules.as_written.encode()).hexdigest()
    if head.rules_hash != written:
        head.rules_seq, head.rules_hash = head.seq + 1, written
        entry_append(head, "rules", at=at, officer="", rules=rules.as_written)
    return head.rules_seq
