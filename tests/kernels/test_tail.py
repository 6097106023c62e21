"""The tail made anew: plain loans against the replay of a loan's life, and what holds of every method."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from postloan.errors import EventImpossible
from postloan.kernels import daycount, methods
from postloan.kernels import schedule as kernel
from postloan.kernels.life.replay import live
from postloan.kernels.life.terms import (
    DUE,
    INTEREST,
    INTEREST_FIRST,
    PAST_DUE,
    PRINCIPAL,
    SHORTER_TERM,
    SMALLER_INSTALMENT,
    Event,
    Kind,
    Policy,
)
from postloan.kernels.life.terms import Terms as LifeTerms
from postloan.kernels.pricing import RateChanges
from postloan.kernels.roll import NO_MOVES, STAY
from postloan.kernels.tail import changes
from postloan.kernels.tail.plan import PLANNED, Instalment, Plan, Terms, plan_of
from postloan.kernels.terms import count, terms_of

EPOCH = date(1970, 1, 1)
RATES = (0, 3_450_000, 6_000_000, 17_999_999)
DAY_COUNTS = (daycount.THIRTY_360, daycount.THIRTY_360, daycount.THIRTY_E_360, daycount.ACT_360, daycount.ACT_365)
PLAIN = (methods.LEVEL, methods.EQUAL_PRINCIPAL, methods.INTEREST_ONLY)


def number(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - EPOCH).days


MONTH_ENDS = [number(2023, month, 31) for month in (1, 3, 5, 7, 8, 10, 12)]


@dataclass(frozen=True)
class Loan:
    """A loan of a plan that no calendar and no market moves."""

    method: int
    begins: int
    periods: int
    cents: int
    rate_e8: int = 6_000_000
    day_count: int = daycount.THIRTY_360
    every: int = 1

    @property
    def due_day(self) -> int:
        return daycount.civil(self.begins)[2]

    def life_terms(self) -> LifeTerms:
        return LifeTerms(
            rate_e8=self.rate_e8, periods=self.periods, policy=INTEREST_FIRST, method=self.method, every=self.every,
            due_day=self.due_day, day_count=self.day_count, recalculates=False, overdue_bears=False,
        )  # fmt: skip

    def terms(self, **says: Any) -> Terms:
        plain: dict[str, Any] = {
            "method": self.method, "begins_on": self.begins, "disbursed_on": self.begins,
            "matures_on": daycount.months_later(self.begins, self.periods * self.every, self.due_day),
            "first_due_on": daycount.NEVER, "period_months": self.every, "due_day": self.due_day,
            "day_count": self.day_count, "roll": STAY, "moves_interest": False, "splits": False, "fixed_cents": 0,
            "plan_periods": 0, "free_periods": 0, "step_periods": 1, "step": 0, "calendar": NO_MOVES,
        }  # fmt: skip
        return Terms(**(plain | says))

    def instalments(self) -> list[Instalment]:
        lent = Event(Kind.DISBURSE, self.begins, amount_cents=self.cents)
        return owed_of(live(self.life_terms(), [lent], on=self.begins).rows)

    def plan(self, terms: Terms | None = None) -> Plan:
        return plan_of(self.instalments(), terms or self.terms(), [(self.begins, self.rate_e8)], self.cents)


def owed_of(rows: Sequence[Any]) -> list[Instalment]:
    return [(row.due_on, row.owed[PRINCIPAL], row.owed[INTEREST], 0) for row in rows if sum(row.owed) > 0]


def rows_of(plan: Plan) -> list[Instalment]:
    rows = [(row.due_on, row.principal_cents, row.interest_cents, row.fee_cents) for row in plan.rows]
    return sorted((row for row in rows if sum(row[1:]) > 0), key=lambda row: row[0])


def replayed(loan: Loan, events: Sequence[Event]) -> list[Instalment]:
    """What the replay of the loan's life makes of it, everything paid on its day up to each change."""
    begun, rows = [Event(Kind.DISBURSE, loan.begins, amount_cents=loan.cents)], loan.instalments()
    for event in events:
        owed: dict[int, int] = {}
        for day, *cents in rows:
            if day <= event.on - (event.kind == Kind.SHIFT):
                owed[day] = owed.get(day, 0) + sum(cents)
        for earlier in begun:
            if earlier.kind == Kind.PREPAY and earlier.on in owed:
                owed[earlier.on] -= earlier.amount_cents
        paid = [Event(Kind.PAY, day, amount_cents=cents) for day, cents in owed.items() if cents > 0]
        rows = owed_of(live(loan.life_terms(), [begun[0], *paid, *begun[1:], event], on=event.on).rows)
        begun.append(event)
    return rows


