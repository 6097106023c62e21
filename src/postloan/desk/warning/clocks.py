"""By when: the times of the warning desk's rules, counted by the bank's calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from postloan.desk.core.days import BusinessDay
from postloan.rules.calendar import days_off
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.rulebook import load_rulebook
from postloan.rules.shapes import WorkingDays
from postloan.rules.warning_desk import LevelRule, WarningDesk, Within

_DAY = timedelta(days=1)
_LOOKS_AHEAD = 3
"""Calendar days looked at for each working day: no holiday is so long that fewer than a third are worked."""
_LONGEST_HOLIDAY = 30


@dataclass(frozen=True)
class Clocks:
    """The rules of the levels on a business day, and the calendar by which their times are counted."""

    day: BusinessDay
    rules: WarningDesk

    @cached_property
    def _calendar(self) -> WorkingDays:
        return load_rulebook(self.day.home).version("working_days", WorkingDays, self.day.on)

    def of(self, level: str) -> LevelRule:
        """What a level asks."""
        return self.rules.of(level)

    def due(self, within: Within) -> date:
        """The last day of a time that begins the day after the business day."""
        on = self.day.on
        if within.counts == "calendar":
            return on + timedelta(days=within.days)
        last = on + timedelta(days=within.days * _LOOKS_AHEAD + _LONGEST_HOLIDAY)
        off = set(days_off(on, last, self._calendar.years, on=on))
        left, due = within.days, on
        while left:
            due += _DAY
            left -= due not in off
        return due


def clocks_on(day: BusinessDay) -> Clocks:
    """The clocks of a business day, by the bank's rules."""
    return Clocks(day, load_desk_rules(day.home).version("warnings", WarningDesk, day.on))
