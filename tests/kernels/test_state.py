"""The state of a loan against a slow oracle written from the sentences of the module, and what must hold of any state.

The oracle works on one loan at a time, with dictionaries, fractions and dates; the kernel walks arrays of many.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.kernels import loan_arrays as arrays
from postloan.kernels import state as kernel
from postloan.kernels.daycount import CODES, NEVER

EPOCH = date(1970, 1, 1)
START = date(2024, 1, 10)
ORDER = ("fee", "interest", "principal")
COMPONENT = {"fee": arrays.FEE, "interest": arrays.INTEREST, "principal": arrays.PRINCIPAL}

Debt = tuple[date, int, int, int]  # due day, principal, interest, fee
State = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """What happened to a loan: how it began, what fell due, what was paid."""

    balance: int
    dues: tuple[Debt, ...]
    paid: tuple[tuple[date, int], ...] = ()
    begins: date = START
    is_taken_on: bool = False
    penalty: int = 0
    accrued: int = 0
    is_daily: bool = False
    rate_e8: int = 0
    count: str = "ACT/365"
    order: tuple[str, ...] = field(default=ORDER)

    def cash_by_day(self, on: date) -> dict[date, int]:
        """Cash that counts: a take-on's balance has that of its own day in it already."""
        by_day: dict[date, int] = defaultdict(int)
        for day, cents in self.paid:
            if day <= on and (day > self.begins or (day == self.begins and not self.is_taken_on)):
                by_day[day] += cents
        return dict(sorted(by_day.items()))


def run(stories: list[Story], on: date, *, walks_all: bool = False) -> list[State]:
    """What the kernel says of the loans at close of the day."""

    def days(values: list[date]) -> np.ndarray:
        return np.array([(value - EPOCH).days for value in values], np.int32)

    def cents(values: list[int]) -> np.ndarray:
        return np.array(values, np.int64)

    def rows(counts: list[int]) -> np.ndarray:
        ends = list(itertools.accumulate(counts, initial=0))
        return cents([edge for pair in itertools.pairwise(ends) for edge in pair])

    dues = [due for story in stories for due in sorted(story.dues, key=lambda due: due[0])]
    paid = [payment for story in stories for payment in sorted(story.paid, key=lambda payment: payment[0])]
    terms = arrays.Terms(
        begins_on=days([story.begins for story in stories]),
        counts_after=days([story.begins - timedelta(days=not story.is_taken_on) for story in stories]),
        balance_cents=cents([story.balance for story in stories]),
        penalty_cents=cents([story.penalty for story in stories]),
        accrued_cents=cents([story.accrued for story in stories]),
        is_daily=np.array([story.is_daily for story in stories]),
        rate_e8=cents([story.rate_e8 for story in stories]),
        rates=arrays.Rates(rows([0 for _ in stories]), days([]), cents([])),
        day_count=np.array([CODES[story.count] for story in stories], np.int32),
        compound_cents=cents([0 for _ in stories]),
        grace_days=np.zeros(len(stories), np.int32),
        penalty_factor_e8=cents([0 for _ in stories]),
        compound_factor_e8=cents([0 for _ in stories]),
        misuse_factor_e8=cents([0 for _ in stories]),
        misused_from=np.full(len(stories), NEVER, np.int32),
        accelerated_from=np.full(len(stories), NEVER, np.int32),
        written_off_from=np.full(len(stories), NEVER, np.int32),
        policy=np.zeros(len(stories), np.int32),
    )
    dues_of = arrays.Dues(
        rows([len(story.dues) for story in stories]), days([due[0] for due in dues]), days([due[0] for due in dues]),
        cents([due[1] for due in dues]), cents([due[2] for due in dues]), cents([due[3] for due in dues]),
    )  # fmt: skip
    payments = arrays.Payments(
        rows([len(story.paid) for story in stories]), days([day for day, _ in paid]), cents([sum_ for _, sum_ in paid])
    )
    # Reliefs have tests of their own.
    untold = {"balance_days", "waived_cents", "capitalised_cents", "reamortised_cents"}
    compared = set(arrays.State._fields) - untold
    order = [arrays.PENALTY, arrays.COMPOUND, *(COMPONENT[name] for name in stories[0].order)]
    rules = arrays.Rules(
        components=np.array([[order] * 5], np.int8), groups=np.array([[[0, 1, 2, 2, 2]] * 5], np.int8),
        long_overdue_over_days=90, bucket_from_days=np.array([0, 1, 31], np.int32), grace_is_retroactive=True,
        compounds_penalty=False, settles_every_months=3, settles_on_day=20,
    )  # fmt: skip
    state = kernel.run((on - EPOCH).days, rules, terms, dues_of, payments, walks_all=walks_all)[0]._asdict()
    return [
        {
            name.removesuffix("_cents"): named(name, int(values[at]))
            for name, values in state.items()
            if name in compared
        }
        for at in range(len(stories))
    ]


