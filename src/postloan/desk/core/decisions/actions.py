"""Handing decisions over to the night, and taking back what intake refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import hold_chain, record
from postloan.desk.core.days import home
from postloan.desk.core.decisions.beside import sent_back_due_on, tables_beside
from postloan.desk.core.decisions.delivery import (
    Rows,
    decision_rows,
    delivery_files,
    delivery_folder,
    write_delivery,
)
from postloan.desk.core.models import AdoptedDay, Decision, WorkItem
from postloan.desk.core.work.actions import work_open
from postloan.errors import HandOverLate

REFUSED = "decision_refused"


@dataclass(frozen=True)
class HandOver:
    """What was handed over with a business date.

    folder       the delivery, for intake; None where nothing was decided.
    count        how many decisions, and rows of tables beside them, are in it.
    waiting      how many that already hold wait for the next day: this day was handed over before they were decided.
    is_repeated  the day was handed over before, and nothing changed.
    """

    on: date
    folder: Path | None
    count: int
    waiting: int
    is_repeated: bool


def decisions_hand_over(on: date) -> HandOver:
    """Hand over what was decided, with a business date, and what other tables go beside it: Door 2.

    Takes   every decision that was not handed over and is in force by the day. A day is handed over once; killed half
            way or called again, it gives the same bytes and takes nothing twice.
    Leaves  the decisions' feed_day and an audit entry in one transaction; then the delivery, whole.
    Raises HandOverLate where a later day was handed over or adopted.
    """
    is_repeated = _mark(on)
    given = list(Decision.objects.filter(feed_day=on).select_related("withdraws"))
    waiting = Decision.objects.filter(feed_day=None, effective_on__lte=on).count()
    tables: dict[str, Rows] = {"decision": decision_rows(given)} if given else {}
    for each in tables_beside():
        waiting += each.waiting(on)
        if rows := each.rows(on):
            tables[each.table] = each.columns, rows
    if not tables:
        return HandOver(on, None, 0, waiting, is_repeated)
    folder = delivery_folder(home(), on)
    write_delivery(folder, delivery_files(tables))
    count = len(given) + sum(len(rows) for table, (_columns, rows) in tables.items() if table != "decision")
    return HandOver(on, folder, count, waiting, is_repeated)


@transaction.atomic
def _mark(on: date) -> bool:
    """Mark what goes with a day; whether that was done before."""
    hold_chain()
    if check_turn(on) == on:
        return True
    taken = list(Decision.objects.select_for_update().filter(feed_day=None, effective_on__lte=on).order_by("pk"))
    if taken:
        keys = [each.pk for each in taken]
        Decision.objects.filter(pk__in=keys).update(feed_day=on)
        record(None, "decisions.handed_over", f"feed:{on}", on=on, decisions=[str(key) for key in keys])
    for each in tables_beside():
        if count := each.mark(on):
            record(None, f"{each.table}.handed_over", f"feed:{on}", on=on, count=count)
    return False


def check_turn(on: date) -> date | None:
    """Find the last day that anything was handed over with. Raises HandOverLate where the day is over."""
    days = [Decision.objects.aggregate(last=Max("feed_day"))["last"], *(each.last() for each in tables_beside())]
    handed = max((day for day in days if day), default=None)
    adopted = AdoptedDay.objects.aggregate(last=Max("on"))["last"]
    latest = max((day for day in (handed, adopted) if day), default=on)
    if on < latest:
        raise HandOverLate(
            message=_("%(on)s 早于已经移交或接收的 %(latest)s。") % {"on": on, "latest": latest},
            hint=_("请随下一营业日移交：postloan hand-over --on 日期。"),
            where={"on": on, "latest": latest},
        )
    return handed


@transaction.atomic
def decisions_refused(on: date, refusals: Iterable[Mapping[str, Any]]) -> int:
    """Give decisions that intake put into quarantine back to whoever decided them, as work. Twice is once.

    refusals  rows of the quarantine of the day's delivery: key, column, reason_zh.

    Returns how many decisions came back.
    """
    said: dict[str, list[str]] = {}
    for row in refusals:
        said.setdefault(str(row["key"]), []).append(f"{row['column'] or ''} {row['reason_zh']}".strip())
    subjects = [f"decision:{key}" for key in said]
    known = set(WorkItem.objects.filter(kind=REFUSED, subject__in=subjects).values_list("subject", flat=True))
    found = Decision.objects.filter(pk__in=list(said), feed_day=on).select_related("decided_by__org")
    back = [each for each in found if f"decision:{each.pk}" not in known and each.decided_by.org_id]
    due_on = sent_back_due_on(on)
    work_open([_item(each, "；".join(said[str(each.pk)]), on, due_on) for each in back])
    for each in back:
        record(None, "decision.refused", each, org=each.decided_by.org, on=on, reasons=said[str(each.pk)])
    return len(back)


def _item(decision: Decision, why: str, on: date, due_on: date) -> WorkItem:
    assert decision.decided_by.org  # noqa: S101 - asked for by the caller
    return WorkItem(
        kind=REFUSED, subject=f"decision:{decision.pk}", title=decision.loan_id, told=why[:300], opened_on=on,
        page=reverse("book:loan", args=[decision.loan_id]), officer=decision.decided_by, due_on=due_on,
        org=decision.decided_by.org, state=WorkItem.State.OPEN,
    )  # fmt: skip
