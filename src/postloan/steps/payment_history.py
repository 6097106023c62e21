"""The payment history: how late a loan was at each of its last month-ends, as the credit registry writes it."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.kernels.loan_arrays import CURED, MONTHS
from postloan.tables.results import Balances, PaymentHistory, Position

_NORMAL, _SETTLED, _PAID_IN_MONTH = "N", "C", "M"
_CODES = np.array([_NORMAL, *(str(bucket) for bucket in range(1, CURED)), _PAID_IN_MONTH], dtype="S1")
"""The character of each mark that a walk leaves."""


def payment_history(
    positions: dy.DataFrame[Position],
    balances: dy.DataFrame[Balances],
    openings: pl.DataFrame,
    was_walked: NDArray[np.bool_],
    marks: NDArray[np.int8],
    *,
    on: date,
) -> dy.DataFrame[PaymentHistory]:
    """Write each loan's payment string: one character a month, the oldest first, at most 60.

    Reads   positions, balances; openings: the string that a loan was taken on with, which ends with the month of its
            opening; was_walked and marks of the balances.
    Writes  payment_string: N normal, 1 to 7 the bucket of days past due, M late and paid within the month, C settled in
            the month.
    Source  regulations REP-50 (二代征信).

    The last character is the day's month so far, or that in which the loan was settled.
    """
    frame = positions.select("loan_no", "begins_on", "is_taken_on").with_columns(
        ends_on=balances["settled_on"].fill_null(on), is_settled=balances["settled_on"].is_not_null()
    )
    months = _month("ends_on") - _month("begins_on") + 1
    kept = (MONTHS - (pl.lit(on.year * 12 + on.month) - _month("ends_on"))).clip(0, MONTHS)
    frame = frame.with_columns(months=pl.min_horizontal(months, kept), kept=kept)
    own = _own_strings(frame, was_walked, marks)
    told = openings.filter(pl.col("payment_string").is_not_null())
    if told.height:
        before = _taken_on_with(frame, told)
        own = (
            pl.DataFrame({"own": own, "before": before, "kept": frame["kept"]})
            .select(
                # The month of a take-on is in both strings; ours saw its end.
                pl.concat_str(pl.col("before").str.head(-1).fill_null(""), "own").str.tail(pl.col("kept"))
            )
            .to_series()
        )
    return PaymentHistory.validate(frame.select("loan_no", payment_string=own))


def _month(name: str) -> pl.Expr:
    return pl.col(name).dt.year().cast(pl.Int32) * 12 + pl.col(name).dt.month()


def _own_strings(frame: pl.DataFrame, was_walked: NDArray[np.bool_], marks: NDArray[np.int8]) -> pl.Series:
    """Write the months since the beginning: a loan never late has one of few strings, so each is written once."""
    months, kept = frame["months"].to_numpy(), frame["kept"].to_numpy()
    is_settled = frame["is_settled"].to_numpy()
    written = [_end(_NORMAL * count, settled=settled) for settled in (False, True) for count in range(MONTHS + 1)]
    place = months + is_settled * (MONTHS + 1)
    late = np.flatnonzero(was_walked)
    place[late] = len(written) + np.arange(late.size)
    of_late = _walked_strings(marks[late], months[late], kept[late], is_settled[late])
    return pl.concat([pl.Series(written, dtype=pl.String), of_late]).gather(place)


def _end(months: str, *, settled: bool) -> str:
    return months[:-1] + _SETTLED if settled and months else months


def _walked_strings(
    marks: NDArray[np.int8], months: NDArray[np.int32], kept: NDArray[np.int32], is_settled: NDArray[np.bool_]
) -> pl.Series:
    """Write the months of loans that were walked: of each its own, which end with the month `kept` of its marks."""
    whole = pl.Series(_CODES[marks].view(f"S{MONTHS}").ravel().astype(f"U{MONTHS}"), dtype=pl.String)
    own = whole.str.slice(pl.Series(kept - months), pl.Series(months))
    ends = pl.Series(is_settled & (months > 0))
    return pl.select(pl.when(ends).then(own.str.head(-1) + _SETTLED).otherwise(own)).to_series()


def _taken_on_with(frame: pl.DataFrame, openings: pl.DataFrame) -> pl.Series:
    strings = openings.select("loan_no", begins_on="on", before="payment_string")
    return frame.select("loan_no", "begins_on").join(
        strings, on=["loan_no", "begins_on"], how="left", maintain_order="left"
    )["before"]
