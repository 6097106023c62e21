"""Arrears against an oracle that lives through every day, and the cases a banker would ask about.

The oracle keeps lists of debts and adds one day at a time; the kernel counts stretches between events.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.kernels import loan_arrays as arrays
from postloan.kernels import state as kernel
from postloan.kernels.daycount import ACT_360, NEVER
from postloan.kernels.reliefs import WAIVED, Reliefs
from postloan.tables.units import COMPONENTS

EPOCH = date(1970, 1, 1)
START = date(2024, 1, 10)
LAW = ("fee", "penalty", "compound", "interest", "principal")
PRINCIPAL_FIRST = ("fee", "principal", "interest", "compound", "penalty")
BUCKETS = (0, 1, 31, 61, 91, 121, 151, 181)

Debt = tuple[date, int, int, int]  # due day, principal, interest, fee


@dataclass(frozen=True)
class Story:
    """A loan whose rates are those of the year, in 1e-8, and what happened to it."""

    dues: tuple[Debt, ...]
    paid: tuple[tuple[date, int], ...] = ()
    grace: int = 0
    is_retroactive: bool = True
    rate: int = 7_200_000
    penalty_rate: int = 10_800_000
    compound_rate: int = 0
    compounds_penalty: bool = False
    misuse_rate: int = 0
    misused_from: date | None = None
    taken_penalty: int = 0
    taken_compound: int = 0
    order: tuple[str, ...] = LAW
    late_order: tuple[str, ...] = LAW
    by_component: bool = False
    settles: tuple[int, int] = (3, 20)
    waived: tuple[tuple[date, str, int], ...] = ()
    begins: date = field(default=START)

    @property
    def balance(self) -> int:
        return sum(due[1] for due in self.dues)


def _day(value: date | None) -> int:
    return NEVER if value is None else (value - EPOCH).days


def run(story: Story, on: date) -> dict[str, Any]:
    def one(value: int, kind: type = np.int64) -> Any:
        return np.array([value], kind)

    begins, order = _day(story.begins), [story.order, story.order, story.late_order, story.order, story.order]
    numbers = list(range(5)) if story.by_component else None
    groups = [numbers or joined(each) for each in order]
    rules = arrays.Rules(
        np.array([[[COMPONENTS.index(name) for name in each] for each in order]], np.int8),
        np.array([groups], np.int8), 90, np.array(BUCKETS, np.int32), story.is_retroactive, story.compounds_penalty,
        *story.settles,
    )  # fmt: skip
    terms = arrays.Terms(
        one(begins, np.int32), one(begins - 1, np.int32), one(story.balance), one(story.taken_penalty),
        one(story.taken_compound), one(0), np.array([False]), one(story.rate), one(ACT_360, np.int32),
        one(story.grace, np.int32), one(story.penalty_rate), one(story.compound_rate), one(story.misuse_rate),
        one(_day(story.misused_from), np.int32), one(NEVER, np.int32), one(NEVER, np.int32), one(0, np.int32),
    )  # fmt: skip
    dues, paid = sorted(story.dues, key=lambda due: due[0]), sorted(story.paid)
    of_dues = arrays.Dues(
        np.array([0, len(dues)]), np.array([_day(due[0]) for due in dues], np.int32),
        *(np.array([due[at] for due in dues], np.int64) for at in (1, 2, 3)),
    )  # fmt: skip
    of_paid = arrays.Payments(
        np.array([0, len(paid)]), np.array([_day(day) for day, _ in paid], np.int32),
        np.array([cents for _, cents in paid], np.int64),
    )  # fmt: skip
    waived = sorted(story.waived, key=lambda waiver: waiver[0])
    of_waived = Reliefs(
        np.array([0, len(waived)]), np.array([_day(day) for day, _, _ in waived], np.int32),
        np.array([COMPONENTS.index(name) for _, name, _ in waived], np.int32),
        np.array([cents for _, _, cents in waived], np.int64), np.full(len(waived), WAIVED, np.int32),
    )  # fmt: skip
    state, _, walk = kernel.run(_day(on), rules, terms, of_dues, of_paid, 1, of_waived)
    return {name.removesuffix("_cents"): int(value[0]) for name, value in state._asdict().items()} | {
        "marks": walk.marks[0].tolist()
    }


def joined(order: tuple[str, ...]) -> list[int]:
    numbers = [0]
    for before, name in pairwise(order):
        together = {before, name} <= {"fee", "interest", "principal"}
        numbers.append(numbers[-1] + (not together))
    return numbers


def half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)) // 1)


class Life:
    """The oracle: a loan lived through day by day."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.open: list[dict[str, Any]] = []
        self.ahead, self.waiting, self.received = story.balance, 0, 0
        self.paid, self.waived = dict.fromkeys(COMPONENTS, 0), dict.fromkeys(COMPONENTS, 0)
        self.bears = dict.fromkeys(("penalty", "heavy", "misuse", "compound"), 0)
        self.capitalised = self.balance_days = 0
        self.is_settled = False

    def live(self, on: date) -> None:
        day = self.story.begins
        for due in self.story.dues:
            if due[0] < day:
                self.fall_due(due)
        while day <= on:
            self.morning(day, is_last=day == on)
            if day < on and not self.is_settled:
                self.night(day)
            day += timedelta(days=1)

    def fall_due(self, due: Debt) -> None:
        self.open.append({"on": due[0], "principal": due[1], "interest": due[2], "fee": due[3]})
        self.ahead -= due[1]

    def morning(self, day: date, *, is_last: bool) -> None:
        every, settles = self.story.settles
        if day > self.story.begins and day.month % every == 0 and day.day == settles and self.story.compound_rate:
            self.capitalised = self.owed("compound") + self.owed("penalty") * self.story.compounds_penalty
        if not self.is_settled:
            falling = [due for due in sorted(self.story.dues) if due[0] == day]
            for due in falling:
                self.fall_due(due)
            if falling:
                self.pay(day)
        cash = sum(cents for paid_on, cents in self.story.paid if paid_on == day)
        self.waiting += cash
        self.received += cash
        if not self.is_settled and any(paid_on == day for paid_on, _ in self.story.paid):
            self.pay(day)
            self.settle()
        for waiver in self.story.waived:
            if waiver[0] == day and not self.is_settled:
                self.pay(day)
                self.waive(*waiver[1:])
                self.settle()
        if is_last and not self.is_settled:
            self.pay(day)

    def settle(self) -> None:
        owes = sum(debt[name] for debt in self.open for name in ("fee", "interest", "principal"))
        if owes + self.owed("penalty") + self.owed("compound") == 0 and self.waiting >= self.ahead:
            self.is_settled = True

    def waive(self, name: str, cents: int) -> None:
        """Give up what is owed, the oldest first, and no more than that."""
        if name in ("penalty", "compound"):
            self.waived[name] += min(cents, self.owed(name))
        else:
            for debt in self.open:
                part = min(cents, debt[name])
                debt[name] -= part
                cents -= part
                self.waived[name] += part
        left = self.owed("compound") + self.owed("penalty") * self.story.compounds_penalty
        self.capitalised = min(self.capitalised, left)

    def night(self, day: date) -> None:
        """The day that ends tonight is borne by what is owed at its close."""
        tomorrow = day + timedelta(days=1)
        is_misused = self.story.misused_from is not None and day >= self.story.misused_from
        for debt in self.open:
            free = debt["on"] + timedelta(days=self.story.grace)
            if tomorrow <= free:
                continue
            counts_back = self.story.is_retroactive and self.story.grace and day == free
            days = 1 + (self.story.grace if counts_back else 0)
            heavy = 1 if is_misused else 0
            self.bears["penalty"] += debt["principal"] * (days - heavy)
            self.bears["heavy"] += debt["principal"] * heavy
            self.bears["compound"] += debt["interest"] * days
        self.bears["compound"] += self.capitalised
        self.bears["misuse"] += self.ahead * is_misused
        self.balance_days += self.ahead + sum(debt["principal"] for debt in self.open)

    def owed(self, name: str) -> int:
        story = self.story
        year = 360 * 10**8
        if name == "compound":
            run = half_up(Fraction(self.bears["compound"] * story.compound_rate, year))
            return story.taken_compound + run - self.paid["compound"] - self.waived["compound"]
        run = half_up(Fraction(self.bears["penalty"] * story.penalty_rate, year))
        run += half_up(Fraction(self.bears["heavy"] * max(story.penalty_rate, story.misuse_rate), year))
        run += half_up(Fraction(self.bears["misuse"] * max(0, story.misuse_rate - story.rate), year))
        return story.taken_penalty + run - self.paid["penalty"] - self.waived["penalty"]

    def pay(self, day: date) -> None:
        oldest = min((debt["on"] for debt in self.open if debt["interest"] + debt["principal"]), default=day)
        order = self.story.late_order if (day - oldest).days > 90 else self.story.order
        numbers = list(range(5)) if self.story.by_component else joined(order)
        for number in sorted(set(numbers)):
            group = [name for name, of in zip(order, numbers, strict=True) if of == number]
            if group[0] in ("penalty", "compound"):
                self.meet(group[0], self.owed(group[0]))
                continue
            for debt in self.open:
                for name in group:
                    debt[name] -= self.meet(name, debt[name])
        left = self.owed("compound") + self.owed("penalty") * self.story.compounds_penalty
        self.capitalised = min(self.capitalised, left)

    def meet(self, name: str, owed: int) -> int:
        part = min(self.waiting, owed)
        self.waiting -= part
        self.paid[name] += part
        return part


