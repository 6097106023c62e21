"""The shape of the rule of rate risk: the buckets of the repricing gap, the moves of rates, and what borrowers bear."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from postloan.rules.expected_loss import Months, SignedE8
from postloan.rules.figures import Cited, RatioE8, ShareE8, Version, Words, rises
from postloan.rules.provisions import ExposureKind
from postloan.rules.shapes import LegalForm

APART = ("overdue", "no_interest", "non_performing")
"""What no bucket holds: fallen due already, without interest, or not sensitive to rates any more."""


class RepricingBand(Cited):
    """What changes its rate within so many months, the last day included; without months, whatever comes later."""

    name: Words
    up_to_months: Annotated[int, Field(ge=1, le=600)] | None = None


class RateMove(Cited):
    """One move of the prime rates, all at once."""

    name: Words
    move_e8: SignedE8 = Field(alias="move")


class IncomeMove(Cited):
    """The move of all rates, up and down, of which the gap tells a year's income."""

    move_e8: ShareE8 = Field(alias="move")


class Burden(Cited):
    """Debtors of these forms pay from income: instalments of more than a share of it weigh too much."""

    legal_forms: Annotated[tuple[LegalForm, ...], Field(strict=False, min_length=1)]
    over_share_e8: ShareE8 = Field(alias="over_share")


class InterestCover(Cited):
    """All others pay from earnings before interest and tax: not to fall below so many times the interest."""

    below_times_e8: RatioE8 = Field(alias="below_times")


class StatementAge(Cited):
    """How old an income or a statement may be to speak of a debtor."""

    within_months: Months


class NoInterest(Cited):
    """Kinds of exposure on which no interest runs: their balance has no rate to change."""

    exposure_kinds: Annotated[tuple[ExposureKind, ...], Field(strict=False)]


class Largest(Cited):
    """How many debtors are listed by the rise of their instalments; whoever comes after is small beside them."""

    shown: Annotated[int, Field(ge=1, le=1000)]


class RateRiskLaw(Version):
    """How the book's rates change, and what of it borrowers feel."""

    buckets: Annotated[tuple[RepricingBand, ...], Field(strict=False, min_length=2, max_length=24)]
    income: IncomeMove
    shocks: Annotated[tuple[RateMove, ...], Field(strict=False, min_length=1, max_length=20)]
    burden: Burden
    cover: InterestCover
    statements: StatementAge
    no_interest: NoInterest
    largest: Largest

    @model_validator(mode="after")
    def every_day_has_one_bucket(self) -> Self:
        """Bounds rise, and the last bucket has none, so that no day lies beyond them all."""
        *bounded, last = (band.up_to_months for band in self.buckets)
        if last is not None or None in bounded or not rises([months or 0 for months in bounded]):
            raise ValueError("up_to_months rises from bucket to bucket, and the last bucket has none")
        return self

    @model_validator(mode="after")
    def each_has_a_name_of_its_own(self) -> Self:
        """A reader finds a bucket or a shock by its name."""
        for names in ([each.name for each in self.buckets], [each.name for each in self.shocks]):
            if len(names) != len(set(names)):
                raise ValueError("each bucket and each shock has a name of its own")
        return self

    @property
    def months(self) -> tuple[int, ...]:
        """The bounds of all buckets but the last."""
        return tuple(band.up_to_months for band in self.buckets if band.up_to_months is not None)
