"""Decisions: what the desk's decisions must say before a night may act on them."""

from datetime import date
from typing import Annotated

import polars as pl
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from postloan.intake.quarantine import Complaints

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TechnicalDelayTerms(_Terms):
    """A delay in the bank's own machinery: why, how it is known, who agreed. Without all three it excuses nothing."""

    cause: Filled
    evidence: Filled
    approver: Filled


class RestructureTerms(_Terms):
    """A change of terms for a debtor in difficulty, which starts an observation period."""

    is_repeat: bool
    observation_ends_on: date | None
    difficulty: Filled
    adjustment: Filled


class MisuseTerms(_Terms):
    """The money was not used as agreed (挪用): from the day on, misuse interest runs instead of the contract's."""

    evidence: Filled
    approver: Filled


class AccelerateTerms(_Terms):
    """The loan is called in (提前到期): all of its principal falls due on the day."""

    ground: Filled
    approver: Filled


TERMS: dict[str, type[_Terms]] = {
    "technical_delay": TechnicalDelayTerms,
    "restructure": RestructureTerms,
    "misuse": MisuseTerms,
    "accelerate": AccelerateTerms,
}
"""Kinds of decision that a night can act on, and what each must say."""


def check_decisions(frame: pl.DataFrame, complaints: Complaints) -> None:
    """Complain of decisions of an unknown kind, or whose terms do not say what their kind must."""
    known = frame["kind"].is_in(list(TERMS))
    complaints.add("decision_kind_unknown", ~known, "kind", allowed=", ".join(TERMS))
    # A decision is one person's work, so there are few of them, and fewer that say different things.
    said = frame.select("kind", "terms").filter(known).drop_nulls().unique(maintain_order=True)
    wrong = [_what_is_wrong(kind, terms) for kind, terms in said.iter_rows()]
    told = said.with_columns(_wrong=pl.Series(wrong, dtype=pl.String))
    met = frame.select("kind", "terms").join(told, on=["kind", "terms"], how="left", maintain_order="left")["_wrong"]
    complaints.add("decision_terms_wrong", met.is_not_null(), "terms", said=met.drop_nulls())


def _what_is_wrong(kind: str, terms: str) -> str | None:
    try:
        TERMS[kind].model_validate_json(terms, strict=True)
    except ValidationError as wrong:
        return "; ".join(
            f"{'.'.join(str(step) for step in each['loc']) or 'terms'}: {each['msg']}"
            for each in wrong.errors(include_url=False, include_input=False)
        )
    return None
