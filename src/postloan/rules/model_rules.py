"""The settings of models: how a scorecard is cut, and when a model in use is watched or acted upon.

They lie apart in rulebook/models: a card keeps the settings that it was made with, and no night is pinned to them.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, TypeAdapter, model_validator

from postloan.errors import NoRuleInForce
from postloan.rules.figures import Cited, RatioE8, RuleFile, ShareE8, Version, latest_begun
from postloan.rules.reading import read_shape
from postloan.rules.sources import SourceFile, shipped_rules, wrong

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
    """How many reasons go with a score."""

    reasons_most: Few


class AgeSpline(Cited):
    """How many knots the curve of age has."""

    knots: Annotated[int, Field(ge=3, le=10)]


class Fade(Cited):
    """What is left, after each further period, of a macro driver's distance from its mean once a scenario has ended."""

    fade_ratio_e8: ShareE8 = Field(alias="fade_ratio")


class Challenger(Cited):
    """The boosted trees of the challenger: how many, their leaves, the rows of a leaf, and the step of each tree."""

    trees: Few
    leaves: Several
    least_rows: Few
    step_e8: ShareE8 = Field(alias="step")


class Satellite(Cited):
    """How many macro drivers explain the cycle at most."""

    drivers_most: Few


class Fitting(Version):
    """The settings a model is fitted with."""

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


SHAPES: dict[str, TypeAdapter[Any]] = {
    "fitting": TypeAdapter(RuleFile[Fitting]),
    "monitoring": TypeAdapter(RuleFile[Monitoring]),
}

V = TypeVar("V", bound=Version)


@dataclass(frozen=True)
class ModelRules:
    """All versions of the settings of models, by rule."""

    files: dict[str, RuleFile[Any]]

    def version(self, rule: str, shape: type[V], on: date) -> V:
        """The version of a rule in force on a day. Raises NoRuleInForce: silence is an error, never a default."""
        found = latest_begun(self.files[rule].versions, on)
        if not isinstance(found, shape):
            raise NoRuleInForce(
                message=f"{rule} has no version in force on {on}.",
                hint="Add the earlier version to rulebook/models.",
                where={"rule": rule, "on": on},
            )
        return found

    def fitting(self, on: date) -> Fitting:
        """The settings a model is fitted with on a day. Raises NoRuleInForce."""
        return self.version("fitting", Fitting, on)

    def monitoring(self, on: date) -> Monitoring:
        """The bands in force on a day. Raises NoRuleInForce."""
        return self.version("monitoring", Monitoring, on)


def load_model_rules(home: Path | None) -> ModelRules:
    """The settings that come with Postloan; a file of the same name in home/rulebook/models stands in for one.

    Raises RuleFileWrong.
    """
    folders = [shipped_rules() / "models", *([home / "rulebook" / "models"] if home else [])]
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}
    for name in sorted(found.keys() - SHAPES.keys()):
        raise wrong(str(found[name]), "the file", "no rule kept in this folder has this name")
    for name in sorted(SHAPES.keys() - found.keys()):
        raise wrong(f"rulebook/models/{name}.yaml", "the file", "is missing")
    files = {}
    for name, path in sorted(found.items()):
        files[name] = read_shape(SourceFile(f"models/{name}.yaml", str(path), path.read_bytes()), SHAPES[name])
        if files[name].rule != name:
            raise wrong(str(path), "rule", f"{files[name].rule} is not the name of the file")
    return ModelRules(files)
