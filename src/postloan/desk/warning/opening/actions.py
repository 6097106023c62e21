"""Adopting a day's signals: cases opened, raised, told to the office above, and let go, in bulk and once."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import polars as pl
from django.db import transaction
from django.db.models import F

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.parts import Adopting, parts
from postloan.desk.core.work.actions import work_gone, work_open
from postloan.desk.warning.clocks import Clocks
from postloan.desk.warning.models import CaseEntry, CaseSignal, WarningCase
from postloan.desk.warning.opening.changes import (
    changes_of,
    changes_on_arrival,
    debtors_changed,
    debtors_warned,
    late_cases,
    without_debtor,
)
from postloan.desk.warning.signals import KnownSignal
from postloan.desk.warning.work import KINDS, LATE, VERIFY, work_of
from postloan.rules.desk_rules import DeskRules
from postloan.rules.warning_desk import WarningDesk
from postloan.tables.warnings import LEVELS

T = TypeVar("T")
_Deed = tuple[list[T], Callable[[Sequence[T]], dict[str, int]]]
"""What is to be done to which rows; see `Adopting.in_parts`."""


def cases_open(day: BusinessDay, rules: DeskRules, *, only_in: Collection[str] | None = None) -> int:
    """Take a published day's signals over: one running case a debtor, all its signals in it. Twice is once.

    A debtor without a running case gets one, with work for its officer. In a running case signals come, worsen and go;
    one that becomes worse than the case raises it, and it is verified again. What is late is put before the office
    above. What ended lately opens nothing until its cooling-off is over, unless it is worse.

    only_in  the offices in which cases are opened, where a bank begins with some; None is all.

    Leaves  cases, signals, entries and work items, in parts of a transaction each, with its record. Killed between
            two and run again, it ends in the same. Returns how many were opened.
    Source  regulations PRA-10, PRA-11.
    """
    clocks = Clocks(day, rules.version("warnings", WarningDesk, day.on))
    changes = changes_of(clocks)
    adopting = Adopting(day, "warnings.opened", "warnings")
    opened = adopting.in_parts(*_opening(changes.fresh, clocks, only_in))["opened"]
    adopting.in_parts(*_growing(changes.came, changes.worse, clocks))
    signals = CaseSignal.objects
    adopting.in_parts(changes.gone, lambda part: {"signals_gone": signals.filter(pk__in=part).update(gone_on=day.on)})
    _refresh(day)
    adopting.in_parts(without_debtor(day), lambda part: {"let_go": _let_go(part, day)})
    late = list(late_cases(clocks).order_by("pk").values_list("pk", flat=True))
    adopting.in_parts(late, lambda part: {"late": _tell_above(part, clocks)})
    return opened


@dataclass(frozen=True)
class Arrived:
    """What signals that an event raised changed: the debtor's case, empty without one, and which of them are new."""

    case: WarningCase | None
    new: frozenset[str]
    rank: int


@transaction.atomic
def signals_arrived(
    debtor_id: str, signals: pl.DataFrame, known: Mapping[str, KnownSignal], about: str, clocks: Clocks
) -> Arrived:
    """Take signals that an event raised on arrival into the debtor's case, which they open where there is none.

    signals  rows as a night publishes them, of this debtor; known: the rules they come from. The caller keeps two from
             doing this at once.
    about    the events, for the case's history.

    Leaves   what a night would, each new signal marked as waiting for the night that knows of the event; an entry.
    """
    changes = changes_on_arrival(clocks, debtor_id, signals, known)
    debtor_ids, open_part = _opening(changes.fresh, clocks, None)
    open_part(debtor_ids)
    case_ids, grow_part = _growing(changes.came, changes.worse, clocks)
    grow_part(case_ids)
    case = WarningCase.objects.filter(debtor_id=debtor_id, state__in=WarningCase.RUNNING).first()
    new = pl.concat([part.select("signal", "rank") for part in (changes.fresh, changes.came, changes.worse)])
    if case is None or new.is_empty():
        return Arrived(case, frozenset(), -1)
    case.signals.filter(signal__in=new["signal"].to_list()).update(arrival=CaseSignal.Arrival.WAITS)
    CaseEntry.objects.create(case=case, step="arrived", level=case.level, on=clocks.day.on, text=about[:2000])
    return Arrived(case, frozenset(new["signal"]), int(new["rank"].max()))  # type: ignore[arg-type]


