"""The work that a match opens: an event names somebody who may be a debtor, and a person is to say so."""

from datetime import date, timedelta

from django.urls import reverse

from postloan.desk.arrival.models import Match
from postloan.desk.core.models import WorkItem
from postloan.rules.news import Names

MATCH = "event_match"


def work_of(match: Match, rule: Names, on: date) -> WorkItem:
    """The work of a match that waits, in the debtor's office: whoever reviews events there decides it."""
    return WorkItem(
        kind=MATCH, subject=match.subject, title=match.debtor_name, org_id=match.org_id,
        page=reverse("arrival:event", args=[match.event_id]), told=match.found, opened_on=on,
        due_on=on + timedelta(days=rule.decided.due_in_days), amount_cents=match.event.amount_cents or 0,
        state=WorkItem.State.OPEN,
    )  # fmt: skip