def named(name: str, value: int) -> int | date | None:
    if not name.endswith("_on"):
        return value
    return None if value == NEVER else EPOCH + timedelta(days=value)


def half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)) // 1)


def part_of_year(since: date, until: date, count: str) -> Fraction:
    days = (until - since).days
    if count == "ACT/ACT":
        by_year = (since + timedelta(days=at) for at in range(days))
        return sum((Fraction(1, 366 if day.year % 4 == 0 else 365) for day in by_year), Fraction(0))
    return Fraction(days, {"ACT/365": 365, "ACT/360": 360}[count])


def oracle(story: Story, on: date) -> State:
    cash = story.cash_by_day(on)
    state: State = dict.fromkeys(
        (
            "outstanding",
            "overdue_principal",
            "overdue_interest",
            "overdue_fee",
            "penalty",
            "accrued_interest",
            "compound",
            "paid_compound",
        ),
        0,
    ) | dict.fromkeys(("oldest_principal_due_on", "oldest_interest_due_on", "next_due_on", "settled_on"))
    state |= {f"paid_{name}": 0 for name in (*ORDER, "penalty")} | {"unapplied": 0}
    state |= {"received": sum(cash.values()), "last_paid_on": max(cash, default=None)}
    state["paid_penalty"] = min(story.penalty, state["received"])
    state["penalty"] = story.penalty - state["paid_penalty"]
    dues = sorted(story.dues, key=lambda due: due[0])
    (daily if story.is_daily else scheduled)(story, on, cash, dues, state)
    return state


def scheduled(story: Story, on: date, cash: dict[date, int], dues: list[Debt], state: State) -> None:
    """Cash pays what has fallen due, oldest instalment first, and waits where nothing is due."""
    for day in cash:
        so_far = sum(cents for paid_on, cents in cash.items() if paid_on <= day)
        fallen = sum(principal + interest + fee for due, principal, interest, fee in dues if due <= day)
        ahead = story.balance - sum(principal for due, principal, _, _ in dues if due <= day)
        if so_far >= story.penalty + fallen + ahead:
            state["settled_on"] = day
            break
    until = state["settled_on"] or on
    left = sum(cents for day, cents in cash.items() if day <= until) - state["paid_penalty"]
    later = sum(cents for day, cents in cash.items() if day > until)
    for due, principal, interest, fee in dues:
        if due > until:
            continue
        debt = {"fee": fee, "interest": interest, "principal": principal}
        for name in story.order:
            part = min(left, debt[name])
            left -= part
            state[f"paid_{name}"] += part
            unpaid = debt[name] - part
            state[f"overdue_{name}"] += unpaid
            if unpaid and name != "fee":
                state[f"oldest_{name}_due_on"] = state[f"oldest_{name}_due_on"] or due
    ahead_of = [due for due in dues if due[0] > until]
    accrued = 0
    if ahead_of:
        due, _, interest, _ = ahead_of[0]
        begun = [day for day, *_ in dues if story.begins < day <= until]
        since, before = (max(begun), 0) if begun else (story.begins, min(story.accrued, interest))
        accrued = before + half_up((interest - before) * Fraction((until - since).days, (due - since).days))
    if state["settled_on"]:
        left -= story.balance - state["paid_principal"]
        state["paid_principal"] = story.balance
        state["paid_interest"] += min(left, accrued)
        state["unapplied"] = left - min(left, accrued) + later
        return
    state["outstanding"] = story.balance - state["paid_principal"]
    state["unapplied"], state["accrued_interest"] = left, accrued
    state["next_due_on"] = ahead_of[0][0] if ahead_of else None


