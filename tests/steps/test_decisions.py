"""Decisions: what excuses a delay on the day, and what is decided of each loan on which its tier may rest."""

import json
from datetime import date
from typing import Any

import pytest

from engine_rows import Row, facts, loan, positions_of
from postloan.steps.decisions import OF_CLASSES, OF_DEBTORS, decided_of_loans, technical_delays

ON = date(2024, 6, 30)
JUNE = date(2024, 6, 1)


def decision(loan_no: int, kind: str, *, terms: Any = None, **says: Any) -> Row:
    """A decision in force for the whole of June, unless said otherwise."""
    return {
        "decision_id": f"{kind}-{loan_no}-{len(says)}", "loan_no": loan_no, "kind": kind,
        "effective_on": JUNE, "ends_on": ON, "terms": json.dumps(terms or {}),
    } | says  # fmt: skip


@pytest.mark.parametrize(
    ("says", "excused"),
    [
        ({}, True),
        ({"effective_on": ON}, True),
        ({"effective_on": date(2024, 7, 1), "ends_on": date(2024, 7, 9)}, False),
        ({"ends_on": date(2024, 6, 29)}, False),
        ({"ends_on": None}, True),
        ({"is_withdrawn": True}, False),
        ({"is_withdrawn": False}, True),
    ],
)
def test_a_delay_is_excused_on_the_days_the_decision_names(says: Row, excused: bool) -> None:
    rows = facts("decision", decision(1, "technical_delay", **says))
    assert technical_delays(rows, on=ON)["loan_no"].to_list() == ([1] if excused else [])


def test_two_decisions_excuse_a_loan_once_and_another_kind_none() -> None:
    rows = facts(
        "decision",
        decision(2, "technical_delay"),
        decision(2, "technical_delay", effective_on=date(2024, 6, 5)),
        decision(1, "technical_delay"),
        decision(3, "restructure"),
    )
    assert technical_delays(rows, on=ON)["loan_no"].to_list() == [1, 2]


BOOK = [loan(1, debtor_no=1), loan(2, debtor_no=1), loan(3, debtor_no=2)]


def decided(*decisions: Row, openings: tuple[Row, ...] = ()) -> list[Row]:
    opened = facts("opening", *openings)
    held = positions_of(facts("loan", *BOOK), opened, on=ON)
    return decided_of_loans(facts("decision", *decisions), opened, held, on=ON).to_dicts()


def named(rows: list[Row]) -> list[tuple[int, str, date]]:
    return [(row["loan_no"], row["kind"], row["effective_on"]) for row in rows]


@pytest.mark.parametrize("kind", OF_CLASSES)
def test_what_is_decided_of_a_debtor_holds_for_all_its_loans_and_else_for_one(kind: str) -> None:
    expected = [(1, kind, JUNE), (2, kind, JUNE)] if kind in OF_DEBTORS else [(2, kind, JUNE)]
    assert sorted(named(decided(decision(2, kind)))) == expected


@pytest.mark.parametrize("says", [{"effective_on": date(2024, 7, 1)}, {"is_withdrawn": True}])
def test_what_has_not_begun_or_was_withdrawn_is_not_decided(says: Row) -> None:
    assert decided(decision(1, "restructure", **says), decision(3, "evasion", **says)) == []


def test_what_has_ended_was_decided_all_the_same() -> None:
    """A past day of the loan is judged by it; only the days after it are not."""
    (row,) = decided(decision(1, "impairment", ends_on=date(2024, 6, 9)))
    assert (row["kind"], row["ends_on"]) == ("impairment", date(2024, 6, 9))


def test_a_decision_on_money_and_one_on_a_delay_bear_on_no_tier_by_themselves() -> None:
    assert decided(decision(1, "technical_delay"), decision(1, "waiver"), decision(1, "write_off")) == []


TAKEN_ON = date(2024, 3, 31)


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({}, []),
        ({"tier": "pass"}, []),
        ({"tier": "doubtful"}, [(1, "manual_tier", TAKEN_ON)]),
        ({"observation_from": date(2024, 2, 15)}, [(1, "restructure", date(2024, 2, 15))]),
    ],
)
def test_what_an_opening_says_was_decided_before_the_take_on(says: Row, expected: list[Any]) -> None:
    rows = decided(openings=({"loan_no": 1, "on": TAKEN_ON, "outstanding_cents": 100_000} | says,))
    assert named(rows) == expected
    for row in rows:
        is_tier = row["kind"] == "manual_tier"
        assert row["ends_on"] == (TAKEN_ON if is_tier else None)
        assert json.loads(row["terms"]) == ({"tier": "doubtful"} if is_tier else {})
