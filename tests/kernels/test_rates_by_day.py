"""A rate of its own for each day: an arrear over a repricing, to the cent; and due days that rolled."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from late_loans import DUE, ONE, Story, day_number, half_up, run

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
    assert (state["penalty"], day_number(DUE) - state["oldest_principal_due_on"]) == (cents, since)


def test_paid_on_the_rolled_day_it_bore_nothing() -> None:
    state = run(replace(ONE, rolled=10, paid=((DUE, 1_036_000),)), DUE + timedelta(days=30))
    assert (state["penalty"], state["outstanding"], state["unapplied"]) == (0, 0, 0)
