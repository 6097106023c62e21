"""Arrears against an oracle that lives through every day, and the cases a banker would ask about."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from late_loans import DAYS, DUE, ONE, PRINCIPAL_FIRST, Life, Story, day_number, half_up, run, stories

from postloan.kernels import loan_arrays as arrays
from postloan.kernels.daycount import NEVER
from postloan.tables.units import COMPONENTS


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
    for name in ("principal", "interest"):
        since = [life.owed_since(on, debt) for debt in life.open if debt[name]]
        assert state[f"oldest_{name}_due_on"] == day_number(since[0] if since else None)


@settings(max_examples=200, deadline=None)
@given(stories(), DAYS)
def test_what_comes_in_is_paid_to_something_or_waits(story: Story, on: date) -> None:
    state = run(story, on)
    paid = sum(state[f"paid_{name}"] for name in COMPONENTS)
    assert state["received"] == paid + state["unapplied"]
    assert story.balance == state["outstanding"] + state["paid_principal"]
    assert min(value for name, value in state.items() if name not in ("marks", "spells")) >= 0


@settings(max_examples=200, deadline=None)
@given(stories(), DAYS)
def test_its_spells_tell_of_every_day_since_when_the_oldest_debt_was_owed(story: Story, on: date) -> None:
    life, spells = Life(story), run(story, on)["spells"]
    life.live(on)
    for day, oldest in life.oldest.items():
        told = [since for from_on, since in spells if from_on <= day_number(day)]
        assert (told[-1] if told else NEVER) == day_number(oldest)


@settings(max_examples=200, deadline=None)
@given(stories(), DAYS)
def test_penalty_and_compound_interest_never_shrink_without_cash_or_waiver(story: Story, on: date) -> None:
    tomorrow = on + timedelta(days=1)
    now, later = run(story, on), run(story, tomorrow)
    if not any(day == tomorrow for day, *_ in (*story.paid, *story.waived)) and later["unapplied"] == now["unapplied"]:
        assert later["penalty"] >= now["penalty"]
        assert later["compound"] >= now["compound"]


# What a banker would ask -------------------------------------------------------------------------------------------


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


def test_a_waiver_takes_the_oldest_interest_and_no_more_than_is_owed_at_close_of_its_day() -> None:
    """Interest of 360.00 fell due, 100.00 was paid the day of the waiver; 260.00 is left to give up."""
    later = DUE + timedelta(days=10)
    story = replace(ONE, penalty=0, paid=((later, 10_000),), waived=((later, "interest", 99_999),))
    before, after = run(replace(story, waived=()), later), run(story, later)
    assert (before["overdue_interest"], after["overdue_interest"], after["waived"]) == (26_000, 0, 26_000)
    assert (after["overdue_principal"], after["outstanding"]) == (1_000_000, 1_000_000)
    assert (before["oldest_interest_due_on"], after["oldest_interest_due_on"]) == (day_number(DUE), NEVER)


def test_a_waiver_of_penalty_lets_the_next_days_run() -> None:
    """3.00 a day: of 90.00 after thirty days 50.00 is given up, and 3.00 more is owed the day after."""
    day = DUE + timedelta(days=30)
    story = replace(ONE, waived=((day, "penalty", 5_000),))
    assert [run(story, day + timedelta(days=more))["penalty"] for more in (-1, 0, 1)] == [8_700, 4_000, 4_300]


def test_a_waiver_is_of_the_penalty_that_ran_at_each_rate() -> None:
    """Ten days at 3.00 and ten at 6.00 once the contract rate doubles: all 90.00 is given up, and 6.00 runs on."""
    day = DUE + timedelta(days=20)
    story = replace(ONE, changes=((DUE + timedelta(days=10), 14_400_000),), waived=((day, "penalty", 99_999),))
    states = [run(story, day + timedelta(days=more)) for more in (0, 1)]
    assert [(state["waived"], state["penalty"]) for state in states] == [(9_000, 0), (9_000, 600)]


def test_a_waiver_has_room_in_the_spells_beside_the_due_day_that_rolled() -> None:
    """What fell due on a rolled day is told of twice, on the day and on the morrow; the waiver ends it."""
    story = replace(ONE, dues=((DUE, 0, 36_000, 0),), rolled=2, waived=((DUE + timedelta(days=9), "interest", 36_000),))
    assert [since for _, since in run(story, DUE + timedelta(days=30))["spells"]] == [
        day_number(DUE), day_number(DUE - timedelta(days=2)), NEVER,
    ]  # fmt: skip


def test_what_a_waiver_leaves_of_nothing_settles_the_loan() -> None:
    """All but the penalty was paid; given up, the loan is paid off that day."""
    day = DUE + timedelta(days=30)
    story = replace(ONE, paid=((day, 1_036_000),), order=PRINCIPAL_FIRST, by_component=True)
    assert run(story, day + timedelta(days=5))["settled_on"] == NEVER
    given_up = replace(story, waived=((day + timedelta(days=3), "penalty", 9_000),))
    assert run(given_up, day + timedelta(days=5))["settled_on"] == day_number(day + timedelta(days=3))
