"""A published day taken over: cases opened, told anew and closed in bulk, promises judged, what came in counted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from postloan.desk.approval.actions import cases_follow
from postloan.desk.collection.models import Collected, CollectionCase, CollectionEntry, Promise, Roll
from postloan.desk.collection.opening.changes import Changes, changes_of, rolls_of
from postloan.desk.collection.seats.actions import cases_assign
from postloan.desk.core.actions import record
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import AuditEntry, Org
from postloan.desk.core.parts import MOST, Adopting
from postloan.desk.core.work.actions import work_follow
from postloan.plan.collection import came_in
from postloan.rules.collection import Collection
from postloan.rules.desk_rules import DeskRules

_TOLD = (
    "debtor_name", "org_id", "segment", "strategy", "team", "step_days", "channel", "days_past_due", "bucket",
    "loan_count", "past_due_cents", "cure_cents", "exposure_cents", "counted", "collected_cents", "tier", "score",
    "warning_level", "priority", "told_on",
)  # fmt: skip
"""What a day says anew of a running case. What collectors write beside it stays as it is."""
_ENDED = (
    "state", "closed_why", "version", "closed_on", "told_on", "past_due_cents", "cure_cents", "days_past_due",
    "held_by", "held_until", "counted", "collected_cents",
)  # fmt: skip
_COPIED = (
    "segment", "strategy", "team", "days_past_due", "bucket", "loan_count", "past_due_cents", "cure_cents",
    "exposure_cents", "tier", "score", "priority",
)  # fmt: skip


def collection_take(day: BusinessDay, rules: DeskRules) -> int:
    """Take over who is past due on a published day: one running case a debtor. Twice is once.

    A debtor that fell past due gets a case; a running case is told anew, with a new step where its strategy has one;
    one whose debtor is cured or left the book is closed with the day and the reason. Promises are kept, partly kept
    or broken by what the loans received. Then cases without a collector are given out.

    Leaves   cases, entries, promises and sums, in parts of a transaction each, with its record. Killed between two
             and run again, it ends in the same. Returns how many were opened.
    Source   regulations PRA-12.
    """
    if CollectionCase.objects.filter(told_on__gt=day.on).exists():
        return 0
    rule, now = rules.version("collection", Collection, day.on), timezone.now()
    changes = changes_of(day, rule)
    # Before any case is told: of what was told already, nobody could say any more where it came from.
    _roll(changes, day)
    adopting = Adopting(day, "collection.taken", "collection")
    adopting.in_parts(changes.judged.to_dicts(), lambda part: {"promises": _settle(part, day, now)})
    ended = {row["pk"]: row for row in changes.ended.iter_rows(named=True)}
    adopting.in_parts(list(ended), lambda part: {"ended": _end(part, ended, changes, day)})
    _tell(changes, rule, adopting, now)
    opened = _open(changes, rule, adopting, now)
    _give_out(rule, day)
    return opened


@transaction.atomic
def _give_out(rule: Collection, day: BusinessDay) -> None:
    """Give cases without a collector out. Who was given his share of a night's is not given it again."""
    action, subject = "collection.given_out", "collection"
    is_given = AuditEntry.objects.filter(subject=subject, action=action, run_id=day.run_id).exists()
    if not is_given and (assigned := cases_assign(rule)):
        record(None, action, subject, run_id=day.run_id, on=day.on, assigned=assigned)


def _count_in(cases: Sequence[CollectionCase], changes: Changes, on: date) -> None:
    """Keep what was paid on loans past due since cases were told last, and let them know. The caller holds their rows.

    What was counted already is held against the rows themselves: told twice, nothing came between.
    """
    came = dict[int, int]()
    for case in cases:
        came[case.pk], case.counted = came_in(case.counted, changes.loans.get(case.debtor_id, {}))
        case.collected_cents += came[case.pk]
    known = dict(Collected.objects.filter(on=on, case__in=cases).values_list("case_id", "amount_cents"))
    rows = [
        Collected(case=case, on=on, team=case.team, officer_id=case.officer_id,
                  amount_cents=came[case.pk] + known.get(case.pk, 0))
        for case in cases if came[case.pk]
    ]  # fmt: skip
    Collected.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["case", "on"], update_fields=["amount_cents"]
    )


def _roll(changes: Changes, day: BusinessDay) -> None:
    rows = [Roll(on=day.on, **row) for row in rolls_of(changes, day).iter_rows(named=True)]
    Roll.objects.bulk_create(rows, batch_size=MOST, ignore_conflicts=True)


def _settle(part: Sequence[Mapping[str, Any]], day: BusinessDay, now: datetime) -> int:
    """Settle the promises whose state is known by now, and let their cases come back at once."""
    # Cases before promises, as whoever works on a case does: else two could wait for each other.
    list(CollectionCase.objects.select_for_update(of=("self",)).filter(pk__in=[row["case"] for row in part]))
    running = Promise.objects.select_for_update(of=("self",)).filter(state=Promise.State.OPEN)
    promises = {str(each.pk): each for each in running.filter(pk__in=[row["promise"] for row in part])}
    part = [row for row in part if row["promise"] in promises]
    settled, notes = [], []
    for row in part:
        promise = promises[row["promise"]]
        promise.state, promise.paid_cents, promise.judged_on = row["state"], row["paid_cents"], day.on
        promise.version += 1
        settled.append(promise)
        notes.append(CollectionEntry(case_id=row["case"], step=row["state"], on=day.on, team=promise.team,
                                     amount_cents=row["paid_cents"]))  # fmt: skip
    Promise.objects.bulk_update(settled, ["state", "paid_cents", "judged_on", "version"])
    CollectionEntry.objects.bulk_create(notes)
    for state, count in (("kept", "kept_count"), ("broken", "broken_count")):
        cases = CollectionCase.objects.filter(pk__in=[row["case"] for row in part if row["state"] == state])
        cases.update(**{count: F(count) + 1})
    CollectionCase.objects.filter(pk__in=[row["case"] for row in part]).update(ready_at=now)
    return len(settled)


