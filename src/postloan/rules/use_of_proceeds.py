"""The shapes of the rules on the use of loan money: when the bank pays the payee itself, and how money is followed."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.expected_loss import Months
from postloan.rules.figures import Cents, Cited, Days, Version, Words

Purpose = Literal["fixed_asset", "working_capital", "personal_consumption", "personal_business"]
Misused = Literal["securities", "real_estate"]
RelationKind = Words


class EntrustedLine(Cited):
    """Loans of a purpose: a payment to one payee, or a draw, of more than this is the bank's to pay (受托支付)."""

    purpose: Purpose
    single_over_cents: Cents = Field(alias="single_over")


class EntrustedPayment(Version):
    """When the bank pays the payee itself; a purpose without a line is left to the bank."""

    lines: Annotated[tuple[EntrustedLine, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def each_purpose_has_one_line(self) -> "EntrustedPayment":
        """Two figures for one purpose leave the reader to guess."""
        purposes = [line.purpose for line in self.lines]
        if len(purposes) != len(set(purposes)):
            raise ValueError("each purpose has one line")
        return self


class Hops(Cited):
    """How many purses beyond the borrower's the money is followed to."""

    at_most: Annotated[int, Field(ge=1, le=10)]


class Within(Cited):
    """Within how many days."""

    within_days: Days


class Watched(Cited):
    """How long ago a loan may have been paid out to be watched."""

    within_months: Months


class RestrictedUse(Cited):
    """A kind of counterparty to which loan money may not go, but for loans of these products or to these industries."""

    kind: Misused
    but_products: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    but_industries: Annotated[tuple[Words, ...], Field(strict=False)] = ()


class RelatedKinds(Cited):
    """The relations that make two parties related; members of a group and co-borrowers always are."""

    kinds: Annotated[tuple[RelationKind, ...], Field(strict=False)]


class ProductsOf(Cited):
    """The bank's products of a purpose; others are working capital of a company, consumption of a person."""

    purpose: Purpose
    products: Annotated[tuple[Words, ...], Field(strict=False)]


class UseOfProceeds(Version):
    """How the money of a loan is followed, and where it may not go.

    hops      how far.
    window    after its pay-out.
    landing   after its pay-out, the money is seen to come to the borrower's account.
    watched   loans paid out since then.
    split     payments to one payee within so many days are one.
    """

    hops: Hops
    window: Within
    landing: Within
    watched: Watched
    split: Within
    restricted: Annotated[tuple[RestrictedUse, ...], Field(strict=False)]
    related: RelatedKinds
    products: Annotated[tuple[ProductsOf, ...], Field(strict=False)]
