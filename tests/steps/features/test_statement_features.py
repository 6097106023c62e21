"""Statement features: ratios by hand, periods of their own, a year before that is missing, runs that break."""

from datetime import date
from typing import Any

import pytest

from engine_rows import Row, facts
from postloan.steps.features.statements import statement_features

ON = date(2024, 6, 30)
Q1, Q2, YEAR_END, Q1_THEN = date(2024, 3, 31), date(2024, 6, 30), date(2023, 12, 31), date(2023, 3, 31)


def statement(ends_on: date, *, audited: bool = False, debtor_no: int = 1, **items: int) -> list[Row]:
    return [
        {"debtor_no": debtor_no, "period_end_on": ends_on, "item": item, "value_cents": cents, "audited": audited}
        for item, cents in items.items()
    ]


def told(*statements: list[Row], on: date = ON) -> dict[str, Any]:
    rows = statement_features(facts("statement", *(row for each in statements for row in each)), on=on)
    return rows.row(0, named=True) if rows.height else {}


BALANCE = {
    "cash": 20, "receivables": 60, "inventory": 40, "current_assets": 150, "fixed_assets": 200, "total_assets": 400,
    "short_term_borrowings": 50, "current_liabilities": 100, "long_term_borrowings": 70, "total_liabilities": 240,
    "equity": 160,
}  # fmt: skip


def test_the_balance_sheet_by_hand() -> None:
    rows = told(statement(Q1, audited=True, other_receivables=44, contingent_guarantees=80, **BALANCE))
    assert (rows["statement_on"], rows["statement_age_days"], rows["statement_is_audited"]) == (Q1, 91, True)
    assert (rows["total_assets_cents"], rows["net_assets_cents"]) == (400, 160)
    assert rows["debt_to_assets"] == 0.6
    assert (rows["current_ratio"], rows["quick_ratio"], rows["cash_ratio"]) == (1.5, 1.1, 0.2)
    assert rows["long_assets_to_long_funds"] == pytest.approx(250 / 230)
    assert (rows["other_receivables_to_assets"], rows["guarantees_to_net_assets"]) == (0.11, 0.5)
    assert rows["imbalance_share"] == 0


def test_income_of_a_quarter_stands_for_a_year_where_a_year_is_asked() -> None:
    income = {
        "revenue": 90, "cost_of_sales": 63, "finance_expense": 4, "net_profit": 8, "operating_cash_flow": 2,
        "income_tax": 2, "depreciation_and_amortisation": 6, "vat_revenue": 72, "related_party_revenue": 27,
    }  # fmt: skip
    rows = told(statement(Q1, **BALANCE, **income))
    assert (rows["revenue_cents"], rows["revenue_year_cents"]) == (90, 360)
    assert rows["gross_margin"] == pytest.approx(0.3)
    assert rows["interest_cover"] == 3
    assert rows["cash_to_profit"] == 0.25
    assert rows["borrowings_to_revenue"] == pytest.approx(120 / 360)
    assert rows["borrowings_to_ebitda"] == pytest.approx(120 / 80)
    assert rows["receivable_days"] == 60  # 60 of 360 in 365 days: 60.8
    assert (rows["tax_revenue_gap"], rows["related_revenue_share"]) == (0.2, 0.3)


def test_a_later_period_is_not_known_yet() -> None:
    rows = told(statement(Q1, revenue=5), statement(Q2, revenue=9), on=date(2024, 6, 29))
    assert rows["statement_on"] == Q1
    assert told(statement(Q1, revenue=5), statement(Q2, revenue=9))["statement_on"] == Q2
    assert told(statement(Q2, revenue=9), on=date(2024, 6, 29)) == {}


