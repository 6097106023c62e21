"""The shapes of the rules that class by what is known of a loan or debtor, and by what happened before."""

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Days, ShareE8, Tier, Version, rises
from postloan.tables.units import TIERS

Fact = Literal["use_changed", "impaired", "rating_fall", "evasion", "bankruptcy"]
FACTS: tuple[Fact, ...] = get_args(Fact)
Months = Annotated[int, Field(ge=0, le=600)]
Grade = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class FactFloor(Cited):
    """A loan of which this fact is known may not be classed better than `tier`."""

    fact: Fact
    tier: Tier


class ImpairedShare(Cited):
    """An impaired loan that is expected to lose this share of its balance, or more, is at best `tier`."""

    from_share_e8: ShareE8 = Field(alias="from_share")
    tier: Tier


class ByPeople(Cited):
    """A tier that people found counts where it is worse than the rules'; better only by an upgrade."""

    worse_only: Literal[True]


class FactFloors(Version):
    """The floors by what a decision says of a loan or its debtor."""

    floors: Annotated[tuple[FactFloor, ...], Field(strict=False, min_length=1)]
    impaired_shares: Annotated[tuple[ImpairedShare, ...], Field(strict=False)] = ()
    by_people: ByPeople

    @model_validator(mode="after")
    def each_is_named_once_and_a_greater_loss_is_worse(self) -> Self:
        """Two lines for one fact leave the reader to guess; a greater loss cannot be classed better."""
        facts = [floor.fact for floor in self.floors]
        if len(facts) != len(set(facts)):
            raise ValueError("a fact is named at most once")
        shares = [share.from_share_e8 for share in self.impaired_shares]
        tiers = [TIERS.index(share.tier) for share in self.impaired_shares]
        if not rises(shares) or not rises(tiers):
            raise ValueError("a greater share is a worse tier: both rise from line to line")
        return self


class Held(Cited):
    """A non-performing loan whose floors would let it improve stays at this tier until it may be upgraded."""

    tier: Tier


class Clean(Cited):
    """For how long nothing of a debtor's is overdue before its loans may be upgraded: the longer of the two."""

    periods: Annotated[int, Field(ge=0, le=120)]
    months: Months


class Unimpaired(Cited):
    """Whether an impaired asset of the debtor at this bank bars the upgrade of its loans."""

    is_required: bool


class ByDays(Cited):
    """Whether retail loans move up by their days past due alone (脱期法)."""

    retail: bool


class MergerBar(Cited):
    """For how long after a merger that changes the debtor its loans may not be upgraded."""

    months: Months


class Upgrade(Version):
    """What must hold before a non-performing loan is classed pass or special mention again."""

    held: Held
    clean: Clean
    unimpaired: Unimpaired
    by_days: ByDays
    merger: MergerBar | None = None


class OldAssets(Cited):
    """Assets created before this day may be classed by the former rules, until `latest_on` at the latest.

    reclassified_on  the day from which the bank classes them by the present rules; without it, from the first.
    """

    created_before: date
    latest_on: date
    reclassified_on: date | None = None


class Transition(Version):
    """How long the former rules of classification may serve for assets that are older than the present ones."""

    old_assets: OldAssets


class Reclassified(Cited):
    """The day from which the bank classes its old assets by the present rules."""

    reclassified_on: date


class TransitionOverlay(Version):
    """What the bank's own file may say: the day it chose within the transition."""

    old_assets: Reclassified


class GradeBand(Cited):
    """A refined grade within a tier: the first band of the tier whose `up_to_days` past due are not passed."""

    grade: Grade
    tier: Tier
    up_to_days: Days | None = None


class Grades(Version):
    """The bank's finer grades (十二级分类), each within one of the five tiers; none where the bank has none."""

    bands: Annotated[tuple[GradeBand, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def every_loan_has_one_grade(self) -> Self:
        """Grades have names of their own, worsen with the tier and with the days, and leave no loan without one."""
        grades = [band.grade for band in self.bands]
        if len(grades) != len(set(grades)):
            raise ValueError("a grade is named once")
        if not self.bands:
            return self
        for tier in TIERS:
            days = [band.up_to_days for band in self.bands if band.tier == tier]
            if not days or days[-1] is not None or None in days[:-1] or not rises([day or 0 for day in days[:-1]]):
                raise ValueError(f"the grades of {tier} rise by up_to_days, and the last of them has none")
        if [TIERS.index(band.tier) for band in self.bands] != sorted(TIERS.index(band.tier) for band in self.bands):
            raise ValueError("grades stand from best to worst")
        return self


class GroupMember(Cited):
    """A member of a group of connected customers whose worst tier is this or worse has the others assessed."""

    from_tier: Tier


class GroupAlert(Version):
    """What of one member of a group has the others assessed, without classing them."""

    member: GroupMember
