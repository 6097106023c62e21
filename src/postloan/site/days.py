"""The business dates that a command asks for."""

from datetime import date, timedelta

from postloan.errors import RequestWrong
from postloan.plan.month_ends import is_month_end


def days_between(first: date, last: date, *, month_ends: bool) -> list[date]:
    """List the days from first to last, both included, or only the month-ends among them."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    if month_ends:
        days = [day for day in days if is_month_end(day)]
    if not days:
        raise RequestWrong(
            message=f"There is no night to compute from {first} to {last}.",
            hint="Give the earlier day first; with --month-ends a month-end must lie between the two.",
            where={"from": first, "to": last},
        )
    return days
