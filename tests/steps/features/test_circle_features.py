"""Circle features: who guarantees whom in turn, and for how much, across the whole bank."""

from datetime import date

import polars as pl
import pytest

from postloan.steps.features.circles import circle_features

ON = date(2024, 6, 30)
Tie = tuple[int, int] | tuple[int, int, date, date | None] | tuple[int, int, date, date | None, bool]


def told(*ties: Tie) -> dict[int, tuple[int | None, int | None]]:
    """By debtor: members of its circle, and what it gives; each tie is of 10 cents, debtor first."""
    plain = (date(2024, 1, 1), None, None)
    rows = [(each[0], each[1], 10, *each[2:], *plain[len(each) - 2 :]) for each in ties]
    schema = {"debtor_no": pl.Int64, "guarantor_no": pl.Int64, "amount_cents": pl.Int64, "begins_on": pl.Date,
              "ends_on": pl.Date, "is_maximum_amount": pl.Boolean}  # fmt: skip
    found = circle_features(pl.DataFrame(rows, schema=schema, orient="row"), on=ON)
    return {number: (members, cents) for number, members, cents in found.rows()}


def test_a_ring_is_a_circle_and_a_chain_is_none() -> None:
    assert told((1, 2), (2, 3), (3, 1)) == {1: (3, 10), 2: (3, 10), 3: (3, 10)}
    assert told((1, 2), (2, 3), (3, 4)) == {2: (None, 10), 3: (None, 10), 4: (None, 10)}
    assert told((1, 2), (2, 1)) == {1: (2, 10), 2: (2, 10)}


def test_two_rings_that_share_a_member_are_one_circle_and_others_hang_on_it() -> None:
    found = told((1, 2), (2, 1), (2, 3), (3, 2), (9, 1), (3, 8), (8, 7))
    assert found == {
        1: (3, 20), 2: (3, 20), 3: (3, 10), 7: (None, 10), 8: (None, 10),
    }  # fmt: skip


def test_a_long_tail_is_in_no_circle() -> None:
    tail = tuple((at, at + 1) for at in range(10, 20))
    found = told((1, 2), (2, 1), (20, 1), *tail)
    assert {number for number, (members, _) in found.items() if members} == {1, 2}


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "members"),
    [
        (ON, ON, 2), (date(2024, 7, 1), None, None), (date(2024, 1, 1), date(2024, 6, 29), None),
    ],
)  # fmt: skip
def test_a_guarantee_counts_from_its_first_day_to_its_last(begins_on: date, ends_on: date, members: int | None) -> None:
    assert told((1, 2), (2, 1, begins_on, ends_on))[2] == (members, 10)


@pytest.mark.parametrize(("is_maximum", "members"), [(True, 2), (False, None)])
def test_a_maximum_amount_that_ended_still_secures_what_arose_in_its_period(
    is_maximum: bool, members: int | None
) -> None:
    assert told((1, 2), (2, 1, date(2024, 1, 1), date(2024, 6, 29), is_maximum))[2] == (members, 10)


def test_nobody_guarantees_itself_and_nobody_is_told_of() -> None:
    assert told((1, 1)) == {}
    assert told() == {}
