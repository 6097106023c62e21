"""The shapes of the rule of expected loss: scenarios, risk groups with default curves, what security brings in."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import BeforeValidator, Field, model_validator

from postloan.rules.figures import ONE_E8, Cents, Cited, RatioE8, ShareE8, Version, Words, exact_ratio_e8, written_share
from postloan.rules.provisions import ExposureKind
from postloan.rules.shapes import Bucket, LegalForm

SecurityKind = Annotated[str, Field(pattern="^(credit|guarantee|mortgage|pledge)$")]
Months = Annotated[int, Field(ge=0, le=600)]


def exact_signed_e8(written: object) -> int:
    """A signed figure as people write it, -0.15, in whole 1e-8; between -10 and 10."""
    if isinstance(written, Decimal | int) and not isinstance(written, bool) and written < 0:
        return -exact_ratio_e8(-written)
    return exact_ratio_e8(written)


SignedE8 = Annotated[int, BeforeValidator(exact_signed_e8)]


# Scenarios -------------------------------------------------------------------------------------------------------


class Scenario(Cited):
    """One way the economy may go.

    weight_e8   its probability.
    factor_e8   the systematic factor of years 1, 2, …; standard normal, above 0 is good times.
    fades_e8    by which share of itself the factor of the last year goes on, year by year.
    prices_e8   how the prices of collateral change a year.
    """

    name: Words
    weight_e8: ShareE8 = Field(alias="weight")
    factor_e8: Annotated[tuple[SignedE8, ...], Field(strict=False, min_length=1, max_length=10, alias="factor")]
    fades_e8: ShareE8 = Field(alias="fades")
    prices_e8: SignedE8 = Field(alias="prices")

    def written(self) -> str:
        """The figures of the scenario on one line."""
        factor = " / ".join(f"{each / ONE_E8:g}" for each in self.factor_e8)
        prices = f"prices {self.prices_e8 / (ONE_E8 // 100):+g} % a year"
        return f"{self.name}: weight {written_share(self.weight_e8)}, factor {factor}, {prices}"

    def factor_in(self, year: int) -> float:
        """The systematic factor of a year, the first being 1."""
        given = [factor / ONE_E8 for factor in self.factor_e8]
        return given[year - 1] if year <= len(given) else given[-1] * (self.fades_e8 / ONE_E8) ** (year - len(given))


# Risk groups -----------------------------------------------------------------------------------------------------


class RiskGroup(Cited):
    """Loans that share a default curve and a recovery; a loan belongs to the first group that it fits.

    legal_forms, securities, products, buckets, grades   which loans; a list not given is any.
    correlation_e8  how strongly defaults follow the systematic factor (Vasicek's rho).
    yearly_pd_e8    probability to default in years 1, 2, …, given survival until then, through the cycle; the last
                    goes on. Its unit is the year.
    yearly_prepaid_e8   probability to be repaid in full ahead of schedule in years 1, 2, …, of what does not default
                    in it, whatever the economy does; the last goes on, and none is 0. Its unit is the year.
    cured_e8, cured_loss_e8   share of defaults that cure, and what is lost of those.
    recovered_e8, after_months   share of an unsecured claim that is recovered, and when.
    """

    group: Words
    legal_forms: Annotated[tuple[LegalForm, ...], Field(strict=False)] | None = None
    securities: Annotated[tuple[SecurityKind, ...], Field(strict=False)] | None = None
    products: Annotated[tuple[Words, ...], Field(strict=False)] | None = None
    buckets: Annotated[tuple[Bucket, ...], Field(strict=False)] | None = None
    grades: Annotated[tuple[Words, ...], Field(strict=False)] | None = None
    correlation_e8: ShareE8 = Field(alias="correlation")
    yearly_pd_e8: Annotated[tuple[ShareE8, ...], Field(strict=False, min_length=1, max_length=40, alias="yearly_pd")]
    yearly_prepaid_e8: Annotated[tuple[ShareE8, ...], Field(strict=False, max_length=40, alias="yearly_prepaid")] = ()
    cured_e8: ShareE8 = Field(alias="cured")
    cured_loss_e8: ShareE8 = Field(alias="cured_loss")
    recovered_e8: ShareE8 = Field(alias="recovered")
    after_months: Months

    def written(self) -> str:
        """The figures of the group, its curve in per cent."""
        prepaid = f"repaid early {_percents(self.yearly_prepaid_e8)} % a year, " if self.yearly_prepaid_e8 else ""
        recovery = f"recovered {self.recovered_e8 / (ONE_E8 // 100):g} % after {self.after_months} months"
        return f"{self.group}: {_percents(self.yearly_pd_e8)} % a year, {prepaid}{recovery}"

    @model_validator(mode="after")
    def nothing_is_certain(self) -> Self:
        """A certain default has no place on the normal curve, and is stage 3 already; a certain repayment is one."""
        if max(self.yearly_pd_e8 + self.yearly_prepaid_e8) >= ONE_E8 or self.correlation_e8 >= ONE_E8:
            raise ValueError("yearly_pd, yearly_prepaid and correlation are below 1")
        return self

    def fits(self) -> pl.Expr:
        """Whether a row belongs to the group, from its legal_form, security_kind, product, bucket and grade."""
        asked = {
            "legal_form": self.legal_forms, "security_kind": self.securities, "product": self.products,
            "bucket": self.buckets, "grade": self.grades,
        }  # fmt: skip
        tests = [pl.col(name).is_in(list(values)) for name, values in asked.items() if values is not None]
        return pl.all_horizontal(pl.lit(value=True), *tests).fill_null(value=False)


def _percents(shares_e8: tuple[int, ...]) -> str:
    return " / ".join(f"{share / (ONE_E8 // 100):g}" for share in shares_e8)


# What security brings in -----------------------------------------------------------------------------------------


class Sale(Cited):
    """What collateral of these kinds brings in: value less haircut, less the costs of the sale, after some months."""

    kinds: Annotated[tuple[Words, ...], Field(strict=False, min_length=1)]
    haircut_e8: ShareE8 = Field(alias="haircut")
    cost_e8: ShareE8 = Field(alias="cost")
    after_months: Months


class Call(Cited):
    """What a called guarantee brings in: this share of what is guaranteed, after so many months.

    distressed_e8   share of that which is lost where the guarantor is itself non-performing or in stage 3.
    mutual_e8       the same where guarantor and debtor stand for one another, directly or along others.
    """

    effective_e8: ShareE8 = Field(alias="effective")
    after_months: Months
    distressed_e8: ShareE8 = Field(alias="distressed")
    mutual_e8: ShareE8 = Field(alias="mutual")

    def brings_e8(self) -> dict[str, int]:
        """The share that a weak guarantee brings in, by its weakness."""
        lost = {"mutual": self.mutual_e8, "distressed": self.distressed_e8}
        return {weakness: self.effective_e8 * (ONE_E8 - share) // ONE_E8 for weakness, share in lost.items()}


class Conversion(Cited):
    """The share of an exposure of these kinds that is a claim by the time of default."""

    exposure_kinds: Annotated[tuple[ExposureKind, ...], Field(strict=False, min_length=1)]
    share_e8: ShareE8 = Field(alias="share")


class Claim(Cited):
    """What a claim holds when a loan defaults, and when in a month it does."""

    holds: Literal["balance_and_interest", "balance"]
    defaults_at: Literal["end_of_month", "middle_of_month"]


class AfterMaturity(Cited):
    """For how many months a loan that has matured, and is not repaid, is expected to stay."""

    months: Annotated[int, Field(ge=1, le=120)]


class Overlay(Cited):
    """An adjustment by the management where models cannot see a risk in time: `adds` a share to the models' loss.

    Its reason and its last day stand with it; loans of any list not given are meant.
    """

    name: Words
    reason: Words
    ends_on: date
    adds_e8: RatioE8 = Field(alias="adds")
    industries: Annotated[tuple[Words, ...], Field(strict=False)] | None = None
    regions: Annotated[tuple[Words, ...], Field(strict=False)] | None = None
    products: Annotated[tuple[Words, ...], Field(strict=False)] | None = None

    def fits(self) -> pl.Expr:
        """Whether a row is meant, from the beginnings of its industry_code and region_code, and its product."""
        tests = [pl.col("product").is_in(list(self.products))] if self.products else []
        for name, starts in (("industry_code", self.industries), ("region_code", self.regions)):
            if starts:
                tests.append(pl.any_horizontal([pl.col(name).str.starts_with(start) for start in starts]))
        return pl.all_horizontal(pl.lit(value=True), *tests).fill_null(value=False)


class IndividualFrom(Cited):
    """Credit-impaired debts of at least this amount, not retail, are to be assessed one by one."""

    from_cents: Cents = Field(alias="from")


class ExpectedLoss(Version):
    """All that expected loss rests on, beside the loan itself."""

    scenarios: Annotated[tuple[Scenario, ...], Field(strict=False, min_length=3, max_length=9)]
    groups: Annotated[tuple[RiskGroup, ...], Field(strict=False, min_length=1, max_length=500)]
    sales: Annotated[tuple[Sale, ...], Field(strict=False)]
    call: Call
    claim: Claim
    conversions: Annotated[tuple[Conversion, ...], Field(strict=False)]
    after_maturity: AfterMaturity
    individual: IndividualFrom
    overlays: Annotated[tuple[Overlay, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def weights_make_one(self) -> Self:
        """Probabilities of all that may happen."""
        if sum(scenario.weight_e8 for scenario in self.scenarios) != ONE_E8:
            raise ValueError("the weights of the scenarios sum up to 1")
        return self

    @model_validator(mode="after")
    def every_loan_has_a_group(self) -> Self:
        """The last group asks for nothing, so that nobody is left out."""
        last = self.groups[-1]
        if any(
            each is not None for each in (last.legal_forms, last.securities, last.products, last.buckets, last.grades)
        ):
            raise ValueError("the last group fits every loan")
        names = [group.group for group in self.groups]
        if len(names) != len(set(names)):
            raise ValueError("each group has a name of its own")
        return self

    @model_validator(mode="after")
    def a_kind_is_named_once(self) -> Self:
        """Two lines for one kind leave the reader to guess."""
        for lists in ([each.kinds for each in self.sales], [each.exposure_kinds for each in self.conversions]):
            named = [name for names in lists for name in names]
            if len(named) != len(set(named)):
                raise ValueError("each kind is named at most once")
        return self
