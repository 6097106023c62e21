"""The rules of the collateral desk: which shortfall is called, how large a batch is, how long papers are out."""

from typing import Annotated

from pydantic import Field

from postloan.rules.figures import Cents, Cited, Days, ShareE8, Version

Several = Annotated[int, Field(ge=1, le=1_000_000)]


class CallRule(Cited):
    """From which shortfall on a loan is called, and how long the borrower has to answer."""

    from_cents: Cents = Field(alias="from")
    due_in_days: Days


class BatchRule(Cited):
    """How many collateral one batch values anew at most, and how many loans its preview shows."""

    items: Several
    shown: Several


class CustodyRule(Cited):
    """How long a title document may be out at most."""

    days: Days


class StressRule(Cited):
    """By how much values fall in the yearly stress."""

    falls_e8: Annotated[tuple[ShareE8, ...], Field(strict=False, min_length=1, alias="falls")]

    def written(self) -> str:
        """The falls as a line of the rule file."""
        return f"falls {len(self.falls_e8)}"


class CollateralDesk(Version):
    """How the desk works on collateral from a day on."""

    call: CallRule
    batch: BatchRule
    custody: CustodyRule
    stress: StressRule
