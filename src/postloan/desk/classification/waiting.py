"""The work of a batch: one item an officer and step, open while anything waits for it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.urls import reverse

from postloan.desk.approval.models import Case
from postloan.desk.classification.models import Batch, Item, Sheet
from postloan.desk.core.authority import officers_for
from postloan.desk.core.models import WorkItem
from postloan.desk.core.work.actions import work_close, work_open, work_retell
from postloan.tables.days import quarter_said

_PROPOSE = "classification.propose"


@dataclass
class _Waiting:
    """What waits at a step: how many, how much, the largest, by when."""

    count: int = 0
    cents: int = 0
    largest: int = 0
    due_on: date = date.max

    def add(self, count: int, cents: int, largest: int, due_on: date) -> None:
        self.count, self.cents = self.count + count, self.cents + cents
        self.largest, self.due_on = max(self.largest, largest), min(self.due_on, due_on)


def work_keep_up(batch: Batch, on: date) -> bool:
    """Open the work of whoever the batch waits for, close that of whoever it waits for no more.

    Returns whether anything is left to do. It is called inside an action, in the action's transaction.
    """
    by_officer, by_step = _waiting(batch)
    wanted = {("classification_propose", officer_id): told for officer_id, told in by_officer.items() if officer_id}
    for step, told in by_step.items():
        # A loan whose officer has no account is proposed by whoever may in its office.
        of_anybody = by_officer.get(None) if step == _PROPOSE else told
        if of_anybody:
            for officer in officers_for(step, org=batch.org, amount_cents=0):
                wanted.setdefault((step.replace(".", "_"), officer.pk), of_anybody)
    _open(batch, wanted, on)
    return bool(by_step)


def _waiting(batch: Batch) -> tuple[dict[int | None, _Waiting], dict[str, _Waiting]]:
    by_officer: dict[int | None, _Waiting] = {}
    by_step: dict[str, _Waiting] = {}
    summed: dict[str, Any] = {
        "n": Count("pk"), "cents": Sum("case__amount_cents"), "most": Max("case__amount_cents"),
        "due": Min("case__due_on"),
    }  # fmt: skip
    singly = Item.objects.filter(batch=batch, case__state=Case.State.OPEN).values("case__waits_for", "officer")
    row: dict[str, Any]
    for row in singly.annotate(**summed).order_by():  # type: ignore[assignment]
        told = (row["n"], row["cents"], row["most"], row["due"])
        by_step.setdefault(row["case__waits_for"], _Waiting()).add(*told)
        if row["case__waits_for"] == _PROPOSE:
            by_officer.setdefault(row["officer"], _Waiting()).add(*told)
    sheets = Sheet.objects.filter(batch=batch, case__state=Case.State.OPEN).select_related("case")
    for sheet in sheets:
        told = (1, sheet.outstanding_cents, sheet.outstanding_cents, sheet.case.due_on)
        by_step.setdefault(sheet.case.waits_for, _Waiting()).add(*told)
    return by_officer, by_step


def _open(batch: Batch, wanted: dict[tuple[str, int], _Waiting], on: date) -> None:
    page = f"{reverse('classification:items')}?batch={batch.pk}"
    held = WorkItem.objects.filter(
        kind__startswith="classification_", subject__startswith=f"batch:{batch.pk}:", state=WorkItem.State.OPEN
    )
    is_open = {(item.kind, item.officer_id) for item in held}
    quarter = quarter_said(batch.quarter_on)
    for item in held:
        left = wanted.get((item.kind, item.officer_id or 0))
        if left is None:
            work_close((item.kind,), item.subject, on=on)
        elif left.cents != item.amount_cents:
            work_retell(item.kind, item.subject, told=f"{quarter} × {left.count}", amount_cents=left.cents)
    work_open([
        WorkItem(
            kind=kind, subject=f"batch:{batch.pk}:{officer_id}", title=f"{batch.org.name} {quarter}", page=page,
            org_id=batch.org_id, officer_id=officer_id, due_on=told.due_on, amount_cents=told.cents, opened_on=on,
            told=f"{quarter} × {told.count}", state=WorkItem.State.OPEN,
        )
        for (kind, officer_id), told in wanted.items()
        if (kind, officer_id) not in is_open
    ])  # fmt: skip