def arrivals_told(still_waiting: Collection[str]) -> int:
    """Let signals go by what nights say, where the night of the day knows the events: all debtors but some.

    Returns how many signals were raised on arrival and are a night's to keep or let go from now on.
    """
    waits = CaseSignal.objects.filter(arrival=CaseSignal.Arrival.WAITS)
    keys = [pk for pk, debtor_id in waits.values_list("pk", "case__debtor_id") if debtor_id not in still_waiting]
    for part in parts(keys):
        CaseSignal.objects.filter(pk__in=part).update(arrival=CaseSignal.Arrival.TOLD)
    return len(keys)


def _opening(fresh: pl.DataFrame, clocks: Clocks, only_in: Collection[str] | None) -> _Deed[str]:
    """Open cases with their signals; of what lies in an office that no feed named, or that has not begun, none."""
    on = clocks.day.on
    facts = debtors_warned(clocks.day, fresh["debtor_id"].unique())
    officers, offices = officers_by_number(), set(Org.objects.values_list("pk", flat=True))
    offices = offices if only_in is None else offices.intersection(only_in)
    by_level = {level: clocks.due(clocks.of(level).verify) for level in LEVELS}
    kept = fresh.filter(pl.col("debtor_id").is_in([key for key, each in facts.items() if each["org_id"] in offices]))

    def open_part(part: Sequence[str]) -> dict[str, int]:
        signals = kept.filter(pl.col("debtor_id").is_in(part)).partition_by("debtor_id", as_dict=True)
        made = WarningCase.objects.bulk_create(
            _case(facts[key], signals[(key,)], officers, by_level, on) for key in part
        )
        of_case = {case.debtor_id: case for case in made}
        CaseSignal.objects.bulk_create(
            [_signal(of_case[key].pk, row, on) for key in part for row in signals[(key,)].iter_rows(named=True)]
        )
        _note(made, "opened", on)
        return {"opened": work_open([work_of(case, VERIFY, on) for case in made])}

    return kept["debtor_id"].unique(maintain_order=True).to_list(), open_part


def _case(
    facts: dict[str, Any], signals: pl.DataFrame, officers: dict[str, int], due: dict[str, date], on: date
) -> WarningCase:
    case = WarningCase(
        state=WarningCase.State.OPEN, debtor_id=facts["debtor_id"], officer_id=officers.get(facts["officer_id"]),
        opened_on=on, org_id=facts["org_id"], level=LEVELS[0], rank=0, signal_ids=" ", categories=" ", signal_count=0,
    )  # fmt: skip
    _take_in(case, signals, facts)
    case.due_on = due[case.level]
    return case


def _take_in(case: WarningCase, signals: pl.DataFrame, facts: dict[str, Any] | None) -> None:
    """Let a case know of some signals, and of what its debtor is now."""
    case.rank = max(case.rank, *signals["rank"])
    case.level = LEVELS[case.rank]
    case.signal_ids = _listed(case.signal_ids, signals["signal"])
    case.categories = _listed(case.categories, signals["category"])
    case.signal_count = len(case.signal_ids.split())
    if facts:
        case.debtor_name = str(facts["debtor_name"] or facts["debtor_id"])[:200]
        case.product, case.tier = facts["product"][:60], facts["tier"]
        case.exposure_cents = facts["exposure_cents"]


def _listed(known: str, more: pl.Series) -> str:
    return f" {' '.join(sorted({*known.split(), *more}))} "


def _signal(case_id: int, row: dict[str, Any], on: date) -> CaseSignal:
    return CaseSignal(
        case_id=case_id, signal=row["signal"], category=row["category"], loan_id=row["loan_id"], rank=row["rank"],
        level=LEVELS[row["rank"]], evidence=json.loads(row["evidence"]), came_on=on,
    )  # fmt: skip


