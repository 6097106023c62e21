"""The first instalment of each loan after a day: what its borrower pays then."""

import numpy as np
import polars as pl

from postloan.kernels.loan_arrays import offsets
from postloan.kernels.repricing import rows_after


def first_instalments(loans: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    """Take of each loan the first instalment that falls due after a day, or whose whole period does.

    Reads   loans: loan_no, after_on, and is_whole: the period is to begin after the day too, if any does; dues:
            instalments by loan and day.
    Writes  loan_no, principal_cents, interest_cents, fee_cents and is_last, in the order of the loans; null where
            nothing falls due any more.
    """
    rows = offsets(dues["loan_no"].to_numpy(), loans["loan_no"].to_numpy())
    is_whole = loans["is_whole"].to_numpy()
    found = rows_after(rows, dues["due_on"].to_physical().to_numpy(), loans["after_on"].to_physical().to_numpy())
    first, end = rows[0::2], rows[1::2]
    is_due = (found < end) | (is_whole & (first < end))
    at = np.minimum(found + is_whole, end - 1)
    place = pl.Series(at).set(pl.Series(~is_due), None)
    cents = dues.select("principal_cents", "interest_cents", "fee_cents")
    return pl.DataFrame(
        {
            "loan_no": loans["loan_no"],
            **{name: cents[name].gather(place) for name in cents.columns},
            "is_last": at == end - 1,
        }
    )
