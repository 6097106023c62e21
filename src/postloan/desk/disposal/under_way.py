"""Outcomes on their way, as other desks ask before they let a loan go."""

from collections.abc import Collection

from postloan.desk.book.ways_out import Found, WayOut, register_way
from postloan.desk.disposal.models import Outcome

_WORDS: dict[str, str] = {Outcome.State.PROPOSED: "outcome", Outcome.State.AGREED: "agreed"}


def outcomes_under_way(loan_ids: Collection[str]) -> Found:
    """The outcomes of some loans that wait for an approval, or for what the debtor promised to pay."""
    made = Outcome.objects.filter(loan_id__in=loan_ids, state__in=_WORDS)
    return [(each.loan_id, each.subject, _WORDS[each.state]) for each in made]


register_way(WayOut("outcome", outcomes_under_way))