def test_changes_are_against_the_same_period_of_the_year_before() -> None:
    then = {"revenue": 100, "cost_of_sales": 60, "receivables": 50, "inventory": 30, "equity": 200,
            "total_liabilities": 100, "total_assets": 300, "short_term_borrowings": 40, "long_term_borrowings": 40,
            "long_term_investments": 10}  # fmt: skip
    now = {"revenue": 80, "cost_of_sales": 56, "receivables": 60, "inventory": 40, "equity": 160,
           "total_liabilities": 240, "total_assets": 400, "short_term_borrowings": 50, "long_term_borrowings": 70,
           "long_term_investments": 58}  # fmt: skip
    rows = told(statement(Q1_THEN, **then), statement(YEAR_END, revenue=999, equity=1), statement(Q1, **now))
    assert rows["revenue_change"] == pytest.approx(-0.2)
    assert rows["gross_margin_change"] == pytest.approx(-0.1)
    assert rows["receivables_change"] == pytest.approx(0.2)
    assert rows["receivable_days_change"] == pytest.approx(0.5)  # 60/80 over 50/100
    assert rows["inventory_turnover_change"] == pytest.approx(1.4 / 2 - 1)
    assert rows["net_assets_change"] == pytest.approx(-0.2)
    assert rows["debt_to_assets_change"] == pytest.approx(0.6 - 1 / 3)
    assert rows["borrowings_to_revenue_change"] == pytest.approx(120 / 320 - 80 / 400)
    assert rows["investment_share"] == pytest.approx(0.3)


def test_a_year_before_that_is_missing_leaves_changes_empty() -> None:
    rows = told(statement(date(2022, 3, 31), revenue=100, equity=9), statement(Q1, revenue=80, equity=8))
    assert (rows["revenue_change"], rows["net_assets_change"], rows["gross_margin_change"]) == (None, None, None)
    rows = told(statement(Q1_THEN, revenue=0, equity=-5), statement(Q1, revenue=80, equity=8))
    assert (rows["revenue_change"], rows["net_assets_change"]) == (None, None)


def test_the_end_of_february_meets_that_of_a_leap_year() -> None:
    rows = told(statement(date(2024, 2, 29), revenue=100), statement(date(2025, 2, 28), revenue=50),
                on=date(2025, 3, 1))  # fmt: skip
    assert rows["revenue_change"] == -0.5


def test_a_quarter_before_is_that_quarter_and_no_older_statement() -> None:
    stock = {"inventory": 40, "short_term_borrowings": 10, "other_receivables": 4}
    rows = told(
        statement(YEAR_END, **stock), statement(Q1, inventory=60, short_term_borrowings=13, other_receivables=6)
    )
    assert rows["inventory_change"] == 0.5
    assert rows["short_debt_change"] == pytest.approx(0.3)
    assert rows["other_receivables_change"] == 0.5
    older = told(statement(date(2022, 12, 31), **stock), statement(YEAR_END, inventory=60), on=date(2024, 1, 31))
    assert older["inventory_change"] is None


def test_a_quarter_loses_what_it_adds_to_the_year_so_far() -> None:
    """10 lost by March and 4 by June is a profit of 6 in the second quarter."""
    assert told(statement(Q1, net_profit=-10), statement(Q2, net_profit=-4))["loss_periods"] == 0
    assert told(statement(Q1, net_profit=10), statement(Q2, net_profit=4))["loss_periods"] == 1
    lost = (statement(YEAR_END, net_profit=-3), statement(Q1, net_profit=-10), statement(Q2, net_profit=-11))
    assert told(*lost)["loss_periods"] == 3
    assert told(statement(Q1, operating_cash_flow=-1), statement(Q2, operating_cash_flow=-2))[
        "negative_cash_periods"
    ] == 2  # fmt: skip