def daily(story: Story, on: date, cash: dict[date, int], dues: list[Debt], state: State) -> None:
    """Cash pays the fees fallen due, then the interest run up so far, and the rest lowers the balance.

    An instalment is an amount: the interest run by its due day, and for the rest principal.
    """
    arrears = [due for due in dues if due[0] <= story.begins]
    owed = {"penalty": story.penalty, "fee": 0, "principal": story.balance}
    owed["interest"] = story.accrued + sum(interest for _, _, interest, _ in arrears)
    since, charged, due_interest = story.begins, 0, owed["interest"] if arrears else 0
    fallen_due = [due for due in dues if due[0] <= on]
    later_days = {due[0] for due in fallen_due} - {due[0] for due in arrears}
    for day in sorted({*cash, *later_days, on}):
        run = half_up(owed["principal"] * Fraction(story.rate_e8, 10**8) * part_of_year(since, day, story.count))
        if day in later_days and not state["settled_on"]:
            due_interest = owed["interest"] + run
        if day not in cash and day != on:
            continue
        if not state["settled_on"]:
            fallen = sum(fee for due, _, _, fee in dues if due <= day)
            owed["fee"] += fallen - charged
            charged = fallen
        owed["interest"] += run
        since, left = day, cash.get(day, 0)
        for name in ("penalty", "fee", "interest", "principal"):
            part = min(left, owed[name])
            owed[name] -= part
            left -= part
            state[f"paid_{name}"] += part if name != "penalty" else 0
            due_interest -= min(due_interest, part) if name == "interest" else 0
        state["unapplied"] += left
        if day in cash and not any(owed.values()):
            state["settled_on"] = state["settled_on"] or day
    state["outstanding"], state["overdue_fee"] = owed["principal"], owed["fee"]
    state["accrued_interest"] = owed["interest"]
    if state["settled_on"]:
        return
    state["next_due_on"] = min((due for due, *_ in dues if due > on), default=None)
    matched = state["paid_interest"] + state["paid_principal"]
    rest = {"interest": due_interest, "principal": owed["principal"]}
    if state["next_due_on"] is None:
        # After the last due day all that is left is due.
        rest["interest"] = owed["interest"]
    for at, (due, principal, interest, _) in enumerate(fallen_due, start=1):
        unpaid = max(0, principal + interest - matched)
        matched = max(0, matched - principal - interest)
        takes_all = state["next_due_on"] is None and at == len(fallen_due)
        for name in ("interest", "principal"):
            part = rest[name] if takes_all else min(unpaid, rest[name])
            unpaid -= part
            rest[name] -= part
            state[f"overdue_{name}"] += part
            if part:
                state[f"oldest_{name}_due_on"] = state[f"oldest_{name}_due_on"] or due
    state["accrued_interest"] -= state["overdue_interest"]


@st.composite
def stories(draw: st.DrawFn, *, is_daily: bool | None = None) -> Story:
    is_taken_on = draw(st.booleans())
    steps = draw(st.lists(st.integers(1, 40), min_size=1, max_size=6))
    days = [START + timedelta(days=at) for at in itertools.accumulate(steps)]
    cents = st.integers(0, 500)
    dues = [(day, draw(cents), draw(cents), draw(st.sampled_from([0, 0, 7]))) for day in days]
    if is_taken_on:
        arrears = draw(st.lists(st.tuples(st.integers(0, 200), cents, cents, st.integers(0, 9)), max_size=2))
        dues += [(START - timedelta(days=ago), *amounts) for ago, *amounts in arrears]
    on_days = st.sampled_from([*days, START]) | st.integers(-3, 250).map(lambda at: START + timedelta(days=at))
    amounts = st.integers(0, 1_200) | st.sampled_from([sum(due[1:]) for due in dues])
    return Story(
        balance=sum(due[1] for due in dues) + draw(st.sampled_from([0, 0, 0, 300])),
        dues=tuple(dues),
        paid=tuple(draw(st.lists(st.tuples(on_days, amounts), max_size=7))),
        is_taken_on=is_taken_on,
        penalty=draw(st.sampled_from([0, 0, 60])) if is_taken_on else 0,
        accrued=draw(st.integers(0, 80)) if is_taken_on else 0,
        is_daily=draw(st.booleans()) if is_daily is None else is_daily,
        rate_e8=draw(st.sampled_from([0, 6_000_000, 100_000_000])),
        count=draw(st.sampled_from(["ACT/365", "ACT/360", "ACT/ACT"])),
    )


