"""The shapes of the rules by which a loan is served: the order of payment, overdue interest and its bounds."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Days, ShareE8, Version
from postloan.tables.units import COMPONENTS

Component = Literal["fee", "penalty", "compound", "interest", "principal"]
Stage = Literal["normal", "overdue", "long_overdue", "accelerated", "written_off"]


class Rank(Cited):
    """One kind of debt at its place in the order of payment."""

    component: Component


class AllocationOrder(Version):
    """Which debt a payment meets first where the parties agreed nothing."""

    order: Annotated[tuple[Rank, ...], Field(strict=False)]

    @model_validator(mode="after")
    def every_debt_has_a_place(self) -> Self:
        """Each component stands in the order once."""
        if sorted(rank.component for rank in self.order) != sorted(COMPONENTS):
            raise ValueError(f"each of {', '.join(COMPONENTS)} stands in the order once")
        return self

    @property
    def components(self) -> tuple[Component, ...]:
        """The names alone, first paid first."""
        return tuple(rank.component for rank in self.order)


class StageOrder(Cited):
    """The order of payment in one stage of a loan, for all products or only those named."""

    stage: Stage
    by: Literal["instalment", "component"]
    order: Annotated[tuple[Component, ...], Field(strict=False)]
    products: Annotated[tuple[str, ...], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def every_debt_has_a_place(self) -> Self:
        """Each component stands in the order once."""
        if sorted(self.order) != sorted(COMPONENTS):
            raise ValueError(f"each of {', '.join(COMPONENTS)} stands in the order once")
        return self


class LongOverdue(Cited):
    """The days past due beyond which a loan is in the stage long_overdue."""

    over_days: Days


class Allocation(Version):
    """Where the order of payment departs from the law's, by stage and product."""

    long_overdue: LongOverdue
    contractual: Annotated[tuple[StageOrder, ...], Field(strict=False)]
    accounting: Annotated[tuple[StageOrder, ...], Field(strict=False)]

    @model_validator(mode="after")
    def a_stage_has_one_order(self) -> Self:
        """Two orders for one stage of one product leave the reader to guess."""
        for orders in (self.contractual, self.accounting):
            said = [(order.stage, product) for order in orders for product in order.products or (None,)]
            if len(said) != len(set(said)):
                raise ValueError("a stage of a product has one order")
        return self


class Grace(Cited):
    """What the days of grace excuse."""

    is_retroactive: bool
    counts_as_past_due: bool


class Holiday(Cited):
    """Since when an instalment is overdue that is unpaid after a due day that a holiday rolled."""

    overdue_from: Literal["rolled_day", "due_day"]


class Compound(Cited):
    """At what rate compound interest runs, and whether unpaid penalty interest bears it."""

    rate: Literal["penalty", "contract"]
    on_penalty: bool


class Settlement(Cited):
    """The days on which compound interest joins its base: every so many months, on a day of the month."""

    every_months: Literal[1, 3, 6, 12]
    on_day: Annotated[int, Field(ge=1, le=31)]


class OverdueInterest(Version):
    """How penalty and compound interest run where the contract charges them."""

    grace: Grace
    holiday: Holiday
    compound: Compound
    settlement: Settlement


class OffBalance(Cited):
    """The days past due beyond which interest leaves the balance sheet."""

    over_days: Days


class CourtCap(Cited):
    """The yearly share of principal beyond which a court may reduce what is charged."""

    over_share_e8: ShareE8 = Field(alias="over_share")


class InterestBounds(Version):
    """What bounds the interest that a bank may count or claim."""

    off_balance: OffBalance
    court_cap: CourtCap


class ExtensionLine(Cited):
    """How far loans of some debtors, up to some original term, may be extended; one of the three says it."""

    debtors: Literal["all", "person"]
    term_up_to_months: Annotated[int, Field(ge=1)] | None = None
    at_most_share_e8: ShareE8 | None = Field(default=None, alias="at_most_share")
    at_most_months: Annotated[int, Field(ge=0)] | None = None
    at_most_product_term: Literal[True] | None = None

    @model_validator(mode="after")
    def one_limit_is_said(self) -> Self:
        """Two limits leave the reader to guess, and none limits nothing."""
        said = [self.at_most_share_e8, self.at_most_months, self.at_most_product_term]
        if sum(limit is not None for limit in said) != 1:
            raise ValueError("one of at_most_share, at_most_months and at_most_product_term is given")
        return self


class ExtensionLimits(Version):
    """How far a loan signed under this version may be extended."""

    lines: Annotated[tuple[ExtensionLine, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def every_term_has_a_line(self) -> Self:
        """The last line is of all debtors and all terms."""
        last = self.lines[-1]
        if last.debtors != "all" or last.term_up_to_months is not None:
            raise ValueError("the last line is for all debtors and without term_up_to_months")
        return self
