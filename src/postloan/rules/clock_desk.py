"""The rule of legal clocks at the desk: when work is opened before a right is lost, how often a demand is proved."""

from typing import Annotated

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Version
from postloan.rules.shapes import LegalForm


class Lead(Cited):
    """Work is opened when so many days are left."""

    days: Annotated[int, Field(ge=1, le=3_660)]


class Proof(Cited):
    """Debtors of these forms are asked for a new proof of demand so many months after the last."""

    legal_forms: Annotated[tuple[LegalForm, ...], Field(strict=False, min_length=1)]
    months: Annotated[int, Field(ge=1, le=36)]


class ClockDesk(Version):
    """When the desk speaks of a legal clock, from a day on."""

    leads: Annotated[tuple[Lead, ...], Field(strict=False, min_length=1)]
    proofs: Annotated[tuple[Proof, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def a_lead_stands_once(self) -> "ClockDesk":
        """Two works for one day would be one too many."""
        days = [each.days for each in self.leads]
        if len(set(days)) < len(days):
            raise ValueError("a lead stands twice")
        return self
