"""What a published day knows of how loans behave, as a plain table: a row a loan, to fit and to watch models on.

Loans that are performing and on the book are asked, since of the others there is nothing left to foresee. The label of
a day is told by later days: whether the loan is non-performing or written off on one of them.
"""

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from postloan.tables.units import LATE_IN_MONTH, NON_PERFORMING

PERIOD, LOAN = "on", "loan_id"
_LABEL = re.compile(r"bad_in_([1-9]\d?)_months")
_YEAR_MONTHS, _RATE_ONE = 12, 1e8

READ = (
    LOAN, "status", "tier", "product", "legal_form", "security_kind", "disbursed_on", "matures_on", "principal_cents",
    "outstanding_cents", "overdue_principal_cents", "rate_in_force_e8", "days_past_due", "month_worst_days_past_due",
    "payment_string", "is_restructured", "is_refinanced",
)  # fmt: skip
"""The published columns that a row of behaviour rests on."""
FEATURES = (
    "days_past_due", "month_worst_days_past_due", "late_months_in_12", "late_months_in_3", "overdue_ratio",
    "balance_ratio", "months_on_book", "months_to_maturity", "yearly_rate_ratio", "product", "legal_form",
    "security_kind", "is_restructured", "is_refinanced",
)  # fmt: skip
"""The columns that a card may use to be watched on published days."""


def label_of(months: int) -> str:
    """The label that looks so many months ahead."""
    return f"bad_in_{months}_months"


def months_of(label: str) -> int | None:
    """How many months a label looks ahead; None where it is no label of behaviour."""
    found = _LABEL.fullmatch(label)
    return int(found[1]) if found else None


def behaviour(rows: pl.LazyFrame, on: date) -> pl.DataFrame:
    """Describe the loans of a published day, by loan.

    rows   the columns READ of PublishedLoan. Gives LOAN, PERIOD and FEATURES.
    late_months_in_12, _in_3  months of the last 12 or 3 in which it was late, those paid within the month too.
    overdue_ratio             principal overdue as a share of what is outstanding; balance_ratio: that as a share of
                              what was paid out.
    months_on_book, months_to_maturity  whole calendar months; the latter is negative once it has matured.
    """
    is_asked = (pl.col("status") == "active") & ~pl.col("tier").is_in(NON_PERFORMING)
    string = pl.col("payment_string")
    return (
        rows.filter(is_asked)
        .select(
            LOAN,
            pl.lit(on).alias(PERIOD),
            pl.col("days_past_due", "month_worst_days_past_due").cast(pl.Int64),
            late_months_in_12=string.str.tail(_YEAR_MONTHS).str.count_matches(LATE_IN_MONTH).cast(pl.Int64),
            late_months_in_3=string.str.tail(3).str.count_matches(LATE_IN_MONTH).cast(pl.Int64),
            overdue_ratio=_share("overdue_principal_cents", "outstanding_cents"),
            balance_ratio=_share("outstanding_cents", "principal_cents"),
            months_on_book=_months(pl.lit(on)) - _months(pl.col("disbursed_on")),
            months_to_maturity=_months(pl.col("matures_on")) - _months(pl.lit(on)),
            yearly_rate_ratio=pl.col("rate_in_force_e8") / _RATE_ONE,
            product="product",
            legal_form=pl.col("legal_form").cast(pl.String),
            security_kind=pl.col("security_kind").cast(pl.String),
            is_restructured="is_restructured",
            is_refinanced="is_refinanced",
        )
        .sort(LOAN)
        .collect()
    )


def labelled(found: pl.DataFrame, later: Sequence[pl.LazyFrame], label: str) -> pl.DataFrame:
    """Add the label: 1 where a loan is non-performing or written off on one of the later days.

    later  LOAN, status and tier of the published days that the label looks at. A loan that is no longer delivered was
           repaid, and is good.
    """
    is_bad = pl.col("tier").is_in(NON_PERFORMING) & (pl.col("status") == "active")
    bads = [rows.filter(is_bad | (pl.col("status") == "written_off")).select(LOAN) for rows in later]
    went = pl.concat(bads).unique().collect()[LOAN]
    return found.with_columns(pl.col(LOAN).is_in(went.implode()).cast(pl.Int8).alias(label))


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def _months(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * _YEAR_MONTHS + day.dt.month().cast(pl.Int64)
