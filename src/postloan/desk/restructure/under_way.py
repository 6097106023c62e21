"""Restructurings on their way, as other desks ask before they let a loan go."""

from collections.abc import Collection

from postloan.desk.book.ways_out import Found, WayOut, register_way
from postloan.desk.restructure.models import Restructuring


def restructurings_under_way(loan_ids: Collection[str]) -> Found:
    """The restructurings of some loans that wait for an approval."""
    held = Restructuring.objects.filter(loan_id__in=loan_ids, state=Restructuring.State.PROPOSED)
    return [(each.loan_id, each.subject, "restructuring") for each in held]


register_way(WayOut("restructuring", restructurings_under_way))