def _end(part: Sequence[int], now: Mapping[int, Mapping[str, Any]], changes: Changes, day: BusinessDay) -> int:
    """Close the cases of debtors that are past due no more; whoever has one on the desk finds it closed."""
    free = CollectionCase.objects.filter(pk__in=part, state__in=CollectionCase.ENDS)
    cases = list(free.select_for_update(of=("self",)))
    _count_in(cases, changes, day.on)
    for case in cases:
        case.state, case.closed_why, case.version = (
            CollectionCase.State.CLOSED,
            now[case.pk]["why"],
            case.version + 1,
        )
        case.closed_on = case.told_on = day.on
        case.past_due_cents = case.cure_cents = case.days_past_due = 0
        case.held_by = case.held_until = None
    CollectionCase.objects.bulk_create(cases, update_conflicts=True, unique_fields=["id"], update_fields=list(_ENDED))
    Promise.objects.filter(case__in=cases, state=Promise.State.OPEN).update(
        state=Promise.State.REPLACED, judged_on=day.on
    )
    for why in CollectionCase.Why.values:
        _note([case for case in cases if case.closed_why == why], why, day.on)
    return len(cases)


def _tell(changes: Changes, rule: Collection, adopting: Adopting, now: datetime) -> None:
    """Say anew what running cases are: amounts, segment, office, turn; a new step brings a case back at once.

    One whose team or office changed is its collector's no more.
    """
    plan = {row["debtor_id"]: row for row in changes.plan.iter_rows(named=True)}
    offices, on = set(Org.objects.values_list("pk", flat=True)), adopting.day.on

    def tell_part(part: Sequence[int]) -> dict[str, int]:
        running = CollectionCase.objects.filter(pk__in=part, state__in=CollectionCase.RUNNING)
        cases = list(running.select_for_update(of=("self",)))
        _count_in(cases, changes, on)
        stepped, moved, left = [], [], []
        for case in cases:
            before, org_id = (case.strategy, case.step_days, case.team), plan[case.debtor_id]["org_id"]
            _take_in(case, plan[case.debtor_id], rule, on)
            if (case.strategy, case.step_days) != before[:2]:
                stepped.append(case)
            if case.team != before[2]:
                moved.append(case)
            if org_id != case.org_id and org_id in offices:
                case.org_id = org_id
                left.append(case)
        CollectionCase.objects.bulk_create(
            cases, update_conflicts=True, unique_fields=["id"], update_fields=list(_TOLD)
        )
        CollectionCase.objects.filter(pk__in=[case.pk for case in stepped]).update(ready_at=now)
        CollectionCase.objects.filter(pk__in=[case.pk for case in moved]).update(officer=None)
        _leave_office(left, on)
        _note(stepped, "step", on)
        return {"told": len(cases), "moved": len(left)}

    adopting.in_parts(changes.held.filter(pl.col("bucket_now").is_not_null())["pk"].to_list(), tell_part)


def _leave_office(cases: Sequence[CollectionCase], on: date) -> None:
    """Give cases that the book moved to another office back to the pool; what is open of them follows."""
    mine = CollectionCase.objects.filter(pk__in=[case.pk for case in cases])
    mine.update(officer=None, held_by=None, held_until=None, version=F("version") + 1)
    for case in cases:
        Promise.objects.filter(case=case).update(org_id=case.org_id)
    offices = {case.subject: case.org_id for case in cases}
    cases_follow(offices, on=on)
    work_follow(offices)
    _note(cases, "moved", on)


def _open(changes: Changes, rule: Collection, adopting: Adopting, now: datetime) -> int:
    """Open a case for each debtor that fell past due; of what lies in an office that no feed named, none."""
    offices, on = set(Org.objects.values_list("pk", flat=True)), adopting.day.on
    fresh = changes.fresh.filter(pl.col("org_id").is_in(sorted(offices)))

    def open_part(part: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        made = CollectionCase.objects.bulk_create(
            _case(row, rule, on, now, changes.loans[row["debtor_id"]]) for row in part
        )
        _note(made, "opened", on)
        return {"opened": len(made)}

    return adopting.in_parts(fresh.to_dicts(), open_part)["opened"]


def _case(
    row: Mapping[str, Any], rule: Collection, on: date, now: datetime, loans: Mapping[str, Sequence[int]]
) -> CollectionCase:
    case = CollectionCase(
        state=CollectionCase.State.OPEN, org_id=row["org_id"], debtor_id=row["debtor_id"], form=row["form"],
        opened_on=on, opened_bucket=row["bucket"], opened_cents=row["cure_cents"], trial=row["trial"], arm=row["arm"],
        broken_count=row["broken_count"], ready_at=now, counted=came_in({}, loans)[1],
    )  # fmt: skip
    _take_in(case, row, rule, on)
    return case


def _take_in(case: CollectionCase, row: Mapping[str, Any], rule: Collection, on: date) -> None:
    """Let a case know what its debtor is on a day."""
    for name in _COPIED:
        setattr(case, name, row[name])
    step = rule.step(case.strategy, case.days_past_due)
    case.debtor_name = str(row["debtor_name"] or row["debtor_id"])[:200]
    case.warning_level = row["warning_level"] or ""
    case.step_days, case.channel, case.told_on = step.days, step.channel, on


def _note(cases: Sequence[CollectionCase], step: str, on: date) -> None:
    CollectionEntry.objects.bulk_create(
        [CollectionEntry(case=case, step=step, on=on, team=case.team) for case in cases]
    )
