"""The law of classification: the rules that hold together, and which of them a loan falls under on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from postloan.rules.figures import Version, latest_begun
from postloan.rules.judging import FactFloors, OldAssets, Transition, Upgrade
from postloan.rules.shapes import Contamination, OverdueFloors, RestructuringFloors, Retail
from postloan.tables.units import NON_PERFORMING

RULES: dict[str, type[Version]] = {
    "overdue_floors": OverdueFloors,
    "fact_floors": FactFloors,
    "restructuring_floors": RestructuringFloors,
    "contamination": Contamination,
    "retail": Retail,
    "upgrade": Upgrade,
}
"""The rules by which a loan is classed, in the order in which their floors are laid on it."""


@dataclass(frozen=True)
class TierLaw:
    """The rules of classification as they stand from the day `since`."""

    since: date
    overdue_floors: OverdueFloors
    fact_floors: FactFloors
    restructuring_floors: RestructuringFloors
    contamination: Contamination
    retail: Retail
    upgrade: Upgrade


@dataclass(frozen=True)
class TierLaws:
    """The laws of classification up to a day, oldest first; the last is the law of that day.

    old_assets  those that former rules may serve for a while, see `Transition`.
    """

    laws: tuple[TierLaw, ...]
    old_assets: tuple[OldAssets, ...]

    def only_the_last(self) -> "TierLaws":
        """The same day's law for every loan-day: for books that are read under the law of another day."""
        return TierLaws(self.laws[-1:], ())

    def cuts(self) -> list[int]:
        """The days past due after which a rule of any of the laws may bind."""
        found = {floor.over_days for law in self.laws for floor in law.overdue_floors.floors}
        found |= {law.contamination.all_banks.over_days for law in self.laws if law.contamination.all_banks}
        found |= {
            law.overdue_floors.technical_delay.up_to_days for law in self.laws if law.overdue_floors.technical_delay
        }
        return sorted(found)

    def bad_after_days(self) -> int:
        """The fewest days past due after which any of the laws may call a debt bad, so that it touches others."""
        found = {
            floor.over_days for law in self.laws for floor in law.overdue_floors.floors if floor.tier in NON_PERFORMING
        }
        return min(found | {law.contamination.all_banks.over_days for law in self.laws if law.contamination.all_banks})

    def merger_months(self) -> list[int]:
        """For how many months any of the laws bars upgrades after a merger."""
        return sorted({law.upgrade.merger.months for law in self.laws if law.upgrade.merger})

    def is_always_retail(self) -> pl.Expr:
        """Whether a debtor, by legal_form and size_class, is retail by all of the laws."""
        return pl.all_horizontal(law.retail.is_retail() for law in self.laws)

    def days(self) -> list[date]:
        """The days on which the law of a loan may change."""
        of_old = [old.reclassified_on for old in self.old_assets if old.reclassified_on]
        return sorted({law.since for law in self.laws[1:]} | set(of_old))

    def which(self) -> pl.Expr:
        """The place of a loan-day's law, from `on` and `originated_on`; days before all laws take the first."""
        place = pl.lit(0, pl.Int32)
        for at, law in enumerate(self.laws[1:], start=1):
            place = pl.when(pl.col("on") >= law.since).then(at).otherwise(place)
        for old in self.old_assets:
            if old.reclassified_on is None:
                continue
            former = max((at for at, law in enumerate(self.laws) if law.since < old.created_before), default=0)
            is_served = pl.col("on").is_between(old.created_before, old.reclassified_on, closed="left")
            is_served &= pl.col("originated_on") < old.created_before
            place = pl.when(is_served).then(former).otherwise(place)
        return place.cast(pl.Int32)


def tier_laws(versions: Mapping[str, tuple[Version, ...]], transitions: tuple[Transition, ...]) -> TierLaws:
    """Put together the laws of the versions begun of each of the RULES: a new one with every version of one of them."""
    begun = max(each[0].since for each in versions.values())
    days = sorted({begun} | {each.since for rule in versions.values() for each in rule if each.since > begun})
    laws = tuple(
        TierLaw(since=day, **{rule: latest_begun(each, day) for rule, each in versions.items()})  # type: ignore[arg-type]
        for day in days
    )
    return TierLaws(laws, tuple(each.old_assets for each in transitions))
