"""Decisions: what excuses a delay on the day, and what makes a loan restructured."""

import json
from datetime import date
from typing import Any

import pytest

from engine_rows import Row, facts, loan
from postloan.steps.decisions import restructure_history, technical_delays

ON = date(2024, 6, 30)


def decision(loan_no: int, kind: str, *, terms: Any = None, **says: Any) -> Row:
    """A decision in force for the whole of June, unless said otherwise."""
    return {
        "decision_id": f"{kind}-{loan_no}-{len(says)}", "loan_no": loan_no, "kind": kind,
        "effective_on": date(2024, 6, 1), "ends_on": ON, "terms": json.dumps(terms or {}),
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


def history(loans: list[Row], *decisions: Row) -> list[Row]:
    return restructure_history(facts("loan", *loans), facts("decision", *decisions), on=ON).to_dicts()


@pytest.mark.parametrize(
    ("terms", "says", "is_restructured", "is_repeat"),
    [
        ({"is_repeat": False}, {}, True, False),
        ({"is_repeat": True}, {}, True, True),
        ({}, {}, True, False),
        ({"is_repeat": True}, {"ends_on": date(2024, 6, 29)}, False, False),
        ({"is_repeat": True}, {"ends_on": None}, True, True),
        ({"is_repeat": True}, {"effective_on": date(2024, 7, 1), "ends_on": None}, False, False),
        ({"is_repeat": True}, {"is_withdrawn": True}, False, False),
        ({"is_repeat": False, "observation_ends_on": "2024-01-31"}, {"ends_on": None}, True, False),
    ],
)
def test_a_loan_is_restructured_while_a_decision_says_so(
    terms: dict[str, Any], says: Row, is_restructured: bool, is_repeat: bool
) -> None:
    (row,) = history([loan(1)], decision(1, "restructure", terms=terms, **says))
    assert (row["is_restructured"], row["is_repeat_restructured"]) == (is_restructured, is_repeat)


def test_of_two_restructurings_the_repeat_counts() -> None:
    first = decision(1, "restructure", terms={"is_repeat": False})
    again = decision(1, "restructure", terms={"is_repeat": True}, effective_on=ON)
    assert history([loan(1)], first, again)[0]["is_repeat_restructured"]


@pytest.mark.parametrize(
    ("says", "is_refinanced", "is_renewal"),
    [
        ({}, False, False),
        ({"renews_loan_id": "L0"}, True, False),
        ({"is_no_principal_renewal": True}, True, True),
        ({"renews_loan_id": "L0", "is_no_principal_renewal": True}, True, True),
        ({"is_no_principal_renewal": False}, False, False),
    ],
)
def test_a_loan_that_repaid_another_is_refinanced(says: Row, is_refinanced: bool, is_renewal: bool) -> None:
    (row,) = history([loan(1, **says)])
    assert (row["is_refinanced"], row["is_no_principal_renewal"]) == (is_refinanced, is_renewal)


def test_every_loan_has_its_row_and_no_decision_reaches_another() -> None:
    rows = history([loan(1), loan(2), loan(3)], decision(2, "restructure"))
    assert [(row["loan_no"], row["is_restructured"]) for row in rows] == [(1, False), (2, True), (3, False)]
