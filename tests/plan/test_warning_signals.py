"""Warnings of a night: features of every family meet the shipped rules, and only of debtors on the book."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from engine_rows import Row, debtor, inputs, loan, overdue_loan, policy
from postloan.plan.night import Assessment, assess
from postloan.rules.rulebook import Policy
from postloan.rules.warnings import Rung, WarningRule

ON = date(2024, 6, 30)
LAW = policy(ON)


def raised(*, loans: list[Row] | None = None, on: date = ON, **rows: list[Row]) -> list[tuple[int, str, str]]:
    given = inputs(loan=loans or [loan(1, method="interest_only", due_day=30)], debtor=[debtor(), debtor(2)], **rows)
    return signals(assess(given, LAW, on=on))


def signals(assessed: Assessment) -> list[tuple[int, str, str]]:
    return assessed.warnings.select("debtor_no", "signal", "level").rows()


def event(kind: str, days_ago: int, debtor_no: int = 1, **says: Any) -> Row:
    return {"debtor_no": debtor_no, "event_id": f"{kind}{days_ago}", "kind": kind, "source": "court",
            "happened_on": ON - timedelta(days=days_ago)} | says  # fmt: skip


def entry(on: date, cents: int, name: str, **says: Any) -> Row:
    return {"debtor_no": 1, "entry_id": name, "account_id": "own", "booked_at": datetime.combine(on, time(10)),
            "amount_cents": cents, "counterparty_kind": "company", "counterparty_account": "A"} | says  # fmt: skip


def paid_now() -> list[Row]:
    """A loan that owes nothing until it matures."""
    return [loan(1, method="bullet", disbursed_on=date(2024, 6, 1), matures_on=date(2025, 6, 1))]


def test_a_debtor_of_whom_nothing_is_told_raises_nothing() -> None:
    assert raised(loans=paid_now()) == []


def test_events_are_told_by_day_and_amount() -> None:
    events = [event("dishonest", 900), event("sued", 5, amount_cents=100), event("enforced", 3),
              event("enforced_lifted", 2), event("sued", 5, debtor_no=2)]  # fmt: skip
    equity = [{"debtor_no": 1, "period_end_on": date(2024, 3, 31), "item": "equity", "value_cents": 1_001}]
    assert raised(loans=paid_now(), event=events, statement=equity) == [(1, "WS-JUD-01", "red")]
    poorer = [equity[0] | {"value_cents": 1_000}]
    assert raised(loans=paid_now(), event=events, statement=poorer) == [
        (1, "WS-JUD-01", "red"), (1, "WS-JUD-04", "orange"),
    ]  # fmt: skip


def test_money_that_comes_back_and_collateral_that_covers_little() -> None:
    pledged = {"debtor_no": 1, "pledge_id": "P", "collateral_id": "C", "secures_kind": "loan", "secures_id": "L1",
               "rank": 1, "secured_cents": 120_000, "begins_on": date(2024, 6, 1)}  # fmt: skip
    found = raised(
        loans=paid_now(),
        account_entry=[entry(date(2024, 6, 2), -120_000, "E1"), entry(date(2024, 6, 9), 36_000, "E2")],
        pledge=[pledged], collateral=[{"collateral_id": "C", "owner_id": "D1", "kind": "machinery"}],
        valuation=[{"collateral_id": "C", "valued_on": date(2024, 6, 1), "value_cents": 220_000}],
    )  # fmt: skip
    assert found == [(1, "WS-ACC-03", "orange"), (1, "WS-COL-02", "orange")]


def test_limitation_and_a_guarantee_period_that_end() -> None:
    late, due = overdue_loan(1, 1_000, on=ON)
    promise = {"debtor_no": 1, "guarantee_id": "G", "guarantor_id": "X", "secures_kind": "loan", "secures_id": "L1",
               "amount_cents": 9, "kind": "joint", "begins_on": date(2020, 1, 1)}  # fmt: skip
    matured = late | {"matures_on": ON - timedelta(days=100)}
    found = raised(loans=[matured], instalment=[due], guarantee=[promise])
    assert {(1, "WS-GUA-06", "yellow"), (1, "WS-GUA-07", "blue"), (1, "WS-RPY-01", "red")} <= set(found)
    demand = {"debtor_no": 1, "legal_event_id": "F", "loan_id": "L1", "kind": "demand", "happened_on": ON}
    again = raised(loans=[matured], instalment=[due], guarantee=[promise], legal_event=[demand])
    assert "WS-GUA-07" not in {signal for _, signal, _ in again}


def test_a_fall_of_five_points_is_five_points_whatever_doubles_make_of_it() -> None:
    def margin(on: date, cost: int) -> list[Row]:
        return [{"debtor_no": 1, "period_end_on": on, "item": item, "value_cents": cents}
                for item, cents in (("revenue", 100), ("cost_of_sales", cost))]  # fmt: skip

    statements = margin(date(2023, 3, 31), 75) + margin(date(2024, 3, 31), 80)
    assert raised(loans=paid_now(), statement=statements) == [(1, "WS-FIN-08", "blue")]


def test_the_evidence_names_what_the_rule_asks_and_shows() -> None:
    late, due = overdue_loan(1, 9, on=ON)
    given = inputs(loan=[late], debtor=[debtor()], instalment=[due])
    (told,) = assess(given, LAW, on=ON).warnings.filter(pl.col("signal") == "WS-RPY-01").to_dicts()
    assert (told["debtor_id"], told["loan_id"], told["level"]) == ("D1", None, "orange")
    assert json.loads(told["evidence"]) == {"principal_overdue_days": 9, "overdue_principal_cents": 100_000}


def test_the_debtor_counts_its_signals_and_their_worst_level() -> None:
    given = inputs(loan=paid_now(), debtor=[debtor(), debtor(2)], event=[event("sued", 1), event("dishonest", 1)])
    (row,) = assess(given, LAW, on=ON).debtors.filter(pl.col("debtor_no") == 1).to_dicts()
    assert (row["warning_count"], row["warning_level"]) == (2, "red")


def under(of: str, when: str) -> list[tuple[str, str | None, str]]:
    """The signals of a night with one rule only, over a loan nine days late and one on time of another debtor."""
    late, due = overdue_loan(1, 9, on=ON)
    given = inputs(loan=[late, paid_now()[0] | {"loan_no": 2, "loan_id": "L2", "debtor_no": 2}], instalment=[due],
                   debtor=[debtor(), debtor(2)])  # fmt: skip
    rung = Rung(level="red", when=when)
    rule = WarningRule(**(vars(LAW.warnings[0]) | {"of": of, "levels": (rung,), "shows": (), "waits_for": None}))
    found = assess(given, Policy(**(vars(LAW) | {"warnings": (rule,)})), on=ON)
    return found.warnings.select("debtor_id", "loan_id", "evidence").rows()


def test_a_rule_may_ask_loans_instead_of_debtors() -> None:
    assert under("loan", "days_past_due > 8") == [("D1", "L1", '{"days_past_due":9}')]
    assert under("loan", "days_past_due > 9") == []


def test_a_rule_may_hold_because_nothing_is_known() -> None:
    """What is unknown of everybody is asked of one row only, and its answer is everybody's."""
    assert under("debtor", "statement_age_days IS NULL") == [
        ("D1", None, '{"statement_age_days":null}'), ("D2", None, '{"statement_age_days":null}'),
    ]  # fmt: skip
