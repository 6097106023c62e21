"""The shape of the rule of stresses: what is asked of the book, and the law of expected loss that answers it."""

from typing import Annotated, Self

import polars as pl
from pydantic import Field, model_validator

from postloan.rules.expected_loss import ExpectedLoss, SignedE8
from postloan.rules.figures import ONE_E8, Cents, Cited, RatioE8, ShareE8, Version, Words

_ALMOST_CERTAIN_E8 = ONE_E8 - 1_000
"""A stressed probability stays one: certain default is stage 3, and no place on the normal curve."""

_CENTS = 100


class Stress(Cited):
    """One question.

    factor_e8      added to the systematic factor of every scenario in every year; below 0 is worse.
    times_e8       every probability of default is so many times what it is.
    collateral_e8  share that collateral loses of its price.
    largest        so many debtors of the greatest claims default today.
    debtors        these default today, by identifier.
    impaired       all that are in stage 3 already count among those that default today.
    spreads        the guarantees of those that default are called, and guarantors fall in their turn.
    industries, regions   beginnings of the codes of the loans that it meets; all where neither is given.
    """

    name: Words
    factor_e8: SignedE8 = Field(default=0, alias="factor")
    times_e8: RatioE8 = Field(default=ONE_E8, alias="times")
    collateral_e8: ShareE8 = Field(default=0, alias="collateral")
    guarantees_fail: bool = False
    largest: Annotated[int, Field(ge=0, le=1000)] = 0
    debtors: Annotated[tuple[Words, ...], Field(strict=False, max_length=1000)] | None = None
    impaired: bool = False
    spreads: bool = False
    industries: Annotated[tuple[Words, ...], Field(strict=False)] | None = None
    regions: Annotated[tuple[Words, ...], Field(strict=False)] | None = None

    def meets(self) -> pl.Expr:
        """Whether a published loan is met, from its industry_code and region_code."""
        tests = [
            pl.any_horizontal([pl.col(name).str.starts_with(start) for start in starts]).fill_null(value=False)
            for name, starts in (("industry_code", self.industries), ("region_code", self.regions))
            if starts
        ]
        return pl.all_horizontal(pl.lit(value=True), *tests)

    def laid_on(self, law: ExpectedLoss) -> ExpectedLoss:
        """The law of expected loss as it would be."""
        left = ONE_E8 - self.collateral_e8
        return law.model_copy(update={
            "scenarios": tuple(
                each.model_copy(update={"factor_e8": tuple(factor + self.factor_e8 for factor in each.factor_e8)})
                for each in law.scenarios
            ),
            "groups": tuple(
                each.model_copy(update={"yearly_pd_e8": tuple(
                    min(pd * self.times_e8 // ONE_E8, _ALMOST_CERTAIN_E8) for pd in each.yearly_pd_e8
                )})
                for each in law.groups
            ),
            "sales": tuple(
                each.model_copy(update={"haircut_e8": ONE_E8 - (ONE_E8 - each.haircut_e8) * left // ONE_E8})
                for each in law.sales
            ),
            "call": law.call.model_copy(update={"effective_e8": 0}) if self.guarantees_fail else law.call,
        })  # fmt: skip


class Reverse(Cited):
    """How far down the factor is taken, and in how many steps, to find where the allowance passes what is booked."""

    factor_to_e8: SignedE8 = Field(alias="factor_to")
    steps: Annotated[int, Field(ge=2, le=100)]


class Contagion(Cited):
    """How calls on guarantors spread, and how often each debtor would fall along them.

    liquid, due      items of a debtor's latest statement: what it can call on, and what is due soon; what the first
                     have beyond the second is its buffer.
    unknown          the buffer of who filed no such statement.
    draws, seed      how often chance is tried, and the number that it begins with.
    shown            how many debtors a report names.
    """

    liquid: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
    due: Annotated[tuple[Words, ...], Field(strict=False)]
    unknown_cents: Cents = Field(alias="unknown")
    draws: Annotated[int, Field(ge=100, le=1_000_000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    shown: Annotated[int, Field(ge=1, le=1000)]

    def written(self) -> str:
        """The figures on one line."""
        due = f" less {' and '.join(self.due)}" if self.due else ""
        unknown = f"{self.unknown_cents // _CENTS}.{self.unknown_cents % _CENTS:02d}"
        buffer = f"buffer {' and '.join(self.liquid)}{due}, {unknown} where unknown"
        return f"{buffer}; {self.draws} draws from seed {self.seed}, {self.shown} debtors shown"


class Stresses(Version):
    """All questions, and the reverse one."""

    stresses: Annotated[tuple[Stress, ...], Field(strict=False, min_length=1, max_length=50)]
    reverse: Reverse
    contagion: Contagion

    @model_validator(mode="after")
    def each_has_a_name_of_its_own(self) -> Self:
        """A reader finds a stress by its name."""
        names = [each.name for each in self.stresses]
        if len(names) != len(set(names)):
            raise ValueError("each stress has a name of its own")
        return self

    def down(self) -> tuple[Stress, ...]:
        """The steps of the reverse question, from no stress on."""
        steps, cite = self.reverse.steps, self.reverse.cite
        return tuple(
            Stress.model_construct(name=f"step {at}", factor_e8=self.reverse.factor_to_e8 * at // steps, cite=cite)
            for at in range(steps + 1)
        )
