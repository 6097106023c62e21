"""Default chances: the risk group of each loan, how long it has to run, and how likely it is to default until then."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.kernels.loan_arrays import offsets
from postloan.kernels.loss import month_ends
from postloan.models.default_curves import MONTHS, YEAR, curves_of
from postloan.rules.expected_loss import ExpectedLoss
from postloan.tables.beside import beside, found_beside
from postloan.tables.losses import DefaultChances
from postloan.tables.results import DaysPastDue, Due, Position
from postloan.tables.tiers import TierHistory
from postloan.tables.units import BUCKETS


def default_chances(
    loans: pl.DataFrame,
    debtors: pl.DataFrame,
    positions: dy.DataFrame[Position],
    dues: dy.DataFrame[Due],
    overdue: dy.DataFrame[DaysPastDue],
    tiers: dy.DataFrame[TierHistory],
    *,
    law: ExpectedLoss,
    on: date,
) -> dy.DataFrame[DefaultChances]:
    """Say how likely each loan is to default, now and as expected when it was made.

    Reads   loans: facts of the loans in the book; debtors: facts; positions: begin and end; dues: the last one;
            overdue: bucket; tiers: the bank's grade.
    Writes  DefaultChances.
    Source  rulebook: expected_loss (groups, scenarios); regulations ECL-14; risk 5.3: the original curve over the same
            months that are left, as the loan would stand had it never been late.
    """
    rows = beside(
        loans.select("loan_no", "debtor_no", "product", security_kind=pl.col("security_kind").fill_null("credit")),
        overdue.select("loan_no", "bucket"),
        tiers.select("loan_no", "grade"),
    ).pipe(found_beside, debtors.select("debtor_no", "legal_form"), by="debtor_no")
    group = _group_at(rows, law)
    first_group = _group_at(rows.with_columns(bucket=pl.lit(BUCKETS[0]).cast(pl.Enum(BUCKETS))), law)
    left = _months_left(positions, dues, law.after_maturity.months, on)
    age = np.minimum(_months_since(positions["disbursed_on"], on), MONTHS - 1)
    curves, end = curves_of(law), np.minimum(age + left, MONTHS)
    then, until = curves.remaining[first_group, age], curves.remaining[first_group, end]
    prepaid = curves.prepaid[first_group, end] - curves.prepaid[first_group, age]
    return DefaultChances.validate(
        pl.DataFrame(
            {
                "loan_no": loans["loan_no"],
                "group_at": group,
                "risk_group": pl.Series([each.group for each in law.groups]).gather(pl.Series(group)),
                "months_left": left,
                "pd_year_ratio": curves.weighted[group, np.minimum(left, YEAR)],
                "pd_left_ratio": curves.weighted[group, left],
                "pd_expected_ratio": np.clip(1.0 - (until + prepaid) / then, 0.0, 1.0),
            }
        )
    )


def _group_at(rows: pl.DataFrame, law: ExpectedLoss) -> NDArray[np.int32]:
    """The place of the first group that each row fits."""
    place = pl.lit(len(law.groups) - 1, pl.Int32)
    for at in range(len(law.groups) - 2, -1, -1):
        place = pl.when(law.groups[at].fits()).then(pl.lit(at, pl.Int32)).otherwise(place)
    return rows.select(place.alias("place"))["place"].to_numpy()


def _months_left(
    positions: dy.DataFrame[Position], dues: dy.DataFrame[Due], after_maturity: int, on: date
) -> NDArray[np.int32]:
    """Whole months, begun ones too, to the last instalment; where there is none, to maturity."""
    ends = offsets(dues["loan_no"].to_numpy(), positions["loan_no"].to_numpy())
    last = positions["matures_on"].to_physical().to_numpy().copy()
    has_dues = ends[1::2] > ends[0::2]
    last[has_dues] = dues["due_on"].to_physical().to_numpy()[ends[1::2][has_dues] - 1]
    left = np.minimum(np.searchsorted(month_ends(np.datetime64(on), MONTHS), last) + 1, MONTHS).astype(np.int32)
    left[last <= (on - date(1970, 1, 1)).days] = after_maturity
    return left


def _months_since(days: pl.Series, on: date) -> NDArray[np.int32]:
    """Whole months from a day to another, not below 0."""
    months = (on.year - days.dt.year()) * 12 + (on.month - days.dt.month().cast(pl.Int32))
    begun = (days.dt.day() > on.day).cast(pl.Int32)
    since: NDArray[np.int32] = np.maximum((months - begun).to_numpy(), 0).astype(np.int32)
    return since
