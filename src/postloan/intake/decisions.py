"""Decisions: what the desk's decisions must say before a night may act on them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from postloan.intake.quarantine import Complaints

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# Amounts and rates are decimals in quotes, as people write them: a JSON number would pass through a float.
Money = Annotated[str, StringConstraints(pattern=r"^\d{1,14}(\.\d{1,2})?$")]
Fraction = Annotated[str, StringConstraints(pattern=r"^\d(\.\d{1,8})?$")]
Share = Annotated[str, StringConstraints(pattern=r"^(0(\.\d{1,8})?|1(\.0{1,8})?)$")]
_HANDS = 3


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TechnicalDelayTerms(_Terms):
    """A delay in the bank's own machinery: why, how it is known, who agreed. Without all three it excuses nothing."""

    cause: Filled
    evidence: Filled
    approver: Filled


class RestructureTerms(_Terms):
    """A change of terms for a debtor in difficulty, which starts an observation period.

    difficulty, adjustment   which of those that the law lists.
    is_repeat                restructured before, within an observation that our facts do not know of.
    matures_on, annual_rate  the new terms, where they change: what the core's loan row must show to confirm them.
    """

    difficulty: Literal["overdue", "cash_flow_short", "non_performing", "no_fair_financing", "delisting", "other"]
    adjustment: Literal[
        "extension", "easier_plan", "longer_grace", "capitalised_interest", "lower_rate", "forgiveness",
        "weaker_security", "swap", "other_easing", "refinancing",
    ]  # fmt: skip
    note: Filled | None = None
    is_repeat: bool = False
    matures_on: date | None = None
    annual_rate: Fraction | None = None


class ObservationEndTerms(_Terms):
    """What was found at the end of an observation period: the difficulty is over, or it is watched for another."""

    is_resolved: bool
    evidence: Filled
    approver: Filled


class EstablishedTerms(_Terms):
    """A fact that somebody established: how it is known, and who agreed."""

    evidence: Filled
    approver: Filled


class ImpairmentTerms(EstablishedTerms):
    """The asset is credit-impaired (已发生信用减值), with the share of its balance that is expected to be lost."""

    expected_loss: Share


class _ByThree(_Terms):
    """What three people settle one after the other (初分, 认定, 审批)."""

    proposed_by: Filled
    determined_by: Filled
    approved_by: Filled

    @model_validator(mode="after")
    def three_are_three(self) -> Self:
        """Nobody checks his own work."""
        if len({self.proposed_by, self.determined_by, self.approved_by}) < _HANDS:
            raise ValueError("proposed_by, determined_by and approved_by are three different people")
        return self


class ManualTierTerms(_ByThree):
    """A tier that people found (人工认定); it counts where it is worse than the rules'."""

    tier: Literal["special_mention", "substandard", "doubtful", "loss"]
    reason: Filled


class UpgradeTerms(_ByThree):
    """The debtor's non-performing loans may be classed better again (上调): it was found able to go on paying."""

    ability: Filled


class AccelerateTerms(_Terms):
    """The loan is called in (提前到期): all of its principal falls due on the day."""

    ground: Filled
    approver: Filled


class PrepaymentTerms(_Terms):
    """Cash paid ahead lowers the principal (提前还款): the same instalment for a shorter term, or a smaller one."""

    amount: Money
    choice: Literal["shorter_term", "smaller_instalment"]


class ExtensionTerms(_Terms):
    """More periods at the end (展期), within what the law of the day of signing allows."""

    periods: int = Field(ge=1, le=600)
    approver: Filled


class RateChangeTerms(_Terms):
    """Another rate from the day on (调整利率)."""

    annual_rate: Fraction
    approver: Filled


class DeferralTerms(_Terms):
    """The instalment of a due day, and all after it, fall due later (延期还款)."""

    due_on: date
    new_due_on: date
    approver: Filled

    @model_validator(mode="after")
    def it_falls_due_later(self) -> Self:
        """Earlier is no deferral."""
        if self.new_due_on <= self.due_on:
            raise ValueError("new_due_on is not after due_on")
        return self


class CapitaliseTerms(_Terms):
    """What is unpaid of these components becomes principal (欠息转本)."""

    components: list[Literal["interest", "penalty", "compound"]] = Field(min_length=1)
    approver: Filled

    @model_validator(mode="after")
    def each_is_named_once(self) -> Self:
        """Twice the same is a slip."""
        if len(set(self.components)) < len(self.components):
            raise ValueError("components names one of them twice")
        return self


class ReamortiseTerms(_Terms):
    """Overdue principal and interest move into the instalments to come (重新摊还), as many as there are or as said."""

    periods: int | None = Field(default=None, ge=1, le=600)
    approver: Filled


class SplitTerms(_Terms):
    """Part of the principal to come is repaid at once at the end (拆分), the rest by the method of the loan."""

    amount: Money
    approver: Filled

    @model_validator(mode="after")
    def something_is_split_off(self) -> Self:
        """A split of nothing is a slip."""
        if _is_nothing(self.amount):
            raise ValueError("amount is nothing")
        return self