@pytest.mark.parametrize(
    ("profits", "run", "years"),
    [
        ({2021: -1, 2022: -1, 2023: -1}, 3, 3),
        ({2021: -1, 2022: 1, 2023: -1}, 1, 1),
        ({2021: -1, 2022: -1, 2023: 0}, 0, 0),
        ({2021: -1, 2023: -1}, 1, 1),
        ({2021: -1, 2022: None, 2023: -1}, 1, 1),
        ({2022: -1, 2023: None}, 0, 0),
    ],
)
def test_a_run_of_losses_breaks(profits: dict[int, int | None], run: int, years: int) -> None:
    """A profit breaks it, nothing earned breaks it, a year without a statement breaks it, or one that does not say."""
    told_of = [
        statement(date(year, 12, 31), **({"revenue": 1} if cents is None else {"net_profit": cents}))
        for year, cents in profits.items()
    ]
    rows = told(*told_of)
    assert (rows["loss_periods"], rows["loss_years"]) == (run, years)


def test_quarters_between_leave_the_run_of_years() -> None:
    rows = told(
        statement(date(2022, 12, 31), net_profit=-5), statement(date(2023, 6, 30), net_profit=2),
        statement(YEAR_END, net_profit=-1), statement(Q1, net_profit=1),
    )  # fmt: skip
    assert (rows["loss_years"], rows["loss_periods"]) == (2, 0)


def test_equity_that_profit_does_not_explain() -> None:
    """100 at the year's end and 10 earned since are 110: 130 are 20 too many, 95 are 15 too few."""
    before = statement(YEAR_END, equity=100)
    assert told(before, statement(Q1, equity=130, net_profit=10))["unexplained_equity_share"] == 0.2
    assert told(before, statement(Q1, equity=95, net_profit=10))["unexplained_equity_share"] == 0.15
    assert told(statement(Q1, equity=95, net_profit=10))["unexplained_equity_share"] is None


def test_what_lacks_an_item_or_a_divisor_lacks_the_ratio() -> None:
    rows = told(
        statement(Q1, current_assets=5, current_liabilities=0, total_assets=0, equity=-3, contingent_guarantees=1)
    )
    asked = ("current_ratio", "quick_ratio", "debt_to_assets", "guarantees_to_net_assets", "revenue_year_cents",
             "interest_cover", "receivable_days", "manipulation_score")  # fmt: skip
    assert [rows[name] for name in asked] == [None] * len(asked)


def test_beneish_by_hand() -> None:
    """Nothing moved but receivables, which doubled, and 50 of profit without cash: -2.48 + 0.92 + 4.679 x 50/1000."""
    then = {"receivables": 100, "revenue": 1_000, "cost_of_sales": 700, "current_assets": 400, "fixed_assets": 400,
            "total_assets": 1_000, "total_liabilities": 500, "net_profit": 50, "operating_cash_flow": 50}  # fmt: skip
    now = then | {"receivables": 200, "operating_cash_flow": 0}
    rows = told(statement(date(2022, 12, 31), **then), statement(YEAR_END, **now))
    assert rows["manipulation_score"] == pytest.approx(-2.48 + 0.92 + 4.679 * 0.05)
    quarters = told(statement(Q1_THEN, **then), statement(Q1, **now))
    assert quarters["manipulation_score"] is None
    told_more = {"depreciation_and_amortisation": 100, "selling_expense": 60, "administrative_expense": 40}
    fuller = told(
        statement(date(2022, 12, 31), **then, **told_more),
        statement(YEAR_END, **now, depreciation_and_amortisation=100, selling_expense=80, administrative_expense=120),
    )
    assert fuller["manipulation_score"] == pytest.approx(-2.48 + 0.92 + 4.679 * 0.05 - 0.172)


def test_each_debtor_has_its_own_runs() -> None:
    rows = [*statement(YEAR_END, net_profit=-1), *statement(YEAR_END, debtor_no=2, net_profit=-1),
            *statement(Q1, debtor_no=2, net_profit=-1)]  # fmt: skip
    found = statement_features(facts("statement", *rows), on=ON)
    assert found.select("debtor_no", "loss_periods").rows() == [(1, 1), (2, 2)]
