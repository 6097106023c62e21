"""What an event sets off at once: the debtor's case of warning, and a freeze put before a second person."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.arrival.models import Match
from postloan.desk.arrival.queries import kind_said, unjudged, unknown_to_night
from postloan.desk.book.narrow import debtor_rows
from postloan.desk.core.actions import record
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.lending.actions import freeze_propose
from postloan.desk.lending.models import Freeze
from postloan.desk.warning.clocks import clocks_on
from postloan.desk.warning.opening.actions import Arrived, signals_arrived
from postloan.desk.warning.signals import KnownSignal, signals_of_next_night
from postloan.errors import NotPermitted
from postloan.plan.arrival import signals_on_arrival
from postloan.tables.event_kinds import LIFTED
from postloan.tables.warnings import LEVELS

_RED = LEVELS.index("red")
_TRIES = 3
_EVENT = {"event_id": pl.String, "happened_on": pl.Date, "kind": pl.String, "amount_cents": pl.Int64}


def debtor_judge(officer: Officer, debtor_id: str, day: BusinessDay) -> None:
    """Judge a debtor by what arrived since the last night, as the next night will. Twice is once.

    Its facts are read before anything is held, so that nobody waits; where another event came meanwhile, again.

    Leaves  a case opened or grown as signals ask; where a red one is new a freeze that waits for a second person, in
            the name of whoever posted the event or said whom it concerns; an audit entry.
    Raises NothingPublished, NoRuleInForce.
    """
    for tries_left in reversed(range(_TRIES)):
        held = _pending(debtor_id, day)
        if not held or not unjudged([debtor_id]):
            return
        night = max([day.on + timedelta(days=1), *(each.event.happened_on for each in held)])
        signals, known = _judged(debtor_id, held, day, night), signals_of_next_night(day, night)
        try:
            with transaction.atomic():
                if _take_in(officer, debtor_id, held, signals, known, day):
                    return
        except IntegrityError:
            # Somebody else opened the debtor's case, or froze it, at the same instant: now it is there.
            if not tries_left:
                raise


def _pending(debtor_id: str, day: BusinessDay) -> list[Match]:
    return list(unknown_to_night(day.on).filter(debtor_id=debtor_id).select_related("event").order_by("pk"))


def _judged(debtor_id: str, held: list[Match], day: BusinessDay, night: date) -> pl.DataFrame:
    """The signals that the next night will find by the facts of the day and what arrived since."""
    rows = [
        (feed_id_of(each), each.event.happened_on, each.event.kind, each.event.amount_cents) for each in held
    ]  # fmt: skip
    arrived = pl.DataFrame(rows, schema=_EVENT, orient="row")
    return signals_on_arrival(day.home, debtor_id, held[0].debtor_no, arrived, known=day.on, on=night)


def feed_id_of(match: Match) -> str:
    """How feeds call the event of a match: by its own id, and where a text named the debtor by the debtor's, too."""
    event_id = match.event.event_id
    if match.how == "posted":
        return event_id
    return f"evt-{uuid5(NAMESPACE_URL, f'{event_id} {match.debtor_id}')}"


def _take_in(
    officer: Officer, debtor_id: str, seen: list[Match], signals: pl.DataFrame, known: Mapping[str, KnownSignal],
    day: BusinessDay,
) -> bool:  # fmt: skip
    """Let the desk follow; whether what was judged is still what is there. Holds the debtor's matches."""
    mine = Match.objects.select_for_update(of=("self",)).filter(debtor_id=debtor_id, state=Match.State.CONFIRMED)
    list(mine.order_by("pk"))
    held = _pending(debtor_id, day)
    if [(each.pk, each.event.revision) for each in held] != [(each.pk, each.event.revision) for each in seen]:
        return False
    about = "；".join(f"{each.event.event_id} {kind_said(each.event.kind)}" for each in held)
    arrived = signals_arrived(debtor_id, signals, known, about, clocks_on(day))
    fresh = [each for each in held if each.judged_revision < each.event.revision]
    for each in fresh:
        _note(each, signals, arrived, known)
    if arrived.rank == _RED:
        _freeze(officer, [each for each in fresh if each.rank == _RED], known, day)
    Match.objects.bulk_update(
        fresh, ["judged_revision", "judged_at", "raised", "rank", "case", "freeze", "freeze_told"]
    )  # fmt: skip
    if arrived.new and arrived.case:
        record(officer, "event.raised", arrived.case, org=arrived.case.org, run_id=day.run_id, debtor_id=debtor_id,
               signals=sorted(arrived.new), events=[each.event.event_id for each in held])  # fmt: skip
    return True


def _note(match: Match, signals: pl.DataFrame, arrived: Arrived, known: Mapping[str, KnownSignal]) -> None:
    """Keep beside an event what came of it: the signals whose rules ask events of its kind."""
    kind = match.event.kind.removesuffix(LIFTED)
    asked = {f"days_since_{kind}", f"{kind}_cents", f"{kind}_times"}
    mine = [
        {"signal": row["signal"], "level": row["level"], "is_new": row["signal"] in arrived.new}
        for row in signals.select("signal", "level").iter_rows(named=True)
        if row["signal"] in known and not asked.isdisjoint(known[row["signal"]].rule.asks)
    ]
    match.raised, match.judged_revision, match.judged_at = mine, match.event.revision, timezone.now()
    match.rank = max((LEVELS.index(each["level"]) for each in mine if each["is_new"]), default=-1)
    match.case = arrived.case if mine else None


def _freeze(officer: Officer, reds: list[Match], known: Mapping[str, KnownSignal], day: BusinessDay) -> None:
    """Propose that the debtor's credit is frozen, once; why not, where that cannot be."""
    if not reds:
        return
    first = reds[0]
    states = [Freeze.State.PROPOSED, Freeze.State.IN_FORCE]
    held = Freeze.objects.filter(debtor_id=first.debtor_id, state__in=states).first()
    told = "there_already" if held else ""
    if held is None:
        debtor = debtor_rows(day).filter(pl.col("debtor_id") == first.debtor_id).row(0, named=True)
        signals = "、".join(known[each["signal"]].said for each in first.raised if each["level"] == "red")
        reason = _("事件 %(event)s（%(kind)s）到达即触发红色预警：%(signals)s") % {
            "event": first.event.event_id, "kind": kind_said(first.event.kind), "signals": signals,
        }  # fmt: skip
        key = uuid5(NAMESPACE_URL, f"{first.event.event_id} {first.event.revision} {first.debtor_id}")
        try:
            with transaction.atomic():
                held = freeze_propose(officer, debtor, freeze_id=key, reason=reason, day=day)
        except NotPermitted:
            told = "not_permitted"
    for each in reds:
        each.freeze, each.freeze_told = held, told
