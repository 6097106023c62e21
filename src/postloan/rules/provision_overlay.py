"""Lays the bank's own provisioning over the law's: a point within the law's bounds, and special shares on top."""

from typing import TypeVar

from postloan.errors import LaxerThanLaw
from postloan.rules.figures import written_share
from postloan.rules.overlay import BankFile
from postloan.rules.provisions import (
    Bounded,
    Chosen,
    ProvisionCoverage,
    ProvisionCoverageOverlay,
    ProvisionRates,
    ProvisionRatesOverlay,
)
from postloan.rules.sources import wrong

B = TypeVar("B", bound=Bounded)


def provision_rates(law: ProvisionRates, bank: ProvisionRatesOverlay, file: BankFile) -> ProvisionRates:
    """The rates in force: the bank's points where it chose them, and its special shares."""
    of_bank = {rate.tier: rate for rate in bank.specific}
    if bank.special_shares and "add special_shares" not in file.may:
        raise wrong(file.source.shown, "special_shares", "the law leaves the bank no choice here")
    return law.changed(
        since=max(law.since, bank.since),
        general=chosen(law.general, bank.general, file, "general"),
        specific=tuple(chosen(rate, of_bank.get(rate.tier), file, rate.tier) for rate in law.specific),
        special_shares=bank.special_shares,
    )


def provision_coverage(law: ProvisionCoverage, bank: ProvisionCoverageOverlay, file: BankFile) -> ProvisionCoverage:
    """The standards in force: those of the supervisor's letter where the bank has one."""
    return law.changed(
        since=max(law.since, bank.since),
        coverage=chosen(law.coverage, bank.coverage, file, "coverage"),
        loan_provision_ratio=chosen(law.loan_provision_ratio, bank.loan_provision_ratio, file, "loan_provision_ratio"),
    )


def chosen(law: B, bank: Chosen | None, file: BankFile, what: str) -> B:
    """The law's figure at the bank's point and with its citation. A point outside the law's bounds is refused."""
    if bank is None:
        return law
    least, most = law.bounds_e8
    if "choose share" not in file.may or least == most:
        raise wrong(file.source.shown, what, "the law leaves the bank no choice here")
    bounds = f"{written_share(least)} to {written_share(most)}"
    if bank.share_e8 < least:
        raise LaxerThanLaw(
            message=f"The bank sets {what} at {written_share(bank.share_e8)}; the law lets it choose {bounds}.",
            hint=f"Choose a share within {bounds}, or remove the bank's entry.",
            where={"file": file.source.shown, "bank": bank.cite, "law": law.cite},
        )
    if bank.share_e8 > most:
        raise wrong(file.source.shown, what, f"{written_share(bank.share_e8)} is outside {bounds}")
    return law.model_copy(update={"share_e8": bank.share_e8, "cite": bank.cite})
