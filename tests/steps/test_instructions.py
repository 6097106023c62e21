"""Instructions: a decision waits for the core, and one row of the core's confirms one decision."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from engine_rows import Row, debtor, facts, inputs, instalments, loan, overdue_loan, payment, policy
from postloan.plan.night import assess
from postloan.steps.instructions import instructions

ON = date(2024, 6, 30)
OFF_TERMS = {"principal": "6.00", "interest": "0.50", "ground": "no estate"}
CHANGE_TERMS = {"difficulty": "overdue", "adjustment": "extension"}
JUNE = date(2024, 6, 10)


def decided(kind: str, terms: Row, name: str = "X1", **says: Any) -> Row:
    return {
        "decision_id": name, "loan_no": 1, "kind": kind, "effective_on": JUNE, "terms": json.dumps(terms),
    } | says  # fmt: skip


def told(*decisions: Row, book: Any = "core", row: Row | None = None, **tables: list[Row]) -> list[Row]:
    held = {name: facts(name, *tables.get(name, ())) for name in ("instalment", "written_off", "ledger", "payment")}
    return instructions(
        facts("loan", row or loan(1)), facts("decision", *decisions), held["instalment"], held["written_off"],
        held["ledger"], held["payment"], book_of_record=book, taken=(), refused=(), on=ON,
    ).to_dicts()  # fmt: skip


def states(rows: list[Row]) -> list[tuple[str, str | None, date | None]]:
    return [(row["state"], row["confirmed_by"], row["confirmed_on"]) for row in rows]


PENDING, IN_FORCE = ("pending", None, None), ("in_force", None, None)


@pytest.mark.parametrize(
    ("kind", "terms", "by_core", "by_us"),
    [
        ("write_off", OFF_TERMS, PENDING, IN_FORCE),
        ("restructure", CHANGE_TERMS, PENDING, IN_FORCE),
        ("waiver", {"component": "penalty", "amount": "1.00"}, PENDING, PENDING),  # the step of changes tells
    ],
)
def test_a_decision_waits_for_the_core_and_not_for_us(kind: str, terms: Row, by_core: Any, by_us: Any) -> None:
    assert states(told(decided(kind, terms))) == [by_core]
    assert states(told(decided(kind, terms), book="postloan")) == [by_us]


def test_what_is_no_instruction_or_not_begun_is_not_told() -> None:
    delay = decided("technical_delay", {"cause": "a", "evidence": "b", "approver": "c"})
    later = decided("write_off", OFF_TERMS, "X2", effective_on=date(2024, 7, 1))
    assert told(delay, later) == []
    assert len(told(decided("write_off", OFF_TERMS, effective_on=ON))) == 1


def test_amounts_are_taken_from_the_terms_exactly() -> None:
    (row,) = told(decided("write_off", {"principal": "99999999999999.99", "interest": "0.01", "ground": "g"}))
    assert (row["amount_cents"], row["principal_cents"]) == (10**16, 10**16 - 1)
    (row,) = told(decided("waiver", {"component": "interest", "amount": "0.1"}))
    assert (row["amount_cents"], row["principal_cents"]) == (10, 0)
    (row,) = told(decided("restructure", CHANGE_TERMS))
    assert (row["amount_cents"], row["principal_cents"]) == (None, None)


def off(on: date, principal: int = 600, interest: int = 50) -> Row:
    return {"loan_no": 1, "on": on, "principal_cents": principal, "interest_cents": interest, "status": "pursued"}


@pytest.mark.parametrize(
    ("row", "confirms"),
    [
        (off(JUNE), True),
        (off(ON), True),
        (off(date(2024, 6, 9)), False),  # older than the decision
        (off(date(2024, 7, 1)), False),  # not yet
        (off(JUNE, principal=601), False),
        (off(JUNE, interest=49), False),
    ],
)
@pytest.mark.parametrize("book", ["core", "postloan"])
def test_a_row_of_the_same_amounts_confirms_a_write_off(row: Row, confirms: bool, book: str) -> None:
    waiting = PENDING if book == "core" else IN_FORCE
    expected = ("confirmed", "written_off", row["on"]) if confirms else waiting
    assert states(told(decided("write_off", OFF_TERMS), written_off=[row], book=book)) == [expected]


def test_one_row_confirms_one_decision() -> None:
    first, second = decided("write_off", OFF_TERMS), decided("write_off", OFF_TERMS, "X2", effective_on=ON)
    assert states(told(first, second, written_off=[off(JUNE)])) == [("confirmed", "written_off", JUNE), PENDING]
    both = told(first, second, written_off=[off(JUNE), off(ON)])
    assert states(both) == [("confirmed", "written_off", JUNE), ("confirmed", "written_off", ON)]
    taken_back = first | {"is_withdrawn": True}
    assert states(told(taken_back, second, written_off=[off(ON)])) == [
        ("withdrawn", None, None), ("confirmed", "written_off", ON),
    ]  # fmt: skip


def test_a_decision_withdrawn_says_so_and_what_the_core_has_done() -> None:
    taken_back = decided("write_off", OFF_TERMS, is_withdrawn=True)
    assert states(told(taken_back)) == [("withdrawn", None, None)]
    assert states(told(taken_back, written_off=[off(ON)])) == [("withdrawn", "written_off", ON)]


@pytest.mark.parametrize(
    ("version", "begins_on", "confirms"),
    [
        (2, JUNE, True),
        (2, ON, True),
        (2, date(2024, 6, 9), False),
        (2, date(2024, 7, 1), False),
        (2, None, False),
        (1, JUNE, False),  # the first version is no change
    ],
)
def test_a_later_version_of_the_instalments_confirms_a_change(
    version: int, begins_on: date | None, confirms: bool
) -> None:
    plan = instalments(1, (date(2024, 12, 1), 1_000, 0), version=version, effective_on=begins_on)
    first = instalments(1, (date(2024, 9, 1), 1_000, 0)) if version > 1 else []
    expected = ("confirmed", "instalment", begins_on) if confirms else PENDING
    assert states(told(decided("restructure", CHANGE_TERMS), instalment=[*first, *plan])) == [expected]


@pytest.mark.parametrize(
    ("named", "confirms"),
    [
        ({"matures_on": "2026-01-15"}, True),
        ({"matures_on": "2026-01-16"}, False),
        ({"annual_rate": "0.0345"}, True),
        ({"annual_rate": "0.03450001"}, False),
        ({"matures_on": "2026-01-15", "annual_rate": "0.04"}, False),
        ({"matures_on": "2026-01-15", "annual_rate": "0.0345"}, True),
        ({}, False),
    ],
)
def test_a_loan_row_with_every_new_term_confirms_a_change(named: Row, confirms: bool) -> None:
    row = loan(1, matures_on=date(2026, 1, 15), annual_rate_e8=3_450_000)
    expected = ("confirmed", "loan", None) if confirms else PENDING
    assert states(told(decided("restructure", CHANGE_TERMS | named), row=row)) == [expected]


def word(on: date, penalty: int | None, interest: int | None = None) -> Row:
    return {
        "loan_no": 1, "on": on, "outstanding_cents": 9, "penalty_cents": penalty, "overdue_interest_cents": interest,
    }  # fmt: skip


BEFORE, AFTER = date(2024, 6, 9), date(2024, 6, 20)


@pytest.mark.parametrize(
    ("words", "payments", "confirms"),
    [
        ([word(BEFORE, 500), word(AFTER, 400)], [], True),
        ([word(BEFORE, 500), word(AFTER, 401)], [], False),
        ([word(BEFORE, 500), word(AFTER, 400)], [payment(1, JUNE, 1)], False),  # cash explains a cent of the fall
        ([word(BEFORE, 500), word(AFTER, 399)], [payment(1, AFTER, 1)], True),
        ([word(BEFORE, 500), word(AFTER, 400)], [payment(1, BEFORE, 99), payment(1, ON, 99)], True),
        ([word(AFTER, 400)], [], False),  # nothing to fall from
        ([word(BEFORE, None, 500), word(AFTER, None, 400)], [], False),  # another component
        ([word(BEFORE, 500), word(AFTER, None)], [], False),
    ],
)
def test_a_fall_of_the_cores_amount_beyond_cash_confirms_a_waiver(
    words: list[Row], payments: list[Row], confirms: bool
) -> None:
    waived = decided("waiver", {"component": "penalty", "amount": "1.00"})
    expected = ("confirmed", "ledger", AFTER) if confirms else PENDING
    assert states(told(waived, ledger=words, payment=payments)) == [expected]


# In the night ------------------------------------------------------------------------------------------------------


def night(book: str, terms: Row = OFF_TERMS, **tables: list[Row]) -> Row:
    row, due = overdue_loan(1, 5, on=ON, cents=600)
    given = inputs(loan=[row], instalment=[due], debtor=[debtor()], **tables)
    assessed = assess(given, policy(ON, book_of_record=book), on=ON)
    assert assessed.instructions.height == len(tables.get("decision", []))
    return assessed.loans.row(0, named=True)


def test_a_pending_decision_alters_no_published_figure() -> None:
    assert night("core", decision=[decided("write_off", OFF_TERMS)]) == night("core")


def test_a_write_off_decided_takes_the_loan_off_the_book_where_we_keep_it() -> None:
    row = night("postloan", decision=[decided("write_off", OFF_TERMS, effective_on=ON)])
    assert (row["status"], row["written_off_cents"], row["outstanding_cents"]) == ("written_off", 600, 0)
    assert (row["tier"], row["days_past_due"]) == ("pass", 0)
    taken_back = decided("write_off", OFF_TERMS, is_withdrawn=True)
    assert night("postloan", decision=[taken_back]) == night("postloan")
    later = decided("write_off", OFF_TERMS, "X2", effective_on=date(2024, 7, 1))
    given = inputs(loan=[loan(1)], debtor=[debtor()], decision=[later])
    assert assess(given, policy(ON, book_of_record="postloan"), on=ON).loans["written_off_cents"].to_list() == [0]


def test_no_more_principal_is_written_off_than_there_is() -> None:
    beyond = decided("write_off", OFF_TERMS | {"principal": "9.00", "asset": "8.00"}, effective_on=ON)
    row = night("postloan", decision=[beyond])
    assert (row["status"], row["written_off_cents"], row["asset_cents"]) == ("written_off", 600, 600)
    part = OFF_TERMS | {"principal": "4.00"}
    row = night("postloan", decision=[decided("write_off", part, name, effective_on=ON) for name in ("X1", "X2")])
    assert (row["outstanding_cents"], row["written_off_cents"]) == (0, 600)
    row = night("postloan", decision=[decided("write_off", part)], written_off=[off(ON, 300, 0)])
    assert (row["outstanding_cents"], row["written_off_cents"]) == (0, 600)
    paid = payment(1, date(2024, 6, 28), 100)
    row = night("postloan", decision=[decided("write_off", OFF_TERMS)], payment=[paid])
    assert (row["written_off_cents"], row["recovered_cents"]) == (600, 100), "what comes in later lessens it by nothing"


@pytest.mark.parametrize("book", ["core", "postloan"])
def test_what_is_decided_and_then_fed_is_written_off_once(book: str) -> None:
    terms = OFF_TERMS | {"principal": "4.00", "interest": "0"}
    row = night(book, decision=[decided("write_off", terms)], written_off=[off(ON, 400, 0)])
    assert (row["status"], row["written_off_cents"], row["outstanding_cents"]) == ("active", 400, 200)


def test_the_step_holds_without_decisions() -> None:
    assert told() == []
    assert told(decided("write_off", OFF_TERMS), row=loan(2)) == [], "a loan that is not in the book"
    assert pl.DataFrame(told(decided("write_off", OFF_TERMS))).height == 1
