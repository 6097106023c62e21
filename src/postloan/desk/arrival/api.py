"""The door for events: another system posts what happened, and learns at once what came of it."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from postloan.desk.arrival.actions import Kept, Posted, events_post
from postloan.desk.arrival.queries import matches_of
from postloan.desk.core.pages import Desk, desk_of

router = Router(tags=["events"])

EVENTS_MOST = 200
"""Events of one post: what is judged while the caller waits."""
_TEXT_MOST = 20_000
_CENTS_MOST = 10**17
Level = Literal["blue", "yellow", "orange", "red"]


class EventIn(Schema):
    """An event, in the columns of feed table `event`.

    debtor_id      may be left out where text names whom it concerns.
    kind           may be left out where text tells it: the dictionary of tones finds one.
    is_correction  whether it stands in for what was posted under its id before.
    """

    model_config = ConfigDict(extra="forbid")

    event_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S+$")]
    debtor_id: Annotated[str, Field(max_length=64)] = ""
    happened_on: date
    source: Literal["court", "tax", "environment", "registry", "media", "bureau", "internal"]
    kind: Annotated[str, Field(max_length=64, pattern=r"^\S*$")] = ""
    amount_cents: Annotated[int, Field(ge=0, le=_CENTS_MOST)] | None = None
    text: Annotated[str, Field(max_length=_TEXT_MOST)] = ""
    is_correction: bool = False


class EventsIn(Schema):
    """One or several events: all are taken, or none."""

    model_config = ConfigDict(extra="forbid")

    events: Annotated[list[EventIn], Field(min_length=1, max_length=EVENTS_MOST)]


class SignalOut(Schema):
    """A signal that the event bears on and that holds. is_new: whether it opened or grew the debtor's case."""

    signal: str
    level: Level
    is_new: bool


class MatchOut(Schema):
    """A debtor that the event concerns, or may concern, and what came of it.

    how         posted, exact, alias, fuzzy (all by its text), or named by a person.
    state       waiting for a person, confirmed, or denied.
    case_id     the running case of warning that the signals stand in.
    freeze_id   the freeze that was proposed; freeze_told says why none was where a red signal is new.
    """

    debtor_id: str
    how: Literal["posted", "exact", "alias", "fuzzy", "named"]
    state: Literal["waiting", "confirmed", "denied"]
    signals: list[SignalOut]
    case_id: int | None
    freeze_id: str | None
    freeze_told: Literal["", "there_already", "not_permitted"]


class EventOut(Schema):
    """What became of an event.

    became  accepted; repeated, where the same was posted before; corrected.
    state   settled; waiting for a person; nobody, where no debtor of the caller's offices is known by it: it is kept
            for review; set_aside.
    kind    as posted, or as the text tells. score: the tone of the text, below 0 bad; none without a text.
    """

    event_id: str
    became: Literal["accepted", "repeated", "corrected"]
    revision: int
    state: Literal["settled", "waiting", "nobody", "set_aside"]
    kind: str
    score: int | None
    debtors: list[MatchOut]


class EventsOut(Schema):
    """What became of the events, in the order in which they were posted, on a business day and its snapshot."""

    events: list[EventOut]
    on: date
    run_id: str


@router.post("", response=EventsOut, summary="Post events: each is kept, judged at once, and handed to the next night")
def post_events(request: HttpRequest, posted: EventsIn) -> dict[str, Any]:
    """Take events in. The same event_id with the same contents changes nothing and answers as before.

    400 where an event says too little, 409 (PL-D50) where an id comes with other contents and no is_correction; then
    none of the post is kept. A red signal opens or grows the debtor's warning and proposes a freeze before the answer.
    """
    desk = desk_of(request, "event.post")
    kept = events_post(desk, [Posted(**each.model_dump()) for each in posted.events])
    return {"events": [_told(desk, each) for each in kept], "on": desk.day.on, "run_id": desk.day.run_id}


def _told(desk: Desk, kept: Kept) -> dict[str, Any]:
    event = kept.event
    event.refresh_from_db(fields=["state"])
    return {
        "event_id": event.event_id, "became": kept.became, "revision": event.revision, "state": event.state,
        "kind": event.kind, "score": event.score,
        "debtors": [
            {
                "debtor_id": each.debtor_id, "how": each.how, "state": each.state, "signals": each.raised,
                "case_id": each.case_id, "freeze_id": str(each.freeze_id) if each.freeze_id else None,
                "freeze_told": each.freeze_told,
            }
            for each in matches_of(desk, event)
        ],
    }  # fmt: skip
