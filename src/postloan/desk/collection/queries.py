"""What the pages of collection read: cases of the officer's offices, what one owes, its script, keys and history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.book.queries import loans_of
from postloan.desk.collection.models import CollectionCase, CollectionEntry, Promise, Seat
from postloan.desk.collection.queue.queries import own_queue, pool_queue
from postloan.desk.contact.models import Complaint, ContactPoint
from postloan.desk.contact.queries import PointTold
from postloan.desk.core.authority import within
from postloan.desk.core.figures import money
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere
from postloan.plan.contact.parties import Party
from postloan.rules.collection import Collection, OutcomeRule, Step, point_kind_of
from postloan.rules.desk_rules import load_desk_rules

_SHOWN_MOST = 100
_PROMISE_DAYS = 3
"""How far ahead the day of a promise stands in its field to begin with; within the rule's, whatever that is."""


@dataclass(frozen=True)
class Waiting:
    """How many cases wait: a collector's own and his team's, and his promises that are open."""

    own: int
    pool: int
    promised: int


def rules_on(desk: Desk) -> Collection:
    """The rules of collection on the page's day."""
    return load_desk_rules(desk.day.home).version("collection", Collection, desk.day.on)


def cases_seen(desk: Desk) -> QuerySet[CollectionCase]:
    """The cases of the desk's offices."""
    return within(CollectionCase.objects.all(), desk.scope)


def cases_listed(desk: Desk) -> QuerySet[CollectionCase]:
    """Those cases, each with whether a complaint keeps it waiting and the day of its open promise."""
    complained = Complaint.objects.filter(debtor_id=OuterRef("debtor_id"), state=Complaint.State.OPEN)
    promised = Promise.objects.filter(case=OuterRef("pk"), state=Promise.State.OPEN)
    return cases_seen(desk).annotate(is_paused=Exists(complained), promised_on=Subquery(promised.values("due_on")[:1]))


def case_seen(desk: Desk, case_id: int) -> CollectionCase:
    """One case. Raises NotFoundHere where it is outside the desk's offices."""
    related = ("org", "officer", "approval", "held_by")
    found = cases_listed(desk).select_related(*related).filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个催收案件，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def promises_seen(desk: Desk) -> QuerySet[Promise]:
    """The promises to the desk's offices."""
    return within(Promise.objects.select_related("case", "made_by"), desk.scope)


def entries_of(case: CollectionCase) -> Sequence[CollectionEntry]:
    """What happened to a case, the latest first."""
    return list(case.entries.select_related("officer", "attempt__point")[:_SHOWN_MOST])


def promises_of(case: CollectionCase) -> Sequence[Promise]:
    """What was promised of a case, the latest first."""
    return list(case.promises.select_related("made_by").order_by("-made_on", "-opened_at"))


def late_loans(desk: Desk, debtor_id: str) -> list[dict[str, Any]]:
    """The loans of a debtor that are past due, each with what pays it off; the latest first."""
    rows = loans_of(desk, debtor_id).filter(status="active").sort("days_past_due", "loan_no", descending=[True, False])
    late = [row for row in rows.iter_rows(named=True) if row["days_past_due"] > 0]
    return [row | {"cure_cents": row["overdue_principal_cents"] + row["arrears_cents"]} for row in late]


def script_said(step: Step, case: CollectionCase) -> str:
    """What is said or written at a step, to this debtor."""
    words = step.script.zh if language() == "zh" else step.script.en
    return words.format(name=case.debtor_name, amount=money(case.cure_cents), days=case.days_past_due)


def keys_of(rules: Collection, channel: str) -> list[OutcomeRule]:
    """The outcomes that can come of a channel; a promise first: Enter in one of its fields means it."""
    fitting = [rule for rule in rules.outcomes if rule.fits(channel)]
    return sorted(fitting, key=lambda rule: (rule.leads_to != "promise", rule.key == "0", rule.key))


def channel_first(step: Step, points: Sequence[PointTold]) -> str:
    """The channel of a step, or a call where the debtor has no point for it."""
    return step.channel if point_kind_of(step.channel) in {each.kind for each in points} else "call"


