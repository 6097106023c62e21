"""The rules of disposal routes: what each way out of a bad debt is expected to bring in, when, and at what cost."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from postloan.rules.figures import ONE_E8, Cited, Days, ShareE8, Version, Words

Parts = Annotated[int, Field(ge=1, le=120)]


class CashRoute(Cited):
    """Collecting in cash: the share of the claim that comes in, in even parts over some days."""

    collected_e8: ShareE8 = Field(alias="collected")
    over_days: Days
    parts: Parts
    cost_e8: ShareE8 = Field(alias="cost")


class SettlementRoute(Cited):
    """Settling for less: the share given up; of the rest some is paid at once, the rest in parts where it is kept."""

    haircut_e8: ShareE8 = Field(alias="haircut")
    at_once_e8: ShareE8 = Field(alias="at_once")
    over_days: Days
    parts: Parts
    kept_e8: ShareE8 = Field(alias="kept")
    cost_e8: ShareE8 = Field(alias="cost")


class CourtStage(Cited):
    """A stage before a court: how long it lasts, and what it costs at its beginning, as a share of the claim."""

    stage: Words
    lasts_days: Days
    cost_e8: ShareE8 = Field(alias="cost")


class AuctionStep(Cited):
    """A try to sell: the price as a share of that of the try before, the first's as a share of the appraisal.

    sold  how likely it is that the try succeeds, once it is made.
    """

    step: Words
    of_previous_e8: ShareE8 = Field(alias="of_previous")
    after_days: Days
    sold_e8: ShareE8 = Field(alias="sold")


class AuctionBounds(Cited):
    """The lowest first price as a share of the appraisal, and the largest cut from try to try."""

    first_least_e8: ShareE8 = Field(alias="first_least")
    cut_most_e8: ShareE8 = Field(alias="cut_most")


class SaleCost(Cited):
    """What a sale by the court takes out of the price: costs, taxes and fees."""

    cost_e8: ShareE8 = Field(alias="cost")


class AssetRoute(Cited):
    """Taking an asset for the debt: the discount on its appraisal, and what holding and selling it makes of that price.

    sells_at    the price at which it is sold, as a share of that at which it was taken.
    yearly_cost  what a year of holding it costs, as a share of that price; taking it costs `taking_cost` at once.
    """

    discount_e8: ShareE8 = Field(alias="discount")
    taken_after_days: Days
    taking_cost_e8: ShareE8 = Field(alias="taking_cost")
    held_days: Days
    yearly_cost_e8: ShareE8 = Field(alias="yearly_cost")
    sells_at_e8: ShareE8 = Field(alias="sells_at")

    @model_validator(mode="after")
    def holding_leaves_something(self) -> Self:
        """An asset that costs more than it brings in is not taken."""
        if self.taking_cost_e8 + self.yearly_cost_e8 * self.held_days // _YEAR_DAYS > self.sells_at_e8:
            raise ValueError("taking and holding cost more than the sale brings in")
        return self


class PackageRoute(Cited):
    """Selling the claim in a package: the price as a share of the claim."""

    price_e8: ShareE8 = Field(alias="price")
    after_days: Days
    cost_e8: ShareE8 = Field(alias="cost")


class WriteOffRoute(Cited):
    """Writing off and pursuing further: the share of the claim that still comes in, and when."""

    recovered_e8: ShareE8 = Field(alias="recovered")
    after_days: Days
    cost_e8: ShareE8 = Field(alias="cost")


_YEAR_DAYS = 365


class DisposalRoutes(Version):
    """What the desk supposes of each route, from a day on."""

    cash: CashRoute
    settlement: SettlementRoute
    stages: Annotated[tuple[CourtStage, ...], Field(strict=False, min_length=1)]
    auctions: Annotated[tuple[AuctionStep, ...], Field(strict=False, min_length=1)]
    bounds: AuctionBounds
    sale: SaleCost
    asset: AssetRoute
    package: PackageRoute
    write_off: WriteOffRoute

    @model_validator(mode="after")
    def prices_keep_the_bounds(self) -> Self:
        """A first price below the law's, or a deeper cut, is no price that a court sets."""
        first, *later = self.auctions
        if first.of_previous_e8 < self.bounds.first_least_e8:
            raise ValueError(f"{first.step} begins below the lowest first price")
        for each in later:
            if ONE_E8 - each.of_previous_e8 > self.bounds.cut_most_e8:
                raise ValueError(f"{each.step} cuts more than is allowed")
        return self
