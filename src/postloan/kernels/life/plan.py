"""The plan of one loan while its life is replayed: its instalments, its balance by day, its rates and pauses."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from postloan.kernels.daycount import NEVER, civil
from postloan.kernels.life.factors import later
from postloan.kernels.life.terms import INTEREST, PRINCIPAL, Terms

PLANNED, AT_ONCE, AFTER = range(3)
"""Kinds of rows: of the schedule, due on the day of paying out, and for charges that fall due after the last one."""


@dataclass(slots=True)
class Row:
    """One instalment.

    asks_cents   what it asks of principal and interest together.
    level_cents  what it asked when the tail was last made level.
    owed, paid   four amounts: principal, interest, fee, penalty.
    gone         of the same: what was settled without cash, because it was written off or made principal.
    moved_cents  principal paid that lowered the balance on its day; the rest lowers it on the due day.
    settled_on   the day it was paid in full, or emptied; NEVER while something is open.
    is_emptied   what it asked and was not paid has gone into the rows after it.
    opening_cents the balance at its start.
    rest_cents   flat interest of the whole term that rounding each period's left over.
    cut_from_on  where the period ends that a prepayment cut this row from; NEVER where nothing was cut.
    """

    starts_on: int
    due_on: int
    kind: int = PLANNED
    asks_cents: int = 0
    level_cents: int = 0
    owed: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    paid: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    gone: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    moved_cents: int = 0
    in_advance_cents: int = 0
    late_cents: int = 0
    settled_on: int = NEVER
    is_emptied: bool = False
    opening_cents: int = 0
    rest_cents: int = 0
    cut_from_on: int = NEVER

    def period(self) -> tuple[int, int]:
        """Return the first and the last day of the period by which the row's days are counted."""
        return self.starts_on, self.due_on if self.cut_from_on == NEVER else self.cut_from_on

    def copied(self) -> "Row":
        """Return a row that can be changed without changing this one."""
        return replace(self, owed=self.owed.copy(), paid=self.paid.copy(), gone=self.gone.copy())

    def met(self, component: int) -> int:
        """Return what was paid of a component, or settled without cash."""
        return self.paid[component] + self.gone[component]

    def met_cents(self) -> int:
        """Return what was paid of principal and interest, or settled without cash."""
        return self.met(PRINCIPAL) + self.met(INTEREST)

    def is_served(self) -> bool:
        """Tell whether principal and interest are met."""
        return self.open_of(PRINCIPAL) == self.open_of(INTEREST) == 0

    def open_of(self, component: int) -> int:
        """Return what is still to be paid of a component."""
        return self.owed[component] - self.met(component)

    def open_cents(self) -> int:
        """Return what is still to be paid of all four components."""
        return sum(self.owed) - sum(self.paid) - sum(self.gone)


@dataclass(slots=True)
class Plan:
    """The working state of a replay.

    rows          the schedule, in order; what stands beside it (`beside`) bears no interest.
    moves         (day, cents, is_lent): money lent and principal paid, by the day it counts from.
    rates         (day, yearly rate), in order; the first from the start.
    pauses        (first day, last day) without interest, both included.
    charges       (due day, component, cents) of every fee and penalty.
    lent_cents    all that was lent and is repaid by `rows`.
    counted_on    the day to which overdue principal bears interest.
    frozen_on     the day of a charge-off: from then on no payment and no arrears change any interest.
    stops_on      nothing bears interest from it on.
    costs         the rate factors found so far, shared by all copies.
    is_written_off  nothing is owed by this book any more.
    """

    rows: list[Row] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)
    moves: list[tuple[int, int, bool]] = field(default_factory=list)
    rates: list[tuple[int, Decimal]] = field(default_factory=list)
    pauses: list[tuple[int, int]] = field(default_factory=list)
    charges: list[tuple[int, int, int]] = field(default_factory=list)
    lent_cents: int = 0
    counted_on: int = -NEVER
    frozen_on: int = NEVER
    stops_on: int = NEVER
    costs: dict[tuple[int, int, int, int, Decimal], Decimal] = field(default_factory=dict)
    is_written_off: bool = False

    def copied(self) -> "Plan":
        """Return a plan that can be changed without changing this one."""
        return replace(
            self,
            rows=[row.copied() for row in self.rows],
            beside=[row.copied() for row in self.beside],
            moves=self.moves.copy(),
            rates=self.rates.copy(),
            pauses=self.pauses.copy(),
            charges=self.charges.copy(),
        )

    def all_rows(self) -> list[Row]:
        """Return every row in the order it is due; of one day, what is due at once comes first."""
        return sorted([*self.rows, *self.beside], key=lambda row: (row.due_on, row.kind != AT_ONCE, row.kind))

    def running(self, day: int) -> int:
        """Return the place of the row whose period holds a day (its first day excluded, except of the first row)."""
        for place, row in enumerate(self.rows):
            if day <= row.due_on:
                return place
        return len(self.rows)

    def from_day(self, day: int) -> int:
        """Return the place of the first row a change on a day works on: a change on a due day works on the next."""
        place = self.running(day)
        is_due_day = place < len(self.rows) - 1 and self.rows[place].due_on == day
        return place + 1 if is_due_day else place

    def open_of(self, component: int) -> int:
        """Return what is still to be paid of a component, in all rows."""
        return sum(row.open_of(component) for row in (*self.rows, *self.beside))


def due_days(terms: Terms, start: int, count: int) -> list[int]:
    """Return the due days of `count` periods after a day."""
    due_day = terms.due_day or civil(start)[2]
    return [later(start, terms.every * number, terms.unit, due_day) for number in range(1, count + 1)]


def add_rows(plan: Plan, start: int, days: list[int]) -> None:
    """Add empty rows that fall due on the days, one after the other."""
    for due_on in days:
        plan.rows.append(Row(start, due_on))
        start = due_on
