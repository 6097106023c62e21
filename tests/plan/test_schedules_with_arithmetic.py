"""A schedule from terms, and the arithmetic that it says its interest was counted by."""

import json
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.errors import TermsWrong
from postloan.plan.schedules import Instalment, schedule_of
from postloan.plan.terms import read_terms

TERMS: dict[str, Any] = {
    "principal": "12000.00", "annual_rate": "0.12", "method": "level_instalment", "disbursed_on": "2024-01-15",
    "matures_on": "2025-01-15",
}  # fmt: skip
CHANGED = {"rate_changes": [{"on": "2024-07-01", "annual_rate": "0.06"}], "splits_periods": True}


def laid_out(**more: Any) -> list[Instalment]:
    return schedule_of(read_terms(json.dumps(TERMS | more), "by hand"), ())


def counted(row: Instalment) -> int:
    """Interest by the arithmetic that the row says, half up."""
    exact = row.base_cents * sum(Fraction(part.rate_e8 * part.days, 10**8 * part.base) for part in row.parts)
    return int((exact + Fraction(1, 2)) // 1)


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    begun = draw(st.dates(date(2005, 1, 1), date(2024, 12, 31)))
    matures = begun + timedelta(days=draw(st.integers(1, 1500)))
    method = draw(st.sampled_from(["level_instalment", "equal_principal", "flat_rate", "interest_only", "bullet"]))
    days = sorted(draw(st.sets(st.dates(begun, matures), max_size=4)))
    periods = {"due_day": draw(st.integers(1, 31)), "period_months": draw(st.sampled_from([1, 3, 5, 12]))}
    if method != "bullet" and draw(st.booleans()):
        periods = {"period_days": draw(st.sampled_from([7, 14, 30, 91]))}
    return periods | {
        "principal": f"{draw(st.integers(1, 10**11))}.{draw(st.integers(0, 99)):02}",
        "annual_rate": f"0.{draw(st.integers(0, 10**8 - 1)):08}",
        "method": method,
        "disbursed_on": begun.isoformat(),
        "matures_on": matures.isoformat(),
        "day_count": draw(st.sampled_from(["30/360", "30E/360", "ACT/360", "ACT/365", "ACT/ACT"])),
        "holiday_roll": draw(st.sampled_from(["none", "following", "modified_following", "preceding"])),
        "roll_moves_interest": draw(st.booleans()),
        "splits_periods": draw(st.booleans()),
        "rate_changes": [
            {"on": day.isoformat(), "annual_rate": f"0.{draw(st.integers(0, 10**8 - 1)):08}"} for day in days
        ],
    }


@settings(max_examples=200, deadline=None)
@given(terms())
def test_every_row_is_what_its_arithmetic_says(given_terms: dict[str, Any]) -> None:
    rows = schedule_of(read_terms(json.dumps(given_terms), "drawn"), ())
    left, since = round(Fraction(given_terms["principal"]) * 100), date.fromisoformat(given_terms["disbursed_on"])
    assert sum(row.principal_cents for row in rows) == left
    for row in rows:
        assert row.interest_cents == counted(row)
        assert row.begins_on == since
        assert row.base_cents in {left, round(Fraction(given_terms["principal"]) * 100)}
        assert all(part.days >= 0 for part in row.parts)
        left, since = left - row.principal_cents, row.ends_on
        assert row.left_cents == left >= 0


def test_a_period_in_which_the_rate_changes_shows_both_rates() -> None:
    row = laid_out(**CHANGED)[5]
    assert [(part.rate_e8, part.days, part.base) for part in row.parts] == [(12_000_000, 16, 360), (6_000_000, 14, 360)]


def test_a_period_split_on_the_31st_keeps_its_thirty_days() -> None:
    """15 days are left from the 31st; the 15 before it are the rest, though the calendar has 16."""
    rows = laid_out(rate_changes=[{"on": "2024-03-31", "annual_rate": "0.06"}], splits_periods=True)
    assert [(part.rate_e8, part.days) for part in rows[2].parts] == [(12_000_000, 15), (6_000_000, 15)]


def test_a_fortnightly_instalment_falls_due_every_fourteen_days() -> None:
    """1,200.00 at 12 % over 26 fortnights under ACT/360: 14/360 of 12 % is 0.4667 % a period."""
    rows = laid_out(period_days=14, principal="1200.00", matures_on="2025-01-13", day_count="ACT/360")
    assert len(rows) == 26
    assert {(row.due_on - row.begins_on).days for row in rows} == {14}
    assert rows[0].interest_cents == 560
    amounts = {row.interest_cents + row.principal_cents for row in rows[:-1]}
    assert amounts == {4_912}
    assert abs(rows[-1].interest_cents + rows[-1].principal_cents - 4_912) < 13


def test_days_of_a_leap_year_count_over_366() -> None:
    row = laid_out(day_count="ACT/ACT", disbursed_on="2023-12-15", matures_on="2024-06-15")[0]
    assert [(part.days, part.base) for part in row.parts] == [(17, 365), (14, 366)]


def test_rows_given_are_charged_by_the_day() -> None:
    given_rows = [{"due_on": "2024-03-15", "principal": "2000.00"}, {"due_on": "2025-01-15", "principal": "10000.00"}]
    rows = laid_out(method="scheduled", rows=given_rows, day_count="ACT/360")
    assert [(row.principal_cents, row.interest_cents) for row in rows] == [(200_000, 24_000), (1_000_000, 102_000)]
    assert [counted(row) for row in rows] == [24_000, 102_000]
    changed = laid_out(method="scheduled", rows=given_rows, day_count="ACT/360", **CHANGED)[1]
    assert changed.interest_cents == counted(changed) == (1_000_000 * (12 * 108 + 6 * 198) + 18_000) // 36_000


def test_a_floating_rate_is_repriced_after_what_was_published() -> None:
    floating = {
        "spread": "0.01", "reprices": "every_n_months", "reprice_months": 6,
        "published": [{"on": "2023-12-20", "annual_rate": "0.0345"}, {"on": "2024-07-15", "annual_rate": "0.03"},
                      {"on": "2024-07-16", "annual_rate": "0.02"}],
    }  # fmt: skip
    rates = [row.parts[0].rate_e8 for row in laid_out(annual_rate="0.0445", floating=floating)]
    assert rates == [4_450_000] * 6 + [4_000_000] * 6


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"principal": 12000}, "at principal: an amount such as"),
        ({"principal": "12.345"}, "at principal: an amount .* has at most 2 decimals"),
        ({"principal": "0.00"}, "at principal"),
        ({"annual_rate": "-0.01"}, "at annual_rate"),
        ({"annual_rate": "NaN"}, "at annual_rate"),
        ({"matures_on": "2024-01-15"}, "matures_on is not after disbursed_on"),
        ({"first_due_on": "2024-01-15"}, "first_due_on is not between"),
        ({"due_day": 32}, "at due_day"),
        ({"period_days": 14, "due_day": 15}, "period_days takes the place of"),
        ({"period_days": 14, "method": "bullet"}, "period_days has no place in bullet"),
        ({"method": "lottery"}, "at method"),
        ({"colour": "red"}, "at colour"),
        ({"method": "balloon"}, "amortization_months goes with balloon"),
        ({"amortization_months": 24}, "amortization_months goes with balloon"),
        ({"method": "step_geometric", "step_factor": "1.1"}, "step_periods goes with steps"),
        ({"method": "bullet", "instalment": "100.00"}, "instalment goes with"),
        ({"method": "scheduled"}, "rows goes with scheduled"),
        ({"method": "scheduled", "rows": [{"due_on": "2025-01-15", "principal": "1.00"}]}, "rows do not repay"),
        ({"rate_changes": [{"on": "2024-07-01", "annual_rate": "0.1"}] * 2}, "rate_changes are not in rising order"),
    ],
)
def test_wrong_terms_are_refused_by_name(more: dict[str, Any], said: str) -> None:
    with pytest.raises(TermsWrong, match=said):
        laid_out(**more)


def test_steps_whose_first_amounts_do_not_cover_interest_are_refused() -> None:
    steps = {"method": "step_geometric", "step_periods": 1, "step_factor": "2"}
    assert laid_out(**steps, annual_rate="0.0001")
    with pytest.raises(TermsWrong, match="would not cover their interest"):
        laid_out(**steps, annual_rate="0.24")
