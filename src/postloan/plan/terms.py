"""The terms of one loan as a person writes them, to ask for its schedule: what a TERMS.json holds."""

from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from postloan.errors import TermsWrong

Method = Literal[
    "level_instalment", "equal_principal", "flat_rate", "interest_only", "bullet", "scheduled", "balloon",
    "step_arithmetic", "step_geometric",
]  # fmt: skip
Round = Literal["half_up", "half_even", "up", "down"]

_NEEDS = {
    "balloon": "amortization_months",
    "step_arithmetic": "step_cents",
    "step_geometric": "step_factor_e8",
    "scheduled": "rows",
}
_MOST_E8 = 10**9


def _whole(decimals: int, what: str) -> Any:
    """A decimal string in the smallest unit, exactly: it never passes through a float."""

    def exact(written: object) -> int:
        try:
            scaled = Decimal(written if isinstance(written, str) else "none").scaleb(decimals)
        except InvalidOperation:
            raise ValueError(f"{what} is a decimal in quotes") from None
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{what} has at most {decimals} decimals")
        return int(scaled)

    return BeforeValidator(exact)


Amount = Annotated[int, _whole(2, 'an amount such as "1234.56"'), Field(ge=1, le=10**15)]
SignedAmount = Annotated[int, _whole(2, 'an amount such as "-100.00"'), Field(ge=-(10**15), le=10**15)]
Fraction = Annotated[int, _whole(8, 'a rate such as "0.0345"'), Field(ge=0, le=_MOST_E8)]
SignedFraction = Annotated[int, _whole(8, 'a spread such as "-0.002"'), Field(ge=-_MOST_E8, le=_MOST_E8)]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RateOn(_Written):
    """A yearly rate from a day on."""

    on: date
    annual_rate_e8: Fraction = Field(alias="annual_rate")


class Row(_Written):
    """One row of a loan repaid as scheduled."""

    due_on: date
    principal_cents: Amount = Field(alias="principal")


class Floating(_Written):
    """A rate that follows a published one. `spread` stays; `published` are the publications, by rising day."""

    spread_e8: SignedFraction = Field(alias="spread")
    reprices: Literal["yearly_jan_1", "anniversary", "monthly", "every_n_months"]
    reprice_months: Annotated[int, Field(ge=1, le=120)] | None = None
    published: tuple[RateOn, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def its_pace_is_said(self) -> Self:
        """Every n months needs n; nothing else does."""
        if (self.reprices == "every_n_months") != (self.reprice_months is not None):
            raise ValueError("reprice_months goes with every_n_months, and only with it")
        return self


class LoanTerms(_Written):
    """The terms of one loan. Amounts and rates are decimals in quotes, in major units and as fractions."""

    principal_cents: Amount = Field(alias="principal")
    annual_rate_e8: Fraction = Field(alias="annual_rate")
    method: Method
    disbursed_on: date
    matures_on: date
    period_months: Annotated[int, Field(ge=1, le=120)] | None = None
    period_days: Annotated[int, Field(ge=1, le=366)] | None = None
    due_day: Annotated[int, Field(ge=1, le=31)] | None = None
    first_due_on: date | None = None
    day_count: Literal["30/360", "30E/360", "ACT/360", "ACT/365", "ACT/ACT"] = "30/360"
    holiday_roll: Literal["none", "following", "modified_following", "preceding"] = "none"
    roll_moves_interest: bool = False
    instalment_cents: Annotated[Amount | None, Field(alias="instalment")] = None
    amortization_months: Annotated[int, Field(ge=1, le=600)] | None = None
    interest_only_periods: Annotated[int, Field(ge=0, le=600)] = 0
    step_periods: Annotated[int, Field(ge=1, le=600)] | None = None
    step_cents: Annotated[SignedAmount | None, Field(alias="step")] = None
    step_factor_e8: Annotated[Fraction | None, Field(alias="step_factor")] = None
    rows: tuple[Row, ...] = ()
    rate_changes: tuple[RateOn, ...] = ()
    floating: Floating | None = None
    splits_periods: bool = False
    interest_rounding: Round = "half_up"
    instalment_rounding: Round = "half_up"

    @model_validator(mode="after")
    def its_days_follow_one_another(self) -> Self:
        """Money is repaid after it is paid out."""
        if self.matures_on <= self.disbursed_on:
            raise ValueError("matures_on is not after disbursed_on")
        if self.first_due_on and not self.disbursed_on < self.first_due_on <= self.matures_on:
            raise ValueError("first_due_on is not between disbursed_on and matures_on")
        published = self.floating.published if self.floating else ()
        for name, dated in (("rate_changes", self.rate_changes), ("floating.published", published)):
            if any(later.on <= earlier.on for earlier, later in pairwise(dated)):
                raise ValueError(f"{name} are not in rising order, one a day")
        if self.floating and self.rate_changes:
            raise ValueError("rate_changes and floating exclude each other")
        return self

    @model_validator(mode="after")
    def its_method_has_what_it_needs(self) -> Self:
        """A term that its method has no use for is a misunderstanding."""
        for method, term in _NEEDS.items():
            if bool(getattr(self, term)) != (self.method == method):
                named = term.removesuffix("_cents").removesuffix("_e8")
                raise ValueError(f"{named} goes with {method}, and only with it")
        if self.method.startswith("step") != (self.step_periods is not None):
            raise ValueError("step_periods goes with steps, and only with them")
        if self.instalment_cents and self.method not in {"level_instalment", "balloon"}:
            raise ValueError("instalment goes with level_instalment and balloon")
        return self

    @model_validator(mode="after")
    def its_periods_are_of_months_or_of_days(self) -> Self:
        """Days come round without a due day; what is reckoned in months or has no periods has no use for them."""
        if self.period_days is None:
            return self
        if self.period_months or self.due_day:
            raise ValueError("period_days takes the place of period_months and due_day")
        if self.method in {"bullet", "scheduled", "balloon"}:
            raise ValueError(f"period_days has no place in {self.method}")
        return self

    @property
    def months(self) -> int:
        """The months of a period; 0 where it is of days."""
        return 0 if self.period_days else self.period_months or 1

    @model_validator(mode="after")
    def its_rows_repay_it(self) -> Self:
        """A schedule repays the principal, in order, by maturity."""
        days = [self.disbursed_on, *(row.due_on for row in self.rows)]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("rows are not in rising order after disbursed_on")
        if self.rows and (self.rows[-1].due_on != self.matures_on or self._repaid_cents != self.principal_cents):
            raise ValueError("rows do not repay the principal by matures_on")
        return self

    @property
    def _repaid_cents(self) -> int:
        return sum(row.principal_cents for row in self.rows)


def read_terms(written: str, where: str) -> LoanTerms:
    """Read terms as JSON; TermsWrong names the first place that is wrong."""
    try:
        return LoanTerms.model_validate_json(written)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise TermsWrong(
            message=f"The terms are wrong at {place}: {first['msg'].removeprefix('Value error, ')}.",
            hint="The keys and what they may hold are in docs/schedule.md.",
            where={"file": where, "at": place, "wrong": wrong.error_count()},
        ) from None
