"""The plan of one loan whose terms change: its instalments as they stand, and what they are made anew from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from postloan.errors import EventImpossible
from postloan.kernels.daycount import NEVER, civil, day_of_month, month_index, months_later
from postloan.kernels.methods import BULLET
from postloan.kernels.roll import STAY, Moves, rolled

PLANNED = -1
"""Beside the codes of `methods`: the instalments are the contract (按计划还款)."""


class Terms(NamedTuple):
    """The terms of one loan that its tail is made by; days, months, cents and rates as in `kernels.terms`.

    plan_periods  periods that a balloon is levelled over; 0 is as many as there are.
    splits        a repricing inside a period counts from its day; an agreed rate always does.
    calendar      days off on which due days roll.
    is_daily      interest runs by the day on all that is outstanding, arrears too.
    """

    method: int
    begins_on: int
    disbursed_on: int
    matures_on: int
    first_due_on: int
    period_months: int
    due_day: int
    day_count: int
    roll: int
    moves_interest: bool
    splits: bool
    fixed_cents: int
    plan_periods: int
    free_periods: int
    step_periods: int
    step: int
    calendar: Moves
    is_daily: bool = False


@dataclass(slots=True)
class Row:
    """One instalment.

    starts_on, ends_on  the days its interest runs from and to; due_on is the last of them, rolled.
    number              instalments before it; a prepayment has the number of the one that it was cut from.
    carried_cents       of its interest, what was overdue once and moved here: it is due whatever the balance is.
    """

    starts_on: int
    ends_on: int
    due_on: int
    principal_cents: int
    interest_cents: int
    fee_cents: int
    number: int
    carried_cents: int = 0


@dataclass(slots=True)
class Plan:
    """Rows in the order of their periods, and what interest is made from.

    rates       (day, yearly rate in 1e-8), in order; the first holds before its day too.
    joins       (day, cents): principal that joined the balance inside a period, and bears from that day.
    flat_cents  what flat interest runs on, whatever was repaid.
    split_cents principal that was split off: it is repaid at once with the last row, the rest by the loan's method.
    """

    rows: list[Row]
    rates: list[tuple[int, int]]
    joins: list[tuple[int, int]]
    flat_cents: int
    split_cents: int = 0

    def copied(self) -> "Plan":
        """Return a plan that can be changed without changing this one."""
        return Plan(
            [replace(row) for row in self.rows], self.rates.copy(), self.joins.copy(), self.flat_cents, self.split_cents
        )

    def first_after(self, day: int) -> int:
        """Return the place of the first row that a change on a day works on: neither due nor ended by then.

        Raises EventImpossible where none is left.
        """
        for place, row in enumerate(self.rows):
            if row.due_on > day and row.ends_on > day:
                return place
        raise impossible(day, "no instalment is still to come")

    def fallen_by(self, day: int) -> int:
        """Return the place after the last row that was due by a day."""
        return sum(row.due_on <= day for row in self.rows)

    def left_cents(self, first: int) -> int:
        """Return the principal of the rows from `first` on."""
        return sum(row.principal_cents for row in self.rows[first:])


Instalment = tuple[int, int, int, int]
"""Due day, principal, interest, fee."""


def impossible(day: int, why: str) -> EventImpossible:
    """Make the refusal of a change that the plan has no place for."""
    return EventImpossible(
        message=f"No change of terms can be made on day {day}: {why}.",
        hint="Look at the schedule as of that day, and change the day of the decision or what it asks for.",
        where={"on": day},
    )


def plan_of(instalments: Sequence[Instalment], terms: Terms, rates: list[tuple[int, int]], lent_cents: int) -> Plan:
    """Read a plan out of instalments as they stand, by rising due day.

    Instalments of one day are one row, but for arrears at a take-on, which no change works on.
    """
    rows: list[Row] = []
    for due_on, *cents in instalments:
        is_ahead = due_on > terms.begins_on
        if is_ahead and rows and rows[-1].due_on == due_on:
            rows[-1].principal_cents += cents[0]
            rows[-1].interest_cents += cents[1]
            rows[-1].fee_cents += cents[2]
            continue
        ends_on = _ends_on(due_on, terms) if is_ahead else due_on
        has_before = bool(rows) and (rows[-1].due_on > terms.begins_on or terms.begins_on == terms.disbursed_on)
        starts_on = rows[-1].ends_on if has_before else _starts_on(ends_on, terms)
        rows.append(Row(starts_on, ends_on, due_on, cents[0], cents[1], cents[2], _number(ends_on, terms)))
    return Plan(rows, list(rates), [], lent_cents)


def due_after(end: int, terms: Terms, count: int, due_day: int = 0) -> list[tuple[int, int]]:
    """Return (last day of its period, due day) of each of `count` periods after one that ends on `end`.

    due_day   day of the month; 0 takes the loan's own, or that of `end` where it left the loan's.
    """
    day = due_day or _due_day_of(end, terms)
    return [_rolled(months_later(end, terms.period_months * step, day), terms) for step in range(1, count + 1)]


def _due_day_of(end: int, terms: Terms) -> int:
    return terms.due_day if end == day_of_month(month_index(end), terms.due_day) else civil(end)[2]


def _rolled(day: int, terms: Terms) -> tuple[int, int]:
    due_on = day if terms.roll == STAY else int(rolled(day, terms.disbursed_on, terms.roll, terms.calendar))
    return (due_on if terms.moves_interest else day), due_on


def _ends_on(due_on: int, terms: Terms) -> int:
    """Find the day, before it rolled, on which an instalment's interest ends."""
    if terms.roll == STAY or terms.moves_interest:
        return due_on
    month = month_index(due_on)
    usual = (day_of_month(month + step, terms.due_day) for step in (0, -1, 1))
    for day in (terms.matures_on, terms.first_due_on, *usual):
        if day != NEVER and _rolled(day, terms)[1] == due_on:
            return day
    return due_on


def _starts_on(ends_on: int, terms: Terms) -> int:
    """Return where the first period that is known began: at paying out, or a period before its end."""
    if terms.begins_on == terms.disbursed_on or terms.method == BULLET or ends_on == terms.first_due_on:
        return terms.disbursed_on
    return max(terms.disbursed_on, months_later(ends_on, -terms.period_months, _due_day_of(ends_on, terms)))


def _number(ends_on: int, terms: Terms) -> int:
    """Count the instalments before one, by months: earlier rows may be lost."""
    if terms.first_due_on != NEVER:
        return max(0, (month_index(ends_on) - month_index(terms.first_due_on)) // terms.period_months)
    months = month_index(ends_on) - month_index(terms.disbursed_on)
    return max(0, -(-months // terms.period_months) - 1)
