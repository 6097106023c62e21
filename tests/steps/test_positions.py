"""Positions: who is in the book on the day, and where the story of each loan begins."""

from datetime import date

import polars as pl
import pytest

from engine_rows import Row, facts, loan, positions_of

ON = date(2024, 6, 30)


def held(loans: list[Row], *openings: Row, on: date = ON) -> list[Row]:
    return positions_of(facts("loan", *loans), facts("opening", *openings), on=on).to_dicts()


def test_a_loan_is_in_the_book_from_the_day_it_is_paid_out() -> None:
    loans = [loan(1, disbursed_on=ON), loan(2, disbursed_on=date(2024, 7, 1)), loan(3)]
    assert [row["loan_no"] for row in held(loans)] == [1, 3]


def test_a_loan_paid_out_begins_with_its_principal() -> None:
    (row,) = held([loan(1)])
    assert (row["begins_on"], row["balance_cents"], row["is_taken_on"]) == (date(2024, 1, 15), 120_000, False)
    assert (row["accrued_cents"], row["penalty_cents"]) == (0, 0)


def test_a_loan_whose_openings_all_lie_later_is_not_in_the_book_yet() -> None:
    later = {"loan_no": 1, "on": date(2024, 7, 1), "outstanding_cents": 5}
    assert held([loan(1)], later) == []
    assert len(held([loan(1)], later, on=date(2024, 7, 1))) == 1


def test_the_latest_opening_up_to_the_day_is_where_it_begins() -> None:
    openings = [
        {"loan_no": 1, "on": on, "outstanding_cents": cents}
        for on, cents in [(date(2024, 3, 31), 90_000), (ON, 60_000), (date(2024, 7, 31), 10)]
    ]
    (row,) = held([loan(1)], *openings)
    assert (row["begins_on"], row["balance_cents"], row["is_taken_on"]) == (ON, 60_000, True)
    (before,) = held([loan(1)], *openings, on=date(2024, 6, 29))
    assert (before["begins_on"], before["balance_cents"]) == (date(2024, 3, 31), 90_000)


def test_penalty_and_compound_interest_are_taken_on_apart() -> None:
    opening = {"loan_no": 1, "on": ON, "outstanding_cents": 9, "penalty_cents": 30, "compound_cents": 4}
    (row,) = held([loan(1)], opening | {"accrued_interest_cents": 7})
    assert (row["penalty_cents"], row["compound_cents"], row["accrued_cents"]) == (30, 4, 7)
    assert held([loan(1)], opening | {"compound_cents": None})[0]["compound_cents"] == 0


@pytest.mark.parametrize(
    ("terms", "penalty", "compound", "misuse"),
    [
        ({}, 0, 0, 0),
        ({"penalty_factor_e8": 150_000_000}, 150_000_000, 0, 0),
        ({"penalty_factor_e8": 130_000_000, "charges_compound": True}, 130_000_000, 130_000_000, 0),
        ({"charges_compound": True}, 0, 100_000_000, 0),  # no penalty rate in the contract: its own
        ({"misuse_factor_e8": 200_000_000}, 0, 0, 200_000_000),
    ],
)
def test_rates_on_arrears_are_multiples_of_the_contracts(terms: Row, penalty: int, compound: int, misuse: int) -> None:
    (row,) = held([loan(1, **terms)])
    factors = (row["penalty_factor_e8"], row["compound_factor_e8"], row["misuse_factor_e8"])
    assert factors == (penalty, compound, misuse)


def test_misuse_and_acceleration_begin_on_the_day_decided() -> None:
    decided = [
        {"decision_id": f"X{at}", "loan_no": 1, "kind": kind, "effective_on": date(2024, 5, at), "terms": "{}"} | says
        for at, (kind, says) in enumerate(
            [("misuse", {"is_withdrawn": True}), ("misuse", {}), ("misuse", {}), ("accelerate", {})], start=1
        )
    ]
    book = facts("loan", loan(1), loan(2))
    rows = positions_of(book, facts("opening"), *decided, on=ON).to_dicts()
    assert (rows[0]["misused_from_on"], rows[0]["accelerated_from_on"]) == (date(2024, 5, 2), date(2024, 5, 4))
    assert rows[1]["misused_from_on"] is None
    (before, _) = positions_of(book, facts("opening"), *decided, on=date(2024, 5, 1)).to_dicts()
    assert before["misused_from_on"] is None


def test_an_opening_says_nothing_of_other_loans() -> None:
    rows = held([loan(1), loan(2)], {"loan_no": 2, "on": date(2024, 7, 1), "outstanding_cents": 5})
    assert [(row["loan_no"], row["balance_cents"]) for row in rows] == [(1, 120_000)]


def test_empty_terms_get_their_defaults() -> None:
    (row,) = held([loan(1)])
    assert [row[name] for name in ("day_count", "period_months", "due_day", "instalment_cents")] == ["30/360", 1, 15, 0]
    given = {"day_count": "ACT/365", "period_months": 3, "due_day": 20, "instalment_cents": 77}
    assert given.items() <= held([loan(1, **given)])[0].items()


def test_an_empty_book_is_a_book() -> None:
    empty = positions_of(facts("loan"), facts("opening"), on=ON)
    assert empty.is_empty()
    assert empty.schema["begins_on"] == pl.Date()
