"""Market features by region and industry, and repayment features of loans on the book."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from engine_rows import Row, facts
from postloan.steps.features.market import market_features
from postloan.steps.features.repayment import repayment_features
from postloan.tables.units import TIERS

ON = date(2024, 6, 30)


def series(name: str, *values: tuple[date, float]) -> list[Row]:
    return [{"series": name, "on": on, "value": value} for on, value in values]


def told(region: str | None, industry: str | None, *rows: list[Row]) -> dict[str, Any]:
    debtors = facts("debtor", {"debtor_no": 1, "region_code": region, "industry_code": industry})
    found = market_features(debtors, facts("market", *(row for each in rows for row in each)), on=ON)
    return found.row(0, named=True) if found.height else {}


def test_house_prices_of_the_city_against_a_year_before() -> None:
    prices = series("house_price_330100", (date(2023, 6, 30), 100), (date(2024, 5, 31), 95), (ON, 90),
                    (date(2024, 7, 31), 1))  # fmt: skip
    assert told("330106", None, prices)["house_price_change"] == pytest.approx(-0.1)
    assert told("330100", None, prices)["house_price_change"] == pytest.approx(-0.1)
    assert told("320106", None, prices) == {}
    assert told(None, None, prices) == {}


def test_a_city_without_a_series_has_its_provinces() -> None:
    both = (series("house_price_330000", (date(2023, 6, 30), 100), (ON, 80)),
            series("house_price_330100", (date(2023, 6, 30), 100), (ON, 90)))  # fmt: skip
    assert told("330106", None, *both)["house_price_change"] == pytest.approx(-0.1)
    assert told("330206", None, *both)["house_price_change"] == pytest.approx(-0.2)


def test_old_values_say_nothing_of_the_day() -> None:
    """Half a year before 30 June is 30 December: a value of that day is too old, the next day's is not."""
    assert told("330100", None, series("region_npl_330100", (date(2023, 12, 30), 0.02))) == {}
    rows = told("330100", None, series("region_npl_330100", (date(2023, 12, 30), 0.02), (date(2023, 12, 31), 0.03)))
    assert rows["region_npl_change"] == pytest.approx(0.01)


def test_industry_by_the_letter_of_its_code() -> None:
    rows = told(
        "330100", "C3421",
        series("industry_index_C", (date(2024, 3, 30), 49.5), (date(2024, 3, 31), 60), (ON, 48)),
        series("industry_price_C", (date(2023, 6, 30), 200), (ON, 150)),
        series("input_price_C", (date(2024, 3, 30), 100), (ON, 125)),
        series("industry_index_F", (ON, 1)),
    )  # fmt: skip
    assert (rows["industry_index"], rows["industry_index_before"]) == (48, 49.5)
    assert (rows["industry_price_change"], rows["input_price_change"]) == (-0.25, 0.25)
    assert rows["house_price_change"] is None
    assert told("330100", "A0111", series("industry_index_F", (ON, 1))) == {}


def test_other_series_are_nobodys_feature() -> None:
    assert told("330100", "C3421", series("lpr_1y", (ON, 0.03))) == {}


LOAN = {
    "debtor_no": 1, "own_share_outstanding_cents": 100, "overdue_principal_cents": 0, "overdue_interest_cents": 0,
    "days_past_due_principal": 0, "days_past_due_interest": 0, "payment_string": "N", "matures_on": date(2025, 1, 1),
    "original_matures_on": None, "is_restructured": False, "tier": "pass",
}  # fmt: skip


def repaid(*loans: dict[str, Any]) -> dict[str, Any]:
    rows = pl.DataFrame(
        [LOAN | says for says in loans],
        schema_overrides={
            "tier": pl.Enum(TIERS),
            "original_matures_on": pl.Date,
            "days_past_due_principal": pl.Int32,
            "days_past_due_interest": pl.Int32,
        },
    )
    return repayment_features(rows, on=ON).row(0, named=True)


def test_loans_are_summed_up_and_the_worst_speaks() -> None:
    rows = repaid(
        {"overdue_principal_cents": 5, "days_past_due_principal": 3, "tier": "substandard"},
        {"overdue_interest_cents": 7, "days_past_due_interest": 40, "tier": "special_mention"},
    )
    assert (rows["exposure_cents"], rows["overdue_principal_cents"], rows["overdue_interest_cents"]) == (200, 5, 7)
    assert (rows["principal_overdue_days"], rows["interest_overdue_days"]) == (3, 40)
    assert rows["tier_worst"] == "substandard"


@pytest.mark.parametrize(
    ("string", "months", "in_row"),
    [
        ("NNNN", 0, 0), ("N1N2", 2, 1), ("NN123", 3, 3), ("1234N", 4, 0), ("12M34", 4, 2), ("1" + "N" * 11, 1, 0),
        ("1" + "N" * 12, 0, 0), ("7" * 14, 12, 14), ("", 0, 0),
    ],
)  # fmt: skip
def test_late_months_by_the_payment_string(string: str, months: int, in_row: int) -> None:
    rows = repaid({"payment_string": string})
    assert (rows["late_months"], rows["late_months_in_row"]) == (months, in_row)


def test_extension_and_maturity() -> None:
    rows = repaid({"matures_on": date(2024, 6, 29)}, {"original_matures_on": date(2025, 1, 1)})
    assert (rows["days_to_maturity"], rows["is_extended"], rows["is_restructured"]) == (-1, False, False)
    assert repaid({"original_matures_on": date(2024, 12, 31)})["is_extended"] is True
    assert repaid({"is_restructured": True})["is_restructured"] is True
