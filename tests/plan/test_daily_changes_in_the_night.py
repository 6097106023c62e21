"""Changes of terms in the night where interest runs by the day: what cash has left is planned anew."""

from datetime import date

import polars as pl
import pytest
from changed_loans import APR, DAYS, JUN, LENT, ON, OWN, balanced, decided, night, row
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import Row, debtor, inputs, loan, payment
from postloan.plan.night import Assessment, serving_under
from postloan.plan.trace import reliefs

DAILY = {"method": "daily_interest", "day_count": "ACT/365", "annual_rate_e8": 7_300_000}
"""0.02 % a day: 2.40 on 12,000.00."""


def cash_of(assessed: Assessment, until: date) -> list[Row]:
    """Every amount up to a day, paid on its day."""
    due = assessed.dues.filter(pl.col("due_on") <= until).select("due_on", "principal_cents", "interest_cents")
    return [payment(1, day, principal + interest, name=f"{day}") for day, principal, interest in due.iter_rows()]


@pytest.mark.parametrize(
    "change",
    [
        decided("prepayment", date(2024, 4, 20), amount="3000.00", choice="shorter_term"),
        decided("prepayment", date(2024, 4, 20), amount="3000.00", choice="smaller_instalment"),
        decided("rate_change", APR, annual_rate="0.0365"),
        decided("extension", APR, periods=6),
        decided("deferral", date(2024, 4, 20), due_on="2024-05-15", new_due_on="2024-08-15"),
    ],
    ids=lambda change: change["kind"],
)
@pytest.mark.parametrize("on", [date(2024, 4, 20), ON, date(2024, 11, 30)])
def test_paid_on_its_days_it_is_the_level_loan_of_its_terms(change: Row, on: date) -> None:
    """What the replay of lives proves of level loans so holds of it; of the same days only the walk differs."""
    level = DAILY | {"method": "level_instalment"}
    paid = cash_of(night(change, on=on, **level), on)
    found, expected = night(change, on=on, paid=paid, **DAILY), night(change, on=on, paid=paid, **level)
    assert found.instructions.equals(expected.instructions)
    assert found.instructions["state"].to_list() == ["in_force"]
    assert found.dues.equals(expected.dues)
    for name in ("outstanding_cents", "paid_principal_cents", "paid_interest_cents", "days_past_due", "next_due_on"):
        assert row(found)[name] == row(expected)[name]


def test_interest_that_ran_on_arrears_is_made_principal_with_it() -> None:
    """Nothing paid: on 20 March 60 days have run, of which February's and March's amounts hold 2.40 a day to the 15th.

    31 + 29 days of 2.40 are 144.00; it joins 12,000.00, and bears interest from the day.
    """
    change = decided("capitalise", date(2024, 3, 20), components=["interest"])
    before, after = (row(night(change, on=date(2024, 3, day), **DAILY)) for day in (19, 20))
    assert before["overdue_interest_cents"] == 60 * 240
    assert (after["capitalised_cents"], after["overdue_interest_cents"]) == (14_400, 0)
    assert after["outstanding_cents"] == LENT + 14_400
    assert after["accrued_interest_cents"] == 5 * 240
    assert after["overdue_principal_cents"] == before["overdue_principal_cents"]
    later = row(night(change, on=date(2024, 3, 30), **DAILY))
    assert later["accrued_interest_cents"] == 5 * 240 + (10 * (LENT + 14_400) * 2 + 5_000) // 10_000


def test_cash_booked_as_principal_is_not_taken_back_for_interest_that_never_ran_on_it() -> None:
    """Paid 20.00 when long overdue, it met penalty as owed and principal as booked: there less interest ran since.

    What is made principal in December is the interest as owed. As booked no interest was ever received, and what was
    received is not less than none.
    """
    on = date(2024, 12, 20)
    paid = [payment(1, date(2024, 7, 20), 2_000)]
    change = decided("capitalise", on, components=["interest"])
    terms = DAILY | {"penalty_factor_e8": 150_000_000}
    before, after = (row(night(*made, on=on, paid=paid, **terms)) for made in ((), (change,)))
    assert before["accounting_principal_cents"] == LENT - 2_000
    assert (before["paid_penalty_cents"], before["accounting_income_cents"]) == (2_000, 0)
    assert (after["accounting_income_cents"], after["overdue_interest_cents"]) == (0, 0)
    assert after["capitalised_cents"] == before["overdue_interest_cents"]
    assert after["accounting_principal_cents"] == LENT - 2_000 + after["capitalised_cents"]


