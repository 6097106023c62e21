"""The shape of the law of time: how long rights last, which steps interrupt, suspend or keep them."""

from typing import Annotated, Literal, Self

import polars as pl
from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Version, Words
from postloan.tables.clocks import WINDOWS

Months = Annotated[int, Field(ge=1, le=600)]
Steps = Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
Asset = Literal["deposit", "movable", "real_estate", "right"]
Window = Literal[
    "presuit_preservation", "deposit_freeze", "movable_seal", "real_estate_seal", "bankruptcy_claim", "auction_again",
    "revocation", "repossessed_real_estate", "repossessed_movable",
]  # fmt: skip


class Period(Cited):
    """A period, in months or in days; the day from which it runs does not count.

    moves_to_working_day  a last day on which nobody works moves, as `last_day_off` says.
    """

    months: Months | None = None
    days: Annotated[int, Field(ge=1, le=3_660)] | None = None
    moves_to_working_day: bool = False

    @model_validator(mode="after")
    def is_counted_one_way(self) -> Self:
        """Months and days are not added up."""
        if (self.months is None) == (self.days is None):
            raise ValueError("a period has either months or days")
        return self

    def after(self, day: pl.Expr) -> pl.Expr:
        """The last day of the period from a day: where a month has no such day, its last."""
        return day.dt.offset_by(f"{self.days}d" if self.months is None else f"{self.months}mo")


class Told(Cited):
    """Steps that the law gives an effect, as feed `legal_event` names them."""

    steps: Steps


class Proceeding(Told):
    """Steps after which nothing runs until one of `ended_by` ends what they began without a result."""

    ended_by: Steps


class LastDayOff(Cited):
    """Whether a last day on which nobody works moves to the next on which people do."""

    moves: bool


class PartPayment(Cited):
    """Whether a payment is the debtor's consent to the debt."""

    interrupts: bool


class Suspension(Told):
    """An obstacle within the last months of a period lets it end so many months after the obstacle is gone."""

    within_last_months: Months
    ends_after_months: Months


class AfterStep(Period):
    """A period that one of some steps begins."""

    steps: Steps


class Opened(Period):
    """A period that a step opens and that another step keeps.

    clock               what is lost.
    assets              the kinds of thing that it is about, where it is about things.
    untold              the steps of `opened_by` that count where nobody told of which kind the thing is.
    unless_told_days    how long it is where the step names no last day; it is never longer than the period.
    outlives_debt       it runs on after the loan is settled.
    keeps               what keeps it, as an officer is told.
    """

    clock: Window
    opened_by: Steps
    assets: Annotated[tuple[Asset, ...], Field(strict=False)] = ()
    untold: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    kept_by: Steps
    keeps: Literal["sue", "renew", "file_claim", "auction", "dispose"]
    unless_told_days: Annotated[int, Field(ge=1, le=3_660)] | None = None
    outlives_debt: bool = False


class LegalClocks(Version):
    """The law of time from a day on.

    interrupts        steps that let limitation begin anew.
    pending           steps that stop it for as long as a proceeding lasts.
    revives           steps of the debtor that let a limitation that has run out begin anew.
    adjudicates       results after which the period of execution runs in its stead.
    unagreed          the guarantee period where none is agreed, or one that ends no later than the debt falls due.
    keeps_joint       what is done to the guarantor of a joint guarantee within its period.
    keeps_general     what is done to the debtor within the period of a general guarantee.
    consents          without which an extension leaves the guarantee period where it was.
    loses_defence     steps from which limitation runs for the guarantor of a general guarantee, or the first period
                      after another step.
    """

    last_day_off: LastDayOff
    limitation: Period
    interrupts: Annotated[tuple[Told, ...], Field(strict=False, min_length=1)]
    part_payment: PartPayment
    pending: Proceeding
    revives: Told
    adjudicates: Told
    suspends: Suspension
    execution: Period
    enforces: Proceeding
    unagreed: Period
    keeps_joint: Told
    keeps_general: Proceeding
    consents: Told
    guarantee_limitation: Period
    loses_defence: Told
    loses_defence_after: AfterStep
    opened: Annotated[tuple[Opened, ...], Field(strict=False)]

    @model_validator(mode="after")
    def a_window_is_opened_once(self) -> Self:
        """Two lengths of one window leave the reader to guess."""
        named = [each.clock for each in self.opened]
        if len(named) != len(set(named)):
            raise ValueError(f"each of {', '.join(WINDOWS)} stands at most once")
        return self

    def interrupting(self) -> tuple[str, ...]:
        """Every step that interrupts."""
        return tuple(step for told in self.interrupts for step in told.steps)
