"""Arrears against an oracle that lives through every day, and the cases a banker would ask about.

The oracle keeps lists of debts and adds one day at a time; the kernel counts stretches between events.
"""

from collections import Counter
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
from postloan.tables.units import COMPONENTS

EPOCH = date(1970, 1, 1)
START = date(2024, 1, 10)
LAW = ("fee", "penalty", "compound", "interest", "principal")
PRINCIPAL_FIRST = ("fee", "principal", "interest", "compound", "penalty")
BUCKETS = (0, 1, 31, 61, 91, 121, 151, 181)

Debt = tuple[date, int, int, int]  # due day, principal, interest, fee


@dataclass(frozen=True)
class Story:
    """A loan and what happened to it: rates of the year in 1e-8, factors in hundredths of the contract rate.

    changes   the contract rate from a day on.
    rolled    days by which each due day rolled, where what is unpaid then counts from the day before it rolled.
    """

    dues: tuple[Debt, ...]
    paid: tuple[tuple[date, int], ...] = ()
    grace: int = 0
    is_retroactive: bool = True
    rate: int = 7_200_000
    changes: tuple[tuple[date, int], ...] = ()
    penalty: int = 150
    compound: int = 0
    compounds_penalty: bool = False
    misuse: int = 0
    rolled: int = 0
    misused_from: date | None = None
    taken_penalty: int = 0
    taken_compound: int = 0
    order: tuple[str, ...] = LAW
    late_order: tuple[str, ...] = LAW
    by_component: bool = False
    settles: tuple[int, int] = (3, 20)
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
    rates = arrays.Rates(
        np.array([0, len(story.changes)]), np.array([_day(day) for day, _ in story.changes], np.int32),
        np.array([rate for _, rate in story.changes], np.int64),
    )  # fmt: skip
    terms = arrays.Terms(
        one(begins, np.int32), one(begins - 1, np.int32), one(story.balance), one(story.taken_penalty),
        one(story.taken_compound), one(0), np.array([False]), one(story.rate), rates, one(ACT_360, np.int32),
        one(story.grace, np.int32), *(one(each * 10**6) for each in (story.penalty, story.compound, story.misuse)),
        one(_day(story.misused_from), np.int32), one(NEVER, np.int32), one(NEVER, np.int32), one(0, np.int32),
    )  # fmt: skip
    dues, paid = sorted(story.dues, key=lambda due: due[0]), sorted(story.paid)
    of_dues = arrays.Dues(
        np.array([0, len(dues)]), np.array([_day(due[0]) for due in dues], np.int32),
        np.array([_day(due[0]) - story.rolled for due in dues], np.int32),
        *(np.array([due[at] for due in dues], np.int64) for at in (1, 2, 3)),
    )  # fmt: skip
    of_paid = arrays.Payments(
        np.array([0, len(paid)]), np.array([_day(day) for day, _ in paid], np.int32),
        np.array([cents for _, cents in paid], np.int64),
    )  # fmt: skip
    state, _, walk = kernel.run(_day(on), rules, terms, of_dues, of_paid, 1)
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
        self.paid = dict.fromkeys(COMPONENTS, 0)
        self.bears: Counter[tuple[str, int]] = Counter()
        self.segments = self.rates_by_day()
        self.capitalised = self.balance_days = 0
        self.is_settled = False

    def rates_by_day(self) -> list[tuple[date, int]]:
        """The contract rate from each day on which it became another."""
        segments = [(date.min, self.story.rate)]
        for day, rate in self.story.changes:
            if day <= self.story.begins:
                segments = [(date.min, rate)]
            elif rate != segments[-1][1]:
                segments.append((day, rate))
        return segments

    def segment(self, day: date) -> int:
        return max(at for at, (since, _) in enumerate(self.segments) if since <= day)

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
        since = due[0] - timedelta(days=self.story.rolled)
        self.open.append({"on": due[0], "from": since, "principal": due[1], "interest": due[2], "fee": due[3]})
        self.ahead -= due[1]

    def morning(self, day: date, *, is_last: bool) -> None:
        every, settles = self.story.settles
        if day > self.story.begins and day.month % every == 0 and day.day == settles and self.story.compound:
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
            owes = sum(debt[name] for debt in self.open for name in ("fee", "interest", "principal"))
            if owes + self.owed("penalty") + self.owed("compound") == 0 and self.waiting >= self.ahead:
                self.is_settled = True
        if is_last and not self.is_settled:
            self.pay(day)

    def night(self, day: date) -> None:
        """The day that ends tonight is borne by what is owed at its close."""
        for debt in self.open:
            free = debt["on"] + timedelta(days=self.story.grace)
            if day < free:
                continue
            counts_back = day == free and (self.story.is_retroactive or self.story.grace == 0)
            borne = day - debt["from"] if counts_back else timedelta(0)
            for ago in range(borne.days + 1):
                self.bear(day - timedelta(days=ago), debt["principal"], debt["interest"])
        now = self.segment(day)
        self.bears["compound", now] += self.capitalised
        self.bears["misuse", now] += self.ahead * self.is_misused(day)
        self.balance_days += self.ahead + sum(debt["principal"] for debt in self.open)

    def bear(self, day: date, principal: int, interest: int) -> None:
        self.bears["heavy" if self.is_misused(day) else "penalty", self.segment(day)] += principal
        self.bears["compound", self.segment(day)] += interest

    def is_misused(self, day: date) -> bool:
        return self.story.misused_from is not None and day >= self.story.misused_from

    def owed(self, name: str) -> int:
        """The sums of a rate are rounded once; the rates on arrears are multiples of the contract's, half up."""
        story, run = self.story, 0
        for (kind, at), product in self.bears.items():
            contract = self.segments[at][1]
            penalty, compound, misuse = (
                half_up(Fraction(contract * factor, 100)) for factor in (story.penalty, story.compound, story.misuse)
            )
            rates = {"penalty": penalty, "heavy": max(penalty, misuse), "misuse": max(0, misuse - contract)}
            if (kind == "compound") == (name == "compound"):
                run += half_up(Fraction(product * (rates | {"compound": compound})[kind], 360 * 10**8))
        return run - self.paid[name] + (story.taken_compound if name == "compound" else story.taken_penalty)

    def pay(self, day: date) -> None:
        oldest = min((self.owed_since(day, debt) for debt in self.open if self.is_past(debt)), default=day)
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

    def is_past(self, debt: dict[str, Any]) -> bool:
        return bool(debt["interest"] + debt["principal"])

    def owed_since(self, day: date, debt: dict[str, Any]) -> date:
        since: date = debt["from"] if day > debt["on"] else debt["on"]
        return since

    def meet(self, name: str, owed: int) -> int:
        part = min(self.waiting, owed)
        self.waiting -= part
        self.paid[name] += part
        return part


