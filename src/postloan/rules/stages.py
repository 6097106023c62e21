"""The shape of the rule of stages: when credit risk has risen, when credit is impaired, and the way back."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Days, RatioE8, ShareE8, Tier, Version
from postloan.tables.units import TIERS

Months = Annotated[int, Field(ge=0, le=120)]
WorseStage = Annotated[int, Field(ge=2, le=3)]


class OverdueStage(Cited):
    """A loan past due for more than `over_days` is at least in this stage."""

    stage: WorseStage
    over_days: Days


class TierStage(Cited):
    """A loan of this tier or a worse one is at least in this stage."""

    stage: WorseStage
    tier: Tier


class CrossDefault(Cited):
    """More than this share of a non-retail debtor's debt is non-performing: all its debt is credit-impaired."""

    over_share_e8: ShareE8 = Field(alias="over_share")


class DefaultCeiling(Cited):
    """A probability of default within a year above which risk has risen, whatever it was at first."""

    over_pd_e8: ShareE8 = Field(alias="over_pd")


class DefaultRise(Cited):
    """The probability of default over what is left of the life, against what was expected of it at first.

    Risk has risen where it is at least `times` as high and higher by at least `by`: either alone flips on noise.
    """

    times_e8: RatioE8 = Field(alias="times")
    by_e8: ShareE8 = Field(alias="by")


class LowRisk(Cited):
    """A probability of default within a year below which a rise does not count."""

    below_pd_e8: ShareE8 = Field(alias="below_pd")


class Probation(Cited):
    """How long the grounds must be gone before a loan leaves a stage, and to which it goes."""

    stage: WorseStage
    months: Months


class MarkedStage(Cited):
    """A mark that puts a loan at least in this stage."""

    stage: WorseStage


class Stages(Version):
    """Stages of loans, 1 to 3, by the order of the rule; whoever is first decides.

    impaired    bought or originated credit-impaired apart: decided credit-impaired.
    forborne    restructured, performing and still watched.
    watched     put on the watch list by a decision.
    probations  stage 3 goes to 2, never straight to 1.
    """

    overdue: Annotated[tuple[OverdueStage, ...], Field(strict=False, min_length=2, max_length=2)]
    tiers: Annotated[tuple[TierStage, ...], Field(strict=False)]
    cross_default: CrossDefault
    forborne: MarkedStage
    watched: MarkedStage
    pd_ceiling: DefaultCeiling
    pd_rise: DefaultRise
    low_risk: LowRisk
    probations: Annotated[tuple[Probation, ...], Field(strict=False, min_length=2, max_length=2)]

    def tier_of(self, stage: int) -> Tier | None:
        """The best tier that alone puts a loan in a stage, if any does."""
        return next((each.tier for each in self.tiers if each.stage == stage), None)

    @model_validator(mode="after")
    def a_worse_stage_needs_more(self) -> Self:
        """Otherwise a loan would improve by staying overdue or by a worse tier."""
        if [each.stage for each in self.overdue] != [2, 3] or self.overdue[0].over_days >= self.overdue[1].over_days:
            raise ValueError("overdue is given for stage 2 and then 3, and over_days rises")
        if [each.stage for each in self.probations] != [2, 3]:
            raise ValueError("probations are given for stage 2 and then 3")
        ranks = [(each.stage, TIERS.index(each.tier)) for each in self.tiers]
        if ranks != sorted(ranks) or len({stage for stage, _ in ranks}) != len(ranks):
            raise ValueError("tiers are given once a stage, the worse tier for the worse stage")
        return self
