"""The month-ends among business dates."""

import calendar
from datetime import date, timedelta


def is_month_end(day: date) -> bool:
    """Whether a day is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def month_end_before(day: date) -> date:
    """The last day of the month before a day's."""
    return day.replace(day=1) - timedelta(days=1)


def month_end_after(day: date, months: int) -> date:
    """The last day of the month so many months after a day's; before it where they are negative."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
