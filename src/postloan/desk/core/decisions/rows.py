"""Sets of rows that desks make as data, beside decisions: what goes with a day, and what intake refused of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max

from postloan.desk.core.actions import record
from postloan.desk.core.decisions.beside import Beside, sent_back_due_on
from postloan.desk.core.models import FeedRows, WorkItem
from postloan.desk.core.work.actions import work_open
from postloan.tables.inputs import FEED_TABLES

REFUSED = "rows_refused"
KEY_JOINS = "/"
"""Between the parts of a key, as intake tells it."""


def rows_beside(table: str, columns: Sequence[str]) -> Beside:
    """The way to the night of what desks give as rows of a feed table; see `rows_give`."""
    return Beside(
        table, columns, partial(_last, table), partial(_mark, table), partial(_rows, table), partial(_waiting, table),
        rows_refused,
    )  # fmt: skip


def _last(table: str) -> date | None:
    found: date | None = FeedRows.objects.filter(table=table).aggregate(last=Max("feed_day"))["last"]
    return found


def _mark(table: str, on: date) -> int:
    made = list(FeedRows.objects.select_for_update(of=("self",)).filter(table=table, feed_day=None))
    FeedRows.objects.filter(pk__in=[each.pk for each in made]).update(feed_day=on)
    return sum(len(each.rows) for each in made)


def _rows(table: str, on: date) -> list[Mapping[str, str]]:
    """The rows of a day by key; of those with the same key the last that was made."""
    told = {_key_of(table, row): row for made in FeedRows.objects.filter(table=table, feed_day=on) for row in made.rows}
    return [told[key] for key in sorted(told)]


def _waiting(table: str, on: date) -> int:
    del on  # what is made holds at once
    return sum(len(rows) for rows in FeedRows.objects.filter(table=table, feed_day=None).values_list("rows", flat=True))


@transaction.atomic
def rows_refused(on: date, refusals: Iterable[Mapping[str, Any]]) -> int:
    """Give sets of rows of which intake put some into quarantine back to whoever made them, as work. Twice is once.

    refusals  rows of the quarantine of the day's delivery: table, key, column, reason_zh.

    Returns how many sets came back.
    """
    refused = list(refusals)
    due_on = sent_back_due_on(on)
    back = 0
    for made in FeedRows.objects.filter(feed_day=on).select_related("org", "made_by"):
        keys = {(made.table, _key_of(made.table, row)) for row in made.rows}
        said = [f"{row['key']} {row['reason_zh']}" for row in refused if (row["table"], row["key"]) in keys]
        subject = f"rows:{made.pk}"
        if not said or WorkItem.objects.filter(kind=REFUSED, subject=subject).exists():
            continue
        work_open([WorkItem(
            kind=REFUSED, subject=subject, title=made.title, told="；".join(said)[:300], opened_on=on,
            page=made.page, officer=made.made_by, due_on=due_on, org=made.org, state=WorkItem.State.OPEN,
        )])  # fmt: skip
        record(None, "rows.refused", made, org=made.org, on=on, reasons=said[:20])
        back += 1
    return back


def _key_of(table: str, row: Mapping[str, str]) -> str:
    """How the quarantine names a row."""
    return KEY_JOINS.join(row[name] for name in FEED_TABLES[table].primary_key())
