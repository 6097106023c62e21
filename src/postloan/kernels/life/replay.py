"""The replay: a loan's events in order, and what its instalments and payments are at the end of them."""

from collections.abc import Sequence
from decimal import localcontext
from typing import NamedTuple

from postloan.kernels.daycount import NEVER
from postloan.kernels.life import changes
from postloan.kernels.life.allocate import mark_settled, settlement, spread
from postloan.kernels.life.factors import arithmetic
from postloan.kernels.life.plan import Plan, Row
from postloan.kernels.life.tail import count_to, remake
from postloan.kernels.life.terms import IN_ADVANCE, PRINCIPAL, SHORTER_TERM, Event, Kind, Terms
from postloan.kernels.schedule import FLAT

_PAYMENTS = (Kind.PAY, Kind.PREPAY)
_DOES_NOT_COUNT = (Kind.CHARGE, Kind.CHANGE_RATE, Kind.EXTEND, Kind.SHIFT, Kind.PAUSE_INTEREST)
"""The events that leave interest on overdue principal as it was last counted; before any other it is counted anew."""


class Booking(NamedTuple):
    """What one event moved.

    event        its place in the list of events.
    went         principal, interest, fee, penalty that it paid, or that it took off the books or into a new plan.
    left_cents   of a payment: what nothing could take; it waits in suspense.
    open_cents   principal still to be repaid after it.
    """

    event: int
    on: int
    kind: Kind
    amount_cents: int
    went: tuple[int, int, int, int]
    left_cents: int
    open_cents: int


class Life(NamedTuple):
    """Where a loan stands: its rows in the order they are due, and what every event moved."""

    rows: list[Row]
    bookings: list[Booking]
    plan: Plan
    suspense_cents: int

    def open_cents(self) -> int:
        """Return all that is still to be paid, by the schedule as it stands."""
        return sum(row.open_cents() for row in self.rows)


def live(terms: Terms, events: Sequence[Event], *, on: int) -> Life:
    """Replay a loan's life.

    events       in the order they were entered; they work in the order of their days. An event that another reverses
                 never happened.
    on           the business date: overdue principal bears interest up to it. Events of later days are agreed already
                 and shape the tail.
    Returns      rows, bookings in the order of their days, and cash in suspense. Nothing of the input is changed.
    """
    with localcontext(arithmetic(terms)):
        return _Replay(terms).run(events, on, last_day=NEVER)


def settlement_quote(terms: Terms, events: Sequence[Event], *, on: int) -> tuple[int, int, int, int]:
    """Return what closes the loan on a day, if nothing else happens until then: principal, interest, fee, penalty."""
    with localcontext(arithmetic(terms)):
        life = _Replay(terms).run(events, on, last_day=on)
        principal, interest, fee, penalty = settlement(life.plan, terms, on)
    return principal, interest, fee, penalty


