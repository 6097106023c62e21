"""A published day: what its night knew, and the law that it was computed under."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from postloan.intake.facts import Facts
from postloan.plan.inputs import Neighbours
from postloan.rules.rulebook import Policy, Rulebook, load_rulebook, policy_on
from postloan.snapshot.read import read_manifest, read_of_bank
from postloan.tables.money_trail import ProceedsPath
from postloan.tables.neighbours import CollateralClaim, DebtorInDefault, WeakGuarantee


@dataclass(frozen=True)
class PublishedDay:
    """A day that a night published: its home, its date, and what stands in its manifest.

    The rulebook is today's: what a night saw of it is told by the fingerprint among the pins.
    """

    home: Path
    on: date
    manifest: dict[str, Any]

    @property
    def pins(self) -> dict[str, Any]:
        """What the night rests on."""
        pins: dict[str, Any] = self.manifest["pins"]
        return pins

    @property
    def law_of(self) -> date:
        """Whose law the day was computed under."""
        return date.fromisoformat(self.pins["law_of"])

    @cached_property
    def facts(self) -> Facts:
        """The facts as the night knew them, though more was loaded since that became known on the same day."""
        last_load = max((int(load) for load in self.pins.get("feeds", {})), default=None)
        return Facts(self.home, date.fromisoformat(self.pins["known_on"]), last_load=last_load)

    @cached_property
    def neighbours(self) -> Neighbours:
        """What was found out of the whole bank that night."""
        return Neighbours(
            CollateralClaim.validate(read_of_bank(self.home, self.on, "collateral_claim")),
            WeakGuarantee.validate(read_of_bank(self.home, self.on, "weak_guarantee")),
            DebtorInDefault.validate(read_of_bank(self.home, self.on, "debtor_in_default")),
            ProceedsPath.validate(read_of_bank(self.home, self.on, "proceeds_path")),
        )

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules that come with Postloan, the bank's laid over them."""
        return load_rulebook(self.home)

    @cached_property
    def policy(self) -> Policy:
        """Every rule in force. Raises NoRuleInForce."""
        return policy_on(self.rulebook, self.law_of)


def published_day(home: Path, on: date) -> PublishedDay:
    """Open a published day. Raises NothingPublished."""
    return PublishedDay(home, on, read_manifest(home, on))
