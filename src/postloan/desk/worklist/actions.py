"""Opening the desk in the morning: adopting a published day."""

from collections.abc import Collection
from datetime import date, timedelta

import polars as pl
from django.db import transaction
from django.urls import reverse

from postloan.desk.agency.placing.actions import placements_begin, placements_end
from postloan.desk.arrival.handing.actions import arrivals_known
from postloan.desk.collateral.calls.actions import calls_open
from postloan.desk.collection.opening.actions import collection_take
from postloan.desk.contact.following.actions import contacts_follow
from postloan.desk.core.actions import record
from postloan.desk.core.days import BusinessDay, adopted_edition
from postloan.desk.core.models import AdoptedDay, Org, WorkItem
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.parts import Adopting
from postloan.desk.core.work.actions import work_gone, work_open
from postloan.desk.disposal.opening.actions import disposals_open
from postloan.desk.disposal.outcomes.promised.actions import settlements_follow
from postloan.desk.inspection.opening.actions import inspections_open
from postloan.desk.outbox.reminders.actions import reminders_open
from postloan.desk.preservation.assets.actions import assets_open
from postloan.desk.preservation.handover.actions import handovers_open
from postloan.desk.visit.actions import visits_take
from postloan.desk.warning.opening.actions import cases_open
from postloan.desk.worklist.causes import causes
from postloan.rules.desk_rules import DeskRules, WorkKind, WorkKinds

_PAGES = {
    "loan": "book:loan", "debtor": "book:debtor", "impairment": "impairment:loan", "officer": "core:officer",
    "covenant": "covenant:covenant", "collateral": "collateral:collateral", "restructure": "restructure:compare",
    "collateral_stress": "collateral:stress",
}  # fmt: skip


def snapshot_adopt(day: BusinessDay, rules: DeskRules, *, warns_in: Collection[str] | None = None) -> AdoptedDay:
    """Take a published day over: open the work it gives, close the work whose cause is gone. Twice is once.

    warns_in  the offices in which warning cases are opened, where a bank begins with some; None is all.

    Leaves  what each desk opens of the day, in parts of a transaction each, with its record; then an AdoptedDay.
            Killed between two and run again, it ends in the same: no part does anything twice, and the day is shown
            when all is there. The caller lets one adopt at a time.
    """
    held = AdoptedDay.objects.filter(pk=day.run_id).first()
    if held is not None:
        return held
    before = AdoptedDay.objects.filter(on__lt=day.on).order_by("-on", "-adopted_at").first()
    since = None if before is None else _as_adopted(day, before)
    for kind in rules.version("work", WorkKinds, day.on).kinds:
        _take(kind, day, since)
    inspections_open(day, before.on if before else None, rules)
    arrivals_known(day.on)
    cases_open(day, rules, only_in=warns_in)
    calls_open(day, rules)
    handovers_open(day, rules)
    assets_open(day, rules)
    settlements_follow(day)
    disposals_open(day, rules)
    contacts_follow(day)
    collection_take(day, rules)
    visits_take(day)
    reminders_open(day, rules)
    placements_end(day=day)
    placements_begin(day=day)
    return _adopted(day)


@transaction.atomic
def _adopted(day: BusinessDay) -> AdoptedDay:
    """Show the day. What was opened and closed is counted by what there is, whoever was killed on the way."""
    opened = WorkItem.objects.filter(opened_on=day.on).count()
    closed = WorkItem.objects.filter(closed_on=day.on, state=WorkItem.State.GONE).count()
    adopted = AdoptedDay.objects.create(run_id=day.run_id, on=day.on, opened_count=opened, closed_count=closed)
    record(None, "snapshot.adopted", adopted, run_id=day.run_id, on=day.on, opened=opened, closed=closed)
    return adopted


def _take(kind: WorkKind, day: BusinessDay, since: BusinessDay | None) -> None:
    """Open the work of a kind that a day gives, and close what has lost its cause."""
    new, gone = _changes(kind, causes(kind, day, since), day.on)
    adopting = Adopting(day, "work.taken", f"work:{kind.kind}")
    adopting.in_parts(_items(kind, new, day), lambda part: {"opened": work_open(part)})
    adopting.in_parts(gone, lambda part: {"closed": work_gone((kind.kind,), part, day.on)})


def _as_adopted(day: BusinessDay, before: AdoptedDay) -> BusinessDay:
    """An earlier day as the desk knew it: what was corrected since is news of today."""
    return BusinessDay(day.home, adopted_edition(day.home, before.on, before.run_id), before.run_id, day.on)


def _changes(kind: WorkKind, found: pl.DataFrame, on: date) -> tuple[pl.DataFrame, list[str]]:
    """The causes to open work for, and the subjects whose open work has no cause any more."""
    of_kind = WorkItem.objects.filter(kind=kind.kind)
    is_open = set(of_kind.filter(state=WorkItem.State.OPEN).values_list("subject", flat=True))
    lately = on - timedelta(days=kind.again_after_days)
    done = of_kind.filter(state=WorkItem.State.DONE, closed_on__gt=lately).values_list("subject", flat=True)
    known = is_open | set(done)
    subjects = set(found["subject"])
    # What worsened stays to be looked into; other work goes with its cause.
    gone = [] if kind.kind == "tier_worsened" else sorted(is_open - subjects)
    return found.filter(~pl.col("subject").is_in(sorted(known))), gone


def _page_of(kind: WorkKind, key: str | None) -> str:
    """Where the work is done; what is of the whole bank has a page of its own and no key."""
    return reverse(_PAGES[kind.page], args=[] if key is None else [key])


def _items(kind: WorkKind, found: pl.DataFrame, day: BusinessDay) -> list[WorkItem]:
    officers = officers_by_number()
    offices = set(Org.objects.values_list("pk", flat=True))
    usual_on = day.on + timedelta(days=kind.due_in_days)
    items = []
    for row in found.iter_rows(named=True):
        if row["org_id"] not in offices:
            continue
        items.append(
            WorkItem(
                kind=kind.kind, subject=row["subject"], title=row["title"] or "", org_id=row["org_id"],
                page=_page_of(kind, row["page_key"]), told=(row["told"] or "")[:300],
                officer_id=officers.get(row["officer_id"]), due_on=min(usual_on, row["due_by"] or usual_on),
                amount_cents=row["amount_cents"] or 0, opened_on=day.on, state=WorkItem.State.OPEN,
            )
        )  # fmt: skip
    return items
