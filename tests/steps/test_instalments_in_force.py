"""The schedule: which instalments hold on the day, where they come from, and what they leave out."""

from datetime import date
from typing import Any

import pytest

from engine_rows import Row, facts, instalments, loan, positions_of, scheduled
from postloan.steps.schedule import Schedule

ON = date(2024, 6, 30)
JAN, FEB, MAR, APR, MAY = (date(2024, month, 15) for month in range(1, 6))


def plan(loans: list[Row], rows: list[Row] | None = None, openings: list[Row] | None = None, on: date = ON) -> Schedule:
    opened = facts("opening", *(openings or []))
    held = positions_of(facts("loan", *loans), opened, on=on)
    return scheduled(held, *(rows or []), opened=opened, on=on)


def dues(built: Schedule) -> list[tuple[Any, ...]]:
    return built.dues.select("loan_no", "due_on", "principal_cents", "interest_cents").rows()


def source(built: Schedule) -> list[tuple[str, int]]:
    return built.sources.select("schedule_source", "schedule_gap_cents").rows()


THREE = loan(1, principal_cents=300, matures_on=APR)
FIRST = instalments(1, (FEB, 100, 9), (MAR, 100, 6), (APR, 100, 3))


def test_the_feed_beats_the_terms() -> None:
    built = plan([THREE], FIRST)
    assert dues(built) == [(1, FEB, 100, 9), (1, MAR, 100, 6), (1, APR, 100, 3)]
    assert source(built) == [("feed", 0)]


def test_terms_serve_where_the_feed_has_none() -> None:
    built = plan([THREE, loan(2, principal_cents=300, matures_on=APR, annual_rate_e8=0)], FIRST)
    assert dues(built)[3:] == [(2, FEB, 100, 0), (2, MAR, 100, 0), (2, APR, 100, 0)]
    assert source(built) == [("feed", 0), ("terms", 0)]


@pytest.mark.parametrize("method", ["scheduled", "balloon", "step_arithmetic", "step_geometric"])
def test_where_neither_serves_all_is_due_at_maturity(method: str) -> None:
    built = plan([THREE | {"method": method}])
    assert dues(built) == [(1, APR, 300, 0)]
    assert source(built) == [("none", 300)]


SECOND = instalments(1, (MAR, 50, 7), (APR, 50, 5), (MAY, 100, 4), version=2, seq=2, effective_on=date(2024, 3, 1))


@pytest.mark.parametrize(
    ("on", "in_force"),
    [
        (date(2024, 2, 29), [(1, FEB, 100, 9), (1, MAR, 100, 6), (1, APR, 100, 3)]),
        (date(2024, 3, 1), [(1, FEB, 100, 9), (1, MAR, 50, 7), (1, APR, 50, 5), (1, MAY, 100, 4)]),
        (ON, [(1, FEB, 100, 9), (1, MAR, 50, 7), (1, APR, 50, 5), (1, MAY, 100, 4)]),
    ],
)
def test_a_version_replaces_the_tail_from_the_day_it_holds(on: date, in_force: list[tuple[Any, ...]]) -> None:
    assert dues(plan([THREE], FIRST + SECOND, on=on)) == in_force


def test_a_third_version_may_reach_further_back_than_the_second() -> None:
    third = instalments(1, (MAY, 300, 0), version=3, seq=1, effective_on=date(2024, 4, 1))
    assert dues(plan([THREE], FIRST + SECOND + third)) == [(1, MAY, 300, 0)]


def test_a_version_of_one_loan_is_none_of_its_neighbour() -> None:
    neighbour = loan(2, principal_cents=300, matures_on=APR)
    rows = FIRST + SECOND + [row | {"loan_no": 2} for row in FIRST]
    assert dues(plan([THREE, neighbour], rows))[4:] == [(2, FEB, 100, 9), (2, MAR, 100, 6), (2, APR, 100, 3)]


def test_a_version_that_holds_only_later_leaves_the_terms() -> None:
    later = [row | {"effective_on": date(2024, 7, 1)} for row in FIRST]
    assert source(plan([THREE], later)) == [("terms", 0)]


def test_principal_the_instalments_leave_out_falls_due_at_maturity() -> None:
    built = plan([THREE], FIRST[:2])
    assert dues(built) == [(1, FEB, 100, 9), (1, MAR, 100, 6), (1, APR, 100, 0)]
    assert source(built) == [("feed", 100)]


def test_principal_beyond_the_balance_is_said() -> None:
    built = plan([THREE | {"principal_cents": 250}], FIRST)
    assert len(dues(built)) == 3
    assert source(built) == [("feed", -50)]


def test_instalments_out_of_the_order_of_their_days_are_put_in_order() -> None:
    """A later number may fall due earlier, after an acceleration for instance; one such loan must not stop a night."""
    rows = instalments(1, (MAR, 100, 6), (FEB, 100, 9), (APR, 100, 3))
    assert [due for _, due, _, _ in dues(plan([THREE], rows))] == [FEB, MAR, APR]


TAKEN_ON = {"loan_no": 1, "on": date(2024, 3, 20), "outstanding_cents": 180}


def test_what_fell_due_before_a_take_on_is_the_openings_to_say() -> None:
    opening = TAKEN_ON | {"overdue_principal_cents": 80, "oldest_principal_due_on": MAR}
    built = plan([THREE], FIRST, [opening])
    assert dues(built) == [(1, MAR, 80, 0), (1, APR, 100, 3)]
    assert source(built) == [("feed", 0)]


def test_arrears_stand_under_the_days_they_fell_due_oldest_first() -> None:
    opening = TAKEN_ON | {
        "overdue_principal_cents": 80, "oldest_principal_due_on": MAR, "overdue_interest_cents": 5,
        "oldest_interest_due_on": FEB, "fee_cents": 2,
    }  # fmt: skip
    built = plan([THREE], FIRST, [opening])
    assert dues(built) == [(1, FEB, 0, 5), (1, MAR, 80, 0), (1, date(2024, 3, 20), 0, 0), (1, APR, 100, 3)]
    assert built.dues["fee_cents"].to_list() == [0, 0, 2, 0]


def test_arrears_are_not_planned_again_by_the_terms() -> None:
    opening = TAKEN_ON | {"overdue_principal_cents": 80, "oldest_principal_due_on": MAR}
    built = plan([THREE | {"annual_rate_e8": 0}], [], [opening])
    assert dues(built) == [(1, MAR, 80, 0), (1, APR, 100, 0)]


def test_arrears_of_an_earlier_opening_are_past() -> None:
    earlier = {"loan_no": 1, "on": FEB, "outstanding_cents": 300, "overdue_principal_cents": 100,
               "oldest_principal_due_on": FEB}  # fmt: skip
    assert dues(plan([THREE], FIRST, [earlier, TAKEN_ON | {"outstanding_cents": 100}])) == [(1, APR, 100, 3)]


def test_a_loan_taken_on_after_its_maturity_owes_the_rest_at_once() -> None:
    built = plan([THREE], [], [{"loan_no": 1, "on": date(2024, 5, 31), "outstanding_cents": 70}])
    assert dues(built) == [(1, date(2024, 5, 31), 70, 0)]


def test_an_instalment_due_on_the_day_of_the_take_on_is_in_the_opening() -> None:
    built = plan([THREE], FIRST, [TAKEN_ON | {"on": MAR, "outstanding_cents": 100}])
    assert dues(built) == [(1, APR, 100, 3)]


def test_an_empty_book_has_an_empty_schedule() -> None:
    built = plan([])
    assert built.dues.is_empty()
    assert built.sources.is_empty()
