"""The rules of asset preservation: what is handed over when, what may be sold in packages, assets, accountability."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from postloan.rules.figures import Cents, Cited, Days, RatioE8, ShareE8, Strict, Tier, Version, Words
from postloan.rules.shapes import LegalForm
from postloan.rules.warning_desk import Within

Several = Annotated[int, Field(ge=1, le=1_000)]
CostKind = Literal[
    "lawyer", "court", "preservation", "execution", "appraisal", "auction", "notary", "travel", "other"
]  # fmt: skip
Need = Literal["all", "mortgage", "guarantee", "company"]


class Listed(Strict):
    """An item of a list that people tick (清单).

    need  for whom it is asked: everybody, or who has such a security or legal form.
    """

    item: Words
    zh: Words
    en: Words
    need: Need = "all"


class HandoverRule(Cited):
    """Whose file goes to asset preservation on reaching a tier, and within which time.

    persons_from  the exposure from which persons are handed over; companies always are.
    """

    within: Within
    tiers: Annotated[tuple[Tier, ...], Field(strict=False, min_length=1)]
    legal_forms: Annotated[tuple[LegalForm, ...], Field(strict=False, min_length=1)]
    persons_from_cents: Cents = Field(alias="persons_from")

    def written(self) -> str:
        """The time and the tiers as a line of the rule file."""
        return f"within {self.within.days} {self.within.counts}, tiers {' or '.join(self.tiers)}"


class CostCap(Cited):
    """The most that costs of a kind may come to, as a share of the claim; more takes whoever approves."""

    kind: CostKind
    share_e8: ShareE8 = Field(alias="share")


class BatchRule(Cited):
    """How many accounts a package of companies has at least."""

    accounts: Several


class NotSold(Cited):
    """Debtors whose loans are not sold in packages: by legal form, or by the beginning of their industry."""

    legal_forms: Annotated[tuple[LegalForm, ...], Field(strict=False)] = ()
    industries: Annotated[tuple[Words, ...], Field(strict=False)] = ()


class Sold(Cited):
    """The tiers whose loans are sold in packages."""

    tiers: Annotated[tuple[Tier, ...], Field(strict=False, min_length=1)]


class Pilot(Cited):
    """Until when loans of persons are sold in packages, and single loans of companies (不良贷款转让试点).

    not_secured  securities that a person's loan must not have; not_words words of products that are not sold.
    """

    ends_on: Annotated[date, Field(strict=False)]
    not_secured: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    not_words: Annotated[tuple[Words, ...], Field(strict=False)] = ()


class PriceBound(Cited):
    """A bound of a price, as a share of what the thing is worth on the day or stands at in the books."""

    share_e8: RatioE8 = Field(alias="share")


class AssetRule(Cited):
    """How long before its last day an asset is spoken of, how often it is counted, and within how many days then.

    floor  the price, as a share of what it stands at, below which a sale takes a further person.
    """

    lead_days: Days
    counted_every_months: Annotated[int, Field(ge=1, le=60)]
    count_within_days: Days
    floor: PriceBound


class AccountabilityRule(Cited):
    """By when after a write-off it is said who answers for it, how many vote at least, and which share agrees."""

    within_days: Days
    quorum: Several
    majority_e8: ShareE8 = Field(alias="majority")


class RightBasis(Cited):
    """The clause by which a bank that holds a right in a thing may dispose of it by agreement with whoever gave it."""

    right: Literal["mortgage", "pledge"]


class StepDays(Cited):
    """Within how many days something is done, or how many days something holds."""

    days: Days


class AgreedRule(Strict):
    """How collateral is disposed of outside court, by agreement with its owner (协议处置).

    bases    the clause for each right.
    valued   how many days a valuation may be old, on the day of the agreement and on that of the sale.
    least    the least price; most the most at which the bank takes the thing itself.
    sell, settle, surplus   within how many days a thing is sold, its money has come in, and the owner has the rest.
    """

    bases: Annotated[tuple[RightBasis, ...], Field(strict=False, min_length=1)]
    valued: StepDays
    least: PriceBound
    most: PriceBound
    sell: StepDays
    settle: StepDays
    surplus: StepDays

    @model_validator(mode="after")
    def each_right_stands_once_and_bounds_leave_room(self) -> Self:
        """Two clauses of one right could not be told apart; a least price above the most could not be agreed."""
        if len({each.right for each in self.bases}) < len(self.bases):
            raise ValueError("a right stands twice")
        if self.least.share_e8 > self.most.share_e8:
            raise ValueError("least is above most")
        return self

    def basis_of(self, right: str) -> RightBasis | None:
        """The clause of a right."""
        return next((each for each in self.bases if each.right == right), None)


class PreservationDesk(Version):
    """How asset preservation works from a day on."""

    handover: HandoverRule
    files: Annotated[tuple[Listed, ...], Field(strict=False, min_length=1)]
    diligence: Annotated[tuple[Listed, ...], Field(strict=False, min_length=1)]
    caps: Annotated[tuple[CostCap, ...], Field(strict=False)] = ()
    batch: BatchRule
    sold: Sold
    not_sold: NotSold
    pilot: Pilot
    asset: AssetRule
    agreed: AgreedRule
    accountability: AccountabilityRule

    @model_validator(mode="after")
    def an_item_stands_once(self) -> Self:
        """Two items of one name could not be told apart."""
        for listed in (self.files, self.diligence):
            if len({each.item for each in listed}) < len(listed):
                raise ValueError("an item stands twice")
        if len({each.kind for each in self.caps}) < len(self.caps):
            raise ValueError("a kind of costs has two caps")
        return self

    def cap_of(self, kind: str) -> CostCap | None:
        """The cap of a kind of costs."""
        return next((each for each in self.caps if each.kind == kind), None)