AMOUNTS = st.integers(0, 3_000)
DAYS = st.integers(0, 400).map(lambda days: START + timedelta(days=days))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    dues = draw(
        st.lists(st.tuples(DAYS, AMOUNTS, AMOUNTS, st.sampled_from([0, 0, 7])), max_size=5, unique_by=lambda d: d[0])
    )
    paid = draw(st.lists(st.tuples(DAYS, st.integers(0, 6_000)), max_size=5))
    misused_from = draw(st.none() | DAYS)
    components = st.sampled_from(["fee", "penalty", "compound", "interest"])
    waived = draw(st.just([]) | st.lists(st.tuples(DAYS, components, st.integers(1, 900)), max_size=3))
    return Story(
        dues=tuple(sorted(dues)),
        paid=tuple(paid),
        waived=tuple(sorted(waived, key=lambda waiver: waiver[0])),
        grace=0 if misused_from else draw(st.sampled_from([0, 0, 3, 40])),
        misused_from=misused_from,
        misuse_rate=14_400_000 if misused_from else 0,
        is_retroactive=draw(st.booleans()),
        compound_rate=draw(st.sampled_from([0, 7_200_000, 10_800_000])),
        compounds_penalty=draw(st.booleans()),
        taken_penalty=draw(st.sampled_from([0, 0, 50])),
        taken_compound=draw(st.sampled_from([0, 0, 30])),
        order=draw(st.permutations(LAW).map(tuple) | st.just(LAW)),
        late_order=draw(st.sampled_from([LAW, PRINCIPAL_FIRST])),
        by_component=draw(st.booleans()),
        settles=draw(st.sampled_from([(3, 20), (1, 20)])),
    )


