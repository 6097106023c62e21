"""Seats are given and set, and cases without a collector are given to them, within capacity and caps."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from postloan.desk.collection.models import CollectionCase, Seat
from postloan.desk.core.actions import record, refuse_past, require
from postloan.desk.core.authority import Scope, scope_of
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.errors import FormWrong, StaleView
from postloan.rules.collection import Collection
from postloan.rules.desk_rules import load_desk_rules

WORK, MANAGE = "collection.work", "collection.manage"
_BATCH = 500
_CAP_MOST = 100_000


@transaction.atomic
def seat_set(
    officer: Officer, collector: Officer, *, team: str, is_on: bool, cap: int | None, seen_version: int,
    day: BusinessDay,
) -> Seat:  # fmt: skip
    """Give a collector a seat in a team, or change it; one that is off gives its cases back to the team (席位设置).

    seen_version  of the seat as the page showed it; 0 where there was none.
    Permission    collection.manage in the collector's office; the collector holds collection.work.
    Raises NotPermitted, FormWrong, StaleView, IllegalMove on a past day.
    """
    refuse_past(day)
    rule = load_desk_rules(day.home).version("collection", Collection, day.on)
    if collector.org is None or rule.team(team) is None or (cap is not None and not 0 < cap <= _CAP_MOST):
        raise FormWrong(
            message=_("小组或上限不对。"), hint=_("请选择列出的小组，上限为正整数。"), where={"field": "team"}
        )
    require(officer, MANAGE, org=collector.org)
    require(collector, WORK, org=collector.org)
    seat = Seat.objects.select_for_update().filter(officer=collector).first()
    if (seat.version if seat else 0) != seen_version:
        raise StaleView(message=_("打开页面之后，这条记录已被他人改动。"), hint=_("请刷新页面，看清改动后再决定。"))
    before = {"team": seat.team, "is_on": seat.is_on, "cap": seat.cap} if seat else {}
    if seat is None:
        seat = Seat.objects.create(officer=collector, team=team, is_on=is_on, cap=cap)
    else:
        seat.team, seat.is_on, seat.cap, seat.version = team, is_on, cap, seat.version + 1
        seat.save(update_fields=["team", "is_on", "cap", "version"])
    mine = CollectionCase.objects.filter(officer=collector, state=CollectionCase.State.OPEN)
    (mine.exclude(team=team) if is_on else mine).update(officer=None, held_by=None, held_until=None)
    record(officer, "collection.seat_set", seat, org=collector.org, run_id=day.run_id, before=before, team=team,
           is_on=is_on, cap=cap)  # fmt: skip
    return seat


def cases_assign(rule: Collection) -> int:
    """Give open cases without a collector to the seats of their team, the most urgent first (分案). Returns how many.

    A seat has at most its cap of open cases, and gets at most what its team is given in a night; each case goes to the
    seat with the fewest cases whose offices hold it. What is left stays in the team's pool, for whoever asks.
    """
    given = 0
    for team in rule.teams:
        seats = list(Seat.objects.filter(team=team.team, is_on=True, officer__is_active=True).select_related("officer"))
        theirs = CollectionCase.objects.filter(state=CollectionCase.State.OPEN, officer__seat__in=seats)
        held = dict(theirs.order_by().values_list("officer_id").annotate(n=Count("pk")))
        room = {
            seat.officer_id: min((seat.cap or team.cap) - held.get(seat.officer_id, 0), team.a_night) for seat in seats
        }
        scopes = {seat.officer_id: scope_of(seat.officer, WORK) for seat in seats}
        free = CollectionCase.objects.filter(state=CollectionCase.State.OPEN, team=team.team, officer=None)
        wanted = sum(each for each in room.values() if each > 0)
        dealt = _dealt(list(free.order_by("-priority", "pk").values_list("pk", "org_id")[:wanted]), room, held, scopes)
        for key, cases in dealt.items():
            for start in range(0, len(cases), _BATCH):
                part = CollectionCase.objects.filter(pk__in=cases[start : start + _BATCH], officer=None)
                given += part.update(officer=key, version=F("version") + 1)
    return given


def _dealt(
    free: list[tuple[int, str]], room: dict[int, int], held: dict[int, int], scopes: dict[int, Scope]
) -> dict[int, list[int]]:
    dealt: dict[int, list[int]] = defaultdict(list)
    for case, org_id in free:
        may = [key for key, left in room.items() if left > len(dealt[key]) and org_id in scopes[key]]
        if may:
            dealt[min(may, key=lambda key: (held.get(key, 0) + len(dealt[key]), key))].append(case)
    return dealt
