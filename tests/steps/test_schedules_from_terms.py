"""Schedules that the night builds from terms: rolled due days, repriced loans, balloons and steps."""

from datetime import date
from typing import Any

import pytest

from engine_rows import RULEBOOK, Row, facts, loan, positions_of, scheduled
from postloan.errors import YearNotArranged
from postloan.rules.rulebook import policy_on

ON = date(2025, 6, 30)


def rows(terms: Row, market: list[Row] | None = None, on: date = ON) -> list[tuple[Any, ...]]:
    held = positions_of(facts("loan", loan(1, **terms)), facts("opening"), on=on)
    years = policy_on(RULEBOOK, on).working_days.years
    built = scheduled(held, market=market or (), years=years, on=on)
    return built.dues.select("due_on", "principal_cents", "interest_cents").rows()


def lpr(*values: tuple[date, float], series: str = "lpr_1y") -> list[Row]:
    return [{"series": series, "on": on, "value": value, "known_on": on} for on, value in values]


def rates(built: list[tuple[Any, ...]], cents: int) -> list[float]:
    """Yearly rates in percent that months of interest on a balance that stays were charged at."""
    return [round(interest * 1200 / cents, 3) for _, _, interest in built]


@pytest.mark.parametrize(
    ("roll", "due_on"),
    [
        ("none", date(2025, 10, 5)),
        ("following", date(2025, 10, 9)),
        ("modified_following", date(2025, 10, 9)),
        ("preceding", date(2025, 9, 30)),
    ],
)
def test_a_due_day_in_the_national_holiday_rolls(roll: str, due_on: date) -> None:
    """Nobody worked from 1 to 8 October 2025."""
    terms = {"disbursed_on": date(2025, 9, 5), "matures_on": date(2025, 12, 5), "holiday_roll": roll}
    assert rows(terms, on=date(2025, 9, 30))[0][0] == due_on


def test_a_weekend_that_is_worked_is_no_day_off() -> None:
    """Sunday 28 September 2025 was worked."""
    terms = {"disbursed_on": date(2025, 8, 28), "matures_on": date(2025, 10, 28), "holiday_roll": "following"}
    assert rows(terms, on=date(2025, 9, 30))[0][0] == date(2025, 9, 28)


def test_interest_runs_on_to_the_rolled_day_where_the_product_says_so() -> None:
    terms = {
        "disbursed_on": date(2025, 9, 5), "matures_on": date(2025, 12, 5), "holiday_roll": "following",
        "method": "interest_only", "day_count": "ACT/360", "annual_rate_e8": 36_000_000,
    }  # fmt: skip
    stays, moves = (
        rows(terms, on=ON.replace(month=9)),
        rows(terms | {"roll_moves_interest": True}, on=ON.replace(month=9)),
    )
    assert [interest for _, _, interest in stays] == [120 * 30, 120 * 31, 120 * 30]
    assert [interest for _, _, interest in moves] == [120 * 34, 120 * 27, 120 * 30]
    assert [due for due, *_ in stays] == [due for due, *_ in moves]


def test_no_calendar_is_asked_for_where_nothing_rolls_and_one_is_missed_where_something_does() -> None:
    old = {"disbursed_on": date(2003, 1, 15), "matures_on": date(2004, 1, 15)}
    assert rows(old)
    with pytest.raises(YearNotArranged):
        rows(old | {"holiday_roll": "following"})


FLOATING = {
    "disbursed_on": date(2024, 3, 15), "matures_on": date(2025, 3, 15), "principal_cents": 12_000_000,
    "method": "interest_only",
    "rate_kind": "lpr_1y", "annual_rate_e8": 4_450_000, "spread_e8": 1_000_000, "reprices": "yearly_jan_1",
    "known_on": date(2024, 3, 15),
}  # fmt: skip
PUBLISHED = lpr((date(2024, 2, 20), 0.0345), (date(2024, 10, 21), 0.031), (date(2025, 1, 20), 0.03))


def test_a_loan_follows_the_rate_published_by_its_repricing_day() -> None:
    """1 January takes what was published in October; a period that has begun keeps its rate."""
    assert rates(rows(FLOATING, PUBLISHED), 12_000_000) == [4.45] * 10 + [4.1] * 2


