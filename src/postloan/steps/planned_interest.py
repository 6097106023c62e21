"""The interest of a plan whose principals stay: what is to come, at the rates of its days."""

from datetime import date

import polars as pl

from postloan.kernels import daycount
from postloan.kernels.exact import HALF_UP
from postloan.kernels.loan_arrays import offsets
from postloan.kernels.pricing import RateChanges
from postloan.kernels.scheduled import interest_of
from postloan.kernels.terms import terms_of


def planned_interest(loans: pl.DataFrame, dues: pl.DataFrame, changes: RateChanges, *, on: date) -> pl.DataFrame:
    """Reckon the interest of the instalments after a day anew, where the principals are those of the plan.

    Reads   loans: disbursed_on, balance_cents that is not overdue, rate_in_force_e8, day_count, splits_periods; dues:
            instalments by loan and day; changes: of the loans' rates.
    Writes  loan_no, due_on, principal_cents, interest_cents, fee_cents of the instalments after the day.
    Source  servicing: 按计划还款.
    """
    mine = dues.join(loans.select("loan_no", "balance_cents"), on="loan_no", maintain_order="left")
    starts = mine.filter(pl.col("due_on") <= on).group_by("loan_no").agg(last_on=pl.col("due_on").max())
    gone = pl.min_horizontal(pl.col("principal_cents").cum_sum().over("loan_no"), "balance_cents")
    rows = mine.filter(pl.col("due_on") > on).with_columns(
        principal_cents=gone - gone.shift(1, fill_value=0).over("loan_no")
    )
    begun = loans.join(starts, on="loan_no", how="left", maintain_order="left").select(
        pl.coalesce("last_on", "disbursed_on").to_physical()
    )
    terms = terms_of(
        disbursed_on=begun.to_series().to_numpy(), lent_cents=loans["balance_cents"].to_numpy(),
        rate_e8=loans["rate_in_force_e8"].to_numpy(), splits=loans["splits_periods"].cast(pl.Int32).to_numpy(),
        day_count=loans["day_count"].replace_strict(daycount.CODES, return_dtype=pl.Int32).to_numpy(),
    )  # fmt: skip
    places = offsets(rows["loan_no"].to_numpy(), loans["loan_no"].to_numpy())
    first = pl.Series(places[0::2]).append(pl.Series([rows.height])).to_numpy()
    interest = interest_of(
        first, terms, rows["due_on"].to_physical().to_numpy(), rows["principal_cents"].to_numpy(), changes, HALF_UP
    )
    return rows.select("loan_no", "due_on", "principal_cents", pl.Series("interest_cents", interest), "fee_cents")
