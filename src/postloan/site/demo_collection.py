"""The demo bank's collectors: who sits in which team, so that the next day's cases are given out."""

from postloan.desk.collection.seats.actions import seat_set
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Officer

_SEATS = {"collector": "late", "collector2": "early", "collector3": "companies"}


def seat_collectors() -> None:
    """Give each collector of the demo a seat; one that has one keeps it."""
    lead = Officer.objects.get(username="collection")
    for collector in Officer.objects.filter(username__in=_SEATS, seat=None).select_related("org"):
        seat_set(
            lead, collector, team=_SEATS[collector.username], is_on=True, cap=None, seen_version=0,
            day=business_day(None),
        )  # fmt: skip