@settings(max_examples=400, deadline=None)
@given(stories(), DAYS)
def test_it_agrees_with_a_life_lived_day_by_day(story: Story, on: date) -> None:
    life, state = Life(story), run(story, on)
    life.live(on)
    if life.is_settled:
        assert state["outstanding"] == state["penalty"] == state["compound"] == 0
        assert state["received"] == life.received
        return
    assert {name: state[f"paid_{name}"] for name in COMPONENTS} == life.paid
    assert (state["penalty"], state["compound"]) == (life.owed("penalty"), life.owed("compound"))
    for name in ("principal", "interest", "fee"):
        assert state[f"overdue_{name}"] == sum(debt[name] for debt in life.open)
    assert state["outstanding"] == life.ahead + state["overdue_principal"]
    assert (state["unapplied"], state["received"]) == (life.waiting, life.received)
    assert state["balance_days"] == life.balance_days
    assert state["waived"] == sum(life.waived.values())


@settings(max_examples=200, deadline=None)
@given(stories(), DAYS)
def test_what_comes_in_is_paid_to_something_or_waits(story: Story, on: date) -> None:
    state = run(story, on)
    paid = sum(state[f"paid_{name}"] for name in COMPONENTS)
    assert state["received"] == paid + state["unapplied"]
    assert story.balance == state["outstanding"] + state["paid_principal"]
    assert min(value for name, value in state.items() if name != "marks") >= 0


@settings(max_examples=200, deadline=None)
@given(stories(), DAYS)
def test_penalty_and_compound_interest_never_shrink_without_cash_or_waiver(story: Story, on: date) -> None:
    tomorrow = on + timedelta(days=1)
    now, later = run(story, on), run(story, tomorrow)
    if not any(day == tomorrow for day, *_ in (*story.paid, *story.waived)) and later["unapplied"] == now["unapplied"]:
        assert later["penalty"] >= now["penalty"]
        assert later["compound"] >= now["compound"]


# What a banker would ask -------------------------------------------------------------------------------------------

DUE = date(2024, 3, 1)
ONE = Story(dues=((DUE, 1_000_000, 36_000, 0),), penalty_rate=10_800_000)


@pytest.mark.parametrize(("day", "cents"), [(0, 0), (1, 300), (2, 600), (30, 9_000), (31, 9_300)])
def test_penalty_runs_from_the_due_day_on_the_principal_overdue(day: int, cents: int) -> None:
    """10,000.00 at 10.8 % a year is 3.00 a day."""
    assert run(ONE, DUE + timedelta(days=day))["penalty"] == cents


@pytest.mark.parametrize(
    ("is_retroactive", "day", "cents"),
    [(True, 5, 0), (True, 6, 1_800), (False, 5, 0), (False, 6, 300), (True, 7, 2_100), (False, 7, 600)],
)
def test_beyond_the_grace_penalty_is_counted_back_or_begins(is_retroactive: bool, day: int, cents: int) -> None:
    story = replace(ONE, grace=5, is_retroactive=is_retroactive)
    assert run(story, DUE + timedelta(days=day))["penalty"] == cents


