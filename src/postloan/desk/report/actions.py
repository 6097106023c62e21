"""What an officer does with a report: take it out."""

from datetime import date

from django.db import transaction

from postloan.desk.core.actions import record
from postloan.desk.core.models import AuditEntry, Officer


@transaction.atomic
def report_take(officer: Officer, kind: str, *, on: date, run_id: str, asked: dict[str, str]) -> AuditEntry:
    """Write down that an officer took a report out as a workbook: which, of which day and run, how grouped."""
    return record(officer, "report.exported", f"report:{kind}", org=officer.org, run_id=run_id, on=on, asked=asked)
