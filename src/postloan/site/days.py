"""The business dates that a command asks for."""

import calendar
from datetime import date, timedelta

from postloan.errors import RequestWrong


def days_between(first: date, last: date, *, month_ends: bool) -> list[date]:
    """List the days from first to last, both included, or only the month-ends among them."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    if month_ends:
        days = [day for day in days if day.day == calendar.monthrange(day.year, day.month)[1]]
    if not days:
        raise RequestWrong(
            message=f"There is no night to compute from {first} to {last}.",
            hint="Give the earlier day first; with --month-ends a month-end must lie between the two.",
            where={"from": first, "to": last},
        )
    return days
