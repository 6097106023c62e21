"""Loans whose interest runs by the day, against an oracle that lives through every day, and cases on paper."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from late_loans import BUCKETS, DAYS, DUE, START, Debt, Life, Story, day_number, half_up, run, stories

from postloan.kernels import loan_arrays as arrays
from postloan.kernels.reliefs import CAPITALISED, REAMORTISED, WAIVED
from postloan.tables.units import COMPONENTS


class DailyLife(Life):
    """An instalment is an amount; interest runs on all that is outstanding, and cash lowers it at once."""

    def __init__(self, story: Story) -> None:
        super().__init__(story)
        self.left, self.fees, self.run_before, self.due_interest, self.credit = story.balance, 0, 0, 0, 0
        self.balance_by_rate: Counter[int] = Counter()
        self.carried: Counter[int] = Counter()
        self.given_up = self.joined = 0

    def interest_run(self) -> int:
        """Rounded once between two payments and once a rate."""
        return self.run_before + sum(
            half_up(Fraction(product * self.segments[at][1], 360 * 10**8))
            for at, product in self.balance_by_rate.items()
        )

    def fall_due(self, due: Debt) -> None:
        super().fall_due(due)
        self.fees += due[3]
        self.run_before += due[2] if due[0] <= self.story.begins else 0
        self.run_before += self.carried.pop(len(self.open) - 1, 0)
        self.due_interest = self.interest_run()
        self.open[-1]["amount"] = due[1] + due[2]
        self.count_cash(0)

    def count_cash(self, cents: int) -> None:
        """Cash counts towards the amounts in the order of their days, and what is behind is parted anew."""
        self.credit += cents
        interest, principal = self.due_interest, self.left
        for at, debt in enumerate(self.open, start=1):
            met = min(self.credit, debt["amount"])
            self.credit -= met
            debt["amount"] -= met
            is_last = at == len(self.story.dues)
            debt["interest"] = interest if is_last else min(debt["amount"], interest)
            debt["principal"] = principal if is_last else min(debt["amount"] - debt["interest"], principal)
            interest -= debt["interest"]
            principal -= debt["principal"]
        self.ahead = principal

    def morning(self, day: date, *, is_last: bool) -> None:
        self.capitalise(day)
        if not self.is_settled:
            for due in sorted(due for due in self.story.dues if due[0] == day):
                self.fall_due(due)
        cash = [cents for paid_on, cents in self.story.paid if paid_on == day]
        self.waiting += sum(cash)
        self.received += sum(cash)
        if cash and not self.is_settled:
            self.pay(day)
            self.settle()
        seen: Counter[str] = Counter()
        for relieved_on, name, cents, becomes in self.story.reliefs:
            if relieved_on == day and not self.is_settled:
                self.relieve(name, cents, becomes, seen[name])
                self.settle()
                seen[name] += becomes != WAIVED
        if is_last and len(self.open) == len(self.story.dues) > 0:
            self.due_interest = self.interest_run()
            self.count_cash(0)

    def settle(self) -> None:
        owes = self.left + self.fees + self.run_before + sum(self.carried.values())
        self.is_settled = owes + self.owed("penalty") + self.owed("compound") == 0

    def relieve(self, name: str, cents: int, becomes: int, nth: int) -> None:
        """Let go of what is overdue; what moved falls due again with the instalments to come, one after the other."""
        self.run_before, due_interest = self.interest_run(), self.due_interest
        self.balance_by_rate.clear()
        if len(self.open) == len(self.story.dues):
            self.due_interest = self.run_before
            self.count_cash(0)
        if becomes != WAIVED:
            for debt in self.open:
                debt["amount"] = debt["interest"] + debt["principal"]
        part = cents
        if name in ("penalty", "compound"):
            part = min(cents, self.owed(name))
            self.waived[name] += part
        elif name == "fee":
            part = min(cents, self.fees)
            self.fees -= part
        else:
            for debt in self.open:
                met = min(part, debt[name])
                debt[name] -= met
                debt["amount"] = max(0, debt["amount"] - met)
                part -= met
            part = cents - part
        if name == "interest":
            self.run_before -= part
            due_interest = max(0, due_interest - part)
        if becomes == CAPITALISED:
            self.left += part
            self.joined += part
        elif becomes == REAMORTISED and name == "interest":
            self.carried[len(self.open) + nth] += part
        elif becomes == WAIVED:
            self.given_up += part
        self.due_interest = due_interest
        self.count_cash(0)
        self.lower_base()

    def night(self, day: date) -> None:
        super().night(day)
        self.balance_by_rate[self.segment(day)] += self.left

    def pay(self, day: date) -> None:
        self.run_before = self.interest_run()
        self.balance_by_rate.clear()
        oldest = min((self.owed_since(day, debt) for debt in self.open if self.is_past(debt)), default=day)
        before = self.paid["interest"] + self.paid["principal"]
        for name in self.story.late_order if (day - oldest).days > 90 else self.story.order:
            if name in ("penalty", "compound"):
                self.meet(name, self.owed(name))
            elif name == "fee":
                self.fees -= self.meet(name, self.fees)
            elif name == "interest":
                part = self.meet(name, self.run_before)
                self.run_before -= part
                self.due_interest = max(0, self.due_interest - part)
            else:
                self.left -= self.meet(name, self.left - self.ahead)
        self.left -= self.meet("principal", self.left)
        for at in sorted(self.carried) if self.left == 0 else ():
            self.carried[at] -= self.meet("interest", self.carried[at])
        self.count_cash(self.paid["interest"] + self.paid["principal"] - before)
        self.lower_base()


def lived(story: Story, on: date) -> DailyLife:
    """Live through a story, and see that the kernel finds the same."""
    life, state = DailyLife(story), run(story, on)
    life.live(on)
    assert {name: state[f"paid_{name}"] for name in COMPONENTS} == life.paid
    assert (state["unapplied"], state["received"]) == (life.waiting, life.received)
    assert (state["waived"], state["capitalised"]) == (life.given_up, life.joined)
    if life.is_settled:
        assert state["outstanding"] == state["penalty"] == state["compound"] == state["accrued_interest"] == 0
        return life
    assert (state["penalty"], state["compound"]) == (life.owed("penalty"), life.owed("compound"))
    assert (state["outstanding"], state["overdue_fee"], state["credit"]) == (life.left, life.fees, life.credit)
    for name in ("principal", "interest"):
        assert state[f"overdue_{name}"] == sum(debt[name] for debt in life.open)
        since = [life.owed_since(on, debt) for debt in life.open if debt[name]]
        assert state[f"oldest_{name}_due_on"] == day_number(since[0] if since else None)
    moved = sum(life.carried.values())
    assert state["overdue_interest"] + state["accrued_interest"] == life.interest_run() + moved
    assert state["balance_days"] == life.balance_days
    late = max((on - life.owed_since(on, debt) for debt in life.open if life.is_past(debt)), default=timedelta(0)).days
    mark = 0 if state["marks"][-1] == arrays.CURED else state["marks"][-1]
    assert mark == sum(late >= from_days for from_days in BUCKETS) - 1
    return life


@settings(max_examples=400, deadline=None)
@given(stories(), DAYS)
def test_it_agrees_with_a_life_lived_day_by_day(drawn: Story, on: date) -> None:
    lived(replace(drawn, is_daily=True), on)


@settings(max_examples=300, deadline=None)
@given(stories(), DAYS, DAYS, st.sampled_from([CAPITALISED, REAMORTISED]))
def test_so_it_does_where_arrears_become_principal_or_instalments_to_come(
    drawn: Story, one: date, other: date, becomes: int
) -> None:
    story, day = replace(drawn, is_daily=True), min(one, other)
    before = lived(story, day)
    coming = len(story.dues) - len(before.open)
    if before.is_settled or coming == 0:
        return
    principal, interest = (sum(debt[name] for debt in before.open) for name in ("principal", "interest"))
    if becomes == CAPITALISED:
        owed = {"interest": interest, "penalty": before.owed("penalty"), "compound": before.owed("compound")}
        moved = [(day, name, cents, CAPITALISED) for name, cents in owed.items() if cents]
    else:
        shares = [interest // coming] * (coming - 1) + [interest // coming + interest % coming]
        moved = [(day, "principal", principal, REAMORTISED)] if principal else []
        moved += [(day, "interest", share, REAMORTISED) for share in shares if interest]
    changed = replace(story, moved=tuple(moved))
    after = lived(changed, day)
    assert not after.is_settled
    assert sum(debt["interest"] for debt in after.open) == 0
    assert sum(debt["principal"] for debt in after.open) == (principal if becomes == CAPITALISED else 0)
    owed_before, owed_after = (
        life.left + life.interest_run() + sum(life.carried.values()) + life.owed("penalty") + life.owed("compound")
        for life in (before, after)
    )
    assert owed_after == owed_before
    lived(changed, max(one, other))


# 10,000.00 at 7.2 % is 2.00 a day. An amount of 1,000.00 falls due on 1 March, 51 days after paying out.
ONE = Story(dues=((DUE, 100_000, 0, 0), (date(2025, 3, 1), 900_000, 0, 0)), is_daily=True, begins=START)


def test_an_amount_is_the_interest_run_by_its_day_and_for_the_rest_principal() -> None:
    state = run(ONE, DUE)
    assert (state["overdue_interest"], state["overdue_principal"]) == (51 * 200, 100_000 - 51 * 200)
    later = run(ONE, DUE + timedelta(days=10))
    assert (later["overdue_interest"], later["accrued_interest"]) == (51 * 200, 10 * 200)


def test_penalty_is_what_the_penalty_rate_is_above_the_interest_that_runs_anyway() -> None:
    """898.00 overdue at 7.2 % x 1.5 - 7.2 % is 0.0898 a day."""
    assert run(ONE, DUE + timedelta(days=10))["penalty"] == half_up(Fraction(89_800 * 10 * 36, 360_000))


def test_compound_interest_runs_on_the_interest_that_fell_due() -> None:
    """102.00 at 10.8 % for ten days."""
    state = run(replace(ONE, compound=150), DUE + timedelta(days=10))
    assert state["compound"] == half_up(Fraction(10_200 * 10 * 108, 360_000))


def test_grace_excuses_and_misuse_bears_on_all_that_is_outstanding() -> None:
    assert run(replace(ONE, grace=5), DUE + timedelta(days=5))["penalty"] == 0
    misused = replace(ONE, misuse=200, misused_from=DUE - timedelta(days=10))
    assert run(misused, DUE)["penalty"] == 10 * 200


def test_interest_runs_at_the_rate_of_each_day() -> None:
    story = replace(ONE, changes=((date(2024, 2, 1), 3_600_000),))
    state = run(story, DUE - timedelta(days=1))
    assert state["accrued_interest"] == 22 * 200 + 28 * 100


@pytest.mark.parametrize(
    ("on", "marks"),
    [(date(2024, 2, 29), [0, 0]), (date(2024, 4, 30), [0, 0, 1, 2]), (date(2024, 5, 31), [0, 0, 1, 2, 4])],
)
def test_its_months_are_marked_as_those_of_all_others(on: date, marks: list[int]) -> None:
    assert run(ONE, on)["marks"][-len(marks) :] == marks


def test_cash_that_came_ahead_counts_towards_the_next_amount() -> None:
    paid = replace(ONE, paid=((date(2024, 2, 1), 100_000),))
    state = run(paid, DUE + timedelta(days=10))
    assert (state["overdue_principal"], state["overdue_interest"], state["penalty"]) == (0, 0, 0)
    assert state["paid_interest"] == 22 * 200