class _Replay:
    """One run through the events."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.plan = Plan()
        self.bookings: list[Booking] = []
        self.suspense: dict[int, int] = {}

    def run(self, events: Sequence[Event], business_date: int, *, last_day: int) -> Life:
        reversed_places = {event.number for event in events if event.kind == Kind.REVERSE}
        order = sorted(
            (event.on, place)
            for place, event in enumerate(events)
            if place not in reversed_places and event.kind != Kind.REVERSE and event.on <= last_day
        )
        for on, place in order:
            event = events[place]
            if not self.plan.rows and event.kind != Kind.DISBURSE:
                raise changes.impossible(event, "nothing has been paid out yet")
            if self.plan.is_written_off and event.kind not in _PAYMENTS:
                raise changes.impossible(event, "the loan is written off")
            if event.kind not in _DOES_NOT_COUNT and self.plan.rows:
                count_to(self.plan, self.terms, on)
            self._happen(place, event)
            mark_settled(self.plan, on)
        count_to(self.plan, self.terms, max(business_date, self.plan.counted_on))
        return Life(self.plan.all_rows(), self.bookings, self.plan, sum(self.suspense.values()))

    def _happen(self, place: int, event: Event) -> None:
        plan, terms = self.plan, self.terms
        if event.kind == Kind.DISBURSE:
            changes.disburse(plan, terms, event)
            self._book(place, event, event.amount_cents, [0, 0, 0, 0], 0)
            self._use_suspense(event.on)
        elif event.kind == Kind.CHARGE:
            changes.charge(plan, event)
            self._use_suspense(event.on)
        elif event.kind in _PAYMENTS:
            self._pay(place, event)
        elif event.kind in (Kind.CHARGE_OFF, Kind.WRITE_OFF):
            taken = changes.write_off(plan, event) if event.kind == Kind.WRITE_OFF else self._charge_off(event)
            self._book(place, event, sum(taken), taken, 0)
        else:
            self._change(place, event)

    def _charge_off(self, event: Event) -> list[int]:
        changes.charge_off(self.plan, self.terms, event)
        return [self.plan.open_of(part) for part in range(4)]

    def _change(self, place: int, event: Event) -> None:
        plan, terms = self.plan, self.terms
        if event.kind == Kind.REAMORTISE:
            moved = changes.reamortise(plan, terms, event)
            self._book(place, event, moved, [moved, 0, 0, 0], 0)
        elif event.kind == Kind.REPLAN:
            principal, interest = changes.replan(plan, terms, event)
            self._book(place, event, principal + interest, [principal, interest, 0, 0], 0)
        elif event.kind == Kind.CAPITALISE:
            moved = changes.capitalise(plan, terms, event)
            self._book(place, event, moved, [0, moved, 0, 0], 0)
        elif event.kind == Kind.PAUSE_INTEREST:
            plan.pauses.append((event.on, event.until_on))
            remake(plan, terms)
        elif event.kind == Kind.ACCELERATE:
            changes.accelerate(plan, terms, event.on)
            due = [plan.open_of(part) for part in range(4)]
            self._book(place, event, sum(due), due, 0)
        else:
            change = {Kind.CHANGE_RATE: changes.change_rate, Kind.EXTEND: changes.extend, Kind.SHIFT: changes.shift}
            change[event.kind](plan, terms, event)

    def _pay(self, place: int, event: Event) -> None:
        plan, terms, policy = self.plan, self.terms, event.policy or self.terms.policy
        cash = event.amount_cents
        # Flat interest is owed in full whenever principal comes back: such a payment is one in advance.
        remakes = event.kind == Kind.PREPAY and terms.method != FLAT and not plan.is_written_off
        if remakes and plan.rows[-1].due_on > event.on:
            due_first = policy._replace(order=tuple(step for step in policy.order if step[0] != IN_ADVANCE))
            went, left = spread(plan, terms, due_first, event.on, cash)
            if left:
                more = changes.prepay(plan, terms, event, left, is_shorter=event.number == SHORTER_TERM)
                went = [first + second for first, second in zip(went, more, strict=True)]
                left -= sum(more)
        else:
            went, left = spread(plan, terms, policy, event.on, cash)
        if left:
            self.suspense[len(self.bookings)] = left
        self._book(place, event, cash, went, left)

    def _use_suspense(self, day: int) -> None:
        """Let cash in suspense pay what has just come to be owed."""
        for number, cents in self.suspense.items():
            went, left = spread(self.plan, self.terms, self.terms.policy, day, cents)
            booking = self.bookings[number]
            principal, interest, fee, penalty = (old + new for old, new in zip(booking.went, went, strict=True))
            self.bookings[number] = booking._replace(went=(principal, interest, fee, penalty), left_cents=left)
            self.suspense[number] = left

    def _book(self, place: int, event: Event, amount: int, went: list[int], left: int) -> None:
        principal, interest, fee, penalty = went
        open_cents = self.plan.open_of(PRINCIPAL)
        self.bookings.append(
            Booking(place, event.on, event.kind, amount, (principal, interest, fee, penalty), left, open_cents)
        )


def unpaid_since(rows: Sequence[Row], on: int) -> int:
    """Return the oldest due day before `on` with something unpaid; NEVER where there is none."""
    return min((row.due_on for row in rows if row.due_on < on and row.open_cents() > 0), default=NEVER)