def purpose_of(step: Step, channel: str, point: int | Party) -> str:
    """For what a debtor's party is contacted: what the step is for, collection by another channel, or to be found."""
    is_third = ContactPoint.objects.filter(pk=point, role="third").exists() if isinstance(point, int) else False
    if is_third:
        return "locate"
    return step.purpose if channel == step.channel else "collect"


def promise_begins(desk: Desk, rules: Collection) -> tuple[str, str]:
    """The day that stands in the field of a promise, and the last one that it may have."""
    most = rules.promise.days_most
    return tuple((desk.day.on + timedelta(days=days)).isoformat() for days in (min(_PROMISE_DAYS, most), most))  # type: ignore[return-value]


def waiting_for(desk: Desk) -> Waiting | None:
    """How many cases wait for a collector; None for whoever has no seat."""
    seat = Seat.objects.filter(officer=desk.officer).first()
    if seat is None:
        return None
    now, promises = timezone.now(), Promise.objects.filter(state=Promise.State.OPEN)
    return Waiting(
        own_queue(desk.officer, desk.scope, now).count(), pool_queue(seat.team, desk.scope, now).count(),
        promises.filter(case__officer=desk.officer).count(),
    )  # fmt: skip


def named(rules: Collection, what: str, name: str) -> str:
    """Say a team, segment, strategy or trial; one that is no more says itself."""
    known: Sequence[Any] = getattr(rules, {"strategy": "strategies"}.get(what, f"{what}s"))
    found = next((each for each in known if getattr(each, what) == name), None)
    if found is None:
        return name
    return str(found.zh if language() == "zh" else found.en)


@dataclass(frozen=True)
class SeatTold:
    """A collector with his seat, if any, and how many open cases he has."""

    officer: Officer
    seat: Seat | None
    open_count: int


def seats_told(desk: Desk, collectors: QuerySet[Officer]) -> list[SeatTold]:
    """Everybody of the desk's offices who may collect, with seats and open cases."""
    seats = {seat.officer_id: seat for seat in Seat.objects.all()}
    held = CollectionCase.objects.filter(state=CollectionCase.State.OPEN, officer__isnull=False)
    counts: dict[int, int] = {}
    for key in held.values_list("officer_id", flat=True):
        counts[key] = counts.get(key, 0) + 1
    mine = within(collectors.select_related("org"), desk.scope)
    return [SeatTold(each, seats.get(each.pk), counts.get(each.pk, 0)) for each in mine.order_by("org__path", "pk")]


def promise_key(desk: Desk) -> str:
    """The key of the outcome that is a promise; empty where the bank has none."""
    return next((rule.key for rule in rules_on(desk).outcomes if rule.leads_to == "promise"), "")


def teams_said(desk: Desk) -> list[tuple[str, str, int]]:
    """The teams: name, how it is said, and how many open cases a seat has at most."""
    rules = rules_on(desk)
    return [(each.team, named(rules, "team", each.team), each.cap) for each in rules.teams]


def strategies_said(rules: Collection) -> list[tuple[str, list[tuple[Step, str, str]]]]:
    """The strategies with their steps: the step, its name, its script."""
    is_chinese = language() == "zh"

    def said_of(step: Step) -> tuple[Step, str, str]:
        return step, step.zh if is_chinese else step.en, step.script.zh if is_chinese else step.script.en

    return [(each.zh if is_chinese else each.en, [said_of(step) for step in each.steps]) for each in rules.strategies]


def segments_said(rules: Collection) -> list[dict[str, Any]]:
    """The segments in the order they are asked: name, what each asks, team, strategy and trial."""
    trials = {each.segment: each for each in rules.trials}
    return [
        {
            "said": named(rules, "segment", each.segment), "team": named(rules, "team", each.team),
            "strategy": named(rules, "strategy", each.strategy), "rule": each, "trial": trials.get(each.segment),
            "challenger": named(rules, "strategy", trials[each.segment].challenger) if each.segment in trials else "",
        }
        for each in rules.segments
    ]  # fmt: skip
