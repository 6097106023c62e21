"""The life of a loan: what holds of every story, and that two kernels build one schedule."""

from fractions import Fraction

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from postloan.errors import EventImpossible
from postloan.kernels import daycount
from postloan.kernels.daycount import day_number, months_later
from postloan.kernels.life.plan import Row
from postloan.kernels.life.replay import Life, live, settlement_quote
from postloan.kernels.life.terms import (
    ALL_ALIKE,
    FEE,
    INTEREST,
    INTEREST_FIRST,
    LAST,
    MONTHS,
    NEXT,
    NEXT_THEN_LAST,
    PENALTY,
    PRINCIPAL,
    SHARE_OF_MONTH,
    SHARE_OF_PERIOD,
    SHORTER_TERM,
    SMALLER_INSTALMENT,
    WEEKS,
    Event,
    Kind,
    Policy,
    Terms,
)
from postloan.kernels.schedule import EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY, LEVEL, build, count_rows

START = day_number(2024, 1, 15)


def due(number: int) -> int:
    return months_later(START, number, 15)


# Stories ---------------------------------------------------------------------------------------------------------

DAY = st.integers(START, START + 150)
CASH = st.sampled_from([1, 100, 1_701, 5_000, 20_000, 200_000])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    parts = draw(st.permutations([PRINCIPAL, INTEREST, FEE, PENALTY]))
    order = tuple((stage, part) for stage in range(3) for part in parts)
    return Policy(order, draw(st.sampled_from([NEXT, LAST, NEXT_THEN_LAST, ALL_ALIKE])), draw(st.booleans()))


TERMS = st.fixed_dictionaries({
    "rate_e8": st.sampled_from([0, 3_450_000, 12_000_000, 24_000_000]),
    "periods": st.sampled_from([1, 2, 3, 6, 12]),
    "policy": policies(),
    "method": st.sampled_from([LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY]),
    "unit": st.sampled_from([MONTHS, WEEKS]),
    "day_count": st.sampled_from([*daycount.CODES.values(), SHARE_OF_MONTH, SHARE_OF_PERIOD]),
    "step_cents": st.sampled_from([1, 100]),
    "is_half_even": st.booleans(),
    "digits": st.sampled_from([19, 50]),
    "evens_out": st.booleans(),
    "levels_by_months": st.booleans(),
    "shares_down": st.booleans(),
    "prorates": st.booleans(),
    "recalculates": st.booleans(),
    "overdue_bears": st.booleans(),
    "rests_by_period": st.booleans(),
    "settles_to_due": st.booleans(),
    "from_the_eve": st.booleans(),
    "charged_off_by": st.integers(0, 2),
}).map(lambda said: Terms(**said))  # fmt: skip


def happening(kind: Kind, **fields: st.SearchStrategy[int]) -> st.SearchStrategy[Event]:
    """An event of a kind on some day; what ends some days after it says `days`."""
    return st.fixed_dictionaries({"on": DAY, **fields}).map(
        lambda said: Event(kind, until_on=said["on"] + said.pop("days", 0), **said)
    )


PAYMENT = st.one_of(
    happening(Kind.PAY, amount_cents=CASH), happening(Kind.PREPAY, amount_cents=CASH, number=st.integers(0, 1))
)
HAPPENING = st.one_of(
    PAYMENT,
    happening(Kind.DISBURSE, amount_cents=CASH),
    happening(
        Kind.CHARGE,
        amount_cents=st.integers(1, 900),
        component=st.sampled_from([FEE, PENALTY]),
        days=st.integers(0, 40),
    ),
    happening(Kind.CHANGE_RATE, rate_e8=st.sampled_from([0, 4_000_000, 30_000_000])),
    happening(Kind.EXTEND, number=st.integers(1, 3)),
    happening(Kind.PAUSE_INTEREST, days=st.integers(0, 30)),
    happening(Kind.REPLAN, days=st.integers(1, 40), number=st.integers(1, 5)),
    *map(happening, (Kind.CAPITALISE, Kind.REAMORTISE, Kind.ACCELERATE, Kind.CHARGE_OFF, Kind.WRITE_OFF)),
)

STORIES = st.lists(HAPPENING, max_size=8).map(lambda events: [Event(Kind.DISBURSE, START, 123_457), *events])


def told(terms: Terms, events: list[Event], on: int) -> Life:
    """Replay a story; a story with something impossible in it is another story."""
    try:
        return live(terms, events, on=on)
    except EventImpossible:
        assume(condition=False)
        raise


@given(TERMS, STORIES, st.integers(START, START + 200))
def test_every_payment_is_allocated_or_in_suspense(terms: Terms, events: list[Event], on: int) -> None:
    life = told(terms, events, on)
    payments = [booking for booking in life.bookings if booking.kind in (Kind.PAY, Kind.PREPAY)]
    assert len(payments) == sum(event.kind in (Kind.PAY, Kind.PREPAY) for event in events)
    for booking in payments:
        assert sum(booking.went) + booking.left_cents == booking.amount_cents
        assert min(*booking.went, booking.left_cents) >= 0
    for part in range(4):
        assert sum(booking.went[part] for booking in payments) == sum(row.paid[part] for row in life.rows)
    assert life.suspense_cents == sum(booking.left_cents for booking in payments)


