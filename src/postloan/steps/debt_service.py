"""Debt service: what a loan asks of its borrower within a year, and asked within the year before."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels import loan_arrays
from postloan.kernels.year_dues import service_within
from postloan.tables.results import DebtService, Due, Position
from postloan.tables.units import PAID_EVENLY

_WINDOW = ("-12mo", "0d", "12mo")
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
    loan_no = held["loan_no"].to_numpy()
    year_ago, today, year_on = (pl.select(pl.lit(on).dt.offset_by(by).to_physical()).item() for by in _WINDOW)
    found = np.zeros((3, held.height), np.int64)
    service_within(
        loan_arrays.offsets(dues["loan_no"].to_numpy(), loan_no),
        dues["due_on"].to_physical().to_numpy(),
        (dues["principal_cents"].to_numpy(), dues["interest_cents"].to_numpy(), dues["fee_cents"].to_numpy()),
        np.isin(loan_no, loans.filter(pl.col("method").cast(pl.String).is_in(PAID_EVENLY))["loan_no"].to_numpy()),
        (year_ago, today, year_on),
        found,
    )
    return DebtService.validate(
        held.select("loan_no", **{name: pl.Series(cents) for name, cents in zip(_CENTS, found, strict=True)})
    )
