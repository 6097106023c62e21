"""Days past due: counted from the oldest unpaid day, by principal, by interest and by the core, the longest governs."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_rows import RULEBOOK, Row
from postloan.rules.rulebook import policy_on
from postloan.steps.days_past_due import days_past_due
from postloan.tables.results import Balances, Position, Standing

ON = date(2024, 3, 31)
BUCKETS = policy_on(RULEBOOK, ON).dpd_buckets.frame()


def count(
    *,
    principal: date | None = None,
    interest: date | None = None,
    core: int | None = None,
    status: str = "active",
    delayed: tuple[int, ...] = (),
    on: date = ON,
    grace: int = 0,
    grace_counts: bool = True,
) -> Row:
    owed: dict[str, Any] = {
        name: None if kind == pl.Date() else 0 for name, kind in Balances.create_empty().schema.items()
    }
    owed |= {"loan_no": 1, "oldest_principal_due_on": principal, "oldest_interest_due_on": interest}
    stood: dict[str, Any] = {
        "loan_no": 1, "status": status, "outstanding_cents": 0, "own_outstanding_cents": 0,
        "core_outstanding_cents": None, "balance_break_cents": None, "core_days_past_due": core,
        "written_off_cents": 0,
        "transferred_cents": 0,
        "asset_cents": 0,
        "recovered_cents": 0,
        "last_recovered_on": None,
    }  # fmt: skip
    result = days_past_due(
        Balances.cast(pl.DataFrame([owed], schema=Balances.create_empty().schema)),
        Standing.cast(pl.DataFrame([stood], schema=Standing.create_empty().schema)),
        Position.cast(pl.DataFrame([{"loan_no": 1, "grace_days": grace}], schema=Position.create_empty().schema)),
        pl.DataFrame({"loan_no": delayed}, schema={"loan_no": pl.Int64}),
        buckets=BUCKETS,
        grace_counts=grace_counts,
        on=on,
    )
    return result.row(0, named=True)


@pytest.mark.parametrize(
    ("due_on", "days", "bucket"),
    [
        (None, 0, "M0"),
        (ON, 0, "M0"),  # due today and unpaid is not past due
        (date(2024, 3, 30), 1, "M1"),
        (date(2024, 3, 1), 30, "M1"),
        (date(2024, 2, 29), 31, "M2"),  # calendar days, over a leap day
        (date(2024, 1, 31), 60, "M2"),
        (date(2024, 1, 30), 61, "M3"),
        (date(2024, 1, 1), 90, "M3"),
        (date(2023, 12, 31), 91, "M4"),
        (date(2023, 10, 3), 180, "M6"),
        (date(2023, 10, 2), 181, "M7+"),
        (date(2004, 3, 31), 7305, "M7+"),
    ],
)
def test_days_run_from_the_day_after_the_due_day(due_on: date | None, days: int, bucket: str) -> None:
    assert count(principal=due_on)["days_past_due"] == days
    assert count(principal=due_on)["bucket"] == bucket
    assert count(interest=due_on)["days_past_due"] == days


def test_the_longer_of_principal_and_interest_governs() -> None:
    row = count(principal=date(2024, 3, 30), interest=date(2024, 3, 21))
    assert [row[f"days_past_due{of}"] for of in ("_principal", "_interest", "")] == [1, 10, 10]


@pytest.mark.parametrize(("core", "days"), [(None, 5), (0, 5), (4, 5), (5, 5), (6, 6), (400, 400)])
def test_the_worse_of_ours_and_the_cores_governs(core: int | None, days: int) -> None:
    assert count(principal=date(2024, 3, 26), core=core)["days_past_due"] == days


@pytest.mark.parametrize("status", ["settled", "written_off"])
def test_a_loan_off_the_book_has_none_whatever_the_core_says(status: str) -> None:
    row = count(principal=date(2023, 1, 1), interest=date(2023, 1, 1), core=400, status=status)
    assert [row[f"days_past_due{of}"] for of in ("_principal", "_interest", "")] == [0, 0, 0]
    assert row["bucket"] == "M0"


def test_a_technical_delay_is_noted_and_changes_no_count() -> None:
    row = count(principal=date(2024, 3, 26), delayed=(1,))
    assert (row["days_past_due"], row["delay_is_technical"]) == (5, True)
    assert not count(principal=date(2024, 3, 26), delayed=(2,))["delay_is_technical"]


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.integers(0, 4000))
def test_one_more_day_is_one_more_day(on: date, days: int) -> None:
    due_on = on - timedelta(days=days)
    assert count(principal=due_on, on=on)["days_past_due"] == days
    assert count(principal=due_on, on=on + timedelta(days=1))["days_past_due"] == days + 1


@pytest.mark.parametrize(("days", "counted"), [(4, 0), (5, 0), (6, 6)])
def test_within_a_grace_that_does_not_count_nothing_is_past_due_and_beyond_it_all_days_are(
    days: int, counted: int
) -> None:
    due_on = ON - timedelta(days=days)
    assert count(principal=due_on, grace=5, grace_counts=False)["days_past_due"] == counted
    assert count(principal=due_on, grace=5)["days_past_due"] == days
