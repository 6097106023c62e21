"""Chains are data: how many steps, by whom, up to which amount."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from postloan.rules.desk_approvals import ApprovalChain, Approvals, LendingRule
from postloan.rules.desk_rules import load_desk_rules

STEPS = [{"action": each, "zh": each, "en": each} for each in ("a.propose", "a.approve", "a.confirm")]


def chain(*bands: dict[str, object]) -> ApprovalChain:
    said = {"kind": "a", "zh": "a", "en": "a", "due_in_days": 1, "bands": list(bands)}
    return ApprovalChain.model_validate(said)


def test_a_larger_amount_takes_more_steps_and_the_bound_belongs_to_the_smaller_band() -> None:
    made = chain({"up_to": Decimal("1000.00"), "steps": STEPS[:2]}, {"steps": STEPS})
    assert [len(made.steps_for(cents)) for cents in (0, 100_000, 100_001)] == [2, 2, 3]


@pytest.mark.parametrize(
    "bands",
    [
        [{"up_to": 1000, "steps": STEPS[:2]}],  # Above it, nobody could approve.
        [{"steps": STEPS}, {"up_to": 1000, "steps": STEPS}],
        [{"up_to": 1000, "steps": STEPS}, {"up_to": 1000, "steps": STEPS}, {"steps": STEPS}],
        [{"steps": []}],
        [],
    ],
)
def test_a_chain_with_a_gap_is_refused(bands: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        chain(*bands)


def test_a_loan_of_a_company_is_classed_by_three_people() -> None:
    rules = load_desk_rules(None).version("approvals", Approvals, date(2024, 1, 1))
    actions = [step.action for step in rules.chain("classification").steps_for(10**15)]
    assert actions == ["classification.propose", "classification.determine", "classification.approve"]


@pytest.mark.parametrize(
    "said",
    [{"when": "tier"}, {"when": "overdue"}, {"when": "frozen", "over_days": 3}, {"when": "frozen", "blocks": []}],
)
def test_a_lending_rule_says_from_where_on(said: dict[str, object]) -> None:
    whole = {"rule": "r", "blocks": ["new_credit"], "zh": "r", "en": "r", "cite": {"text": "t", "at": "1"}}
    with pytest.raises(ValidationError):
        LendingRule.model_validate(whole | said)
