"""The shape of the rule of the portfolio: how much of the book may lie in one place, and when a part of it turns."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from postloan.rules.expected_loss import Months
from postloan.rules.figures import Cited, Days, RatioE8, ShareE8, Version, Words

Of = Literal["industry", "region", "product"]


class ShareLimit(Cited):
    """One industry, region or product may hold no more than a share of the balance of all that have one."""

    of: Of
    over_share_e8: ShareE8 = Field(alias="over_share")


class EvennessLimit(Cited):
    """The Herfindahl-Hirschman index: the sum of the squares of all shares, 1 where all lies in one place."""

    of: Of
    over_index_e8: ShareE8 = Field(alias="over_index")


class VintageWatch(Cited):
    """Loans paid out in a month, so many months later: more of them late than of the months before, so many times."""

    over_days: Days
    months: Months
    over_times_e8: RatioE8 = Field(alias="over_times")
    against_months: Months
    least_loans: Annotated[int, Field(ge=1)]


class PriceWatch(Cited):
    """A price index that fell within a year by more than a share, by region or by industry of what it tells of."""

    series: Words
    of: Literal["industry", "region"]
    over_fall_e8: ShareE8 = Field(alias="over_fall")


class PortfolioLimits(Version):
    """What the portfolio is watched for."""

    shares: Annotated[tuple[ShareLimit, ...], Field(strict=False)]
    evenness: Annotated[tuple[EvennessLimit, ...], Field(strict=False)]
    vintages: VintageWatch
    prices: Annotated[tuple[PriceWatch, ...], Field(strict=False)]

    @model_validator(mode="after")
    def each_stands_once(self) -> Self:
        """Two limits of one thing leave the reader to guess."""
        for names in ([x.of for x in self.shares], [x.of for x in self.evenness], [x.series for x in self.prices]):
            if len(names) != len(set(names)):
                raise ValueError("each thing has one limit")
        return self
