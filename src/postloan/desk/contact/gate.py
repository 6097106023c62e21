"""What the gate judges by at the desk: the day's rules, the calendar, the ledger, and the debtor's own number."""

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

import polars as pl
from django.db.models import Q
from django.utils import timezone

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.contact.models import LedgerEntry
from postloan.desk.core.days import business_day
from postloan.plan.contact.judging import DayOff
from postloan.plan.contact.parties import Party, debtor_of
from postloan.plan.contact.standing import Standing
from postloan.rules.calendar import days_off
from postloan.rules.contact_rules import Contact
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.rulebook import load_rulebook
from postloan.rules.shapes import WorkingDays


def rules_at(home: Path, at: datetime) -> Contact:
    """The rules in force on the calendar day of an instant: contact is made by the clock, not by the business date."""
    return load_desk_rules(home).version("contact", Contact, timezone.localdate(at))


def calendar_of(home: Path, at: datetime) -> DayOff:
    """Whether a day is off by the bank's calendar; asking raises YearNotArranged of a year that began unknown."""
    today = timezone.localdate(at)
    years = load_rulebook(home).version("working_days", WorkingDays, today).years

    def is_off(day: date) -> bool:
        return bool(days_off(day, day, years, on=today))

    return is_off


def standing_of(debtor: str, *, points: Collection[str], parties: Collection[str]) -> Standing:
    """What stands of a debtor, and of some points and parties about whosever debt: all that an ask is judged on."""
    standing = Standing()
    told = LedgerEntry.objects.filter(Q(debtor=debtor) | Q(point__in=points) | Q(party__in=parties))
    for each in told.exclude(kind="rules").order_by("seq"):
        standing.take(each.entry.event)
    return standing


def debtor_told(debtor_id: str) -> Party | None:
    """The debtor as the feeds tell him on the day the desk works on; None where he is no customer any more."""
    day = business_day(None)
    found = debtor_rows(day).filter(pl.col("debtor_id") == debtor_id)
    if found.is_empty():
        return None
    return debtor_of(day.home, debtor_id, found["debtor_no"].item(), day.on)