DAYS = st.integers(0, 300).map(lambda at: START + timedelta(days=at))


@settings(max_examples=400)
@given(stories(), DAYS)
def test_a_loan_walked_day_by_day_ends_where_one_summed_up_does(story: Story, on: date) -> None:
    assert run([story], on, walks_all=True) == run([story], on)


@settings(max_examples=800)
@given(stories(), DAYS)
def test_it_agrees_with_the_sentences_it_encodes(story: Story, on: date) -> None:
    assert run([story], on) == [oracle(story, on)]


@settings(max_examples=150)
@given(stories(is_daily=False), DAYS, st.permutations(ORDER))
def test_it_keeps_to_any_order_within_an_instalment(story: Story, on: date, order: list[str]) -> None:
    reordered = replace(story, order=tuple(order))
    assert run([reordered], on) == [oracle(reordered, on)]


@settings(max_examples=150)
@given(stories(), DAYS)
def test_no_cent_is_lost(story: Story, on: date) -> None:
    (state,) = run([story], on)
    paid = sum(state[f"paid_{name}"] for name in (*ORDER, "penalty"))
    assert state["received"] == sum(story.cash_by_day(on).values()) == paid + state["unapplied"]
    assert state["outstanding"] + state["paid_principal"] == story.balance
    assert state["penalty"] + state["paid_penalty"] == story.penalty
    assert all(value >= 0 for value in state.values() if isinstance(value, int))
    assert state["overdue_principal"] <= state["outstanding"]
    assert (state["oldest_principal_due_on"] is None) == (state["overdue_principal"] == 0)
    assert (state["oldest_interest_due_on"] is None) == (state["overdue_interest"] == 0)


def days_past_due(state: State, on: date) -> int:
    oldest = [state[f"oldest_{name}_due_on"] for name in ("principal", "interest")]
    return max(((on - day).days for day in oldest if day), default=0)


@settings(max_examples=250)
@given(stories(), DAYS)
def test_one_more_day_without_a_payment_never_lowers_the_days_past_due(story: Story, on: date) -> None:
    tomorrow = on + timedelta(days=1)
    if tomorrow in dict(story.paid):
        return
    now, later = run([story], on)[0], run([story], tomorrow)[0]
    assert days_past_due(later, tomorrow) >= days_past_due(now, on)
    assert later["outstanding"] == now["outstanding"] or story.dues


def owed(state: State) -> int:
    names = ("outstanding", "overdue_interest", "overdue_fee", "penalty", "accrued_interest")
    return sum(state[name] for name in names) - state["unapplied"]


@settings(max_examples=250)
@given(stories(), DAYS, st.integers(0, 6), st.integers(1, 50))
def test_paying_more_never_raises_what_is_owed(story: Story, on: date, at: int, more: int) -> None:
    if not story.paid:
        return
    at %= len(story.paid)
    paid = [(day, cents + more * (index == at)) for index, (day, cents) in enumerate(story.paid)]
    now, then = run([story], on)[0], run([replace(story, paid=tuple(paid))], on)[0]
    assert owed(then) <= owed(now)
    assert days_past_due(then, on) <= days_past_due(now, on)


@settings(max_examples=150)
@given(stories(), DAYS, st.randoms())
def test_the_order_of_payments_on_one_day_does_not_matter(story: Story, on: date, chance: Any) -> None:
    shuffled = list(story.paid)
    chance.shuffle(shuffled)
    assert run([replace(story, paid=tuple(shuffled))], on) == run([story], on)


@settings(max_examples=150)
@given(stories(), DAYS, st.integers(1, 5))
def test_a_payment_in_parts_is_the_payment(story: Story, on: date, parts: int) -> None:
    split = [
        (day, cents // parts + (cents % parts if part == 0 else 0))
        for day, cents in story.paid
        for part in range(parts)
    ]
    assert run([replace(story, paid=tuple(split))], on) == run([story], on)


@settings(max_examples=100)
@given(st.lists(stories(), min_size=1, max_size=6), DAYS, st.integers(1, 3))
def test_a_loan_does_not_know_its_neighbours(book: list[Story], on: date, parts: int) -> None:
    whole = run(book, on)
    for at in range(parts):
        if book[at::parts]:
            assert run(book[at::parts], on) == whole[at::parts]
