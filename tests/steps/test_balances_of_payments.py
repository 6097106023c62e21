"""Balances: reversals, who a payment belongs to, and instalments that have more than the balance."""

from datetime import date
from typing import Any

from engine_rows import SERVING, Row, facts, instalments, loan, payment, positions_of, scheduled
from postloan.steps.balances import balances, without_reversed
from postloan.tables.results import RateChange, Relief

FEB, MAR, APR = (date(2024, month, 15) for month in (2, 3, 4))
THREE = loan(1, principal_cents=300, matures_on=APR)
ROWS = instalments(1, (FEB, 100, 9), (MAR, 100, 6), (APR, 100, 3))


def owed(payments: list[Row], *, on: date = APR, loans: list[Row] | None = None, rows: list[Row] | None = None) -> Any:
    held = positions_of(facts("loan", *(loans or [THREE])), facts("opening"), on=on)
    plan = scheduled(held, *(rows or ROWS), on=on)
    paid = without_reversed(facts("payment", *payments), on=on)
    met = balances(
        held, plan.dues, plan.sources, paid, RateChange.create_empty(), plan.rolled, Relief.create_empty(),
        serving=SERVING, on=on,
    )  # fmt: skip
    return met.balances.to_dicts()


def test_a_payment_meets_the_oldest_instalment_interest_first() -> None:
    (row,) = owed([payment(1, FEB, 50)], on=MAR)
    assert (row["paid_interest_cents"], row["paid_principal_cents"]) == (9, 41)
    assert (row["overdue_principal_cents"], row["overdue_interest_cents"]) == (159, 6)
    assert (row["oldest_principal_due_on"], row["oldest_interest_due_on"]) == (FEB, MAR)


def test_a_reversal_undoes_its_payment_from_the_beginning_once_it_is_made() -> None:
    paid = payment(1, FEB, 109, name="P1")
    undone = payment(1, MAR, 109, reverses="P1")
    before, after = owed([paid, undone], on=date(2024, 3, 14))[0], owed([paid, undone], on=MAR)[0]
    assert (before["received_cents"], before["oldest_principal_due_on"]) == (109, None)
    assert (after["received_cents"], after["oldest_principal_due_on"], after["last_paid_on"]) == (0, FEB, None)
    assert after == owed([], on=MAR)[0]


def test_a_reversal_takes_back_one_payment_and_no_other() -> None:
    again = [payment(1, FEB, 109, name="P1"), payment(1, FEB, 109, name="P2"), payment(1, MAR, 109, reverses="P1")]
    assert owed(again)[0]["received_cents"] == 109


def test_a_payment_of_a_loan_outside_the_book_meets_no_other() -> None:
    rows = [payment(0, FEB, 500), payment(1, FEB, 109), payment(2, FEB, 500)]
    assert owed(rows)[0]["received_cents"] == 109


def test_where_instalments_have_more_the_larger_sum_is_the_debt() -> None:
    (row,) = owed([payment(1, FEB, 109)], loans=[THREE | {"principal_cents": 250}], on=FEB)
    assert (row["outstanding_cents"], row["paid_principal_cents"]) == (200, 100)


def test_a_payment_on_the_day_of_paying_out_is_not_lost() -> None:
    (row,) = owed([payment(1, date(2024, 1, 15), 300)], on=date(2024, 1, 15))
    assert (row["received_cents"], row["outstanding_cents"]) == (300, 0)


def test_a_payment_after_the_day_is_not_there_yet() -> None:
    assert owed([payment(1, date(2024, 2, 16), 109)], on=FEB)[0]["received_cents"] == 0
