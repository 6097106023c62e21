"""Handing decisions and rows over to the night, and taking back what intake refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import hold_chain, record
from postloan.desk.core.days import home
from postloan.desk.core.decisions.delivery import delivery_files, delivery_folder, write_delivery
from postloan.desk.core.models import AdoptedDay, Decision, FeedRows, WorkItem
from postloan.desk.core.work.actions import work_open
from postloan.errors import HandOverLate
from postloan.rules.desk_approvals import Approvals
from postloan.rules.desk_rules import load_desk_rules
from postloan.tables.inputs import FEED_TABLES

REFUSED, ROWS_REFUSED = "decision_refused", "rows_refused"
KEY_JOINS = "/"
"""Between the parts of a key, as intake tells it."""


@dataclass(frozen=True)
class HandOver:
    """What was handed over with a business date.

    folder       the delivery, for intake; None where there is nothing to hand over.
    count        how many decisions are in it, and how many sets of rows.
    waiting      how many that already hold wait for the next day: this day was handed over before they were decided.
    is_repeated  the day was handed over before, and nothing changed.
    """

    on: date
    folder: Path | None
    count: int
    waiting: int
    is_repeated: bool


def decisions_hand_over(on: date) -> HandOver:
    """Hand over what was decided and made, with a business date: Door 2.

    Takes   every decision that was not handed over and is in force by the day, and every set of rows.
            A day is handed over once; killed half
            way or called again, it gives the same bytes and takes nothing twice.
    Leaves  the feed_day of both and an audit entry in one transaction; then the delivery, whole.
    Raises HandOverLate where a later day was handed over or adopted.
    """
    is_repeated = _mark(on)
    given = list(Decision.objects.filter(feed_day=on).select_related("withdraws"))
    made = list(FeedRows.objects.filter(feed_day=on))
    waiting = Decision.objects.filter(feed_day=None, effective_on__lte=on).count()
    waiting += FeedRows.objects.filter(feed_day=None).count()
    if not given and not made:
        return HandOver(on, None, 0, waiting, is_repeated)
    folder = delivery_folder(home(), on)
    write_delivery(folder, delivery_files(given, made))
    return HandOver(on, folder, len(given) + len(made), waiting, is_repeated)


@transaction.atomic
def _mark(on: date) -> bool:
    """Mark the decisions that go with a day; whether that was done before."""
    hold_chain()
    _check_turn(on)
    if any(kind.objects.filter(feed_day=on).exists() for kind in (Decision, FeedRows)):
        return True
    taken = list(Decision.objects.select_for_update().filter(feed_day=None, effective_on__lte=on).order_by("pk"))
    made = list(FeedRows.objects.select_for_update(of=("self",)).filter(feed_day=None))
    if taken or made:
        keys, rows = ([each.pk for each in some] for some in (taken, made))
        Decision.objects.filter(pk__in=keys).update(feed_day=on)
        FeedRows.objects.filter(pk__in=rows).update(feed_day=on)
        record(None, "decisions.handed_over", f"feed:{on}", on=on, decisions=[str(key) for key in keys],
               rows=[str(key) for key in rows])  # fmt: skip
    return False


def _check_turn(on: date) -> None:
    days = [kind.objects.aggregate(last=Max("feed_day"))["last"] for kind in (Decision, FeedRows)]
    days.append(AdoptedDay.objects.aggregate(last=Max("on"))["last"])
    latest = max((day for day in days if day), default=on)
    if on < latest:
        raise HandOverLate(
            message=_("%(on)s 早于已经移交或接收的 %(latest)s。") % {"on": on, "latest": latest},
            hint=_("请随下一营业日移交：postloan hand-over --on 日期。"),
            where={"on": on, "latest": latest},
        )


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
    due_on = on + timedelta(days=load_desk_rules(home()).version("approvals", Approvals, on).refused_due_in_days)
    work_open([_item(each, "；".join(said[str(each.pk)]), on, due_on) for each in back])
    for each in back:
        record(None, "decision.refused", each, org=each.decided_by.org, on=on, reasons=said[str(each.pk)])
    return len(back)


@transaction.atomic
def rows_refused(on: date, refusals: Iterable[Mapping[str, Any]]) -> int:
    """Give sets of rows of which intake put some into quarantine back to whoever made them, as work. Twice is once.

    refusals  rows of the quarantine of the day's delivery: table, key, column, reason_zh.

    Returns how many sets came back.
    """
    refused = list(refusals)
    due_on = on + timedelta(days=load_desk_rules(home()).version("approvals", Approvals, on).refused_due_in_days)
    back = 0
    for made in FeedRows.objects.filter(feed_day=on).select_related("org", "made_by"):
        keys = {_key_of(made.table, row) for row in made.rows}
        said = [f"{row['key']} {row['reason_zh']}" for row in refused if (row["table"], row["key"]) in keys]
        subject = f"rows:{made.pk}"
        if not said or WorkItem.objects.filter(kind=ROWS_REFUSED, subject=subject).exists():
            continue
        work_open([WorkItem(
            kind=ROWS_REFUSED, subject=subject, title=made.title, told="；".join(said)[:300], opened_on=on,
            page=made.page, officer=made.made_by, due_on=due_on, org=made.org, state=WorkItem.State.OPEN,
        )])  # fmt: skip
        record(None, "rows.refused", made, org=made.org, on=on, reasons=said[:20])
        back += 1
    return back


def _key_of(table: str, row: Mapping[str, str]) -> tuple[str, str]:
    """How the quarantine names a row."""
    return table, KEY_JOINS.join(row[name] for name in FEED_TABLES[table].primary_key())


def _item(decision: Decision, why: str, on: date, due_on: date) -> WorkItem:
    assert decision.decided_by.org  # noqa: S101 - asked for by the caller
    return WorkItem(
        kind=REFUSED, subject=f"decision:{decision.pk}", title=decision.loan_id, told=why[:300], opened_on=on,
        page=reverse("book:loan", args=[decision.loan_id]), officer=decision.decided_by, due_on=due_on,
        org=decision.decided_by.org, state=WorkItem.State.OPEN,
    )  # fmt: skip
