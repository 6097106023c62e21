"""Telling the ledger of letters that a desk above sent and recorded: calls for collateral, demands on guarantors."""

from datetime import date
from typing import Any

from postloan.desk.contact.ledger.actions import entry_append, instant_of, ledger_held
from postloan.desk.core.models import Officer
from postloan.rules.contact_rules import Channel, Role


def served_tell(
    officer: Officer, debtor_id: str, party_id: str, role: Role, *, channel: Channel, purpose: str, on: date
) -> dict[str, Any]:
    """Tell the ledger that somebody was written to about a debtor's debt, and on which day.

    It went out before it was told: no rule is asked, and no answer of the gate counts it. The caller holds the
    transaction, asked who may, and records. Returns what the audit chain keeps of the ledger.
    Source  COLL-20: what was done to collect is kept, and the borrower may see it.
    """
    head = ledger_held()
    entry = entry_append(
        head, "served", at=instant_of(head), officer=officer.get_username(), debtor=debtor_id, party=party_id,
        role=role, channel=channel, purpose=purpose, on=on.isoformat(),
    )  # fmt: skip
    return {"ledger_seq": entry.seq, "ledger_hash": entry.hash}
