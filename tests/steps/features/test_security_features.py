"""Collateral and guarantee features: values and papers of what secures a loan, periods and limitation that run."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from engine_rows import Row, facts
from postloan.steps.features.collateral import collateral_features
from postloan.steps.features.guarantees import guarantee_features
from postloan.steps.security_ties import security_ties

ON = date(2024, 6, 30)


def days(count: int) -> date:
    """The business date and so many days."""
    return ON + timedelta(days=count)


def owed(loan_no: int, cents: int, debtor_no: int = 1, **says: Any) -> Row:
    return {
        "loan_no": loan_no, "loan_id": f"L{loan_no}", "debtor_no": debtor_no, "outstanding_cents": cents,
        "contract_id": "K1", "disbursed_on": date(2023, 1, 1), "matures_on": date(2025, 1, 1),
        "oldest_principal_due_on": None, "oldest_interest_due_on": None, "last_paid_on": None,
    } | says  # fmt: skip


LOANS_ARE = {
    "loan_no": pl.Int64, "loan_id": pl.String, "debtor_no": pl.Int64, "outstanding_cents": pl.Int64,
    "contract_id": pl.String, "disbursed_on": pl.Date, "matures_on": pl.Date, "oldest_principal_due_on": pl.Date,
    "oldest_interest_due_on": pl.Date, "last_paid_on": pl.Date,
}  # fmt: skip
CONTRACT = {"debtor_no": 1, "contract_id": "K1", "facility_id": "F1"}


def pledge(name: str, to: str = "L1", kind: str = "loan", **says: Any) -> Row:
    return {
        "debtor_no": 1, "pledge_id": f"{name}{to}", "collateral_id": name, "secures_kind": kind, "secures_id": to,
        "rank": 1, "secured_cents": 1_000, "begins_on": date(2023, 1, 1),
    } | says  # fmt: skip


def thing(name: str, kind: str = "residential", **says: Any) -> Row:
    return {"collateral_id": name, "owner_id": "D1", "kind": kind, "status": "held"} | says


def value(name: str, on: date, cents: int) -> Row:
    return {"collateral_id": name, "valued_on": on, "value_cents": cents}


def told(loans: list[Row], pledges: list[Row], things: list[Row], values: list[Row]) -> dict[str, Any]:
    held, pledged = pl.DataFrame(loans, schema=LOANS_ARE), facts("pledge", *pledges)
    ties = security_ties(held, facts("contract", CONTRACT), pledged, facts("guarantee"), on=ON)
    rows = collateral_features(ties, held, facts("collateral", *things), facts("valuation", *values), on=ON)
    return rows.row(0, named=True) if rows.height else {}


def test_the_last_value_against_the_one_before() -> None:
    values = [value("C", date(2021, 1, 1), 999), value("C", date(2023, 1, 1), 1_000), value("C", days(-400), 900),
              value("C", days(1), 1)]  # fmt: skip
    rows = told([owed(1, 450)], [pledge("C")], [thing("C")], values)
    assert rows["collateral_value_change"] == pytest.approx(-0.1)
    assert (rows["collateral_value_age_days"], rows["loan_to_value"]) == (400, 0.5)
    assert (rows["main_collateral_kind"], rows["is_collateral_seized"]) == ("residential", False)
    assert told([owed(1, 450)], [pledge("C")], [thing("C")], values[1:2])["collateral_value_change"] is None


def test_a_loan_is_measured_by_all_its_collateral() -> None:
    pledges, things = [pledge("C"), pledge("D")], [thing("C"), thing("D", "machinery")]
    values = [value("C", days(-10), 300), value("D", days(-20), 700)]
    rows = told([owed(1, 800)], pledges, things, values)
    assert (rows["loan_to_value"], rows["main_collateral_kind"]) == (0.8, "machinery")
    assert rows["collateral_value_age_days"] == 20
    assert told([owed(1, 800)], pledges, things, values[:1])["loan_to_value"] is None


def test_a_collateral_of_two_loans_counts_for_each_by_what_it_owes() -> None:
    """C is worth 1,000 and secures 300 and 500 of one line: 0.8 of each; the second has 1,000 of its own besides."""
    pledges = [pledge("C", "F1", "facility"), pledge("D", "L2")]
    values = [value("C", days(-1), 1_000), value("D", days(-1), 1_000)]
    rows = told([owed(1, 300), owed(2, 500)], pledges, [thing("C"), thing("D", "stock")], values)
    assert (rows["loan_to_value"], rows["main_collateral_kind"]) == (pytest.approx(300 / 375), "residential")
    twice = [pledge("C"), pledge("C", "F1", "facility")]
    assert told([owed(1, 300)], twice, [thing("C")], values[:1])["loan_to_value"] == pytest.approx(0.3)


def test_what_is_released_sold_or_repaid_does_not_count() -> None:
    values = [value("C", days(-1), 1_000)]
    for status in ("released", "sold"):
        assert told([owed(1, 300)], [pledge("C")], [thing("C", status=status)], values) == {}
    assert told([owed(1, 0)], [pledge("C")], [thing("C")], values) == {}
    assert told([owed(1, 300)], [pledge("C", ends_on=days(-1))], [thing("C")], values) == {}
    assert told([owed(1, 300)], [pledge("C")], [thing("C", status=None)], values)["loan_to_value"] == 0.3
    assert told([owed(1, 300)], [pledge("C")], [thing("C", status="seized")], values)["is_collateral_seized"] is True


def test_papers_run_to_the_first_end() -> None:
    things = [thing("C", insured_to_on=days(30), registration_ends_on=days(60)), thing("D", insured_to_on=days(-1))]
    rows = told([owed(1, 300)], [pledge("C"), pledge("D")], things, [])
    assert (rows["insurance_days_left"], rows["registration_days_left"]) == (-1, 60)
    bare = told([owed(1, 300)], [pledge("C")], [thing("C")], [])
    names = ("insurance_days_left", "registration_days_left", "loan_to_value", "collateral_value_age_days")
    assert [bare[name] for name in names] == [None] * 4


def guarantee(to: str = "L1", kind: str = "loan", **says: Any) -> Row:
    return {
        "debtor_no": 1, "guarantee_id": f"G{to}", "guarantor_id": "G", "secures_kind": kind, "secures_id": to,
        "amount_cents": 1_000, "kind": "joint", "begins_on": date(2023, 1, 1),
    } | says  # fmt: skip


def periods(loan: Row, *guarantees: Row, legal: tuple[Row, ...] = ()) -> tuple[Any, ...]:
    events = [{"debtor_no": 1, "legal_event_id": f"F{at}"} | row for at, row in enumerate(legal)]
    rows = guarantee_features(
        pl.DataFrame([loan], schema=LOANS_ARE), facts("contract", CONTRACT), facts("guarantee", *guarantees),
        facts("legal_event", *events), on=ON,
    )  # fmt: skip
    return rows.row(0)[1:] if rows.height else ()


def test_an_agreed_guarantee_period_runs_to_its_last_day() -> None:
    loan = owed(1, 300, matures_on=date(2024, 1, 1))
    assert periods(loan, guarantee(ends_on=days(90))) == (90, None, None)
    assert periods(loan, guarantee(ends_on=ON)) == (0, None, None)
    assert periods(loan, guarantee(ends_on=days(-1))) == (None, None, None)
    assert periods(loan, guarantee("K1", "contract", ends_on=days(9)), guarantee("F1", "facility", ends_on=days(5)))[
        0
    ] == 5  # fmt: skip
    assert periods(loan, guarantee(ends_on=days(9), begins_on=days(1))) == ()


def test_a_period_not_agreed_runs_from_maturity() -> None:
    """Civil Code Art. 692: none agreed, or one that ends no later than the debt."""
    matured = owed(1, 300, matures_on=days(-91))
    assert periods(matured, guarantee()) == (None, 91, None)
    assert periods(matured, guarantee(ends_on=days(-91))) == (None, 91, None)
    assert periods(matured, guarantee(ends_on=days(30), is_maximum_amount=True)) == (None, 91, None)
    assert periods(owed(1, 300, matures_on=ON), guarantee()) == (None, 0, None)
    assert periods(owed(1, 300, matures_on=days(1)), guarantee()) == (None, None, None)


def test_limitation_runs_from_the_oldest_unpaid_due_day_and_anew_from_what_renews_it() -> None:
    late = owed(1, 300, oldest_principal_due_on=days(-100), oldest_interest_due_on=days(-200))
    assert periods(late) == (None, None, 200)
    assert periods(late | {"last_paid_on": days(-50)}) == (None, None, 50)
    assert periods(late | {"last_paid_on": days(-500)}) == (None, None, 200)
    assert periods(owed(1, 300, last_paid_on=days(-50))) == ()
    for kind, ran in (("demand", 30), ("acknowledgement", 30), ("filing", 30), ("freeze", 200)):
        assert periods(late, legal=({"loan_id": "L1", "kind": kind, "happened_on": days(-30)},))[2] == ran
    assert periods(late, legal=({"contract_id": "K1", "kind": "demand", "happened_on": days(-7)},))[2] == 7
    assert periods(late, legal=({"loan_id": "L2", "kind": "demand", "happened_on": days(-7)},))[2] == 200
    assert periods(late, legal=({"loan_id": "L1", "kind": "demand", "happened_on": days(1)},))[2] == 200