AMOUNTS = st.integers(0, 3_000)
DAYS = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
CHANGES = st.lists(
    st.tuples(st.integers(-20, 400), st.sampled_from([7_200_000, 7_200_000, 3_333_333, 9_000_001, 0])),
    max_size=4, unique_by=lambda change: change[0],
).map(lambda drawn: tuple((START + timedelta(days=days), rate) for days, rate in sorted(drawn)))  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> Story:
    dues = draw(
        st.lists(st.tuples(DAYS, AMOUNTS, AMOUNTS, st.sampled_from([0, 0, 7])), max_size=5, unique_by=lambda d: d[0])
    )
    paid = draw(st.lists(st.tuples(DAYS, st.integers(0, 6_000)), max_size=5))
    misused_from = draw(st.none() | DAYS)
    return Story(
        dues=tuple(sorted(dues)),
        paid=tuple(paid),
        changes=draw(CHANGES),
        grace=draw(st.sampled_from([0, 0, 3, 40])),
        rolled=draw(st.sampled_from([0, 0, 2, 9])),
        misused_from=misused_from,
        misuse=200 if misused_from else 0,
        is_retroactive=draw(st.booleans()),
        compound=draw(st.sampled_from([0, 100, 150])),
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
    for name in ("principal", "interest"):
        since = [life.owed_since(on, debt) for debt in life.open if debt[name]]
        assert state[f"oldest_{name}_due_on"] == _day(since[0] if since else None)


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
def test_penalty_and_compound_interest_never_shrink_without_cash(story: Story, on: date) -> None:
    tomorrow = on + timedelta(days=1)
    now, later = run(story, on), run(story, tomorrow)
    if not any(paid_on == tomorrow for paid_on, _ in story.paid) and later["unapplied"] == now["unapplied"]:
        assert later["penalty"] >= now["penalty"]
        assert later["compound"] >= now["compound"]


# What a banker would ask -------------------------------------------------------------------------------------------

DUE = date(2024, 3, 1)
ONE = Story(dues=((DUE, 1_000_000, 36_000, 0),))


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
    story = replace(ONE, compound=150)
    assert run(story, date(2024, 3, 20))["compound"] == half_up(Fraction(36_000 * 19 * 108, 360_000))
    later = Fraction((36_000 * 111 + 205 * 92) * 108, 360_000)
    assert run(story, date(2024, 6, 20))["compound"] == half_up(later)


def test_misused_money_bears_the_misuse_rate_instead_and_overdue_the_heavier() -> None:
    story = replace(ONE, misuse=200, misused_from=date(2024, 2, 1))
    before_due = Fraction(1_000_000 * 29 * (144 - 72), 360_000)
    assert run(story, DUE)["penalty"] == half_up(before_due)
    assert run(story, DUE + timedelta(days=10))["penalty"] == half_up(before_due) + 4_000


@pytest.mark.parametrize(("days", "principal", "interest"), [(90, 64_000, 36_000), (91, 100_000, 0)])
def test_beyond_ninety_days_principal_comes_first_where_the_policy_says_so(
    days: int, principal: int, interest: int
) -> None:
    story = replace(ONE, penalty=0, late_order=PRINCIPAL_FIRST, by_component=True,
                    paid=((DUE + timedelta(days=days), 100_000),))  # fmt: skip
    state = run(story, DUE + timedelta(days=days))
    assert (state["paid_principal"], state["paid_interest"]) == (principal, interest)


def test_a_month_is_marked_by_the_days_past_due_at_its_end() -> None:
    story = replace(ONE, paid=((date(2024, 6, 10), 2_000_000),), penalty=0)
    assert run(story, date(2024, 6, 30))["marks"][-5:] == [0, 1, 2, 4, 0]  # settled in June: the string ends with C


def test_arrears_paid_within_the_month_are_marked_as_such() -> None:
    dues = ((DUE, 1_000, 10, 0), (date(2024, 12, 1), 1_000, 10, 0))
    story = Story(dues=dues, paid=((date(2024, 3, 20), 1_010),), penalty=0)
    assert run(story, date(2024, 4, 30))["marks"][-3:] == [0, arrays.CURED, 0]


# A rate of its own for each day --------------------------------------------------------------------------------------

NEW_YEAR = date(2025, 1, 1)
LATE_DUE = date(2024, 12, 11)
FLOATS = Story(
    dues=((LATE_DUE, 1_000_000, 36_000, 0),), rate=7_200_000, changes=((NEW_YEAR, 6_000_000),), compound=150,
    settles=(3, 20),
)  # fmt: skip


@pytest.mark.parametrize(
    ("on", "penalty", "compound"),
    [
        # 10,000.00 at 7.2 % x 1.5 is 3.00 a day up to 31 December, and at 6.0 % x 1.5 is 2.50 a day from 1 January.
        (date(2024, 12, 31), 20 * 300, 216),
        (NEW_YEAR, 21 * 300, 227),  # the day of 31 December, still at the old rate: 360.00 x 21 x 0.03 % = 2.268
        (date(2025, 1, 2), 21 * 300 + 250, 227 + 9),  # 360.00 x 0.025 % = 0.09
        # 0.97 of compound interest joined its base on 20 December: (360.00 + 0.97) x 30 x 0.025 % = 2.707
        (date(2025, 1, 31), 21 * 300 + 30 * 250, 227 + 271),
    ],
)
def test_an_arrear_over_a_repricing_bears_each_day_at_the_rate_of_that_day(
    on: date, penalty: int, compound: int
) -> None:
    state = run(FLOATS, on)
    assert (state["penalty"], state["compound"]) == (penalty, compound)


def test_grace_that_ends_after_a_repricing_is_counted_back_at_the_rates_of_its_days() -> None:
    """Due 11 December with 30 days of grace: on 10 January it has borne 21 days of 3.00 and 9 of 2.50."""
    story = replace(FLOATS, grace=30, compound=0)
    assert run(story, date(2025, 1, 10))["penalty"] == 0
    assert run(story, date(2025, 1, 11))["penalty"] == 21 * 300 + 10 * 250
    ending = replace(story, is_retroactive=False)
    assert run(ending, date(2025, 1, 11))["penalty"] == 250


def test_misused_money_bears_what_the_misuse_rate_is_above_the_contract_rate_of_the_day() -> None:
    """Until due: 10,000.00 at 7.2 % x 2 - 7.2 % is 2.00 a day; overdue at the heavier, 4.00 and then 3.33."""
    story = replace(FLOATS, misuse=200, misused_from=date(2024, 12, 1), compound=0)
    assert run(story, LATE_DUE)["penalty"] == 10 * 200
    assert run(story, date(2025, 1, 11))["penalty"] == 2_000 + 21 * 400 + half_up(Fraction(10 * 1_000_000 * 12, 36_000))


def test_a_repricing_that_leaves_the_rate_as_it_was_rounds_nothing() -> None:
    """1.00 at 10.8 % is 0.03 cents a day: 0.60 by one new year and 1.20 cents by the next mark, rounded once."""
    story = Story(dues=((LATE_DUE, 100, 0, 0),))
    repriced = replace(story, changes=((date(2024, 12, 31), story.rate),))
    days = [LATE_DUE + timedelta(days=at) for at in range(120)]
    assert [run(repriced, day)["penalty"] for day in days] == [run(story, day)["penalty"] for day in days]
    parted = replace(story, changes=((date(2024, 12, 31), story.rate + 1),))
    assert run(parted, date(2025, 1, 20))["penalty"] == 1 + 1 > run(story, date(2025, 1, 20))["penalty"]


@pytest.mark.parametrize(("days", "since", "cents"), [(0, 0, 0), (1, 10, 11 * 300), (2, 10, 12 * 300)])
def test_what_is_unpaid_after_a_rolled_due_day_may_count_from_the_day_before_it_rolled(
    days: int, since: int, cents: int
) -> None:
    """Due on a holiday's first day and rolled by ten; on the rolled day itself it is not overdue yet."""
    story = replace(ONE, rolled=10)
    state = run(story, DUE + timedelta(days=days))
    assert (state["penalty"], _day(DUE) - state["oldest_principal_due_on"]) == (cents, since)


def test_paid_on_the_rolled_day_it_bore_nothing() -> None:
    state = run(replace(ONE, rolled=10, paid=((DUE, 1_036_000),)), DUE + timedelta(days=30))
    assert (state["penalty"], state["outstanding"], state["unapplied"]) == (0, 0, 0)