def changed(loan: Loan, events: Sequence[Event]) -> tuple[Plan, Sequence[Event]]:
    """Change the plan by one event after the other, until its term is over: the plan, and the events that were."""
    plan, terms = loan.plan(), loan.terms()
    for place, event in enumerate(events):
        if plan.rows[-1].due_on <= event.on:
            return plan, events[:place]
        if event.kind == Kind.PREPAY:
            is_shorter = event.number == SHORTER_TERM
            changes.prepay(plan, terms, event.on, event.amount_cents, is_shorter=is_shorter)
        elif event.kind == Kind.CHANGE_RATE:
            changes.change_rate(plan, terms, event.on, event.rate_e8)
        elif event.kind == Kind.EXTEND:
            changes.extend(plan, terms, event.on, event.number)
        else:
            changes.defer(plan, terms, event.on, event.on, event.until_on)
    return plan, events


@st.composite
def plain_lives(draw: st.DrawFn) -> tuple[Loan, list[Event]]:
    loan = Loan(
        method=draw(st.sampled_from(PLAIN)) if (rate_e8 := draw(st.sampled_from(RATES))) else methods.LEVEL,
        begins=draw(st.integers(number(2023, 1, 1), number(2023, 12, 31)) | st.sampled_from(MONTH_ENDS)),
        periods=draw(st.integers(6, 40)),
        cents=draw(st.integers(1_000_000, 500_000_000)),
        rate_e8=rate_e8,
        day_count=draw(st.sampled_from(DAY_COUNTS)),
        every=draw(st.sampled_from([1, 1, 3])),
    )
    events, due_days = [], [row[0] for row in loan.instalments()]
    kinds = (Kind.PREPAY, Kind.CHANGE_RATE, Kind.EXTEND, Kind.SHIFT)
    for place in sorted(draw(st.sets(st.integers(0, loan.periods - 4), min_size=1, max_size=3))):
        on = due_days[place]
        kind = draw(st.sampled_from(kinds if not events else kinds[:2]))
        if kind == Kind.SHIFT:
            later = daycount.months_later(on, draw(st.integers(1, 4)) * loan.every, loan.due_day)
            events.append(Event(kind, on, until_on=later))
            break
        if kind != Kind.EXTEND:
            on += draw(st.integers(0, 27))
        # Where principal is planned, the replay leaves interest that a prepayment does not cover on that day.
        share = draw(st.integers(1 if loan.method == methods.LEVEL else 5, 20))
        events.append(
            Event(
                kind, on, amount_cents=loan.cents * share // 100, rate_e8=share * 700_001,
                number=draw(st.sampled_from([SHORTER_TERM, SMALLER_INSTALMENT])) if kind == Kind.PREPAY else share,
            )
        )  # fmt: skip
        if kind == Kind.EXTEND:
            break
    return loan, events


@settings(max_examples=300, deadline=None)
@given(plain_lives())
def test_of_plain_loans_it_makes_what_the_replay_of_their_lives_makes(life: tuple[Loan, list[Event]]) -> None:
    loan, events = life
    plan, done = changed(loan, events)
    assert rows_of(plan) == replayed(loan, done)


def test_interest_that_is_capitalised_becomes_what_the_replay_makes_of_it() -> None:
    """The third instalment's interest stays unpaid, its principal is paid; ten days on, the interest is capitalised."""
    for method in PLAIN:
        loan = Loan(method, number(2024, 1, 15), 24, 120_000_00, day_count=daycount.ACT_365)
        rows, principal_alone = loan.instalments(), Policy(((PAST_DUE, PRINCIPAL), (DUE, PRINCIPAL)))
        paid = [Event(Kind.PAY, day, amount_cents=sum(cents)) for day, *cents in rows[:2]]
        if rows[2][1]:
            paid.append(Event(Kind.PAY, rows[2][0], amount_cents=rows[2][1], policy=principal_alone))
        capitalised = Event(Kind.CAPITALISE, rows[2][0] + 10)
        lent = Event(Kind.DISBURSE, loan.begins, amount_cents=loan.cents)
        expected = owed_of(live(loan.life_terms(), [lent, *paid, capitalised], on=capitalised.on).rows)
        plan = loan.plan()
        changes.capitalise(plan, loan.terms(), capitalised.on, rows[2][2])
        assert rows_of(plan) == expected


# Every method --------------------------------------------------------------------------------------------------------

METHODS = (*PLAIN, methods.FLAT, methods.BULLET, methods.STEP_ARITHMETIC, methods.STEP_GEOMETRIC)
FIRST = number(2024, 1, 15)
BEGUN = number(2024, 1, 31)
"""By then every loan that is built is paid out."""


