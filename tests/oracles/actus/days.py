"""The days of a contract: its cycles, its business days, and how it counts the days between."""

import numpy as np

from postloan.kernels.cycles import SHORT, cycle_day, cycle_days, month_end_day
from postloan.kernels.daycount import ACT_360, ACT_365, ACT_ACT, THIRTY_E_360, civil, year_part
from postloan.kernels.roll import FOLLOWING, MODIFIED_FOLLOWING, NO_MOVES, PRECEDING, STAY, moves_of, rolled
from postloan.kernels.thirty_isda import thirty_e_isda_days

from .reading import Cycle, Moment, Terms, Unsupported

_DAY_COUNTS = {"A360": ACT_360, "A365": ACT_365, "AA": ACT_ACT, "30E360": THIRTY_E_360}
_CALENDARS = {
    "NC": NO_MOVES,
    "MF": moves_of(np.array([day for day in range(-18_262, 84_006) if day % 7 in {2, 3}], np.int32)),
}
"""Nobody ever rests, or everybody on Saturday and Sunday (1920 to 2199); 1970-01-01 was a Thursday."""
_NO_DAY = -(2**31)
_ROLLS = {"": STAY, "F": FOLLOWING, "MF": MODIFIED_FOLLOWING, "P": PRECEDING, "MP": PRECEDING}


class Days:
    """How one contract moves and counts days."""

    def __init__(self, terms: Terms) -> None:
        self._count = terms.word("dayCountConvention", "AA").replace("/", "")
        if self._count not in {*_DAY_COUNTS, "30E360ISDA"}:
            raise Unsupported(f"no day count {self._count}")
        ends = terms.moment("maturityDate")
        self._terminates_on = ends.day + ends.is_over if ends else _NO_DAY
        self._keeps_month_end = terms.word("endOfMonthConvention", "SD") == "EOM"
        calendar = terms.word("calendar", "NC")
        if calendar not in _CALENDARS:
            raise Unsupported(f"no calendar {calendar}")
        self._calendar = _CALENDARS[calendar]
        convention = terms.word("businessDayConvention").replace("NOS", "").replace("NULL", "")
        order, self._turn = convention[:2], convention[2:]
        if order not in {"", "SC", "CS"} or self._turn not in _ROLLS:
            raise Unsupported(f"no business day convention {convention}")
        self._counts_rolled = order == "SC"

    def rolled(self, at: Moment) -> Moment:
        """Return the business day of a moment."""
        day = self._moved(at.day, _ROLLS[self._turn])
        # Modified preceding is the one the kernel lacks: a day that would leave its month goes on instead.
        if self._turn == "MP" and civil(day)[1] != civil(at.day)[1]:
            day = self._moved(at.day, FOLLOWING)
        return Moment(day, at.is_over)

    def _moved(self, day: int, roll: int) -> int:
        return int(rolled(day, _NO_DAY, roll, self._calendar))

    def counted(self, at: Moment) -> int:
        """Return the day number that interest counts to: after the shift, or before it."""
        used = self.rolled(at) if self._counts_rolled else at
        return used.day + used.is_over

    def part(self, start: Moment, end: Moment) -> tuple[int, int]:
        """Return the part of a year between two moments as (numerator, denominator)."""
        first, last = self.counted(start), self.counted(end)
        if self._count == "30E360ISDA":
            return thirty_e_isda_days(first, last, self._terminates_on), 360
        return year_part(first, last, _DAY_COUNTS[self._count])

    def later(self, anchor: Moment, cycle: Cycle, times: int) -> Moment:
        """Return the moment so many steps of a cycle after its anchor."""
        day = cycle_day(anchor.day, times, cycle.step, cycle.unit, self._due_day(anchor))
        return Moment(int(day), anchor.is_over)

    def cycle(self, anchor: Moment, cycle: Cycle | None, end: Moment) -> list[Moment]:
        """Return the moments of a cycle before `end`, without the last where the cycle has a long stub."""
        if cycle is None:
            return [anchor] if anchor < end else []
        ends_on = end.day + max(0, end.is_over - anchor.is_over)
        days = cycle_days(anchor.day, ends_on, cycle.step, cycle.unit, cycle.stub, self._due_day(anchor))
        return [Moment(int(day), anchor.is_over) for day in days]

    def _due_day(self, anchor: Moment) -> int:
        return int(month_end_day(anchor.day)) if self._keeps_month_end else civil(anchor.day)[2]

    def array(self, anchors: list[Moment], cycles: list[Cycle], end: Moment) -> list[list[Moment]]:
        """Return the moments of each part of an array schedule: a part ends where the next begins."""
        if len(cycles) == 1:
            cycles = cycles * len(anchors)
        parts = []
        for at, anchor in enumerate(anchors):
            is_last = at + 1 == len(anchors)
            until = end if is_last else min(end, anchors[at + 1])
            one = cycles[at] if cycles else None
            if one is not None and not is_last:
                one = one._replace(stub=SHORT)
            parts.append(self.cycle(anchor, one, until))
        return parts
