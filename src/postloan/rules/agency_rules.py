"""The rules of outside agencies: who may be used, what debtors are told, what is paid, how they are judged."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.figures import ONE_E8, Cents, Cited, Days, ShareE8, Strict, Version, Words
from postloan.rules.message_rules import Key

Months = Annotated[int, Field(ge=1, le=60)]
Score = Annotated[int, Field(ge=0, le=100)]
Criterion = Literal["compliance", "complaints", "reporting", "recovery"]


class EntryCheck(Cited):
    """Something that is looked at before an agency is used, with evidence."""

    check: Key
    zh: Words
    en: Words


class Contract(Cited):
    """How long a contract runs at most."""

    months_most: Months


class Notice(Cited):
    """What a debtor is told before a case is placed, and how many days lie between the telling and the placement."""

    message: Key
    days: Days


class Band(Strict):
    """From how many days past due which share of what was recovered is paid."""

    from_days: Days
    share_e8: ShareE8 = Field(alias="share")


class Quality(Strict):
    """From which score on which share of the commission is paid out."""

    from_score: Score
    share_e8: ShareE8 = Field(alias="share")


class Schedule(Cited):
    """What an agency is paid: something for each case that it works, and shares of what it recovers, by its quality.

    The fee is not tied to the recovered sum alone (COLL-21): a case is paid for by itself, and quality cuts all of it.
    """

    schedule: Key
    zh: Words
    en: Words
    per_case_cents: Cents = Field(alias="per_case")
    bands: Annotated[tuple[Band, ...], Field(strict=False, min_length=1)]
    quality: Annotated[tuple[Quality, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def it_is_not_of_the_sum_alone(self) -> "Schedule":
        """A fee by the recovered sum alone makes agencies press; bands and scores begin at nought and rise."""
        shares = {each.share_e8 for each in self.quality}
        if self.per_case_cents == 0 or len(shares) == 1:
            raise ValueError(f"{self.schedule} is tied to the recovered sum alone")
        for name, begins in (
            ("bands", [each.from_days for each in self.bands]),
            ("quality", [each.from_score for each in self.quality]),
        ):
            if begins[0] != 0 or any(later <= earlier for earlier, later in pairwise(begins)):
                raise ValueError(f"{self.schedule}: {name} begin at 0 and rise")
        return self

    def share_e8(self, days_past_due: int) -> int:
        """The share that is paid of what is recovered of a case so many days past due."""
        return next(each.share_e8 for each in reversed(self.bands) if each.from_days <= days_past_due)

    def quality_e8(self, score: int) -> int:
        """The share of the commission that a score leaves."""
        return next(each.share_e8 for each in reversed(self.quality) if each.from_score <= score)


class Weight(Cited):
    """What a criterion of the yearly evaluation weighs."""

    criterion: Criterion
    zh: Words
    en: Words
    weight_e8: ShareE8 = Field(alias="weight")


class Evaluation(Cited):
    """From which score an agency is kept, and below which it leaves; between the two it is warned."""

    keeps_from: Score
    leaves_below: Score


class Agencies(Version):
    """Outside agencies from a day on."""

    checks: Annotated[tuple[EntryCheck, ...], Field(strict=False, min_length=1)]
    contract: Contract
    notice: Notice
    schedules: Annotated[tuple[Schedule, ...], Field(strict=False, min_length=1)]
    weights: Annotated[tuple[Weight, ...], Field(strict=False, min_length=1)]
    evaluation: Evaluation

    @model_validator(mode="after")
    def conduct_weighs_most(self) -> "Agencies":
        """Weights make a whole, and how an agency behaves weighs at least as much as what it brings in (COLL-08)."""
        weights = {each.criterion: each.weight_e8 for each in self.weights}
        if len(weights) < len(self.weights) or sum(weights.values()) != ONE_E8:
            raise ValueError("weights name each criterion once and make 1")
        if weights.get("compliance", 0) < weights.get("recovery", 0):
            raise ValueError("recovery weighs more than compliance")
        if self.evaluation.leaves_below > self.evaluation.keeps_from:
            raise ValueError("an agency would leave by a score by which it is kept")
        return self

    def schedule(self, name: str) -> Schedule | None:
        """Find a schedule."""
        return next((each for each in self.schedules if each.schedule == name), None)
