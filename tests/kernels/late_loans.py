"""Late loans for tests, and an oracle that lives one through every day.

The oracle keeps lists of debts and adds one day at a time; the kernel counts stretches between events.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
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
    """A loan and what happened to it: rates of the year in 1e-8, factors in hundredths of the contract rate.

    changes   the contract rate from a day on.
    rolled    days by which each due day rolled, where what is unpaid then counts from the day before it rolled.
    waived    the component and the amount given up at close of a day.
    moved     by day, component and amount, what became principal or moved into instalments: a code of reliefs.BECOMES.
              Interest of one day moves into one instalment to come after the other.
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
    is_daily: bool = False
    misused_from: date | None = None
    taken_penalty: int = 0
    taken_compound: int = 0
    order: tuple[str, ...] = LAW
    late_order: tuple[str, ...] = LAW
    by_component: bool = False
    settles: tuple[int, int] = (3, 20)
    waived: tuple[tuple[date, str, int], ...] = ()
    moved: tuple[tuple[date, str, int, int], ...] = ()
    begins: date = field(default=START)

    @property
    def balance(self) -> int:
        return sum(due[1] for due in self.dues)

    @property
    def reliefs(self) -> list[tuple[date, str, int, int]]:
        """What left the arrears without cash, by day; of one day what was given up comes first."""
        waived = [(*each, WAIVED) for each in self.waived]
        return sorted([*waived, *self.moved], key=lambda relief: relief[0])


def day_number(value: date | None) -> int:
    return NEVER if value is None else (value - EPOCH).days