def test_what_is_paid_within_the_grace_bears_nothing() -> None:
    """The half paid on day 5 is excused; the other half bears all six days."""
    story = replace(ONE, grace=5, paid=((DUE + timedelta(days=5), 36_000 + 500_000),))
    assert run(story, DUE + timedelta(days=6))["penalty"] == 6 * 150


def test_compound_interest_joins_its_base_on_settlement_days_only() -> None:
    """360.00 of interest at 10.8 % is 0.108 a day: 2.05 by 20 March, which then bears interest itself."""
    story = replace(ONE, compound_rate=10_800_000)
    assert run(story, date(2024, 3, 20))["compound"] == half_up(Fraction(36_000 * 19 * 108, 360_000))
    later = Fraction((36_000 * 111 + 205 * 92) * 108, 360_000)
    assert run(story, date(2024, 6, 20))["compound"] == half_up(later)


def test_misused_money_bears_the_misuse_rate_instead_and_overdue_the_heavier() -> None:
    story = replace(ONE, misuse_rate=14_400_000, misused_from=date(2024, 2, 1))
    before_due = Fraction(1_000_000 * 29 * (144 - 72), 360_000)
    assert run(story, DUE)["penalty"] == half_up(before_due)
    assert run(story, DUE + timedelta(days=10))["penalty"] == half_up(before_due) + 4_000


@pytest.mark.parametrize(("days", "principal", "interest"), [(90, 64_000, 36_000), (91, 100_000, 0)])
def test_beyond_ninety_days_principal_comes_first_where_the_policy_says_so(
    days: int, principal: int, interest: int
) -> None:
    story = replace(ONE, penalty_rate=0, late_order=PRINCIPAL_FIRST, by_component=True,
                    paid=((DUE + timedelta(days=days), 100_000),))  # fmt: skip
    state = run(story, DUE + timedelta(days=days))
    assert (state["paid_principal"], state["paid_interest"]) == (principal, interest)


def test_a_month_is_marked_by_the_days_past_due_at_its_end() -> None:
    story = replace(ONE, paid=((date(2024, 6, 10), 2_000_000),), penalty_rate=0)
    assert run(story, date(2024, 6, 30))["marks"][-5:] == [0, 1, 2, 4, 0]  # settled in June: the string ends with C


def test_arrears_paid_within_the_month_are_marked_as_such() -> None:
    dues = ((DUE, 1_000, 10, 0), (date(2024, 12, 1), 1_000, 10, 0))
    story = Story(dues=dues, paid=((date(2024, 3, 20), 1_010),), penalty_rate=0)
    assert run(story, date(2024, 4, 30))["marks"][-3:] == [0, arrays.CURED, 0]


def test_a_waiver_takes_the_oldest_interest_and_no_more_than_is_owed_at_close_of_its_day() -> None:
    """Interest of 360.00 fell due, 100.00 was paid the day of the waiver; 260.00 is left to give up."""
    later = DUE + timedelta(days=10)
    story = replace(ONE, penalty_rate=0, paid=((later, 10_000),), waived=((later, "interest", 99_999),))
    before, after = run(replace(story, waived=()), later), run(story, later)
    assert (before["overdue_interest"], after["overdue_interest"], after["waived"]) == (26_000, 0, 26_000)
    assert (after["overdue_principal"], after["outstanding"]) == (1_000_000, 1_000_000)
    assert (before["oldest_interest_due_on"], after["oldest_interest_due_on"]) == (_day(DUE), NEVER)


def test_a_waiver_of_penalty_lets_the_next_days_run() -> None:
    """3.00 a day: of 90.00 after thirty days 50.00 is given up, and 3.00 more is owed the day after."""
    day = DUE + timedelta(days=30)
    story = replace(ONE, waived=((day, "penalty", 5_000),))
    assert [run(story, day + timedelta(days=more))["penalty"] for more in (-1, 0, 1)] == [8_700, 4_000, 4_300]


def test_what_a_waiver_leaves_of_nothing_settles_the_loan() -> None:
    """All but the penalty was paid; given up, the loan is paid off that day."""
    day = DUE + timedelta(days=30)
    story = replace(ONE, paid=((day, 1_036_000),), order=PRINCIPAL_FIRST, by_component=True)
    assert run(story, day + timedelta(days=5))["settled_on"] == NEVER
    given_up = replace(story, waived=((day + timedelta(days=3), "penalty", 9_000),))
    assert run(given_up, day + timedelta(days=5))["settled_on"] == _day(day + timedelta(days=3))
