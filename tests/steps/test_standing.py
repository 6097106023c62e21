"""Standing: whose balance governs, what breaks, and what is no longer on the book."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from engine_rows import Row, facts
from postloan.steps.standing import standing
from postloan.tables.results import Balances

ON = date(2024, 6, 30)


def owing(loan_no: int = 1, **cents: Any) -> Row:
    schema = Balances.create_empty().schema
    zero: Row = {name: None if dtype == pl.Date() else 0 for name, dtype in schema.items()}
    return zero | {"loan_no": loan_no} | {f"{name}_cents": value for name, value in cents.items()}


def stand(
    *rows: Row,
    ledger: tuple[Row, ...] = (),
    written_off: tuple[Row, ...] = (),
    payments: tuple[Row, ...] = (),
    book: Any = "core",
) -> list[Row]:
    owed = Balances.validate(pl.DataFrame(list(rows), schema=Balances.create_empty().schema))
    stood = standing(
        owed, facts("ledger", *ledger), facts("written_off", *written_off), facts("payment", *payments),
        book_of_record=book, on=ON,
    )  # fmt: skip
    return stood.to_dicts()


CORE = {"loan_no": 1, "on": ON, "outstanding_cents": 90, "days_past_due": 12}


@pytest.mark.parametrize(("book", "governs"), [("core", 90), ("postloan", 100)])
def test_the_book_of_record_governs_and_the_break_is_said(book: str, governs: int) -> None:
    (row,) = stand(owing(outstanding=100), ledger=(CORE,), book=book)
    assert row["outstanding_cents"] == governs
    assert (row["own_outstanding_cents"], row["core_outstanding_cents"], row["balance_break_cents"]) == (100, 90, -10)
    assert row["core_days_past_due"] == 12


@pytest.mark.parametrize("day", [date(2024, 6, 29), date(2024, 7, 1)])
def test_the_core_governs_only_on_its_own_day(day: date) -> None:
    (row,) = stand(owing(outstanding=100), ledger=(CORE | {"on": day},))
    assert (row["outstanding_cents"], row["core_outstanding_cents"], row["balance_break_cents"]) == (100, None, None)
    assert row["core_days_past_due"] is None


def test_the_core_speaks_for_one_loan_and_no_other() -> None:
    rows = stand(owing(1, outstanding=100), owing(2, outstanding=100), ledger=(CORE | {"loan_no": 2},))
    assert [row["outstanding_cents"] for row in rows] == [100, 90]


OFF = {"loan_no": 1, "on": date(2024, 6, 1), "principal_cents": 60, "interest_cents": 5, "status": "pursued"}


def test_cash_after_the_last_of_it_was_written_off_is_recovery() -> None:
    days = {date(2024, 5, 31): 1, date(2024, 6, 1): 2, date(2024, 6, 2): 4, ON: 8, date(2024, 7, 1): 16}
    paid = [{"loan_no": 1, "paid_on": day, "amount_cents": cents} for day, cents in days.items()]
    (row,) = stand(owing(outstanding=60), written_off=(OFF,), payments=tuple(paid))
    assert (row["status"], row["recovered_cents"], row["last_recovered_on"]) == ("written_off", 12, ON)
    (part,) = stand(owing(outstanding=61), written_off=(OFF,), payments=tuple(paid))
    assert (part["status"], part["recovered_cents"], part["last_recovered_on"]) == ("active", 0, None)


def test_principal_written_off_leaves_the_book() -> None:
    (row,) = stand(owing(outstanding=100), written_off=(OFF,))
    assert (row["outstanding_cents"], row["written_off_cents"], row["status"]) == (40, 60, "active")
    (gone,) = stand(owing(outstanding=100), written_off=(OFF, OFF | {"on": ON, "principal_cents": 40}))
    assert (gone["outstanding_cents"], gone["written_off_cents"], gone["status"]) == (0, 100, "written_off")


def test_a_transfer_and_an_asset_taken_are_told_apart_in_what_left_the_book() -> None:
    sold = OFF | {"principal_cents": 60, "transferred_cents": 25, "asset_cents": 10}
    (row,) = stand(owing(outstanding=100), written_off=(sold, OFF | {"on": ON, "principal_cents": 40}))
    assert (row["written_off_cents"], row["transferred_cents"], row["asset_cents"]) == (100, 25, 10)
    assert (row["outstanding_cents"], row["status"]) == (0, "written_off")


def test_what_is_written_off_later_is_on_the_book_today() -> None:
    (row,) = stand(owing(outstanding=100), written_off=(OFF | {"on": date(2024, 7, 1), "principal_cents": 100},))
    assert (row["outstanding_cents"], row["written_off_cents"], row["status"]) == (100, 0, "active")


def test_a_recovery_after_writing_off_does_not_bring_it_back() -> None:
    (row,) = stand(owing(outstanding=80, paid_principal=20, received=20), written_off=(OFF | {"principal_cents": 100},))
    assert (row["outstanding_cents"], row["status"]) == (0, "written_off")


@pytest.mark.parametrize(
    ("beside", "status"),
    [({}, "settled"), ({"overdue_interest": 1}, "active"), ({"overdue_fee": 1}, "active"), ({"penalty": 1}, "active")],
)
def test_a_loan_without_principal_is_settled_once_nothing_else_is_owed(beside: dict[str, int], status: str) -> None:
    assert stand(owing(**beside))[0]["status"] == status


def test_what_the_core_calls_paid_is_paid_where_it_governs() -> None:
    (row,) = stand(owing(outstanding=100), ledger=(CORE | {"outstanding_cents": 0},))
    assert (row["status"], row["balance_break_cents"]) == ("settled", -100)
