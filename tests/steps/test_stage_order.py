"""The order in which grounds decide a stage (risk 5.3): of two that hold at once, the earlier is the cause."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest

from loss_cases import stage_rows
from postloan.rules.rulebook import load_rulebook
from postloan.rules.stages import Stages
from postloan.steps.stage import stage_of

ON = date(2024, 12, 31)
SHIPPED = load_rulebook(home=None).version("stages", Stages, ON)
# A year in stage 3 after it was left, which the bank's own setting has none of: the tier waits already.
LAW = SHIPPED.model_copy(update={"probations": tuple(
    each.model_copy(update={"months": 12}) if each.stage == 3 else each for each in SHIPPED.probations
)})  # fmt: skip

GROUNDS: list[tuple[str, str, dict[str, Any]]] = [
    ("poci", "poci", {"is_poci": True}),
    ("default_overdue", "stage_3", {"days_past_due": 91}),
    ("credit_impaired", "stage_3", {"impaired": True}),
    ("non_performing", "stage_3", {"tier": "substandard"}),
    ("cross_default", "stage_3", {"is_retail": False, "npl_cents": 10_01}),
    ("stage_3_probation", "stage_3", {"left_stage_3_on": date(2024, 1, 1)}),
    ("left_stage_3", "stage_2", {"left_stage_3_on": date(2023, 11, 1)}),
    ("overdue", "stage_2", {"days_past_due": 31}),
    ("watched", "stage_2", {"is_watched": True}),
    ("restructured", "stage_2", {"is_restructured": True}),
    ("special_mention", "stage_2", {"tier": "special_mention"}),
    ("pd_ceiling", "stage_2", {"pd_year_ratio": 0.21}),
    ("pd_rise", "stage_2", {"pd_left_ratio": 0.03}),
    ("stage_2_probation", "stage_2", {"left_stage_2_on": date(2024, 12, 1)}),
    ("low_risk", "stage_1", {"pd_year_ratio": 0.001}),
    ("none", "stage_1", {}),
]
PAIRS = [pair for pair in combinations(GROUNDS, 2) if not pair[0][2].keys() & pair[1][2].keys()]


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground[0])
def test_each_ground_alone_has_its_stage(ground: tuple[str, str, dict[str, Any]]) -> None:
    cause, stage, says = ground
    found = stage_of(stage_rows([says]), law=LAW, on=ON)
    assert found.rows() == [(stage, cause)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0][0]} before {pair[1][0]}")
def test_of_two_grounds_the_earlier_decides(pair: tuple[Any, Any]) -> None:
    (cause, stage, says), (_, _, also) = pair
    assert stage_of(stage_rows([says | also]), law=LAW, on=ON).rows() == [(stage, cause)]


def test_from_stage_3_to_2_and_never_to_1_at_once() -> None:
    months = [date(2024, month, 1) for month in (12, 6, 2)] + [date(2023, month, 1) for month in (12, 11, 9)]
    found = stage_of(stage_rows([{"left_stage_3_on": each} for each in months]), law=LAW, on=ON)
    assert found["stage"].to_list() == ["stage_3"] * 3 + ["stage_2"] * 2 + ["stage_1"]
