"""Debt service: what a loan asks of its borrower within a year, and asked within the year before."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.results import DebtService, Due, Position
from postloan.tables.units import PAID_EVENLY

_CENTS = ("service_year_cents", "matures_year_cents", "service_past_year_cents")


def debt_service(
    held: dy.DataFrame[Position], loans: pl.DataFrame, dues: dy.DataFrame[Due], *, on: date
) -> dy.DataFrame[DebtService]:
    """Sum up what falls due of each loan in the year after the day, and fell due in the year up to it.

    Reads   held: the loans of the book; loans: facts, method; dues: by loan and due day.
    Writes  cents as planned, whatever was paid: principal, interest and fees; what is repaid at once at the end of a
            loan that is not paid evenly stands apart, since no year's income pays it.
    Source  regulations LN-12, LN-13; docs/features.md, capacity.
    """
    after, before = (pl.lit(on).dt.offset_by(f"{sign}12mo") for sign in ("", "-"))
    is_last = pl.col("loan_no") != pl.col("loan_no").shift(-1, fill_value=-1)
    principal, is_ahead = pl.col("principal_cents"), pl.col("due_on") > on
    evenly = loans.filter(pl.col("method").cast(pl.String).is_in(PAID_EVENLY))["loan_no"]
    within = (
        dues.lazy()
        .with_columns(is_last=is_last)
        .filter((pl.col("due_on") > before) & (pl.col("due_on") <= after))
        .with_columns(at_once_cents=pl.when(pl.col("is_last") & ~pl.col("loan_no").is_in(evenly.implode()))
                      .then(principal).otherwise(0))
        .with_columns(paid_cents=principal + pl.col("interest_cents") + pl.col("fee_cents") - pl.col("at_once_cents"))
        .group_by("loan_no")
        .agg(
            service_year_cents=pl.col("paid_cents").filter(is_ahead).sum(),
            matures_year_cents=pl.col("at_once_cents").filter(is_ahead).sum(),
            service_past_year_cents=pl.col("paid_cents").filter(~is_ahead).sum(),
        )
        .collect()
    )  # fmt: skip
    rows = held.select("loan_no").join(within, on="loan_no", how="left", maintain_order="left")
    return DebtService.validate(rows.with_columns(pl.col(_CENTS).fill_null(0)))