@dataclass(frozen=True)
class Built:
    """A loan of 24 months that the kernel of schedules lays out, with the rates that it was repriced to."""

    method: int
    rates: tuple[tuple[int, int], ...]
    day_count: int = daycount.THIRTY_360
    splits: bool = False
    plan_periods: int = 0
    free_periods: int = 0
    step: int = 0
    is_planned: bool = False
    cents: int = 12_000_000
    begins: int = FIRST

    @property
    def due_day(self) -> int:
        return daycount.civil(self.begins)[2]

    def terms(self) -> Terms:
        loan = Loan(self.method, self.begins, 24, self.cents, day_count=self.day_count)
        return loan.terms(
            splits=self.splits, plan_periods=self.plan_periods, free_periods=self.free_periods, step_periods=6,
            step=self.step, method=PLANNED if self.is_planned else self.method,
        )  # fmt: skip

    def instalments(self, until: int) -> list[Instalment]:
        rates = [rate for rate in self.rates if rate[0] <= until]
        terms = terms_of(
            disbursed_on=np.array([self.begins]), matures_on=daycount.months_after(self.begins, 24), period_months=1,
            due_day=self.due_day,
            lent_cents=self.cents, rate_e8=rates[0][1], method=self.method, day_count=self.day_count,
            splits=self.splits, plan_periods=self.plan_periods, free_periods=self.free_periods, step_periods=6,
            step=self.step,
        )  # fmt: skip
        repriced = RateChanges(
            np.array([0, len(rates)]), np.array([day for day, _ in rates], np.int32),
            np.array([rate_e8 for _, rate_e8 in rates]),
        )  # fmt: skip
        rows = kernel.lay_out(count(terms.disbursed_on, terms, NO_MOVES), terms, repriced, NO_MOVES)
        columns = (rows.due_on, rows.principal_cents, rows.interest_cents)
        return [(*row, 0) for row in zip(*(column.tolist() for column in columns), strict=True)]

    def plan(self, on: int) -> Plan:
        known = [rate for rate in self.rates if rate[0] <= on]
        return plan_of(self.instalments(on), self.terms(), known, self.cents)


@st.composite
def built(draw: st.DrawFn) -> Built:
    method, begins = draw(st.sampled_from(METHODS)), FIRST + draw(st.sampled_from([0, 0, 14, 15, 16]))
    days = list(accumulate(draw(st.lists(st.integers(32, 250), max_size=3)), initial=begins))[1:]
    days = [daycount.months_later(day, 0, 31) if draw(st.booleans()) else day for day in days]
    steps = {methods.STEP_ARITHMETIC: 20_000, methods.STEP_GEOMETRIC: 105_000_000}
    is_level = method == methods.LEVEL
    return Built(
        method=method,
        rates=((begins, draw(st.integers(0, 9_000_000))), *((day, draw(st.integers(0, 9_000_000))) for day in days)),
        day_count=draw(st.sampled_from(DAY_COUNTS)),
        splits=draw(st.booleans()),
        plan_periods=draw(st.sampled_from([0, 0, 120])) if is_level else 0,
        free_periods=0 if method == methods.BULLET else draw(st.sampled_from([0, 0, 5])),
        step=steps.get(method, 0),
        is_planned=method == methods.EQUAL_PRINCIPAL and draw(st.booleans()),
        begins=begins,
    )


@settings(max_examples=300, deadline=None)
@given(built().filter(lambda loan: not loan.is_planned), st.integers(BEGUN, FIRST + 700))
@example(
    Built(
        method=3, rates=((19737, 0), (19769, 50), (19843, 0), (19846, 50)), day_count=0, splits=False, plan_periods=0,
        free_periods=0, step=0, is_planned=False, begins=19737,
    ),
    19753,
)  # fmt: skip
@example(
    Built(
        method=5, rates=((19752, 0), (19874, 6_017_861), (19900, 0)), day_count=2, splits=True, plan_periods=0,
        free_periods=0, step=20_000, is_planned=False, begins=19752,
    ),
    19871,
)  # fmt: skip
@example(
    Built(
        method=0, rates=((19753, 4_746_848), (19759, 0), (19782, 4_746_848)), day_count=3, splits=False,
        plan_periods=120, free_periods=0, step=0, is_planned=False, begins=19753,
    ),
    19759,
)  # fmt: skip
def test_a_rate_that_follows_its_market_later_makes_what_the_kernel_of_schedules_makes(loan: Built, on: int) -> None:
    plan, terms = loan.plan(on), loan.terms()
    if not loan.splits:
        plan.rates = [
            (next((r.ends_on for r in plan.rows if r.starts_on < d < r.ends_on), d), e8) for d, e8 in plan.rates
        ]
    for day, rate_e8 in loan.rates:
        if day > on:
            changes.reprice(plan, terms, day, rate_e8)
    assert rows_of(plan) == [row for row in loan.instalments(loan.begins + 800) if sum(row[1:])]


