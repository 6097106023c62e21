"""What the pages and the interface of arrived events read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from postloan.desk.arrival.models import Alias, ArrivedEvent, Match
from postloan.desk.arrival.reading.names import known_names
from postloan.desk.book.narrow import debtor_rows
from postloan.desk.book.queries import debtors_seen
from postloan.desk.core.authority import within
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.warning.signals import signal_said
from postloan.errors import NotFoundHere
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.news import Names
from postloan.tables.event_kinds import EVENT_KINDS, LIFTED

WITHDRAWN = "withdrawn"
"""The kind under which a feed row goes again that was handed over and is nobody's after all: no feature asks it."""


@dataclass(frozen=True)
class Piece:
    """A stretch of an event's text.

    tone  good, bad or none where a word of the dictionary stands there; name where a debtor does; else empty.
    """

    text: str
    tone: str = ""
    weight: int = 0


def events_seen(desk: Desk) -> QuerySet[ArrivedEvent]:
    """The events that concern a debtor of the desk's offices, or came from an account of theirs."""
    mine = within(Match.objects.all(), desk.scope).values("event")
    found = ArrivedEvent.objects.all()
    return found if desk.scope.is_all else found.filter(Q(org__in=desk.scope.org_ids) | Q(pk__in=mine))


def events_listed(desk: Desk) -> QuerySet[ArrivedEvent]:
    """Those events, each with the first debtor of the desk's offices that it concerns, and the worst new level."""
    matches = within(Match.objects.filter(event=OuterRef("pk")).exclude(state=Match.State.DENIED), desk.scope)
    return events_seen(desk).annotate(
        debtor_name=Subquery(matches.values("debtor_name")[:1]),
        rank=Subquery(matches.order_by("-rank").values("rank")[:1]),
    )


def event_seen(desk: Desk, event_id: int) -> ArrivedEvent:
    """One event. Raises NotFoundHere where it is none of the desk's."""
    found = events_seen(desk).select_related("org", "posted_by").filter(pk=event_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个事件，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def matches_seen(desk: Desk) -> QuerySet[Match]:
    """Which events concern debtors of the desk's offices."""
    return within(Match.objects.all(), desk.scope)


def match_seen(desk: Desk, match_id: int) -> Match:
    """One of them. Raises NotFoundHere."""
    found = matches_seen(desk).select_related("event").filter(pk=match_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个事件，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def matches_of(desk: Desk, event: ArrivedEvent) -> list[Match]:
    """Whom an event concerns, of the desk's offices."""
    related = ("org", "decided_by", "case", "freeze")
    return list(matches_seen(desk).filter(event=event).select_related(*related).order_by("pk"))


def aliases_seen(desk: Desk) -> QuerySet[Alias]:
    """What debtors of the desk's offices are also called."""
    return within(Alias.objects.filter(ended_on=None), desk.scope).select_related("made_by").order_by("alias", "pk")


def alias_seen(desk: Desk, alias_id: int) -> Alias:
    """One of them. Raises NotFoundHere."""
    found = within(Alias.objects.filter(pk=alias_id), desk.scope).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个别名。"), hint=_("请从列表进入。"))
    return found


def pieces_of(event: ArrivedEvent, matches: Sequence[Match]) -> list[Piece]:
    """An event's text, cut where words of the dictionary and names of debtors stand."""
    marks = [(hit["at"], hit["word"], _tone(hit), hit["weight"]) for hit in event.hits]
    names = {match.found for match in matches if match.found}
    marks += [(at, name, "name", 0) for name in names if (at := event.text.find(name)) >= 0]
    pieces, at = [], 0
    for begins, word, tone, weight in sorted(marks):
        if begins < at:
            continue
        pieces += [Piece(event.text[at:begins]), Piece(word, tone, weight)]
        at = begins + len(word)
    return [piece for piece in [*pieces, Piece(event.text[at:])] if piece.text]


def _tone(hit: dict[str, Any]) -> str:
    return "none" if hit["is_negated"] else "bad" if hit["weight"] < 0 else "good"


def kind_said(kind: str) -> str:
    """A kind of event in words; one that features do not know says itself."""
    known = EVENT_KINDS.get(kind.removesuffix(LIFTED))
    if known is None:
        return {"news": _("一般消息"), WITHDRAWN: _("已撤回")}.get(kind, kind)
    said = known[0] if language() == "zh" else known[1][:1].upper() + known[1][1:]
    return _("%s（已解除）") % said if kind.endswith(LIFTED) else said


def signals_said(day: BusinessDay, match: Match) -> list[tuple[str, str, bool]]:
    """The signals that a match raised: level, name, and whether each was new."""
    return [(each["level"], signal_said(day, each["signal"]), each["is_new"]) for each in match.raised]


def debtor_of(desk: Desk, debtor_id: str) -> dict[str, Any] | None:
    """The row of a debtor of the desk's offices; None of any other, who is as good as unknown."""
    return next(debtors_seen(desk).filter(pl.col("debtor_id") == debtor_id).iter_rows(named=True), None)


def names_rule(day: BusinessDay) -> Names:
    """How names are read on a day."""
    return load_desk_rules(day.home).version("names", Names, day.on)


def names_of_bank(day: BusinessDay) -> pl.DataFrame:
    """The names of all debtors of a day as they are looked for."""
    return _names(day, names_rule(day))


@lru_cache(maxsize=2)
def _names(day: BusinessDay, rule: Names) -> pl.DataFrame:
    return known_names(debtor_rows(day).select("debtor_id", "name", pl.col("legal_form").cast(pl.String)), rule)


def aliases_known() -> pl.DataFrame:
    """What the bank's debtors are also called: alias, debtor_id."""
    rows = list(Alias.objects.filter(ended_on=None).values_list("alias", "debtor_id"))
    return pl.DataFrame(rows, schema={"alias": pl.String, "debtor_id": pl.String}, orient="row")


def unknown_to_night(on: date) -> QuerySet[Match]:
    """The matches that hold and that the night of a day did not know as they are now."""
    never = Q(handed_on=None) | Q(handed_on__gt=on)
    since = Q(handed_revision__lt=F("event__revision")) | Q(handed_kind=WITHDRAWN)
    return Match.objects.filter(never | since, state=Match.State.CONFIRMED)


def unjudged(debtor_ids: Collection[str]) -> list[str]:
    """Those of some debtors of whom an event came that was not judged as it is now."""
    held = Match.objects.filter(debtor_id__in=debtor_ids, state=Match.State.CONFIRMED)
    late = held.filter(judged_revision__lt=F("event__revision")).order_by("debtor_id")
    return list(late.values_list("debtor_id", flat=True).distinct())
