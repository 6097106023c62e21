"""Why an expected loss is what it is: the story adds up to the published row, and says what is repaid early."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine_rows import debtor, inputs, loan
from postloan.desk.book.why.losses import loss_lines
from postloan.plan.inputs import NO_NEIGHBOURS
from postloan.plan.loss_story import LossStory, loss_story
from postloan.plan.night import assess
from postloan.rules.figures import ONE_E8
from postloan.rules.rulebook import load_rulebook, policy_on

ON = date(2024, 9, 30)
ROUND_BANK = Path(__file__).parents[2] / "rulebook" / "cases" / "round_bank"


@pytest.fixture(scope="module")
def told() -> dict[str, tuple[dict[str, Any], LossStory]]:
    """By product: the row that is published of a loan over two years, and its story."""
    policy = policy_on(load_rulebook(home=ROUND_BANK), ON)
    terms = {"method": "bullet", "principal_cents": 1_000_000_00, "annual_rate_e8": 6_000_000}
    days = {"disbursed_on": ON, "matures_on": date(2026, 9, 30)}
    loans = [loan(1, 1, product="card_loan", **terms, **days), loan(2, 2, **terms, **days)]
    assessed = assess(inputs(loan=loans, debtor=[debtor(1), debtor(2)]), policy, on=ON)
    found = {}
    for row in assessed.loans.to_dicts():
        story = loss_story(assessed, NO_NEIGHBOURS, policy, row, ON)
        assert story is not None
        found[row["product"]] = (row, story)
    return found


@pytest.mark.parametrize("product", ["card_loan", "consumer"])
def test_scenarios_add_up_to_what_is_published(product: str, told: dict[str, tuple[dict[str, Any], LossStory]]) -> None:
    row, story = told[product]
    for column, name in (("ecl_year_cents", "year_cents"), ("ecl_lifetime_cents", "lifetime_cents")):
        weighted = sum(each.weight_e8 * getattr(each, name) for each in story.scenarios) / ONE_E8
        assert round(weighted) == row[column]
    assert sum(each.weight_e8 * each.pd_left for each in story.scenarios) / ONE_E8 == pytest.approx(
        row["pd_left_ratio"]
    )


def test_what_is_repaid_early_is_said_where_a_group_has_it(told: dict[str, tuple[dict[str, Any], LossStory]]) -> None:
    row, story = told["card_loan"]
    assert story.prepaid_left + story.scenarios[0].pd_left == pytest.approx(1 - 0.44 * 0.22)
    assert story.prepaid_left == pytest.approx(0.782787326, abs=1e-9)
    said: Any = SimpleNamespace(loan=row | {"override_stage": None}, losses=story)
    assert "已计提前结清：未违约者每年 50.00 % / 75.00 %，到期前提前结清 78.28 %（长期平均）；结清后不再违约" in list(
        loss_lines(said, "zh")
    )
    assert any(str(line).startswith("repaid early: 50.00 % / 75.00 % a year") for line in loss_lines(said, "en"))
    other, plain = told["consumer"]
    assert plain.prepaid_left == 0
    silent: Any = SimpleNamespace(loan=other, losses=plain)
    assert not any(str(line).startswith("repaid early") for line in loss_lines(silent, "en"))
    assert row["pd_left_ratio"] < other["pd_left_ratio"]


def test_what_was_expected_when_it_was_made_counts_early_repayment_alike(
    told: dict[str, tuple[dict[str, Any], LossStory]],
) -> None:
    """Else every loan that may be repaid early would look better than it did, and never in stage 2."""
    row, _ = told["card_loan"]
    assert row["pd_expected_ratio"] == pytest.approx(row["pd_left_ratio"], rel=1e-12), "made today, through the cycle"
