"""The repricing gap: each balance by the time until its rate next changes."""

from datetime import date

import numpy as np
import polars as pl

from postloan.kernels.daycount import NEVER, months_after
from postloan.kernels.loan_arrays import offsets
from postloan.kernels.repricing import parted
from postloan.rules.rate_risk import APART, RateRiskLaw

_EPOCH = date(1970, 1, 1)


def repricing_gap(book: pl.DataFrame, dues: pl.DataFrame, *, law: RateRiskLaw, on: date) -> pl.DataFrame:
    """Part each loan's balance, the bank's own share, by the time until its rate next changes.

    Reads   book: the loans of the day, with stands (None, or why it is apart), resets_on, matures_on,
            outstanding_cents, own_share_outstanding_cents, overdue_principal_cents; dues: instalments by loan and day.
    Writes  loan_no, a column in cents for each bucket of the rule, and APART; each loan's sum is its own share.
    Source  rulebook: rate_risk. A bound belongs to the bucket that it ends.
    """
    counts = book.select(pl.col("stands").is_null().cast(pl.Int64).alias("counts"))["counts"].to_numpy()
    day = (on - _EPOCH).days
    parts = parted(
        offsets(dues["loan_no"].to_numpy(), book["loan_no"].to_numpy()),
        dues["due_on"].to_physical().to_numpy(),
        dues["principal_cents"].to_numpy(),
        book["outstanding_cents"].to_numpy() * counts,
        book["overdue_principal_cents"].to_numpy(),
        book["own_share_outstanding_cents"].to_numpy(),
        book["resets_on"].to_physical().fill_null(NEVER).to_numpy(),
        book["matures_on"].to_physical().to_numpy(),
        np.array([months_after(day, months) for months in law.months], np.int32),
        day,
    )
    buckets = {band.name: parts[:, at] for at, band in enumerate(law.buckets)}
    return pl.DataFrame({"loan_no": book["loan_no"], **buckets, "overdue": parts[:, -1]}).with_columns(
        book.select(
            pl.when(stands=name).then("own_share_outstanding_cents").otherwise(0).alias(name) for name in APART[1:]
        )
    )