def run(story: Story, on: date) -> dict[str, Any]:
    def one(value: int, kind: type = np.int64) -> Any:
        return np.array([value], kind)

    begins, order = day_number(story.begins), [story.order, story.order, story.late_order, story.order, story.order]
    numbers = list(range(5)) if story.by_component else None
    groups = [numbers or joined(each) for each in order]
    rules = arrays.Rules(
        np.array([[[COMPONENTS.index(name) for name in each] for each in order]], np.int8),
        np.array([groups], np.int8), 90, np.array(BUCKETS, np.int32), story.is_retroactive, story.compounds_penalty,
        *story.settles,
    )  # fmt: skip
    rates = arrays.Rates(
        np.array([0, len(story.changes)]), np.array([day_number(day) for day, _ in story.changes], np.int32),
        np.array([rate for _, rate in story.changes], np.int64),
    )  # fmt: skip
    terms = arrays.Terms(
        one(begins, np.int32), one(begins - 1, np.int32), one(story.balance), one(story.taken_penalty),
        one(story.taken_compound), one(0), np.array([story.is_daily]), one(story.rate), rates, one(ACT_360, np.int32),
        one(story.grace, np.int32), *(one(each * 10**6) for each in (story.penalty, story.compound, story.misuse)),
        one(day_number(story.misused_from), np.int32), one(NEVER, np.int32), one(NEVER, np.int32), one(0, np.int32),
    )  # fmt: skip
    dues, paid = sorted(story.dues, key=lambda due: due[0]), sorted(story.paid)
    of_dues = arrays.Dues(
        np.array([0, len(dues)]), np.array([day_number(due[0]) for due in dues], np.int32),
        np.array([day_number(due[0]) - story.rolled for due in dues], np.int32),
        *(np.array([due[at] for due in dues], np.int64) for at in (1, 2, 3)),
    )  # fmt: skip
    of_paid = arrays.Payments(
        np.array([0, len(paid)]), np.array([day_number(day) for day, _ in paid], np.int32),
        np.array([cents for _, cents in paid], np.int64),
    )  # fmt: skip
    relieved = story.reliefs
    of_relieved = Reliefs(
        np.array([0, len(relieved)]), np.array([day_number(each[0]) for each in relieved], np.int32),
        np.array([COMPONENTS.index(each[1]) for each in relieved], np.int32),
        np.array([each[2] for each in relieved], np.int64), np.array([each[3] for each in relieved], np.int32),
    )  # fmt: skip
    state, _, walk = kernel.run(day_number(on), rules, terms, of_dues, of_paid, reliefs=of_relieved, walks_all=True)
    spells, lines = walk.spells, int(walk.spells.lines[0])
    assert lines <= spells.loan.size, "there was no room for what was written"
    return {name.removesuffix("_cents"): int(value[0]) for name, value in state._asdict().items()} | {
        "marks": walk.marks[0].tolist(),
        "credit": int(walk.credit_cents[0]),
        "spells": list(zip(spells.from_on[:lines].tolist(), spells.oldest_due_on[:lines].tolist(), strict=True)),
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
        self.bears: Counter[tuple[str, int]] = Counter()
        self.segments = self.rates_by_day()
        self.capitalised = self.balance_days = 0
        self.is_settled = False
        self.oldest: dict[date, date | None] = {}

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
            since = [self.owed_since(day, debt) for debt in self.open if self.is_past(debt)]
            self.oldest[day] = min(since, default=None)
            if day < on and not self.is_settled:
                self.night(day)
            day += timedelta(days=1)

    def fall_due(self, due: Debt) -> None:
        since = due[0] - timedelta(days=self.story.rolled)
        self.open.append({"on": due[0], "from": since, "principal": due[1], "interest": due[2], "fee": due[3]})
        self.ahead -= due[1]

    def capitalise(self, day: date) -> None:
        every, settles = self.story.settles
        if day > self.story.begins and day.month % every == 0 and day.day == settles and self.story.compound:
            self.capitalised = self.owed("compound") + self.owed("penalty") * self.story.compounds_penalty

    def morning(self, day: date, *, is_last: bool) -> None:
        self.capitalise(day)
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
        self.lower_base()

    def lower_base(self) -> None:
        left = self.owed("compound") + self.owed("penalty") * self.story.compounds_penalty
        self.capitalised = min(self.capitalised, left)

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
            borne = contract if story.is_daily else 0
            rates = {"penalty": penalty - borne, "heavy": max(penalty, misuse) - borne, "misuse": misuse - contract}
            rates = {name: max(0, rate) for name, rate in rates.items()}
            if (kind == "compound") == (name == "compound"):
                run += half_up(Fraction(product * (rates | {"compound": compound})[kind], 360 * 10**8))
        taken = story.taken_compound if name == "compound" else story.taken_penalty
        return taken + run - self.paid[name] - self.waived[name]

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
        self.lower_base()

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


DUE = date(2024, 3, 1)
ONE = Story(dues=((DUE, 1_000_000, 36_000, 0),))

AMOUNTS = st.integers(0, 3_000)
DAYS = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
CHANGES = st.lists(
    st.tuples(st.integers(-20, 400), st.sampled_from([7_200_000, 7_200_000, 3_333_333, 9_000_001, 0])),
    max_size=4, unique_by=lambda change: change[0],
).map(lambda drawn: tuple((START + timedelta(days=days), rate) for days, rate in sorted(drawn)))  # fmt: skip

WAIVERS = st.tuples(DAYS, st.sampled_from(["fee", "penalty", "compound", "interest"]), st.integers(1, 900))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    dues = draw(
        st.lists(st.tuples(DAYS, AMOUNTS, AMOUNTS, st.sampled_from([0, 0, 7])), max_size=5, unique_by=lambda d: d[0])
    )
    paid = draw(st.lists(st.tuples(DAYS, st.integers(0, 6_000)), max_size=5))
    misused_from = draw(st.none() | DAYS)
    waived = draw(st.just([]) | st.lists(WAIVERS, max_size=3))
    return Story(
        dues=tuple(sorted(dues)),
        paid=tuple(paid),
        waived=tuple(sorted(waived, key=lambda waiver: waiver[0])),
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
