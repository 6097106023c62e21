"""What the warning desk reads: cases of the officer's offices, their signals with the evidence of the day, how many."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from postloan.desk.approval.models import Case
from postloan.desk.book.queries import loans_split
from postloan.desk.core.authority import scope_of, within
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.warning.clocks import clocks_on
from postloan.desk.warning.evidence import evidence_told, probability, reasons_told
from postloan.desk.warning.models import WarningCase
from postloan.desk.warning.signals import UNKNOWN, KnownSignal, known_signals, signals_of_day
from postloan.errors import NotFoundHere
from postloan.tables.said import said
from postloan.tables.warnings import LEVELS

_CASES_MOST = 20


@dataclass(frozen=True)
class SignalTold:
    """A signal as a card shows it.

    level      that of the day, or the worst it had where it holds no more.
    holds      whether it holds on the day that is looked at, or was raised since by an event no night knows yet.
    is_arrived whether an event raised it on arrival.
    loan_id    empty where it is of the debtor; is_elsewhere where that loan is outside the desk's offices.
    evidence   name and value of each feature: those of the day, or of the day it came where it holds no more.
    """

    signal: str
    said: str
    category: str
    level: str
    holds: bool
    loan_id: str
    is_elsewhere: bool
    evidence: Sequence[tuple[str, str]]
    clears: str
    came_on: date | None
    gone_on: date | None
    is_arrived: bool


@dataclass(frozen=True)
class LevelCount:
    """How many running cases a level has in the desk's offices, and how many of them are late."""

    level: str
    count: int
    late: int


@dataclass(frozen=True)
class WarningsTile:
    """How many cases run, and how many of the two worst levels, in words."""

    count: int
    worst: str


def cases_seen(desk: Desk) -> QuerySet[WarningCase]:
    """The cases of the desk's offices."""
    return within(WarningCase.objects.all(), desk.scope)


def case_seen(desk: Desk, case_id: int) -> WarningCase:
    """One case. Raises NotFoundHere where it is outside the desk's offices."""
    related = ("org", "officer", "approval", "late_to")
    found = cases_seen(desk).select_related(*related).filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项预警，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def approvals_of(case: WarningCase) -> QuerySet[Case]:
    """What was asked of a case, the latest first."""
    return Case.objects.filter(subject=case.subject, kind__startswith="warning_").order_by("-pk")


def other_cases(desk: Desk, debtor_id: str, *, but: int | None) -> list[WarningCase]:
    """The cases of a debtor in the desk's offices, the latest first, but for one."""
    found = cases_seen(desk).filter(debtor_id=debtor_id)
    found = found if but is None else found.exclude(pk=but)
    return list(found.order_by("-opened_on", "-pk")[:_CASES_MOST])


def signals_told(desk: Desk, debtor_id: str, case: WarningCase | None) -> list[SignalTold]:
    """The signals of a case as the day shows them, the worst first.

    While it runs, or without a case, those stand there too that hold of the debtor and belong to none: they cool off.
    """
    known, mine = known_signals(desk.day), set(loans_split(desk, debtor_id)[0]["loan_id"])
    now = {
        (row["signal"], row["loan_id"] or ""): row
        for row in signals_of_day(desk.day).filter(pl.col("debtor_id") == debtor_id).collect().iter_rows(named=True)
    }
    held = {} if case and not case.is_running else dict.fromkeys(now)
    held |= {(each.signal, each.loan_id): each for each in case.signals.all()} if case else {}
    told = []
    for (signal, loan_id), each in held.items():
        # Of what an event raised since, no night has told: the day shows it as it was before.
        waits = each is not None and each.arrival == each.Arrival.WAITS
        row = None if waits else now.get((signal, loan_id))
        rule = known.get(signal)
        evidence = json.loads(row["evidence"]) if row else each.evidence if each else {}
        told.append(
            SignalTold(
                signal=signal, said=rule.said if rule else signal, category=rule.category if rule else UNKNOWN,
                level=row["level"] if row else each.level if each else LEVELS[0],
                holds=waits or row is not None,
                is_arrived=each is not None and bool(each.arrival),
                loan_id=loan_id if loan_id in mine else "", is_elsewhere=bool(loan_id) and loan_id not in mine,
                evidence=_told(rule, evidence), clears=rule.clears if rule else "",
                came_on=each.came_on if each else None, gone_on=each.gone_on if each else None,
            )
        )  # fmt: skip
    return sorted(told, key=lambda one: (not one.holds, -LEVELS.index(one.level), one.signal, one.loan_id))


def _told(rule: KnownSignal | None, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "reasons" in evidence:
        return [(_("转差概率"), probability(evidence["pd_ratio"])), *reasons_told(evidence["reasons"])]
    return evidence_told(rule.rule.of if rule else "debtor", evidence)


def what_may_be_done(desk: Desk, case: WarningCase) -> dict[str, bool]:
    """What buttons a page draws for an officer; the actions ask again."""
    writes = "warning.write" in desk.actions and not desk.day.is_past
    needs_plan = clocks_on(desk.day).of(case.level).plan is not None
    open_measures = case.measures.filter(done_on=None).exists()
    waits_for = case.approval.waits_for if case.approval and case.state in WarningCase.WAITING else ""
    return {
        "verify": writes and case.state in WarningCase.VERIFIES,
        "plan": writes and needs_plan and case.state in WarningCase.PLANS,
        "measure": writes and case.state in WarningCase.ACTS,
        "lift": writes
        and not open_measures
        and case.state in WarningCase.LIFTS
        and not (needs_plan and case.state == "verified"),
        "decide": bool(waits_for) and waits_for in desk.actions and not desk.day.is_past,
        "agree": not case.is_raised,
    }


def counts_by_level(desk: Desk, within_orgs: frozenset[str] | None = None) -> list[LevelCount]:
    """How many running cases each level has, the worst first; of some offices where they are named."""
    running = cases_seen(desk).filter(state__in=WarningCase.RUNNING)
    if within_orgs is not None:
        running = running.filter(org__in=within_orgs)
    late = Count("pk", filter=Q(due_on__lt=desk.day.on))
    found = {level: (count, is_late) for level, count, is_late in
             running.order_by().values_list("level").annotate(n=Count("pk"), late=late)}  # fmt: skip
    return [LevelCount(level, *found.get(level, (0, 0))) for level in reversed(LEVELS)]


def warnings_tile(desk: Desk, within_orgs: frozenset[str] | None) -> WarningsTile | None:
    """How many there are for the cockpit; None where the officer may not see any."""
    if "warning.read" not in desk.actions:
        return None
    counts = counts_by_level(replace(desk, scope=scope_of(desk.officer, "warning.read")), within_orgs)
    worst = [f"{said('warning_level', each.level, language())} {each.count}" for each in counts[:2]]
    return WarningsTile(sum(each.count for each in counts), " · ".join(worst))
