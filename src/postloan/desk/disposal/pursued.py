"""What is written off and pursued (账销案存): what was written off, what came in since, and what is left of it."""

from collections.abc import Iterable

import polars as pl

from postloan.desk.book.narrow import file_of, kept, loan_rows
from postloan.desk.core.authority import rows_within
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.pages import Desk
from postloan.snapshot.read import scan_whole_loans

_LEVELS = ("written_off_cents", "transferred_cents", "asset_cents", "recovered_cents")


def pursued_rows(day: BusinessDay) -> pl.DataFrame:
    """The loans of a day that were written off, whoever did it, as `loan_rows` has them and with what became of each.

    off_cents        principal written off as a loss: without the price of a transfer and assets taken.
    recovered_cents  cash since; recovered_principal_cents of it, principal first, for nobody can say what it was for;
                     recovered_interest_cents is beyond it. last_recovered_on its last day. left_cents is still lost.
    Source           regulations DSP-02, DSP-18 (G12: what cannot be split meets principal first).
    """
    return kept(file_of(day, "pursued"), lambda: _made(day))


def pursued_seen(desk: Desk) -> pl.DataFrame:
    """Those in the desk's offices."""
    return rows_within(pursued_rows(desk.day), desk.scope)


def _made(day: BusinessDay) -> pl.DataFrame:
    # A version of the program before recoveries were published says of none that there were any.
    levels = [pl.col(name).fill_null(0) for name in _LEVELS]
    gone = scan_whole_loans(day.home, day.on).filter(pl.col("status") == "written_off")
    gone = gone.select("loan_id", *levels, "last_recovered_on")
    rows = loan_rows(day).filter(pl.col("status") == "written_off").lazy().join(gone, on="loan_id").collect()
    met = pl.min_horizontal("recovered_cents", "off_cents")
    return (
        rows.with_columns(pl.col("org_id", "product", "legal_form", "tier").cast(pl.String))
        .with_columns(off_cents=pl.col("written_off_cents") - pl.col("transferred_cents") - pl.col("asset_cents"))
        .with_columns(recovered_principal_cents=met, recovered_interest_cents=pl.col("recovered_cents") - met)
        .with_columns(left_cents=pl.col("off_cents") - pl.col("recovered_principal_cents"))
    )


def flag_of(columns: Iterable[str] = ("left_cents", "recovered_cents")) -> pl.Expr:
    """How far a write-off was recovered: not, partly or wholly."""
    left, recovered = (pl.col(name) for name in columns)
    return pl.when(recovered == 0).then(pl.lit("none")).when(left > 0).then(pl.lit("part")).otherwise(pl.lit("whole"))
