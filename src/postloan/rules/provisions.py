"""The shapes of the rules of provisioning: rates by tier, coverage, the general reserve, the floor for capital."""

from typing import Annotated, Literal, Self

import polars as pl
from pydantic import Field, model_validator

from postloan.rules.figures import ONE_E8, Cited, Days, RatioE8, ShareE8, Tier, Version, Words, rises
from postloan.tables.units import TIERS

ExposureKind = Literal["loan", "card", "acceptance", "guarantee_issued", "letter_of_credit", "advance", "undrawn"]
Months = Annotated[int, Field(ge=1, le=120)]


class Bounded(Cited):
    """A share, and between which shares a bank may choose its own; a bound not given is the share itself."""

    share_e8: RatioE8 = Field(alias="share")
    at_least_e8: RatioE8 | None = Field(default=None, alias="at_least")
    at_most_e8: RatioE8 | None = Field(default=None, alias="at_most")

    @property
    def bounds_e8(self) -> tuple[int, int]:
        """The least and the greatest share a bank may choose."""
        least = self.share_e8 if self.at_least_e8 is None else self.at_least_e8
        return least, self.share_e8 if self.at_most_e8 is None else self.at_most_e8

    @model_validator(mode="after")
    def lies_between_its_bounds(self) -> Self:
        """A share outside its own bounds leaves the reader to guess which is meant."""
        least, most = self.bounds_e8
        if not least <= self.share_e8 <= most:
            raise ValueError("the share lies between at_least and at_most")
        return self


class Chosen(Cited):
    """The share a bank chooses."""

    share_e8: RatioE8 = Field(alias="share")


# General, specific and special provisions ------------------------------------------------------------------------


class Counted(Cited):
    """The kinds of exposure that are loans; the others bear no loan-loss provision."""

    exposure_kinds: Annotated[tuple[ExposureKind, ...], Field(strict=False, min_length=1)]

    def is_counted(self) -> pl.Expr:
        """Whether a row is a loan, from its exposure_kind; empty is a loan."""
        return pl.col("exposure_kind").fill_null("loan").is_in(list(self.exposure_kinds))


class SpecificRate(Bounded):
    """The share of a loan of this tier that is set aside."""

    tier: Tier


class ChosenRate(Chosen):
    """The share a bank chooses for a tier."""

    tier: Tier


class SpecialGround(Cited):
    """What a special provision may be for."""

    by: Annotated[tuple[Literal["industry", "region"], ...], Field(strict=False, min_length=1)]


class SpecialShare(Cited):
    """The share set aside for loans whose industry and region begin so; a code not given is any."""

    share_e8: ShareE8 = Field(alias="share")
    industry: Words | None = None
    region: Words | None = None

    @model_validator(mode="after")
    def names_an_industry_or_a_region(self) -> Self:
        """A share of every loan is the general provision."""
        if self.industry is None and self.region is None:
            raise ValueError("a special share names an industry, a region, or both")
        return self


