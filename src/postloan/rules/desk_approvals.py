"""Rules of approval, classification and lending: who agrees to what after whom, and what bars new credit."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.figures import Cents, Cited, Days, Strict, Tier, Version, Words


class ApprovalStep(Strict):
    """One step of a chain: the action that whoever takes it must be granted, and how the step is called."""

    action: Words
    zh: Words
    en: Words


class ApprovalBand(Strict):
    """The steps that a matter takes up to an amount, that amount included; None is any amount."""

    up_to_cents: Cents | None = Field(default=None, alias="up_to")
    steps: Annotated[tuple[ApprovalStep, ...], Field(strict=False, min_length=1)]


class ApprovalChain(Strict):
    """How a kind of matter is agreed to: its bands, the smallest first; each step by another person.

    due_in_days  how long each step may take, in calendar days.
    """

    kind: Words
    zh: Words
    en: Words
    due_in_days: Days
    bands: Annotated[tuple[ApprovalBand, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def bands_rise_and_end_open(self) -> "ApprovalChain":
        """An amount without a chain could be approved by nobody, or by anybody."""
        bounds = [band.up_to_cents for band in self.bands]
        if bounds[-1] is not None or None in bounds[:-1]:
            raise ValueError("only the last band is without up_to")
        known = [bound for bound in bounds if bound is not None]
        if known != sorted(set(known)):
            raise ValueError("up_to rises from band to band")
        return self

    def steps_for(self, amount_cents: int) -> tuple[ApprovalStep, ...]:
        """The steps that an amount takes."""
        fits = (band for band in self.bands if band.up_to_cents is None or amount_cents <= band.up_to_cents)
        return next(fits).steps


class Approvals(Version):
    """The chains of the bank from a day on.

    refused_due_in_days  how long an officer has for a decision that intake refused.
    """

    refused_due_in_days: Days
    chains: Annotated[tuple[ApprovalChain, ...], Field(strict=False)]

    @model_validator(mode="after")
    def each_stands_once(self) -> "Approvals":
        """Two chains for one kind would be one too many."""
        kinds = [chain.kind for chain in self.chains]
        if len(set(kinds)) < len(kinds):
            raise ValueError("a kind stands twice")
        return self

    def chain(self, kind: str) -> ApprovalChain:
        """The chain of a kind. Raises KeyError: what no chain names, nobody may approve."""
        return {chain.kind: chain for chain in self.chains}[kind]


class Classification(Version):
    """How a quarter's classification is done from a day on.

    manual_tier_runs_days  how long after the end of the next quarter a tier that people found goes on to hold, so that
                           the next batch can be settled before it ends.
    """

    manual_tier_runs_days: Days


class LendingRule(Cited):
    """What bars a debtor from what, and the clause.

    when       the fact that bars: `tier` and `overdue` say from where on.
    blocks     what is barred.
    """

    rule: Words
    when: Literal[
        "frozen", "bankruptcy", "evasion", "misuse", "tier", "overdue", "restructured", "group_alert", "written_off"
    ]
    blocks: Annotated[
        tuple[Literal["new_credit", "increase", "renewal", "drawdown"], ...], Field(strict=False, min_length=1)
    ]
    zh: Words
    en: Words
    tier: Tier | None = None
    over_days: Days | None = None

    @model_validator(mode="after")
    def it_says_from_where_on(self) -> "LendingRule":
        """A tier or a number of days stands where the fact has one, and nowhere else."""
        if (self.tier is not None) != (self.when == "tier") or (self.over_days is not None) != (self.when == "overdue"):
            raise ValueError("`tier` goes with when: tier, `over_days` with when: overdue")
        return self


class Lending(Version):
    """What bars new credit from a day on."""

    rules: Annotated[tuple[LendingRule, ...], Field(strict=False)]
