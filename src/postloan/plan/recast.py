"""Recast: what a published day's loans would be expected to lose under the figures of another day's rules."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from postloan.plan.inputs import read_inputs
from postloan.plan.night import assess
from postloan.plan.published_day import published_day
from postloan.rules.expected_loss import ExpectedLoss
from postloan.rules.rulebook import Rulebook
from postloan.rules.stages import Stages

MEASURES = ("stage", "ecl_year_cents", "ecl_lifetime_cents", "claim_cents", "lgd_ratio", "ecl_model_cents")


@dataclass(frozen=True)
class LossLaws:
    """The rules of expected loss of two published days."""

    stages: tuple[Stages | None, Stages | None]
    losses: tuple[ExpectedLoss | None, ExpectedLoss | None]

    @property
    def model_changed(self) -> bool:
        """Whether anything but scenarios and overlays is another one."""
        return self.stages[0] != self.stages[1] or _model(self.losses[0]) != _model(self.losses[1])

    @property
    def scenarios_changed(self) -> bool:
        """Whether the scenarios or their weights are others."""
        before, after = self.losses
        return before is not None and after is not None and before.scenarios != after.scenarios


def loss_laws(home: Path, rulebook: Rulebook, earlier: date, later: date) -> LossLaws:
    """Find the rules that two published days were measured by. Raises NothingPublished."""
    days = [published_day(home, on).law_of for on in (earlier, later)]
    stages = [rulebook.version_if_any("stages", Stages, day) for day in days]
    losses = [rulebook.version_if_any("expected_loss", ExpectedLoss, day) for day in days]
    return LossLaws((stages[0], stages[1]), (losses[0], losses[1]))


def recast(home: Path, on: date, laws: LossLaws, *, with_scenarios: bool) -> pl.DataFrame:
    """Measure the loans of the earlier day by the model of the later one, with its own scenarios or the later ones.

    Returns loan_no and MEASURES. A night's work without publishing: shard after shard.
    """
    day = published_day(home, on)
    before, after = laws.losses
    assert before is not None  # noqa: S101 - asked only of days that both have a rule
    assert after is not None  # noqa: S101
    scenarios = after.scenarios if with_scenarios else before.scenarios
    law = after.changed(scenarios=scenarios, overlays=before.overlays)
    policy = replace(day.policy.without_signals(), stages=laws.stages[1], expected_loss=law)
    parts = [
        assess(read_inputs(day.facts, shard, day.neighbours), policy, on=on).loans.select("loan_no", *MEASURES)
        for shard in range(day.facts.layout.shards)
    ]
    return pl.concat(parts).sort("loan_no")


def _model(law: ExpectedLoss | None) -> ExpectedLoss | None:
    """A version without what is no model: its day, its scenarios and its overlays."""
    if law is None:
        return None
    return law.model_copy(update={"since": date.min, "scenarios": (), "overlays": ()})
