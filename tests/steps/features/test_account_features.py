"""Account features: receipts against a year before, who stands behind them, cash drawn; and where loan money went."""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import polars as pl
import pytest

from engine_rows import Row, facts
from postloan.steps.features.accounts import account_features
from postloan.steps.features.use_of_proceeds import proceeds_features
from postloan.tables.money_trail import ProceedsPath

ON = date(2024, 6, 30)
NUMBERS = count(1)


def entry(on: date, cents: int, kind: str | None = "company", account: str | None = "A", *, at: int = 10,
          debtor_no: int = 1) -> Row:  # fmt: skip
    return {
        "debtor_no": debtor_no, "entry_id": f"E{next(NUMBERS)}", "account_id": "own", "amount_cents": cents,
        "booked_at": datetime.combine(on, time(at)), "counterparty_kind": kind, "counterparty_account": account,
    }  # fmt: skip


def told(*entries: Row) -> dict[str, Any]:
    rows = account_features(facts("account_entry", *entries), on=ON)
    return rows.row(0, named=True) if rows.height else {}


def test_receipts_of_a_quarter_against_those_of_a_year_before() -> None:
    """The quarter is 31 March to 30 June, that before 31 March to 30 June of the year before."""
    rows = told(
        entry(date(2024, 3, 31), 40), entry(ON, 20), entry(date(2024, 3, 30), 1_000), entry(date(2024, 7, 1), 1_000),
        entry(date(2023, 3, 31), 60), entry(date(2023, 6, 30), 40), entry(date(2023, 3, 30), 1_000),
        entry(date(2023, 7, 1), 1_000), entry(ON, -500),
    )  # fmt: skip
    assert rows["inflow_cents"] == 60
    assert rows["inflow_change"] == pytest.approx(-0.4)


def test_loans_paid_out_and_cash_are_no_receipts() -> None:
    rows = told(entry(ON, 1_000, "bank"), entry(ON, 500, "cash"), entry(ON, 7, None), entry(ON, 3, "person"))
    assert (rows["inflow_cents"], rows["person_receipts_share"]) == (10, 0.3)


def test_receipts_that_ceased_are_a_change_and_none_before_is_not() -> None:
    assert told(entry(date(2023, 5, 1), 100))["inflow_change"] == -1
    assert told(entry(ON, 100))["inflow_change"] is None
    assert told(entry(date(2023, 5, 1), 100))["person_receipts_share"] is None


def test_related_parties_in_a_months_turnover() -> None:
    """Within a month of 30 June is after 30 May; money in and out counts."""
    rows = told(
        entry(date(2024, 5, 31), 30), entry(ON, -50), entry(ON, -20, "related"),
        entry(date(2024, 5, 30), 900, "related"), entry(ON, 900, "bank"),
    )  # fmt: skip
    assert rows["related_transfers_share"] == 0.2


def test_of_ten_counterparties_five_are_new() -> None:
    old = [entry(date(2024, 3, 30), 1, account=f"A{at}") for at in range(5)]
    now = [entry(ON, 100 + at, account=f"A{at}") for at in range(10)]
    small = [entry(ON, 1, account="small and new"), entry(ON, 10_000, account=None)]
    assert told(*old, *now, *small)["new_counterparties_share"] == 0.5
    assert told(*old, *now[:9])["new_counterparties_share"] is None
    assert told(*now)["new_counterparties_share"] is None


def test_cash_drawn_on_a_day_against_such_days_before() -> None:
    rows = told(
        entry(ON, -30, "cash"), entry(ON, -60, "cash"), entry(date(2024, 5, 1), -80, "cash"), entry(ON, 500, "cash"),
        entry(date(2024, 3, 30), -20, "cash"), entry(date(2024, 1, 1), -40, "cash"),
        entry(date(2023, 3, 30), -9_000, "cash"),
    )  # fmt: skip
    assert (rows["cash_out_cents"], rows["cash_out_times"]) == (90, 3)
    assert told(entry(ON, -30, "cash"))["cash_out_times"] is None
    assert told(entry(ON, 30))["cash_out_cents"] is None


def test_each_debtor_has_its_own_and_nobody_else_is_told_of() -> None:
    rows = account_features(facts("account_entry", entry(ON, 5), entry(ON, 7, debtor_no=3)), on=ON)
    assert rows.select("debtor_no", "inflow_cents").rows() == [(1, 5), (3, 7)]
    assert account_features(facts("account_entry"), on=ON).is_empty()
    assert told(entry(date(2024, 7, 1), 5)) == {}


PAID_OUT = date(2024, 5, 1)
LOAN = {"debtor_no": 1, "loan_no": 7, "loan_id": "L7", "disbursed_on": PAID_OUT, "principal_cents": 1_000}


def went(*entries: Row, loans: tuple[dict[str, Any], ...] = (LOAN,)) -> tuple[float | None, ...]:
    rows = proceeds_features(facts("account_entry", *entries), pl.DataFrame(loans), ProceedsPath.create_empty(), on=ON)
    names = ("returned_share", "restricted_share", "rapid_related_share")
    return rows.select(names).row(0) if rows.height else ()


def after(days: int, cents: int, kind: str = "company", account: str | None = "A", **says: Any) -> Row:
    return entry(PAID_OUT + timedelta(days=days), cents, kind, account, **says)


def test_money_that_returns_from_where_it_went() -> None:
    assert went(after(1, -1_000), after(30, 300)) == (0.3, 0, 0)
    assert went(after(1, -1_000), after(31, 300)) == (0, 0, 0)
    assert went(after(1, -1_000), after(9, 300, account="B")) == (0, 0, 0)
    assert went(after(1, 300), after(9, -1_000)) == (0, 0, 0)
    assert went(after(-1, -1_000), after(9, 300)) == (0, 0, 0)


def test_no_more_returns_than_had_gone_there() -> None:
    assert went(after(1, -100), after(9, 900)) == (0.1, 0, 0)
    assert went(after(1, -600), after(1, -400, account="B"), after(9, 300), after(9, 400, account="B"))[0] == 0.7
    assert went(after(1, -600, at=9), after(1, 300, at=15))[0] == 0.3


def test_money_to_where_it_may_not_go_and_to_related_parties() -> None:
    assert went(after(0, -200, "securities"), after(30, -100, "real_estate"), after(31, -100, "securities"))[1] == 0.3
    assert went(after(0, -500, "related"), after(3, -300, "related"), after(4, -200, "related"))[2] == 0.8
    assert went(after(0, -200, "securities", None))[1] == 0.2


def test_the_worst_loan_of_a_year_speaks() -> None:
    second = LOAN | {"loan_no": 8, "principal_cents": 4_000}
    assert went(after(1, -200, "securities"), loans=(LOAN, second))[1] == 0.2
    old = LOAN | {"disbursed_on": date(2023, 6, 30)}
    assert went(after(1, -200, "securities"), loans=(old,)) == ()
    assert went(loans=(LOAN,)) == ()
