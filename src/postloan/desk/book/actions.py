"""What an officer does on a page of the book: look behind a mask, for a reason."""

from django.db import transaction

from postloan.desk.core.actions import record, require_reason
from postloan.desk.core.models import AuditEntry, Officer


@transaction.atomic
def personal_unmask(officer: Officer, debtor_id: str, field: str, *, reason: str, run_id: str) -> AuditEntry:
    """Write down that an officer saw personal data whole, and why. Raises ReasonMissing."""
    return record(
        officer, "debtor.unmasked", f"debtor:{debtor_id}", org=officer.org, run_id=run_id,
        reason=require_reason(reason), field=field,
    )  # fmt: skip