def _growing(came: pl.DataFrame, worse: pl.DataFrame, clocks: Clocks) -> _Deed[int]:
    """Let running cases take new and worse signals in; one that ended since it was found does not."""
    on = clocks.day.on
    both = pl.concat([came, worse.select(came.columns)]).sort("case_id", "signal", "loan_id")
    facts = debtors_warned(clocks.day, both["debtor_id"].unique())

    def grow_part(part: Sequence[int]) -> dict[str, int]:
        running = WarningCase.objects.filter(pk__in=part, state__in=WarningCase.RUNNING)
        cases = list(running.select_for_update(of=("self",)))
        held = [case.pk for case in cases]
        new = came.filter(pl.col("case_id").is_in(held)).iter_rows(named=True)
        CaseSignal.objects.bulk_create([_signal(row["case_id"], row, on) for row in new])
        CaseSignal.objects.bulk_update(
            [
                CaseSignal(
                    pk=row["pk"], rank=max(row["rank"], row["held_rank"]), gone_on=None,
                    level=LEVELS[max(row["rank"], row["held_rank"])], evidence=json.loads(row["evidence"]),
                )
                for row in worse.filter(pl.col("case_id").is_in(held)).iter_rows(named=True)
            ],
            ["rank", "level", "gone_on", "evidence"],
        )  # fmt: skip
        signals = both.filter(pl.col("case_id").is_in(held)).partition_by("case_id", as_dict=True)
        risen = []
        for case in cases:
            before = case.rank
            _take_in(case, signals[(case.pk,)], facts.get(case.debtor_id))
            case.version += 1
            if case.rank > before:
                risen.append(case)
        _raise(risen, clocks)
        WarningCase.objects.bulk_update(cases, [
            "level", "rank", "signal_ids", "categories", "signal_count", "debtor_name", "product", "tier",
            "exposure_cents", "version", "state", "due_on", "raised_on", "is_raised", "late_to",
        ])  # fmt: skip
        return {"raised": len(risen), "grown": len(cases)}

    return both["case_id"].unique(maintain_order=True).to_list(), grow_part


def _raise(cases: Sequence[WarningCase], clocks: Clocks) -> None:
    """Put raised cases before their officers again, by the clock of their new level; what waits is marked."""
    on = clocks.day.on
    again = []
    for case in cases:
        case.raised_on = on
        if case.state in WarningCase.WAITING:
            case.is_raised = True
            continue
        due_on = clocks.due(clocks.of(case.level).verify)
        case.due_on = min(due_on, case.due_on) if case.state == WarningCase.State.OPEN else due_on
        case.state, case.late_to = WarningCase.State.OPEN, None
        again.append(case)
    _note(cases, "raised", on)
    work_gone(KINDS, [case.subject for case in again], on)
    work_open([work_of(case, VERIFY, on) for case in again])


def _refresh(day: BusinessDay) -> None:
    """Say anew what the debtors of running cases owe and how they are classed, where either changed."""
    rows = debtors_changed(day)
    for part in parts(rows.to_dicts()):
        WarningCase.objects.bulk_update(
            [WarningCase(pk=row["pk"], exposure_cents=row["exposure_cents"], tier=row["tier"]) for row in part],
            ["exposure_cents", "tier"],
        )


def _let_go(part: Sequence[int], day: BusinessDay) -> int:
    """End cases whose debtor has no loan on the book any more. Returns how many."""
    free = WarningCase.objects.filter(pk__in=part, state__in=WarningCase.WITH_OFFICER)
    cases = list(free.select_for_update())
    WarningCase.objects.filter(pk__in=[case.pk for case in cases]).update(
        state=WarningCase.State.GONE, closed_on=day.on, version=F("version") + 1
    )
    _note(cases, "gone", day.on)
    work_gone(KINDS, [case.subject for case in cases], day.on)
    return len(cases)


def _tell_above(part: Sequence[int], clocks: Clocks) -> int:
    """Put what is late before the office one level up, once a step. Returns how many."""
    held = late_cases(clocks).select_for_update(of=("self",)).select_related("org", "org__parent")
    cases, items = list(held.filter(pk__in=part).order_by("pk")), []
    for case in cases:
        above = case.org.parent or case.org
        case.late_to = above
        item = work_of(case, LATE, clocks.day.on)
        item.org, item.officer_id, item.due_on = above, None, clocks.day.on
        items.append(item)
    WarningCase.objects.bulk_update(cases, ["late_to"])
    _note(cases, "late", clocks.day.on)
    return work_open(items)


def _note(cases: Sequence[WarningCase], step: str, on: date) -> None:
    CaseEntry.objects.bulk_create([CaseEntry(case=case, step=step, level=case.level, on=on) for case in cases])
