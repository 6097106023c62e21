"""The shape of each rule: which figures it has, and what must hold between them."""

from datetime import date
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Days, ShareE8, Tier, Version, rises
from postloan.tables.units import BUCKETS, LEGAL_FORMS, TIERS

Bucket = Literal["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"]
LegalForm = Literal["person", "sole_trader", "company", "financial", "government"]
SizeClass = Literal["large", "medium", "small", "micro", "none"]
SATURDAY = 5


# Floors by days past due -----------------------------------------------------------------------------------------


class Floor(Cited):
    """A loan past due for more than `over_days` may not be classed better than `tier`."""

    tier: Tier
    over_days: Days


class TechnicalDelay(Cited):
    """A delay of at most `up_to_days` is excused when a decision names its cause, evidence and approver."""

    up_to_days: Days


class OverdueFloors(Version):
    """The overdue floors in force, from the best tier below pass to the worst that days alone can set."""

    floors: Annotated[tuple[Floor, ...], Field(strict=False, min_length=1)]
    technical_delay: TechnicalDelay | None = None

    @model_validator(mode="after")
    def a_worse_tier_needs_a_longer_delay(self) -> Self:
        """Otherwise a loan would improve by staying overdue."""
        if tuple(floor.tier for floor in self.floors) != TIERS[1 : len(self.floors) + 1]:
            raise ValueError(f"floors are given once each, in the order of {', '.join(TIERS[1:])}")
        if not rises([floor.over_days for floor in self.floors]):
            raise ValueError("a worse tier needs a longer delay: over_days must rise with the tier")
        return self


class OverdueFloorsOverlay(Version):
    """What the bank's own file may say about them: any of the figures, each stricter than the law's."""

    floors: Annotated[tuple[Floor, ...], Field(strict=False)] = ()
    technical_delay: TechnicalDelay | None = None

    @model_validator(mode="after")
    def a_tier_is_named_once(self) -> Self:
        """Two floors for one tier leave the reader to guess."""
        tiers = [floor.tier for floor in self.floors]
        if len(tiers) != len(set(tiers)) or "pass" in tiers:
            raise ValueError(f"a floor is given at most once for each of {', '.join(TIERS[1:])}")
        return self


# Floors by debtor ------------------------------------------------------------------------------------------------


class Tolerance(Cited):
    """A share of a debtor's debt that may not be passed."""

    over_share_e8: ShareE8 = Field(alias="over_share")


class OwnBankShare(Tolerance):
    """More than this share of the debtor's debt here is non-performing: all its debt here is at least `tier`."""

    tier: Tier


class AllBanksShare(Tolerance):
    """More than this share of its debt at all banks is overdue for more than `over_days`: at least `tier`."""

    over_days: Days
    tier: Tier


class AnyNonPerforming(Cited):
    """Any non-performing debt of the debtor, here or at another bank: all its debt here is at least `tier`."""

    tier: Tier


class Contamination(Version):
    """How one bad debt of a non-retail debtor touches its other debts; the former rules knew the last case alone."""

    own_bank: OwnBankShare | None = None
    all_banks: AllBanksShare | None = None
    any_non_performing: AnyNonPerforming


class ContaminationOverlay(Version):
    """What the bank's own file may say about it: lower shares, nothing else."""

    own_bank: Tolerance | None = None
    all_banks: Tolerance | None = None


class RetailKind(Cited):
    """Debtors of one legal form, all of them or only those of some sizes, whose debts are classed one by one."""

    legal_form: LegalForm
    size_classes: Annotated[tuple[SizeClass, ...], Field(strict=False, min_length=1)] | None = None


