"""The state of a loan on its first day, at a take-on, and where one day has two entries."""

from dataclasses import replace
from datetime import date

from test_state import START, Story, days_past_due, run

TWO = Story(200, ((date(2024, 2, 10), 100, 10, 0), (date(2024, 3, 10), 100, 5, 0)))


def test_a_payment_on_the_day_of_paying_out_counts() -> None:
    assert run([replace(TWO, paid=((START, 200),))], START)[0]["settled_on"] == START


def test_a_payment_on_the_day_of_a_take_on_is_in_its_balance_already() -> None:
    taken_on = replace(TWO, is_taken_on=True, paid=((START, 200),))
    assert run([taken_on], START)[0]["received"] == 0


def test_principal_and_interest_paid_off_in_two_entries_of_one_day_are_one_payment() -> None:
    """Either entry may come first in the file."""
    day = date(2024, 1, 25)
    principal_first = run([replace(TWO, paid=((day, 200), (day, 5)))], day)[0]
    assert principal_first == run([replace(TWO, paid=((day, 5), (day, 200)))], day)[0]
    assert (principal_first["paid_interest"], principal_first["unapplied"]) == (5, 0)


def test_a_daily_loan_owes_the_interest_and_fees_it_was_taken_on_with() -> None:
    arrears = (date(2023, 12, 10), 0, 50, 8)
    taken_on = Story(
        1_000, (arrears, (date(2024, 6, 10), 1_000, 0, 0)), ((date(2024, 1, 11), 58),),
        is_taken_on=True, is_daily=True,
    )  # fmt: skip
    before, after = run([taken_on], START)[0], run([taken_on], date(2024, 1, 11))[0]
    assert (before["overdue_interest"], before["overdue_fee"], before["outstanding"]) == (50, 8, 1_000)
    assert before["oldest_interest_due_on"] == date(2023, 12, 10)
    assert (after["paid_interest"], after["paid_fee"], after["outstanding"]) == (50, 8, 1_000)
    assert days_past_due(after, date(2024, 1, 11)) == 0


def test_a_loan_without_rows_or_neighbours_is_no_trouble() -> None:
    assert run([Story(0, ())], START)[0]["outstanding"] == 0
    assert run([Story(500, ())], START)[0]["outstanding"] == 500