def test_overdue_interest_moves_into_the_amounts_to_come_and_bears_none() -> None:
    """144.00 is overdue on 20 March; the ten amounts to come carry 14.40 each, and 12,000.00 repay themselves."""
    change = decided("reamortise", date(2024, 3, 20))
    overdue = row(night(on=date(2024, 3, 20), **DAILY))["overdue_principal_cents"]
    found, april = row(night(change, on=date(2024, 4, 14), **DAILY)), row(night(change, on=APR, **DAILY))
    assert (found["reamortised_cents"], found["days_past_due"]) == (14_400 + overdue, 0)
    assert (found["outstanding_cents"], found["accrued_interest_cents"]) == (LENT, 14_400 + 30 * 240)
    assert april["overdue_interest_cents"] == 1_440 + 31 * 240
    end = date(2025, 1, 15)
    paid = cash_of(night(change, on=end, **DAILY), end)[2:]
    assert {each["amount_cents"] for each in paid[:-1]} == {125_492}
    done = row(night(change, on=end, paid=paid, **DAILY))
    assert (done["status"], done["unapplied_cents"]) == ("settled", 0), "what was planned is what ran"


def test_a_new_plan_is_made_of_what_cash_has_left() -> None:
    """February's and March's amounts came in April: interest ran on them, and the new amounts repay it too."""
    late = date(2024, 4, 10)
    first = cash_of(night(**DAILY), APR)
    paid = [each | {"paid_on": max(late, each["paid_on"])} for each in first]
    change, end = decided("rate_change", APR, annual_rate="0.0365"), date(2025, 1, 15)
    rest = cash_of(night(change, on=end, paid=paid, **DAILY), end)[len(first) :]
    assert len({each["amount_cents"] for each in rest[:-1]}) == 1
    found = row(night(change, on=end, paid=[*paid, *rest], **DAILY))
    assert abs(found["outstanding_cents"] + found["overdue_interest_cents"] - found["unapplied_cents"]) < 10


def test_interest_of_two_loans_that_moved_on_one_day_is_each_its_own() -> None:
    loans = [loan(number, principal_cents=number * LENT, **DAILY) for number in (1, 2)]
    decisions = [decided("reamortise", date(2024, 3, 20), loan_no=number, name=f"D{number}") for number in (1, 2)]
    given_rows = inputs(loan=loans, debtor=[debtor()], decision=decisions)
    found = balanced(given_rows, on=APR).loans["overdue_interest_cents"].to_list()
    assert found == [1_440 + 31 * 240, 2 * (1_440 + 31 * 240)]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(1, 200_000)), max_size=5), st.integers(2, 9))
def test_however_it_was_paid_its_new_plan_repays_it(cash: list[tuple[date, int]], periods: int) -> None:
    """Cash ahead saves interest that the plan still counts; never is more left at the end than the plan said."""
    before = [payment(1, day, cents, name=f"B{at}") for at, (day, cents) in enumerate(cash) if day <= JUN]
    change, end = decided("reamortise", JUN, periods=periods), date(2025, 3, 15)
    made = night(change, paid=before, **DAILY)
    if made.instructions["state"].to_list() != ["in_force"]:
        return
    after = [each for each in cash_of(made, end) if each["paid_on"] > JUN]
    found = row(night(change, on=end, paid=[*before, *after], **DAILY))
    assert found["outstanding_cents"] + found["overdue_interest_cents"] <= periods + 1
    if sum(each["amount_cents"] for each in before) == 0:
        assert found["unapplied_cents"] <= periods + 1


@pytest.mark.parametrize(
    "said", [{"component": "interest", "amount": "50.00"}, {"component": "penalty", "amount": "0.10"}]
)
def test_a_waiver_of_it_is_told_by_why(said: Row) -> None:
    waived = decided("waiver", date(2024, 4, 30), **said)
    assessed = night(waived, penalty_factor_e8=150_000_000, **DAILY)
    told = reliefs(assessed, 1, serving=serving_under(OWN), on=ON)
    assert sum(part.cents for part in told) == row(assessed)["waived_cents"] > 0
    assert {(part.paid_on, part.component) for part in told} == {(date(2024, 4, 30), said["component"])}
