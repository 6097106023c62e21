"""The settings of models: how a scorecard is cut, when a model in use is watched or acted upon, and who answers.

They lie apart in rulebook/models: a card keeps the settings that it was made with, and no night is pinned to them.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, model_validator

from postloan.rules.apart import RulesApart, found_apart, read_apart
from postloan.rules.figures import ONE_E8, Cited, Days, RatioE8, RuleFile, ShareE8, Version

Few = Annotated[int, Field(ge=1, le=1000)]
Several = Annotated[int, Field(ge=2, le=1000)]


class Binning(Cited):
    """How values are cut into bins."""

    pre_bins: Several
    least_share_e8: ShareE8 = Field(alias="least_share")
    rare_share_e8: ShareE8 = Field(alias="rare_share")
    bins_most: Several


class Entry(Cited):
    """From what information value on a characteristic enters."""

    information_value_from_e8: RatioE8 = Field(alias="information_value_from")


class Logit(Cited):
    """The regression: the squared penalty on its slopes, and its rounds."""

    penalty_e8: RatioE8 = Field(alias="penalty")
    rounds_most: Few


class Scale(Cited):
    """The scale of points: `odds` of good to one bad at `points`, doubling every `points_to_double`."""

    points: Few
    odds: Few
    points_to_double: Few


class Reasons(Cited):
    """How many reasons go with a score, and of how many characteristics at once every change is tried to improve it."""

    reasons_most: Few
    together_most: Few


class AgeSpline(Cited):
    """How many knots the curve of age has, and the share of loan-periods beyond the first and the last."""

    knots: Annotated[int, Field(ge=3, le=10)]
    tail_e8: Annotated[ShareE8, Field(lt=ONE_E8 // 2)] = Field(alias="tail")


class Fade(Cited):
    """What is left, after each further period, of a macro driver's distance from its mean once a scenario has ended."""

    fade_ratio_e8: ShareE8 = Field(alias="fade_ratio")


class Challenger(Cited):
    """The boosted trees of the challenger: how many, their leaves, the rows of a leaf, and the step of each tree."""

    trees: Few
    leaves: Several
    least_rows: Few
    step_e8: ShareE8 = Field(alias="step")


class HeldOut(Cited):
    """The share of a table that is judged and not fitted, where nobody says otherwise."""

    share_e8: ShareE8 = Field(alias="share")


class Satellite(Cited):
    """How many macro drivers explain the cycle at most."""

    drivers_most: Few


class Fitting(Version):
    """The settings a model is fitted with."""

    held_out: HeldOut
    binning: Binning
    entry: Entry
    logit: Logit
    scale: Scale
    reasons: Reasons
    age: AgeSpline
    fade: Fade
    satellite: Satellite
    challenger: Challenger


class Band(Cited):
    """Watched from the first figure on, acted upon above the second."""

    watch_from_e8: ShareE8 = Field(alias="watch_from")
    act_over_e8: ShareE8 = Field(alias="act_over")

    @model_validator(mode="after")
    def watching_comes_first(self) -> Self:
        """A band that acts before it watches has no amber."""
        if self.watch_from_e8 > self.act_over_e8:
            raise ValueError("watch_from lies above act_over")
        return self


class Likelihood(Cited):
    """Watched below the first p-value, acted upon below the second."""

    watch_below_e8: ShareE8 = Field(alias="watch_below")
    act_below_e8: ShareE8 = Field(alias="act_below")

    @model_validator(mode="after")
    def watching_comes_first(self) -> Self:
        """The smaller p-value is the worse one."""
        if self.watch_below_e8 < self.act_below_e8:
            raise ValueError("watch_below lies below act_below")
        return self


class Interval(Cited):
    """The confidence of an interval."""

    confidence_e8: ShareE8 = Field(alias="confidence")


class ScoreBands(Cited):
    """Into how many bands of equal count a score is cut for its stability and calibration."""

    bands: Several


class Monitoring(Version):
    """When a model in use is watched and when it is acted upon."""

    stability: Band
    auc_fall: Band
    missing_rise: Band
    calibration: Likelihood
    interval: Interval
    score_bands: ScoreBands


class CardFile(Cited):
    """The largest file of a card that the register takes, in bytes."""

    bytes_most: Annotated[int, Field(ge=1)]


class Alarm(Cited):
    """How long the owner of a model has to answer an alarm, in calendar days."""

    due_in_days: Days


class History(Cited):
    """How many month-ends before the first adopted one a model is watched on, at most."""

    months_most: Few


class Register(Version):
    """What the desk's register of models takes, and how it answers an alarm."""

    card_file: CardFile
    alarm: Alarm
    history: History


SHAPES: dict[str, TypeAdapter[Any]] = {
    "fitting": TypeAdapter(RuleFile[Fitting]),
    "monitoring": TypeAdapter(RuleFile[Monitoring]),
    "register": TypeAdapter(RuleFile[Register]),
}


class ModelRules(RulesApart):
    """All versions of the settings of models, by rule."""

    folder = "models"

    def fitting(self, on: date) -> Fitting:
        """The settings a model is fitted with on a day. Raises NoRuleInForce."""
        return self.version("fitting", Fitting, on)

    def monitoring(self, on: date) -> Monitoring:
        """The bands in force on a day. Raises NoRuleInForce."""
        return self.version("monitoring", Monitoring, on)

    def register(self, on: date) -> Register:
        """What the register of models goes by on a day. Raises NoRuleInForce."""
        return self.version("register", Register, on)


def load_model_rules(home: Path | None) -> ModelRules:
    """The settings that come with Postloan; a file of the same name in home/rulebook/models stands in for one.

    Raises RuleFileWrong.
    """
    return ModelRules(read_apart(ModelRules.folder, found_apart(ModelRules.folder, home, SHAPES), SHAPES))