class ProvisionRates(Version):
    """What is set aside for each loan, by law and by the bank's own choice."""

    counted: Counted
    general: Bounded
    specific: Annotated[tuple[SpecificRate, ...], Field(strict=False)]
    special: SpecialGround
    special_shares: Annotated[tuple[SpecialShare, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def a_worse_tier_needs_no_less(self) -> Self:
        """Otherwise a provision would fall as the loan grows worse."""
        if tuple(rate.tier for rate in self.specific) != TIERS[1:]:
            raise ValueError(f"specific rates are given once each for {', '.join(TIERS[1:])}, in this order")
        shares = [rate.share_e8 for rate in self.specific]
        if shares != sorted(shares) or shares[-1] > ONE_E8:
            raise ValueError("a worse tier needs no less, and none more than the whole")
        return self


class ProvisionRatesOverlay(Version):
    """What the bank's own file may say about them: its points between the bounds, and its table of special shares."""

    general: Chosen | None = None
    specific: Annotated[tuple[ChosenRate, ...], Field(strict=False)] = ()
    special_shares: Annotated[tuple[SpecialShare, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def a_tier_is_named_once(self) -> Self:
        """Two rates for one tier leave the reader to guess."""
        tiers = [rate.tier for rate in self.specific]
        if len(tiers) != len(set(tiers)) or "pass" in tiers:
            raise ValueError(f"a rate is given at most once for each of {', '.join(TIERS[1:])}")
        return self

    @model_validator(mode="after")
    def a_special_share_has_a_clause_of_its_own(self) -> Self:
        """A loan's citation names the one share it bears."""
        cites = [str(share.cite) for share in self.special_shares]
        if len(cites) != len(set(cites)):
            raise ValueError("each special share is cited at a place of its own")
        return self


# Coverage --------------------------------------------------------------------------------------------------------


class ChargedTo(Cited):
    """Which provisions count: those charged to cost, not the general reserve from profit."""

    charged_to: Literal["cost"]


class Governs(Cited):
    """Which of the two standards a bank is held to."""

    standard: Literal["higher"]


class Reported(Cited):
    """How often provisions and their movement are reported to the supervisor."""

    every_months: Months


class Consequence(Cited):
    """What follows when a bank has been below the standard for so many months on end."""

    months: Months
    consequence: Literal["risk_warning", "supervisory_measures"]


class AccuracyStep(Cited):
    """The two standards of a bank that classes this share of its loans past due for over 90 days, or more, as bad."""

    from_share_e8: ShareE8 = Field(alias="from_share")
    coverage_e8: RatioE8 = Field(alias="coverage")
    loan_provision_ratio_e8: RatioE8 = Field(alias="loan_provision_ratio")


class Accuracy(Cited):
    """The loans of which the accuracy of classification is told: those past due for more than so many days."""

    over_days: Days


class ProvisionCoverage(Version):
    """How much provision a bank must hold against its loans as a whole."""

    counted: ChargedTo
    coverage: Bounded
    loan_provision_ratio: Bounded
    governs: Governs
    reported: Reported
    consequences: Annotated[tuple[Consequence, ...], Field(strict=False)]
    accuracy: Accuracy | None = None
    by_accuracy: Annotated[tuple[AccuracyStep, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def a_more_accurate_bank_needs_no_more(self) -> Self:
        """Every accuracy has one step, and a greater one asks for no more."""
        if (self.accuracy is None) != (not self.by_accuracy):
            raise ValueError("accuracy and its steps stand together")
        shares = [step.from_share_e8 for step in self.by_accuracy]
        if shares and (shares[0] != 0 or not rises(shares)):
            raise ValueError("steps stand in rising order of from_share, from 0 on")
        for key in ("coverage_e8", "loan_provision_ratio_e8"):
            asked = [getattr(step, key) for step in self.by_accuracy]
            if asked != sorted(asked, reverse=True):
                raise ValueError("a greater accuracy asks for no more")
        return self

    @model_validator(mode="after")
    def consequences_rise(self) -> Self:
        """Two consequences of one month leave the reader to guess."""
        months = [each.months for each in self.consequences]
        if months != sorted(set(months)):
            raise ValueError("consequences stand in rising order of months")
        return self


class ProvisionCoverageOverlay(Version):
    """The supervisor's letter to the bank: its own point of either standard."""

    coverage: Chosen | None = None
    loan_provision_ratio: Chosen | None = None


# The general reserve ---------------------------------------------------------------------------------------------


class Factor(Cited):
    """The share of a loan of this tier that the standard method estimates to be lost."""

    tier: Tier
    share_e8: ShareE8 = Field(alias="share")


class TopUp(Cited):
    """The share of what the estimate is above the provisions that the reserve takes up."""

    share_e8: ShareE8 = Field(alias="share")


class Minimum(Cited):
    """The least general reserve as a share of risk assets, and within how many years it is to be reached."""

    share_e8: ShareE8 = Field(alias="share")
    within_years: Annotated[int, Field(ge=0, le=50)]


class GeneralReserve(Version):
    """What is set aside from profit for losses not yet seen."""

    factors: Annotated[tuple[Factor, ...], Field(strict=False)]
    top_up: TopUp
    minimum: Minimum

    @model_validator(mode="after")
    def a_worse_tier_loses_no_less(self) -> Self:
        """Otherwise the estimate would fall as a loan grows worse."""
        if tuple(factor.tier for factor in self.factors) != TIERS:
            raise ValueError(f"factors are given once each for {', '.join(TIERS)}, in this order")
        shares = [factor.share_e8 for factor in self.factors]
        if shares != sorted(shares):
            raise ValueError("a worse tier loses no less")
        return self


# The floor for capital -------------------------------------------------------------------------------------------


class LoansFloor(Cited):
    """The share of non-performing loans that provisions must reach; or the specific provisions, where they are more."""

    share_e8: ShareE8 = Field(alias="share")
    or_specific: bool = False


class OtherAssetsFloor(Cited):
    """The share of the other non-performing assets that provisions for them must reach."""

    share_e8: ShareE8 = Field(alias="share")


class Surplus(Cited):
    """Provisions are in surplus by what they exceed this share of the non-performing assets."""

    over_share_e8: ShareE8 = Field(alias="over_share")


class Tier2Cap(Cited):
    """A surplus counts as tier-2 capital up to this share of risk-weighted assets for credit risk."""

    at_most_share_e8: ShareE8 = Field(alias="at_most_share")


class InternalRatings(Cited):
    """A bank with internal ratings holds its provisions against expected losses; a surplus counts up to this share."""

    at_most_share_e8: ShareE8 = Field(alias="at_most_share")


class CapitalProvisions(Version):
    """How provisions enter a bank's capital."""

    loans: LoansFloor
    other_assets: OtherAssetsFloor | None = None
    surplus: Surplus
    tier2: Tier2Cap
    internal_ratings: InternalRatings | None = None
