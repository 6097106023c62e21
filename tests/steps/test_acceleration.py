"""Acceleration: what a loan owes on the day it is called in, and what it no longer owes."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_rows import Row, facts, instalments, loan, positions_of, scheduled
from postloan.steps.acceleration import acceleration

FEB, MAR, APR = (date(2024, month, 15) for month in (2, 3, 4))
ROWS = instalments(1, (FEB, 100, 31), (MAR, 100, 29), (APR, 100, 10), fee_cents=5)


def called_in(day: date) -> list[Row]:
    decision = {"decision_id": "A", "loan_no": 1, "kind": "accelerate", "effective_on": day, "terms": "{}"}
    book = facts("loan", loan(1, principal_cents=300, matures_on=APR), loan(2, principal_cents=300, matures_on=APR))
    rows = [*ROWS, *(row | {"loan_no": 2} for row in ROWS)]
    held = positions_of(book, facts("opening"), decision, on=date(2024, 12, 31))
    plan = scheduled(held, *rows, on=date(2024, 12, 31))
    return acceleration(plan.dues, held).filter(pl.col("loan_no") == 1).drop("loan_no").to_dicts()


@pytest.mark.parametrize(
    ("day", "interest"),
    [(date(2024, 2, 16), 1), (date(2024, 2, 29), 14), (date(2024, 3, 14), 28)],  # of 29 over 29 days
)
def test_the_running_period_owes_the_interest_of_its_days(day: date, interest: int) -> None:
    assert called_in(day) == [
        {"due_on": FEB, "principal_cents": 100, "interest_cents": 31, "fee_cents": 5},
        {"due_on": day, "principal_cents": 200, "interest_cents": interest, "fee_cents": 0},
    ]


def test_called_in_on_a_due_day_it_owes_that_instalment_and_all_principal() -> None:
    first, second, rest = called_in(MAR)
    assert (second["due_on"], second["interest_cents"]) == (MAR, 29)
    assert (first["due_on"], rest["due_on"]) == (FEB, MAR)
    assert (rest["principal_cents"], rest["interest_cents"]) == (100, 0)


def test_called_in_after_its_last_day_it_owes_what_it_owed() -> None:
    assert [row["due_on"] for row in called_in(APR)] == [FEB, MAR, APR]


@given(st.integers(0, 120))
def test_no_principal_is_gained_or_lost(days: int) -> None:
    rows = called_in(date(2024, 1, 15) + timedelta(days=days))
    assert sum(row["principal_cents"] for row in rows) == 300
    assert [row["due_on"] for row in rows] == sorted(row["due_on"] for row in rows)