def test_a_period_that_splits_counts_the_new_rate_from_its_day() -> None:
    tenth = rows(FLOATING | {"splits_periods": True}, PUBLISHED)[9]
    # 15 December to 15 January, 30 days of 360: 16 at 4.45 % and 14 from 1 January at 4.1 %.
    assert tenth == (date(2025, 1, 15), 0, 42_867)  # 42,866.67


def test_what_is_published_later_than_the_night_is_not_known_to_it() -> None:
    assert rates(rows(FLOATING, PUBLISHED, on=date(2024, 12, 31)), 12_000_000) == [4.45] * 12
    late = lpr((date(2024, 2, 20), 0.0345), (date(2025, 1, 2), 0.01))
    assert rates(rows(FLOATING, late), 12_000_000) == [4.45] * 12, "published the day after repricing"


def test_monthly_repricing_follows_each_publication() -> None:
    built = rates(rows(FLOATING | {"reprices": "monthly"}, PUBLISHED), 12_000_000)
    assert built == [4.45] * 8 + [4.1] * 3 + [4.0]


def test_every_n_months_counts_from_the_day_of_paying_out() -> None:
    built = rates(rows(FLOATING | {"reprices": "every_n_months", "reprice_months": 9}, PUBLISHED), 12_000_000)
    assert built == [4.45] * 9 + [4.1] * 3


def test_the_stated_rate_holds_in_the_repricing_period_in_which_it_was_stated() -> None:
    restated = FLOATING | {"annual_rate_e8": 4_000_000, "known_on": date(2025, 2, 1)}
    assert rates(rows(restated, PUBLISHED), 12_000_000) == [4.45] * 10 + [4.0] * 2


def test_where_nothing_was_published_the_stated_rate_holds() -> None:
    assert rates(rows(FLOATING), 12_000_000) == [4.45] * 12
    assert rates(rows(FLOATING, lpr((date(2024, 10, 21), 0.02), series="lpr_5y")), 12_000_000) == [4.45] * 12


def test_a_level_loan_is_recomputed_over_what_is_left() -> None:
    built = rows(FLOATING | {"method": "level_instalment"}, PUBLISHED)
    totals = [principal + interest for _, principal, interest in built]
    assert len(set(totals[:10])) == 1
    assert totals[10] < totals[9]
    assert sum(principal for _, principal, _ in built) == 12_000_000


def test_a_fixed_rate_does_not_follow() -> None:
    assert rates(rows(FLOATING | {"rate_kind": "fixed"}, PUBLISHED), 12_000_000) == [4.45] * 12


def test_a_balloon_repays_what_its_longer_plan_leaves() -> None:
    level = rows({"matures_on": date(2026, 1, 15)})
    balloon = rows({"method": "balloon", "amortization_months": 24})
    assert balloon[:11] == level[:11]
    assert balloon[11][1] == 120_000 - sum(principal for _, principal, _ in level[:11])


def test_steps_rise_by_an_amount_or_by_a_factor() -> None:
    plus = rows({"method": "step_arithmetic", "step_periods": 4, "step_cents": 500})
    times = rows({"method": "step_geometric", "step_periods": 4, "step_factor_e8": 110_000_000})
    for built in (plus, times):
        totals = [principal + interest for _, principal, interest in built]
        assert totals[:4] == [totals[0]] * 4
        assert totals[4:8] == [totals[4]] * 4
        assert sum(principal for _, principal, _ in built) == 120_000
    assert plus[4][1] + plus[4][2] - plus[0][1] - plus[0][2] == 500
    first = times[0][1] + times[0][2]
    assert times[4][1] + times[4][2] == (first * 110 + 50) // 100


def test_a_first_due_day_may_be_said() -> None:
    built = rows({"first_due_on": date(2024, 3, 10), "due_day": 10})
    assert [due for due, *_ in built][:2] == [date(2024, 3, 10), date(2024, 4, 10)]
    assert built[-1][0] == date(2025, 1, 15)
    assert len(built) == 12, "the last period has five days"
