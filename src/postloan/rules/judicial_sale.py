"""The law of judicial sale online: prices, notices and deposits of auctions, and what of a sale breaks it."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from postloan.rules.figures import ONE_E8, Cite, Cited, Days, ShareE8, Version

Asset = Literal["deposit", "movable", "real_estate", "right"]
Fault = Literal[
    "start_too_low", "cut_too_deep", "again_too_late", "notice_too_short", "told_too_late", "deposit_too_small",
    "deposit_too_large", "not_an_auction_more",
]  # fmt: skip
FIRST = 1


class Round(NamedTuple):
    """One round of the sale of a thing, as the court published it.

    appraised_cents  the appraisal, or the market price where there is none.
    """

    asset_kind: str
    round: int
    appraised_cents: int
    start_cents: int
    deposit_cents: int
    told_on: date
    notice_on: date
    held_on: date


class Found(NamedTuple):
    """What of a round breaks the law, the figure that it breaks, and the clause."""

    fault: Fault
    bound: str
    cite: Cite


class StartPrice(Cited):
    """The first auction starts at no less than this share of the appraisal."""

    least_share_e8: ShareE8 = Field(alias="least_share")


class Again(Cited):
    """A thing that failed is auctioned again within so many days, at a start price cut by no more than a share."""

    within_days: Days
    cut_at_most_share_e8: ShareE8 = Field(alias="cut_at_most_share")


class Notice(Cited):
    """How many days before an auction it is published: of some kinds of thing, first or again."""

    assets: Annotated[tuple[Asset, ...], Field(strict=False, min_length=1)]
    is_again: bool
    days: Days


class Told(Cited):
    """How many days before the notice the parties are told."""

    days: Days


class Deposit(Cited):
    """Between which shares of the start price a bidder's deposit lies."""

    least_share_e8: ShareE8 = Field(alias="least_share")
    at_most_share_e8: ShareE8 = Field(alias="at_most_share")


class Auctions(Cited):
    """After so many failed auctions a thing is sold without one (变卖)."""

    count: Annotated[int, Field(ge=1, le=9)]


class JudicialSale(Version):
    """What binds a court's auctions from a day on."""

    start: StartPrice
    again: Again
    notices: Annotated[tuple[Notice, ...], Field(strict=False, min_length=1)]
    told: Told
    deposit: Deposit
    auctions: Auctions

    def faults(self, this: Round, before: Round | None, before_ended_on: date | None) -> list[Found]:
        """Say what of a round breaks the law; `before` is the round of the thing that failed before it."""
        found = [*self._price(this, before, before_ended_on), *self._paper(this)]
        if this.round > self.auctions.count + 1:
            found.append(Found("not_an_auction_more", str(self.auctions.count), self.auctions.cite))
        return found

    def _price(self, this: Round, before: Round | None, before_ended_on: date | None) -> Iterator[Found]:
        if before is None or before_ended_on is None:
            share_e8 = self.start.least_share_e8
            if this.start_cents * ONE_E8 < this.appraised_cents * share_e8:
                yield Found("start_too_low", _percent(share_e8), self.start.cite)
            return
        cut_e8 = self.again.cut_at_most_share_e8
        if (before.start_cents - this.start_cents) * ONE_E8 > before.start_cents * cut_e8:
            yield Found("cut_too_deep", _percent(cut_e8), self.again.cite)
        # What is sold without auction is no auction again: its day is the court's.
        if this.round <= self.auctions.count and (this.held_on - before_ended_on).days > self.again.within_days:
            yield Found("again_too_late", str(self.again.within_days), self.again.cite)

    def _paper(self, this: Round) -> Iterator[Found]:
        for each in self.notices:
            is_its = this.asset_kind in each.assets and each.is_again == (this.round > FIRST)
            if is_its and (this.held_on - this.notice_on).days < each.days:
                yield Found("notice_too_short", str(each.days), each.cite)
        if (this.notice_on - this.told_on).days < self.told.days:
            yield Found("told_too_late", str(self.told.days), self.told.cite)
        if this.deposit_cents * ONE_E8 < this.start_cents * self.deposit.least_share_e8:
            yield Found("deposit_too_small", _percent(self.deposit.least_share_e8), self.deposit.cite)
        if this.deposit_cents * ONE_E8 > this.start_cents * self.deposit.at_most_share_e8:
            yield Found("deposit_too_large", _percent(self.deposit.at_most_share_e8), self.deposit.cite)


def _percent(share_e8: int) -> str:
    return f"{share_e8 // (ONE_E8 // 100)}%"