@given(TERMS, STORIES, st.integers(START, START + 200))
def test_principal_is_what_was_lent_and_nothing_is_negative(terms: Terms, events: list[Event], on: int) -> None:
    life = told(terms, events, on)
    lent = sum(event.amount_cents for event in events if event.kind == Kind.DISBURSE)
    made_principal = sum(booking.went[INTEREST] for booking in life.bookings if booking.kind == Kind.CAPITALISE)
    assert sum(row.owed[PRINCIPAL] for row in life.rows) == lent + made_principal
    charged = sum(event.amount_cents for event in events if event.kind == Kind.CHARGE)
    assert sum(row.owed[FEE] + row.owed[PENALTY] for row in life.rows) == charged
    for row in life.rows:
        assert min(row.owed) >= 0
        assert all(row.open_of(part) >= 0 for part in range(4))
    assert all(booking.open_cents >= 0 for booking in life.bookings)


@given(TERMS, STORIES, PAYMENT, st.integers(START, START + 200))
def test_a_reversal_restores_the_state_of_never(terms: Terms, events: list[Event], paid: Event, on: int) -> None:
    never = told(terms, events, on)
    undone = told(terms, [events[0], paid, *events[1:], Event(Kind.REVERSE, on, number=1)], on)
    assert undone.rows == never.rows
    assert undone.suspense_cents == never.suspense_cents
    assert [booking[1:] for booking in undone.bookings] == [booking[1:] for booking in never.bookings]


@given(TERMS, STORIES, st.integers(START, START + 200))
def test_the_order_of_entry_does_not_matter_between_days(terms: Terms, events: list[Event], on: int) -> None:
    assume(len({event.on for event in events}) == len(events))
    backwards = told(terms, list(reversed(events)), on)
    assert backwards.rows == told(terms, events, on).rows


@given(TERMS, STORIES, st.integers(START, START + 200))
def test_what_is_quoted_closes_the_loan(terms: Terms, events: list[Event], on: int) -> None:
    plain = [event for event in events if event.on <= on and event.kind != Kind.WRITE_OFF]
    assume(terms.recalculates)
    before = told(terms, plain, on)
    quote = sum(settlement_quote(terms, plain, on=on))
    assume(quote > 0 and before.suspense_cents == 0)
    closed = told(terms, [*plain, Event(Kind.PAY, on, quote)], on)
    assert closed.bookings[-1].open_cents == 0
    assert (closed.open_cents(), closed.suspense_cents) == (0, 0)


@given(
    st.sampled_from([LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY]),
    st.sampled_from(list(daycount.CODES.values())),
    st.integers(1, 10**13),
    st.integers(1, 36_000_000),
    st.integers(1, 60),
    st.sampled_from([1, 3]),
    st.integers(START, START + 1500),
)
def test_a_life_begins_with_the_schedule_of_the_night(
    method: int, count: int, lent: int, rate_e8: int, periods: int, every: int, start: int
) -> None:
    """Two kernels, one in 64-bit integers over arrays, one in decimals, build one schedule to the cent."""
    day = daycount.civil(start)[2]
    whole = {"starts_on": start, "ends_on": months_later(start, periods * every, day), "every": every, "day": day}
    starts, ends, months, days = (np.array([value], np.int32) for value in whole.values())
    methods, counts = np.array([method], np.int32), np.array([count], np.int32)
    cents, rates = np.array([lent], np.int64), np.array([rate_e8], np.int64)
    first = count_rows(starts, starts, ends, months, days, methods)
    fixed = np.zeros(1, np.int64)
    _, due_on, principal, interest = build(
        first, cents, cents, starts, ends, months, days, methods, rates, counts, fixed
    )
    terms = Terms(rate_e8, periods, INTEREST_FIRST, method=method, every=every, day_count=count, due_day=day)
    rows = live(terms, [Event(Kind.DISBURSE, start, lent)], on=start).rows
    assert [row.due_on for row in rows] == due_on.tolist()
    assert [row.owed[PRINCIPAL] for row in rows] == principal.tolist()
    assert [row.owed[INTEREST] for row in rows] == interest.tolist()


# Prepayment ------------------------------------------------------------------------------------------------------


def present_value(rows: list[Row], rate_e8: int) -> Fraction:
    """The worth of monthly instalments one month before the first."""
    month = 1 + Fraction(rate_e8, 1_200_000_000)
    return sum((Fraction(row.asks_cents) / month**number for number, row in enumerate(rows, start=1)), Fraction(0))


@given(
    st.integers(100_000, 1_000_000_000),
    st.integers(0, 24_000_000),
    st.integers(6, 120),
    st.integers(0, 5),
    st.integers(1, 60),
)
def test_both_prepayments_are_worth_the_same(lent: int, rate: int, periods: int, paid: int, percent: int) -> None:
    terms = Terms(rate_e8=rate, periods=periods, policy=INTEREST_FIRST)
    events = [Event(Kind.DISBURSE, START, lent)]
    level = live(terms, events, on=START).rows[0].asks_cents
    events += [Event(Kind.PAY, due(number), level) for number in range(1, paid + 1)]
    prepaid_on, cash = due(paid), lent * percent // 100
    open_cents = live(terms, events, on=prepaid_on).bookings[-1].open_cents
    assume(0 < cash < open_cents)
    worths = []
    for rule in (SHORTER_TERM, SMALLER_INSTALMENT):
        life = live(terms, [*events, Event(Kind.PREPAY, prepaid_on, cash, number=rule)], on=prepaid_on)
        rows = [row for row in life.rows if row.due_on > prepaid_on]
        assert life.bookings[-1].open_cents == open_cents - cash
        worths.append((present_value(rows, rate), Fraction(len(rows), 2)))
        assert abs(worths[-1][0] - (open_cents - cash)) <= Fraction(len(rows), 2), "half a cent of rounding a row"
    assert abs(worths[0][0] - worths[1][0]) <= worths[0][1] + worths[1][1]
