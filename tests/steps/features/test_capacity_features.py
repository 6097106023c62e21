"""Capacity: instalments of a year against incomes, cash flow and receipts, and against a year before."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from engine_rows import debtor, facts, inputs, instalments, loan, policy
from postloan.plan.night import assess
from postloan.steps.features.capacity import capacity_features
from postloan.tables.features import AccountFeatures, BureauFeatures

ON = date(2024, 6, 30)
LOAN = {
    "debtor_no": 1, "disbursed_on": date(2023, 6, 30), "service_year_cents": 600, "matures_year_cents": 0,
    "service_past_year_cents": 500, "own_share_outstanding_cents": 4_000,
}  # fmt: skip


def says(item: str, year: int, cents: int, **more: Any) -> dict[str, Any]:
    return {"debtor_no": 1, "period_end_on": date(year, 12, 31), "item": item, "value_cents": cents} | more


def told(*statements: dict[str, Any], loans: tuple[dict[str, Any], ...] = (LOAN,), debt: int | None = None,
         inflow: int | None = None) -> dict[str, Any]:  # fmt: skip
    bureau = BureauFeatures.create_empty()
    if debt is not None:
        rows = {name: [None] for name in BureauFeatures.column_names()} | {"debtor_no": [1], "all_banks_cents": [debt]}
        bureau = BureauFeatures.validate(pl.DataFrame(rows, schema=bureau.schema))
    accounts = AccountFeatures.create_empty()
    if inflow is not None:
        rows = {name: [None] for name in AccountFeatures.column_names()} | {"debtor_no": [1], "inflow_cents": [inflow]}
        accounts = AccountFeatures.validate(pl.DataFrame(rows, schema=accounts.schema))
    return capacity_features(
        pl.DataFrame(loans), facts("statement", *statements), bureau, accounts, on=ON
    ).row(0, named=True)  # fmt: skip


def test_instalments_against_the_latest_income_and_that_of_a_year_before() -> None:
    row = told(says("annual_income", 2023, 1_000), says("annual_income", 2022, 1_000), says("annual_income", 2021, 1))
    assert row["instalment_to_income"] == 0.6
    assert row["instalment_to_income_change"] == pytest.approx(0.1)
    assert row["income_age_days"] == 182


def test_a_loan_of_less_than_a_year_has_no_year_before() -> None:
    young = LOAN | {"disbursed_on": date(2023, 7, 1)}
    row = told(says("annual_income", 2023, 1_000), says("annual_income", 2022, 1_000), loans=(LOAN, young))
    assert row["instalment_to_income"] == 1.2
    assert row["instalment_to_income_change"] is None


def test_old_incomes_and_those_to_come_say_nothing() -> None:
    assert told(says("annual_income", 2021, 1_000))["instalment_to_income"] is None
    assert told(says("annual_income", 2024, 1_000))["instalment_to_income"] is None
    assert told()["income_cents"] is None


def test_cash_flow_of_whole_years_covers_instalments() -> None:
    quarter = says("operating_cash_flow", 2024, 9_000, period_end_on=date(2024, 3, 31))
    row = told(says("operating_cash_flow", 2023, 900), says("operating_cash_flow", 2022, 1_000), quarter)
    assert (row["cash_flow_cover"], row["cash_flow_cover_change"]) == (1.5, -0.5)


def test_debt_at_other_banks_and_receipts_here() -> None:
    row = told(says("annual_income", 2023, 3_000), debt=6_000, inflow=300)
    assert row["all_banks_instalment_to_income"] == pytest.approx(0.3)
    assert row["receipts_cover"] == 2
    assert told(says("annual_income", 2023, 3_000), debt=2_000)["all_banks_instalment_to_income"] == 0.2


def test_nothing_due_has_no_cover() -> None:
    row = told(says("operating_cash_flow", 2023, 900), loans=(LOAN | {"service_year_cents": 0},))
    assert row["cash_flow_cover"] is None


def test_what_falls_due_within_a_year_is_published_by_loan() -> None:
    """Due days after 30 June 2024 and up to 30 June 2025 count; what a bullet loan repays at its end stands apart."""
    rows = instalments(
        1, (date(2023, 6, 30), 1, 1), (date(2023, 7, 1), 10, 1), (ON, 20, 2), (date(2024, 7, 1), 40, 3),
        (date(2025, 6, 30), 80, 4), (date(2025, 7, 1), 119_849, 5),
    )  # fmt: skip
    bullet = instalments(2, (date(2025, 1, 15), 120_000, 700))
    book = inputs(
        loan=[
            loan(1, matures_on=date(2025, 7, 1), disbursed_on=date(2023, 1, 1)),
            loan(2, method="bullet", disbursed_on=date(2024, 1, 15)),
        ],
        debtor=[debtor()], instalment=[*rows, *bullet],
    )  # fmt: skip
    found = assess(book, policy(ON), on=ON).loans.select(
        "service_year_cents", "matures_year_cents", "service_past_year_cents"
    )
    assert found.rows() == [(127, 0, 33), (700, 120_000, 0)]