Change = tuple[str, int, int]
CHANGES = st.tuples(
    st.sampled_from(["shorter", "smaller", "rate", "extend", "defer", "capitalise", "reamortise"]),
    st.integers(BEGUN, FIRST + 700),
    st.integers(1, 24),
)


def change(plan: Plan, terms: Terms, kind: str, day: int, by: int) -> int:
    """Change a plan in one of the ways; return what joined its principal."""
    if kind in ("shorter", "smaller"):
        changes.prepay(plan, terms, day, by * 400_000, is_shorter=kind == "shorter")
    elif kind == "rate":
        changes.change_rate(plan, terms, day, by * 400_000)
    elif kind == "extend":
        changes.extend(plan, terms, day, by)
    elif kind == "defer":
        due_on = plan.rows[plan.first_after(day)].due_on
        changes.defer(plan, terms, day, due_on, due_on + by * 7)
    elif kind == "capitalise":
        changes.capitalise(plan, terms, day, by * 1_001)
        return by * 1_001
    else:
        changes.reamortise(plan, terms, day, by * 1_001, by * 77, by if by % 2 else None)
        return by * 1_001
    return 0


@settings(max_examples=400, deadline=None)
@given(built(), st.lists(CHANGES, min_size=1, max_size=4))
def test_no_change_edits_what_was_due_or_loses_principal(loan: Built, asked: list[Change]) -> None:
    asked.sort(key=lambda each: each[1])
    plan, terms, joined = loan.plan(asked[0][1]), loan.terms(), 0
    for kind, day, by in asked:
        tried = plan.copied()
        try:
            more = change(tried, terms, kind, day, by)
        except EventImpossible:
            continue
        joined += more
        before, after = (Counter(row for row in rows_of(each) if row[0] <= day) for each in (plan, tried))
        assert not before - after, "what was due is edited"
        assert all(due_on == day for due_on, *_ in after - before)
        plan = tried
    assert sum(row.principal_cents for row in plan.rows) == loan.cents + joined
    assert all(min(row.principal_cents, row.interest_cents) >= 0 for row in plan.rows)
    assert [row.ends_on for row in plan.rows] == sorted(row.ends_on for row in plan.rows)
    assert all(before.ends_on == row.starts_on for before, row in pairwise(plan.rows))


@settings(max_examples=200, deadline=None)
@given(built(), st.integers(BEGUN, FIRST + 600), st.integers(1, 24))
def test_interest_moved_into_instalments_is_due_whole_and_bears_none(loan: Built, day: int, by: int) -> None:
    plan, terms = loan.plan(day), loan.terms()
    changes.reamortise(plan, terms, day, 0, 0, None)
    moved = loan.plan(day)
    changes.reamortise(moved, terms, day, 0, by * 77, None)
    changes.prepay(plan, terms, day + 40, 1_000_000, is_shorter=True)
    changes.prepay(moved, terms, day + 40, 1_000_000, is_shorter=True)
    assert sum(row.interest_cents for row in moved.rows) == sum(row.interest_cents for row in plan.rows) + by * 77
    assert [row.principal_cents for row in moved.rows][: len(plan.rows)] == [row.principal_cents for row in plan.rows]


@settings(max_examples=200, deadline=None)
@given(built(), st.integers(0, 24), st.integers(0, 20_000_000))
def test_what_cash_left_moves_between_the_parts_of_amounts_and_not_the_amounts(
    loan: Built, place: int, left_cents: int
) -> None:
    plan = loan.plan(BEGUN)
    place = min(place, len(plan.rows) - 1)
    before = [(row.due_on, row.principal_cents + row.interest_cents) for row in plan.rows]
    principal, fallen = plan.left_cents(0), sum(cents for _, cents in before[:place])
    left_cents = max(left_cents, principal - fallen)
    changes.part_as_run(plan, place, left_cents)
    assert [(row.due_on, row.principal_cents + row.interest_cents) for row in plan.rows[:-1]] == before[:-1]
    assert plan.left_cents(0) == principal
    assert plan.left_cents(place) == min(left_cents, principal)
    assert all(min(row.principal_cents, row.interest_cents) >= 0 for row in plan.rows)
