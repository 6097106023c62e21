"""The shape of the rules of collateral: what is taken, how much is lent on it, and how its value is kept."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, ShareE8, Version, Words
from postloan.tables.inputs.security import COLLATERAL_KINDS

Kinds = Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]


class Revaluation(Cited):
    """How many months after a valuation the next is due at the latest, whatever the class."""

    within_months: Annotated[int, Field(ge=1, le=120)]


class ByRegistration(Cited):
    """Classes of which a mortgage begins with its registration, not with the contract."""

    kinds: Kinds


class CollateralReview(Version):
    """What the law says of the value and the papers of collateral."""

    revaluation: Revaluation
    by_registration: ByRegistration


class CollateralClass(Cited):
    """Classes of form G13, and how much may be lent on their value.

    is_taken       whether the bank takes them at all; what it holds of others covers nothing.
    within_months  by when they are valued anew; the law's months where those are fewer.
    needs_insurance  whether they are insured to the bank's benefit for at least the debt.
    """

    kinds: Kinds
    is_taken: bool
    lends_most_e8: ShareE8 = Field(alias="lends_most")
    within_months: Annotated[int, Field(ge=1, le=120)]
    needs_insurance: bool = False


class IndexMove(Cited):
    """Between valuations, the value of these classes moves with an index of its city, or of the country.

    series        of the feed table market: `series_CITY`, where CITY is the region's code to the city, else `series`.
    counts_rises  whether a risen index makes the value higher; a fallen one always makes it lower.
    """

    kinds: Kinds
    series: Words
    counts_rises: bool


class Collateral(Version):
    """What the bank takes as collateral, from a day on."""

    classes: Annotated[tuple[CollateralClass, ...], Field(strict=False, min_length=1)]
    index: Annotated[tuple[IndexMove, ...], Field(strict=False)]

    @model_validator(mode="after")
    def every_class_stands_once(self) -> Self:
        """A class without a word of it, or with two, would leave its limit to chance."""
        named = [kind for each in self.classes for kind in each.kinds]
        if sorted(named) != sorted(COLLATERAL_KINDS):
            raise ValueError("classes names every class of collateral once")
        moved = [kind for each in self.index for kind in each.kinds]
        if len(moved) != len(set(moved)) or not set(moved) <= set(named):
            raise ValueError("index names a class of collateral at most once")
        return self
