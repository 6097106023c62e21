"""The rules of the collateral desk: shortfalls that are called, batches, papers that are out, claims, valuers."""

from typing import Annotated

from pydantic import Field, model_validator

from postloan.rules.figures import Cents, Cited, Days, RatioE8, ShareE8, Strict, Version, Words

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


class LineRule(Cited):
    """The lines of pledged stock, as value over what it secures: warned at the first, sold at the second."""

    kinds: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
    warning_e8: RatioE8 = Field(alias="warning")
    close_out_e8: RatioE8 = Field(alias="close_out")

    @model_validator(mode="after")
    def the_warning_comes_first(self) -> "LineRule":
        """A line of closing out above that of warning would be reached before it."""
        if self.close_out_e8 >= self.warning_e8:
            raise ValueError("close_out is not below warning")
        return self


class ValuerRule(Cited):
    """For how many months a valuer is put on the list at most, before it is reviewed."""

    months: Annotated[int, Field(ge=1, le=120)]


class Within(Cited):
    """How many days a step of a claim may take."""

    days: Days


class Lapse(Cited):
    """How long after the event nothing can be claimed any more."""

    months: Annotated[int, Field(ge=1, le=120)]


class ClaimRule(Strict):
    """The days of a claim on an insurer: told, filed, answered, paid; and when it lapses."""

    notice: Within
    file: Within
    answer: Within
    pay: Within
    lapse: Lapse


class StressRule(Cited):
    """By how much values fall in the stress, and how many months after one the next is due."""

    falls_e8: Annotated[tuple[ShareE8, ...], Field(strict=False, min_length=1, alias="falls")]
    months: Annotated[int, Field(ge=1, le=60)]


class CollateralDesk(Version):
    """How the desk works on collateral from a day on."""

    call: CallRule
    batch: BatchRule
    custody: CustodyRule
    claim: ClaimRule
    valuers: ValuerRule
    lines: LineRule
    stress: StressRule
