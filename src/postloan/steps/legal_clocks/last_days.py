"""Last days: where a period ends, moved to a working day where the law says so."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from postloan.rules.calendar import days_off
from postloan.rules.legal_clocks import LegalClocks, Period
from postloan.rules.shapes import WorkingDays


@dataclass(frozen=True)
class LastDays:
    """The law of last days and the calendar, as of a day."""

    law: LegalClocks
    calendar: WorkingDays
    on: date

    def of(self, period: Period, days: pl.Series) -> pl.Series:
        """The last day of the period from each day."""
        return self.moved(period, days.to_frame("day").select(period.after(pl.col("day"))).to_series())

    def moved(self, period: Period, days: pl.Series) -> pl.Series:
        """Each last day, or the working day after it where it is a day off; before our calendar begins, as it is."""
        if not (self.law.last_day_off.moves and period.moves_to_working_day):
            return days
        known = days.filter(days >= self.calendar.since)
        if known.is_empty():
            return days
        first, last = known.min(), known.max()
        assert isinstance(first, date) and isinstance(last, date)  # noqa: S101, PT018 - days are days
        # What ends in the last days of a year may move into the next.
        off = days_off(first, last + timedelta(days=_LONGEST_HOLIDAY), self.calendar.years, on=self.on)
        moves: dict[date, date] = {}
        for day in reversed(off):
            after = day + timedelta(days=1)
            moves[day] = moves.get(after, after)
        return days.replace(list(moves), list(moves.values())) if moves else days


_LONGEST_HOLIDAY = 14
