"""Events on their way to the night: what goes with a day, what intake refused, and from when on a night knows them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.urls import reverse

from postloan.desk.arrival.judging.actions import feed_id_of
from postloan.desk.arrival.models import HandedEvent, Match
from postloan.desk.arrival.queries import WITHDRAWN, unknown_to_night
from postloan.desk.core.actions import record
from postloan.desk.core.decisions.beside import Beside, register_beside, sent_back_due_on
from postloan.desk.core.models import WorkItem
from postloan.desk.core.work.actions import work_open
from postloan.desk.warning.opening.actions import arrivals_told

COLUMNS = ("event_id", "debtor_id", "happened_on", "source", "kind", "amount_cents", "text")
REFUSED = "event_refused"


def events_mark(on: date) -> int:
    """Mark the events that go with a day, in the transaction of the hand-over; how many rows that are.

    One that was handed over and is nobody's after all goes again under a kind that no feature asks.
    """
    due = list(_due(on).select_for_update(of=("self",)).select_related("event").order_by("pk"))
    HandedEvent.objects.bulk_create(
        HandedEvent(feed_day=on, feed_id=feed_id_of(each), match=each, row=_row(each)) for each in due
    )
    for each in due:
        each.handed_on, each.handed_revision = on, each.event.revision
        each.handed_kind = _row(each)["kind"]
    Match.objects.bulk_update(due, ["handed_on", "handed_revision", "handed_kind"], batch_size=500)
    return len(due)


def _due(on: date) -> QuerySet[Match]:
    """What the night of a day is to be told: what holds and was not told as it is now, and what holds no more."""
    news = Q(handed_revision__lt=F("event__revision")) | Q(handed_kind=WITHDRAWN)
    holds = Q(news, state=Match.State.CONFIRMED, event__happened_on__lte=on)
    withdrawn = Q(state=Match.State.DENIED) & ~Q(handed_kind__in=["", WITHDRAWN])
    return Match.objects.filter(holds | withdrawn)


def _row(match: Match) -> dict[str, str]:
    event = match.event
    return {
        "event_id": feed_id_of(match), "debtor_id": match.debtor_id, "happened_on": event.happened_on.isoformat(),
        "source": event.source, "kind": WITHDRAWN if match.state == Match.State.DENIED else event.kind,
        "amount_cents": "" if event.amount_cents is None else str(event.amount_cents), "text": event.text,
    }  # fmt: skip


def _rows(on: date) -> Sequence[Mapping[str, str]]:
    return [each.row for each in HandedEvent.objects.filter(feed_day=on).order_by("feed_id")]


def _last() -> date | None:
    found: date | None = HandedEvent.objects.aggregate(last=Max("feed_day"))["last"]
    return found


@transaction.atomic
def events_refused(on: date, refusals: Iterable[Mapping[str, Any]]) -> int:
    """Put events that intake put into quarantine before the office of their debtor, as work. Twice is once.

    Returns how many came back.
    """
    said = {str(row["key"]): f"{row['column'] or ''} {row['reason_zh']}".strip()[:300] for row in refusals}
    back = HandedEvent.objects.select_for_update(of=("self",)).filter(feed_day=on, feed_id__in=said, refused="")
    found = list(back.select_related("match__event", "match__org").order_by("pk"))
    due_on = sent_back_due_on(on)
    for each in found:
        each.refused = said[each.feed_id]
        record(None, "event.refused", each.match, org=each.match.org, on=on, reason_of_intake=each.refused)
    HandedEvent.objects.bulk_update(found, ["refused"])
    work_open([
        WorkItem(
            kind=REFUSED, subject=f"event:{each.match_id}:{on}", title=each.match.debtor_name, told=each.refused,
            opened_on=on, page=reverse("arrival:event", args=[each.match.event_id]), due_on=due_on,
            org=each.match.org, state=WorkItem.State.OPEN,
        )
        for each in found
    ])  # fmt: skip
    return len(found)


def arrivals_known(on: date) -> int:
    """Let a published day tell of what was raised on arrival, but for debtors with events that its night did not know.

    Returns how many signals are the night's from now on.
    """
    return arrivals_told(set(unknown_to_night(on).values_list("debtor_id", flat=True)))


EVENTS = register_beside(
    Beside("event", COLUMNS, _last, events_mark, _rows, lambda on: _due(on).count(), events_refused)
)
