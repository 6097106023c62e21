"""Adopting a day's non-performing loans: cases of disposal opened, kept up to date and closed, in bulk and once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import polars as pl
from django.db.models import F

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.parts import Adopting, parts
from postloan.desk.core.work.actions import work_gone, work_open
from postloan.desk.disposal.models import DisposalCase, DisposalEntry
from postloan.desk.disposal.opening.changes import FACTS, debtors_of_day, running_cases
from postloan.desk.disposal.opening.chasing import chases_open
from postloan.desk.disposal.work import KINDS, PLAN, work_of
from postloan.rules.desk_rules import DeskRules
from postloan.rules.disposal_desk import DisposalDesk

State = DisposalCase.State
_TOLD: dict[str, str] = {State.CLOSED: "closed", State.PURSUED: "pursued", State.OPEN: "reopened"}
"""What the audit chain says of cases that a day moves, by where to."""


def disposals_open(day: BusinessDay, rules: DeskRules) -> int:
    """Take a published day's non-performing loans over: one running case a debtor. Twice is once.

    A debtor that has none gets one, with work for the officer of its largest loan. A running case says anew what is
    owed. Where nothing is on the book any more, what was written off is pursued, and without any the case is closed.

    Leaves  cases, entries and work items, in parts of a transaction each, with its record. Killed between two and
            run again, it ends in the same. Returns how many were opened.
    """
    found, held = debtors_of_day(day), running_cases()
    on_book = found.filter("is_on_book")
    fresh = on_book.join(held, on="debtor_id", how="anti")
    adopting = Adopting(day, "disposals.opened", "disposals")
    rule = rules.version("disposals", DisposalDesk, day.on)
    opened = _open(fresh, adopting, rule.plan_due_in_days)
    # A case of which the day says nothing has nothing left.
    nothing = {name: 0 for name in FACTS if name.endswith(("_cents", "_count"))}
    now = held.select("pk", "debtor_id", was="state").join(found, on="debtor_id", how="left")
    now = now.with_columns(
        pl.col("is_on_book").fill_null(value=False), *(pl.col(name).fill_null(cents) for name, cents in nothing.items())
    )
    _refresh(now, held)
    _follow(now.filter(~pl.col("is_on_book") & (pl.col("off_cents") == 0)), State.CLOSED, "closed", adopting)
    to_pursue = ~pl.col("is_on_book") & (pl.col("off_cents") > 0) & (pl.col("was") != State.PURSUED)
    _follow(now.filter(to_pursue), State.PURSUED, "pursued", adopting)
    again = now.filter(pl.col("is_on_book") & (pl.col("was") == State.PURSUED))
    _follow(again, State.OPEN, "opened", adopting)
    chases_open(adopting, rule.chase)
    return opened


def _open(fresh: pl.DataFrame, adopting: Adopting, due_in_days: int) -> int:
    """Open cases; of what lies in an office that no feed named, none."""
    officers, offices = officers_by_number(), set(Org.objects.values_list("pk", flat=True))
    rows = [row for row in fresh.iter_rows(named=True) if row["org_id"] in offices]
    day = adopting.day
    due_on = day.on + timedelta(days=due_in_days)

    def open_part(part: Sequence[dict[str, Any]]) -> dict[str, int]:
        made = DisposalCase.objects.bulk_create(
            DisposalCase(
                state=State.OPEN, debtor_id=row["debtor_id"], org_id=row["org_id"], opened_on=day.on,
                officer_id=officers.get(row["officer_id"]), **_facts(row),
            )
            for row in part
        )  # fmt: skip
        _note([case.pk for case in made], "opened", day)
        return {"opened": work_open([work_of(case, PLAN, due_on=due_on, on=day.on) for case in made])}

    return adopting.in_parts(rows, open_part)["opened"]


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    most = {"debtor_name": 200, "product": 60, "legal_form": 40}
    return {name: row[name][: most[name]] if name in most else row[name] for name in FACTS}


def _refresh(now: pl.DataFrame, held: pl.DataFrame) -> None:
    """Say anew what debtors owe where it changed; of those that owe nothing more, only what moved stays at nothing."""
    changed = now.drop_nulls("debtor_name").select("pk", *FACTS).join(held, on=["pk", *FACTS], how="anti")
    off_only = now.filter(pl.col("debtor_name").is_null()).select("pk", "off_cents")
    for part in parts(changed.to_dicts()):
        DisposalCase.objects.bulk_update([DisposalCase(pk=row["pk"], **_facts(row)) for row in part], FACTS)
    for keys in parts(off_only["pk"].to_list()):
        DisposalCase.objects.filter(pk__in=keys).update(off_cents=0)


def _follow(rows: pl.DataFrame, to: str, step: str, adopting: Adopting) -> None:
    """Move cases to where the day says they are, as MOVES allows, and note it."""
    day, free = adopting.day, [state for state, allowed in DisposalCase.MOVES.items() if to in allowed]

    def move_part(part: Sequence[int]) -> dict[str, int]:
        held = DisposalCase.objects.select_for_update().filter(pk__in=part, state__in=free)
        keys = list(held.values_list("pk", flat=True))
        closed_on = day.on if to == State.CLOSED else None
        DisposalCase.objects.filter(pk__in=keys).update(state=to, closed_on=closed_on, version=F("version") + 1)
        _note(keys, step, day)
        work_gone(KINDS, [f"disposal:{key}" for key in keys], day.on)
        return {_TOLD[to]: len(keys)}

    adopting.in_parts(rows["pk"].to_list(), move_part)


def _note(keys: Sequence[int], step: str, day: BusinessDay) -> None:
    DisposalEntry.objects.bulk_create(DisposalEntry(case_id=key, step=step, on=day.on) for key in keys)
