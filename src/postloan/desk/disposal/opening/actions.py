"""Adopting a day's non-performing loans: cases of disposal opened, kept up to date and closed, in bulk and once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F

from postloan.desk.approval.actions import cases_follow
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.actions import record
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.parts import Adopting, parts
from postloan.desk.core.work.actions import work_follow, work_gone, work_open
from postloan.desk.disposal.models import AuctionRound, DisposalCase, DisposalEntry, Lawsuit, Outcome
from postloan.desk.disposal.opening.changes import FACTS, debtors_of_day, running_cases
from postloan.desk.disposal.opening.chasing import chases_open
from postloan.desk.disposal.work import KINDS, PLAN, SUE, work_of
from postloan.rules.desk_rules import DeskRules, load_desk_rules
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
    now = held.select("pk", "debtor_id", was="state", had="org_id").join(found, on="debtor_id", how="left")
    offices = list(Org.objects.values_list("pk", flat=True))
    now = now.with_columns(
        pl.col("is_on_book").fill_null(value=False),
        *(pl.col(name).fill_null(cents) for name, cents in nothing.items()),
        org_id=pl.when(pl.col("org_id").is_in(offices)).then("org_id").otherwise("had"),
    )
    _move(now.filter(pl.col("org_id") != pl.col("had")), adopting)
    _refresh(now, held)
    _follow(now.filter(~pl.col("is_on_book") & (pl.col("off_cents") == 0)), State.CLOSED, "closed", adopting)
    to_pursue = ~pl.col("is_on_book") & (pl.col("off_cents") > 0) & (pl.col("was") != State.PURSUED)
    _follow(now.filter(to_pursue), State.PURSUED, "pursued", adopting)
    again = now.filter(pl.col("is_on_book") & (pl.col("was") == State.PURSUED))
    _follow(again, State.OPEN, "opened", adopting)
    chases_open(adopting, rule.chase)
    return opened


@transaction.atomic
def court_take(officer: Officer, sued: CollectionCase, day: BusinessDay) -> None:
    """Take over a debtor whom collection takes to court (接收移交诉讼): its running case, or one opened for it.

    Permission  that of whoever agrees to the suit, which was asked.
    Leaves      the case, linked to that of collection; work to sue, where no proceeding is under way; an entry, an
                audit entry. Nothing where no loan of the debtor is past due on the day.
    """
    held = DisposalCase.objects.select_for_update(of=("self",)).filter(
        debtor_id=sued.debtor_id, state__in=DisposalCase.RUNNING
    ).first()  # fmt: skip
    if held is None:
        found = debtors_of_day(day).filter(pl.col("debtor_id") == sued.debtor_id).to_dicts()
        if not found:
            return
        row = found[0] | {"org_id": sued.org_id}
        officer_id = officers_by_number().get(row["officer_id"])
        held = DisposalCase.objects.create(
            state=State.OPEN, debtor_id=sued.debtor_id, opened_on=day.on, officer_id=officer_id, **_facts(row)
        )
    held.collection = sued
    held.save(update_fields=["collection"])
    DisposalEntry.objects.create(case=held, step="court", on=day.on, officer=officer)
    if not held.lawsuits.exclude(state=Lawsuit.State.CLOSED).exists():
        due_in = load_desk_rules(day.home).version("disposals", DisposalDesk, day.on).plan_due_in_days
        work_open([work_of(held, SUE, due_on=day.on + timedelta(days=due_in), on=day.on)])
    record(officer, "disposal.court", held, org=held.org, run_id=day.run_id, debtor_id=held.debtor_id,
           collection=sued.pk)  # fmt: skip


def _open(fresh: pl.DataFrame, adopting: Adopting, due_in_days: int) -> int:
    """Open cases; of what lies in an office that no feed named, none."""
    officers, offices = officers_by_number(), set(Org.objects.values_list("pk", flat=True))
    rows = [row for row in fresh.iter_rows(named=True) if row["org_id"] in offices]
    day = adopting.day
    due_on = day.on + timedelta(days=due_in_days)
    sued = dict(CollectionCase.objects.filter(state=CollectionCase.State.COURT).values_list("debtor_id", "pk"))

    def open_part(part: Sequence[dict[str, Any]]) -> dict[str, int]:
        made = DisposalCase.objects.bulk_create(
            DisposalCase(
                state=State.OPEN, debtor_id=row["debtor_id"], opened_on=day.on,
                officer_id=officers.get(row["officer_id"]), collection_id=sued.get(row["debtor_id"]), **_facts(row),
            )
            for row in part
        )  # fmt: skip
        _note([case.pk for case in made], "opened", day)
        return {"opened": work_open([work_of(case, PLAN, due_on=due_on, on=day.on) for case in made])}

    return adopting.in_parts(rows, open_part)["opened"]


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    most = {"debtor_name": 200, "product": 60, "legal_form": 40}
    return {name: row[name][: most[name]] if name in most else row[name] for name in FACTS}


def _move(rows: pl.DataFrame, adopting: Adopting) -> None:
    """Let cases that the book moved lie in their office now, with its officer; what is open of them follows."""
    officers, day = officers_by_number(), adopting.day

    def move_part(part: Sequence[dict[str, Any]]) -> dict[str, int]:
        keys = [row["pk"] for row in part]
        approvals = dict(Outcome.objects.filter(case__in=keys, approval__isnull=False)
                         .values_list("approval__subject", "case_id"))  # fmt: skip
        offices = {row["pk"]: row["org_id"] for row in part}
        for row in part:
            officer_id = officers.get(row["officer_id"])
            DisposalCase.objects.filter(pk=row["pk"]).update(
                org_id=row["org_id"], officer_id=officer_id, keeper=None, version=F("version") + 1
            )
            Lawsuit.objects.filter(case=row["pk"]).update(org_id=row["org_id"])
            AuctionRound.objects.filter(lawsuit__case=row["pk"]).update(org_id=row["org_id"])
            Outcome.objects.filter(case=row["pk"]).update(org_id=row["org_id"])
        cases_follow({subject: offices[case_id] for subject, case_id in approvals.items()}, on=day.on)
        work_follow({f"disposal:{key}": org_id for key, org_id in offices.items()})
        _note(keys, "moved", day)
        return {"moved": len(keys)}

    adopting.in_parts(rows.to_dicts(), move_part)


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
        work_gone((*KINDS, SUE), [f"disposal:{key}" for key in keys], day.on)
        return {_TOLD[to]: len(keys)}

    adopting.in_parts(rows["pk"].to_list(), move_part)


def _note(keys: Sequence[int], step: str, day: BusinessDay) -> None:
    DisposalEntry.objects.bulk_create(DisposalEntry(case_id=key, step=step, on=day.on) for key in keys)