class Retail(Version):
    """Who counts as retail: the debtor floors do not reach them."""

    debtors: Annotated[tuple[RetailKind, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def a_legal_form_is_named_once(self) -> Self:
        """Two lines for one legal form leave the reader to guess."""
        forms = [kind.legal_form for kind in self.debtors]
        if len(forms) != len(set(forms)):
            raise ValueError(f"each of {', '.join(LEGAL_FORMS)} is named at most once")
        return self

    def is_retail(self) -> pl.Expr:
        """Whether a row of the feed table `debtor` is retail, from its legal_form and size_class."""
        return pl.any_horizontal([_is_of(kind) for kind in self.debtors]).fill_null(value=False)


def _is_of(kind: RetailKind) -> pl.Expr:
    is_form = pl.col("legal_form") == kind.legal_form
    return is_form if kind.size_classes is None else is_form & pl.col("size_class").is_in(list(kind.size_classes))


# Working days ----------------------------------------------------------------------------------------------------


class YearArranged(Cited):
    """One year's arrangement: the weekdays on which nobody works, and the weekend days that are worked in return."""

    year: Annotated[int, Field(ge=1949, le=2999)]
    off: Annotated[tuple[date, ...], Field(strict=False)]
    worked: Annotated[tuple[date, ...], Field(strict=False)]

    @model_validator(mode="after")
    def its_days_are_of_its_year(self) -> Self:
        """A weekend needs no line to be off, nor a weekday to be worked: such a line is a slip of the pen."""
        for day in (*self.off, *self.worked):
            if day.year != self.year:
                raise ValueError(f"{day} is not a day of {self.year}")
        for days, is_weekend, what in ((self.off, False, "off"), (self.worked, True, "worked")):
            if any((day.weekday() >= SATURDAY) != is_weekend for day in days) or not rises(days):
                raise ValueError(f"`{what}` holds {'weekend days' if is_weekend else 'weekdays'}, in rising order")
        return self

    def written(self) -> str:
        """How many days the year moves: a screen has no room for all of them."""
        return f"year {self.year}, off {len(self.off)}, worked {len(self.worked)}"


class WorkingDays(Version):
    """The years whose arrangement stands here; the other years come from the library."""

    years: Annotated[tuple[YearArranged, ...], Field(strict=False)]

    @model_validator(mode="after")
    def years_rise(self) -> Self:
        """Two lines for one year leave the reader to guess."""
        if not rises([arranged.year for arranged in self.years]):
            raise ValueError("years stand in rising order, once each")
        return self


# Floors of restructured loans ------------------------------------------------------------------------------------


class RestructuringFloor(Cited):
    """A loan so treated may not be classed better than `tier`."""

    tier: Tier


class RenewedBy(RetailKind):
    """A renewal without repayment of principal by such a debtor does not count as refinancing.

    renewed_until      the last day on which the new loan may be signed; without it the rule has no end.
    before_maturity    the new loan must be signed before the old one matures.
    """

    renewed_until: date | None = None
    before_maturity: bool = False

    def is_meant(self) -> pl.Expr:
        """Whether the debtor of a row, by legal_form, size_class and the day of signing, may renew so."""
        is_meant = _is_of(self)
        if self.renewed_until is not None:
            is_meant &= pl.col("originated_on") <= self.renewed_until
        return is_meant & pl.col("is_renewed_in_time") if self.before_maturity else is_meant


class Observation(Cited):
    """How long a restructured loan is watched, from its first due day after the change: the longer of the two."""

    periods: Annotated[int, Field(ge=0, le=120)]
    months: Annotated[int, Field(ge=0, le=600)]


class RestructuringFloors(Version):
    """The floors of restructured and refinanced loans, the renewals that are excused, and the time of observation."""

    restructured: RestructuringFloor
    restructured_overdue: RestructuringFloor | None = None
    repeat_restructured: RestructuringFloor | None = None
    refinanced: RestructuringFloor
    renewals: Annotated[tuple[RenewedBy, ...], Field(strict=False)] = ()
    observation: Observation

    @model_validator(mode="after")
    def again_is_worse_than_once(self) -> Self:
        """Neither a second restructuring nor one that is overdue again can be treated better than the first."""
        for worse in (self.repeat_restructured, self.restructured_overdue):
            if worse is not None and TIERS.index(worse.tier) < TIERS.index(self.restructured.tier):
                raise ValueError("a loan restructured again, or overdue again, may not have a better tier")
        return self


# Buckets and orders ----------------------------------------------------------------------------------------------


class BucketBand(Cited):
    """A loan past due for `from_days` or more is in this bucket, until the next one begins."""

    bucket: Bucket
    from_days: Days


class DpdBuckets(Version):
    """The buckets of days past due, M0 to M7+."""

    buckets: Annotated[tuple[BucketBand, ...], Field(strict=False)]

    @model_validator(mode="after")
    def every_day_has_one_bucket(self) -> Self:
        """The bands begin at day 0, leave no gap and do not overlap."""
        if tuple(band.bucket for band in self.buckets) != BUCKETS:
            raise ValueError(f"buckets are given once each for {', '.join(BUCKETS)}, in this order")
        days = [band.from_days for band in self.buckets]
        if days[0] != 0 or not rises(days):
            raise ValueError("from_days begins at 0 and rises with the bucket")
        return self

    def frame(self) -> pl.DataFrame:
        """The bands as a small table, sorted by `from_days` for an as-of join."""
        rows = [(band.from_days, band.bucket) for band in self.buckets]
        return pl.DataFrame(rows, schema={"from_days": pl.Int32(), "bucket": pl.Enum(BUCKETS)}, orient="row")


# The bank's own policy -------------------------------------------------------------------------------------------


class Holder(Cited):
    """The system whose balance is published where both have one."""

    system: Literal["core", "postloan"]


class BreakTolerance(Cited):
    """Differences up to these between the core's ledger and ours are no breaks."""

    up_to_cents: Annotated[int, Field(ge=0)]
    up_to_days: Days


class BookOfRecord(Version):
    """Whose balance governs, and what is no break. The law does not say; the bank does."""

    holder: Holder
    tolerance: BreakTolerance | None = None

    @property
    def system(self) -> Literal["core", "postloan"]:
        """The system whose balance is published where both have one."""
        return self.holder.system


class LedgerTolerance(Cited):
    """A line of the general ledger that differs from ours by no more than this ties."""

    up_to_cents: Annotated[int, Field(ge=0)]


class TieOut(Version):
    """What is a difference between our published balances and the general ledger's."""

    tolerance: LedgerTolerance


class TierShareMove(Tolerance):
    """How far a tier's share may move against what was published within the last `within_days`."""

    within_days: Days


class Improved(Cited):
    """How many loans may be classed better than they were published last, without a decision or a rule."""

    up_to_loans: Annotated[int, Field(ge=0)]


class PublishChecks(Version):
    """What may not be passed for a night to be published."""

    tier_share_move: TierShareMove
    quarantined: Tolerance
    improved: Improved