class WriteOffTerms(_Terms):
    """Principal and interest to be taken off the book, and the ground on which it may be done.

    transferred, asset   of the principal, what the price of a transfer or an asset taken in its place met.
    """

    principal: Money
    interest: Money
    ground: Filled
    transferred: Money | None = None
    asset: Money | None = None

    @model_validator(mode="after")
    def something_is_written_off(self) -> Self:
        """A write-off of nothing is a slip."""
        if _is_nothing(self.principal) and _is_nothing(self.interest):
            raise ValueError("principal and interest are both nothing")
        return self

    @model_validator(mode="after")
    def what_was_met_is_part_of_the_principal(self) -> Self:
        """A price and an asset beyond the principal are income, and none of the book's business."""
        if Decimal(self.transferred or 0) + Decimal(self.asset or 0) > Decimal(self.principal):
            raise ValueError("transferred and asset are more than principal")
        return self


class WaiverTerms(_Terms):
    """Interest, penalty or fees given up; principal is never waived, it is written off.

    met_by   an asset or a price met it instead of cash: it leaves the arrears all the same.
    """

    component: Literal["fee", "penalty", "compound", "interest"]
    amount: Money
    met_by: Literal["asset", "price"] | None = None

    @model_validator(mode="after")
    def something_is_waived(self) -> Self:
        """A waiver of nothing is a slip."""
        if _is_nothing(self.amount):
            raise ValueError("amount is nothing")
        return self


class StageTerms(_Terms):
    """A stage that people found; it counts where it is worse than the rules'."""

    stage: Literal[2, 3]
    reason: Filled
    approver: Filled


class CashExpected(_Terms):
    """Cash that is expected on a day."""

    on: date
    amount: Money


class Strategy(_Terms):
    """One way to recover a debt, how likely it is to be taken, and the cash it is expected to bring in."""

    name: Literal["cure", "restructure", "litigation", "foreclosure", "sale", "bankruptcy"]
    weight: Share
    flows: list[CashExpected] = Field(max_length=200)


class CovenantTerms(EstablishedTerms):
    """What was decided of one test of a covenant: a waiver (豁免), or that its breach is cured (补救完成)."""

    covenant_id: Filled
    period_end_on: date


class RecoveryPlanTerms(_Terms):
    """What is expected to be recovered of a credit-impaired debt that is assessed by itself (个别认定)."""

    strategies: list[Strategy] = Field(min_length=1, max_length=6)
    evidence: Filled
    approver: Filled

    @model_validator(mode="after")
    def weights_make_one(self) -> Self:
        """The strategies are all that may happen, each named once."""
        if sum(Decimal(strategy.weight) for strategy in self.strategies) != 1:
            raise ValueError("the weights of the strategies do not sum up to 1")
        if len({strategy.name for strategy in self.strategies}) < len(self.strategies):
            raise ValueError("a strategy is named twice")
        return self


def _is_nothing(amount: str) -> bool:
    return not amount.strip("0.")


TERMS: dict[str, type[_Terms]] = {
    "technical_delay": TechnicalDelayTerms,
    "restructure": RestructureTerms,
    "observation_end": ObservationEndTerms,
    "misuse": EstablishedTerms,
    "impairment": ImpairmentTerms,
    "rating_fall": EstablishedTerms,
    "evasion": EstablishedTerms,
    "bankruptcy": EstablishedTerms,
    "merger": EstablishedTerms,
    "manual_tier": ManualTierTerms,
    "upgrade": UpgradeTerms,
    "accelerate": AccelerateTerms,
    "prepayment": PrepaymentTerms,
    "extension": ExtensionTerms,
    "rate_change": RateChangeTerms,
    "deferral": DeferralTerms,
    "capitalise": CapitaliseTerms,
    "reamortise": ReamortiseTerms,
    "split": SplitTerms,
    "write_off": WriteOffTerms,
    "waiver": WaiverTerms,
    "stage": StageTerms,
    "watch": EstablishedTerms,
    "poci": EstablishedTerms,
    "recovery_plan": RecoveryPlanTerms,
    "covenant_waiver": CovenantTerms,
    "covenant_cure": CovenantTerms,
}
"""Kinds of decision that a night can act on, and what each must say."""

ENDLESS = ("write_off", "waiver", "restructure", "observation_end", "merger", "upgrade", "covenant_cure")
"""Kinds that do not end on a day: what is given up or has happened comes back only by withdrawing the decision."""


def check_decisions(frame: pl.DataFrame, complaints: Complaints) -> None:
    """Complain of decisions of an unknown kind, or whose terms do not say what their kind must."""
    known = frame["kind"].is_in(list(TERMS))
    complaints.add("decision_kind_unknown", ~known, "kind", allowed=", ".join(TERMS))
    if "ends_on" in frame.columns:
        ends = frame["ends_on"].is_not_null() & frame["kind"].is_in(ENDLESS)
        complaints.add("decision_does_not_end", ends, "ends_on", kinds=", ".join(ENDLESS))
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
