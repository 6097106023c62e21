"""When a loan was written off: the day of the decision, or else the first published day that says so."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from postloan.desk.core.models import Decision
from postloan.desk.core.pages import Desk
from postloan.snapshot.read import published_days, scan_loans

OFF = "written_off"


def written_off_on(desk: Desk, loan: Mapping[str, Any]) -> date | None:
    """The day on which a loan was written off; None where it is on the book, and no decision takes it off.

    loan  its published row of the day.
    """
    decided = Decision.objects.filter(kind="write_off", loan_id=loan["loan_id"], withdraws=None, withdrawn_by=None)
    if last := decided.order_by("effective_on").last():
        return last.effective_on
    found = None
    for on in reversed([day for day in published_days(desk.day.home) if day <= desk.day.on]):
        rows = scan_loans(desk.day.home, on).filter(pl.col("loan_no") == loan["loan_no"]).select("status").collect()
        if rows.is_empty() or rows["status"].item() != OFF:
            break
        found = on
    return found
