"""Lays the bank's own figures over the law's. A bank may be stricter, never laxer."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from postloan.errors import LaxerThanLaw
from postloan.rules.figures import Cited, Direction, written_share
from postloan.rules.judging import Transition, TransitionOverlay
from postloan.rules.shapes import (
    Contamination,
    ContaminationOverlay,
    OverdueFloors,
    OverdueFloorsOverlay,
    Tolerance,
    WorkingDays,
)
from postloan.rules.sources import SourceFile, wrong

C = TypeVar("C", bound=Cited)
T = TypeVar("T", bound=Tolerance)


@dataclass(frozen=True)
class BankFile:
    """The bank's file for a rule of law: where it is, and in which directions the law lets it move."""

    source: SourceFile
    may: tuple[Direction, ...]

    def stricter(self, law: C, bank: C | None, key: str, says: str) -> C:
        """The bank's figure where it is lower than the law's, else the law's. A higher one is refused."""
        if bank is None:
            return law
        self.not_laxer(law, bank, key, says)
        return bank if getattr(bank, key) < getattr(law, key) else law

    def stricter_share(self, law: T, bank: Tolerance | None, says: str) -> T:
        """The law's tolerance with the bank's share and citation, where that share is lower."""
        if bank is None:
            return law
        self.not_laxer(law, bank, "over_share_e8", says)
        if bank.over_share_e8 == law.over_share_e8:
            return law
        return law.model_copy(update={"over_share_e8": bank.over_share_e8, "cite": bank.cite})

    def not_laxer(self, law: Cited, bank: Cited, key: str, says: str) -> None:
        """Refuse a figure above the law's, and any figure that the law does not let the bank lower."""
        written, limit, chosen = key.removesuffix("_e8"), getattr(law, key), getattr(bank, key)
        if f"lower {written}" not in self.may:
            raise wrong(self.source.shown, written, "the law leaves the bank no choice here")
        if chosen > limit:
            shown = written_share if key.endswith("_e8") else str
            raise LaxerThanLaw(
                message=says.format(bank=shown(chosen), law=shown(limit)),
                hint=f"Lower {written} to {shown(limit)} or less, or remove the bank's entry.",
                where={"file": self.source.shown, "bank": bank.cite, "law": law.cite},
            )


def overdue_floors(law: OverdueFloors, bank: OverdueFloorsOverlay, file: BankFile) -> OverdueFloors:
    """The floors in force: of each figure, the stricter."""
    of_bank = {floor.tier: floor for floor in bank.floors}
    floors = tuple(
        file.stricter(
            floor,
            of_bank.pop(floor.tier, None),
            "over_days",
            f"The bank calls {floor.tier} after {{bank}} days; the law, after {{law}}.",
        )
        for floor in law.floors
    )
    # Where the law names no days for a tier, the bank may.
    floors += tuple(of_bank.values())
    technical_delay = law.technical_delay and file.stricter(
        law.technical_delay,
        bank.technical_delay,
        "up_to_days",
        "The bank excuses a technical delay of {bank} days; the law, of {law}.",
    )
    try:
        return law.changed(since=max(law.since, bank.since), floors=floors, technical_delay=technical_delay)
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise wrong(file.source.shown, f"the version from {bank.since}, over the law's", why) from None


def contamination(law: Contamination, bank: ContaminationOverlay, file: BankFile) -> Contamination:
    """The tolerances in force: of each share, the lower."""
    return law.changed(
        since=max(law.since, bank.since),
        own_bank=law.own_bank
        and file.stricter_share(
            law.own_bank,
            bank.own_bank,
            "The bank lets {bank} of a debtor's debt here be non-performing; the law, {law}.",
        ),
        all_banks=law.all_banks
        and file.stricter_share(
            law.all_banks,
            bank.all_banks,
            "The bank lets {bank} of a debtor's debt at all banks be overdue; the law, {law}.",
        ),
    )


def transition(law: Transition, bank: TransitionOverlay, file: BankFile) -> Transition:
    """The transition in force: up to the day the bank chose, which the law's last day limits."""
    chosen, limit = bank.old_assets, law.old_assets.latest_on
    if "choose reclassified_on" not in file.may:
        raise wrong(file.source.shown, "reclassified_on", "the law leaves the bank no choice here")
    if chosen.reclassified_on > limit:
        raise LaxerThanLaw(
            message=f"The bank reclasses its old assets from {chosen.reclassified_on}; the law, by {limit}.",
            hint=f"Choose a day up to {limit}, or remove the bank's entry.",
            where={"file": file.source.shown, "bank": chosen.cite, "law": law.old_assets.cite},
        )
    old_assets = law.old_assets.model_copy(update={"reclassified_on": chosen.reclassified_on, "cite": chosen.cite})
    return law.changed(since=max(law.since, bank.since), old_assets=old_assets)


def working_days(law: WorkingDays, bank: WorkingDays, _file: BankFile) -> WorkingDays:
    """The arrangements in force: a year that the bank's file gives stands in the place of the same year here."""
    years = {arranged.year: arranged for arranged in (*law.years, *bank.years)}
    return law.changed(since=max(law.since, bank.since), years=tuple(years[year] for year in sorted(years)))
