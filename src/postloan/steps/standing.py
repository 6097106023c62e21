"""Standing: whose balance governs, ours or the core system's, and whether the loan is still on the book."""

from datetime import date
from typing import Literal

import dataframely as dy
import polars as pl

from postloan.tables.beside import found_beside
from postloan.tables.results import LOAN_STATUSES, Balances, Standing


def standing(
    balances: dy.DataFrame[Balances],
    ledger: pl.DataFrame,
    written_off: pl.DataFrame,
    payments: pl.DataFrame,
    *,
    book_of_record: Literal["core", "postloan"],
    on: date,
) -> dy.DataFrame[Standing]:
    """Publish the core's balance where the core is the book of record and spoke on the day; else ours.

    Reads   balances; ledger: facts of `ledger`; written_off: what was written off, by
            feed or by decision; payments: without those taken back.
    Writes  outstanding_cents that governs, ours and the core's beside it, and the break between them; what came in on a
            loan after the day that took the last of it off the book.
    Source  rulebook: book_of_record (the bank's own choice); regulations DSP-02, DSP-05 (recovery after write-off).

    A ledger row of another day is stale and does not govern. Principal written off leaves the book.
    """
    spoken = ledger.filter(pl.col("on") == on).select(
        "loan_no", core_outstanding_cents="outstanding_cents", core_days_past_due=pl.col("days_past_due").cast(pl.Int32)
    )
    gone = _gone(written_off, on)
    own = pl.max_horizontal(pl.lit(0), pl.col("outstanding_cents") - pl.col("written_off_cents"))
    governing = pl.coalesce("core_outstanding_cents", own) if book_of_record == "core" else own
    owes_beside = pl.sum_horizontal("overdue_interest_cents", "overdue_fee_cents", "penalty_cents")
    return Standing.validate(
        balances.pipe(found_beside, spoken)
        .pipe(found_beside, gone.drop("off_on"))
        .pipe(found_beside, _recovered(gone, payments, on))
        .with_columns(pl.col("written_off_cents", "transferred_cents", "asset_cents", "since_cents").fill_null(0))
        .with_columns(own_cents=own, governing_cents=governing)
        .with_columns(is_off=(pl.col("governing_cents") == 0) & (pl.col("written_off_cents") > 0))
        .select(
            "loan_no",
            status=pl.when(pl.col("governing_cents") > 0)
            .then(pl.lit("active"))
            .when("is_off")
            .then(pl.lit("written_off"))
            .when(owes_beside > 0)
            .then(pl.lit("active"))
            .otherwise(pl.lit("settled"))
            .cast(pl.Enum(LOAN_STATUSES)),
            outstanding_cents="governing_cents",
            own_outstanding_cents="own_cents",
            core_outstanding_cents="core_outstanding_cents",
            balance_break_cents=pl.col("core_outstanding_cents") - pl.col("own_cents"),
            core_days_past_due="core_days_past_due",
            written_off_cents="written_off_cents",
            transferred_cents="transferred_cents",
            asset_cents="asset_cents",
            recovered_cents=pl.when("is_off").then("since_cents").otherwise(0),
            last_recovered_on=pl.when("is_off").then("since_on"),
        )
    )


def _gone(written_off: pl.DataFrame, on: date) -> pl.DataFrame:
    """What of each loan was written off, what a price and an asset met of it, and the last day of it."""
    return (
        written_off.filter(pl.col("on") <= on)
        .group_by("loan_no")
        .agg(
            pl.col("principal_cents").sum().alias("written_off_cents"),
            pl.col("transferred_cents", "asset_cents").sum(),
            off_on=pl.col("on").max(),
        )
    )


def _recovered(gone: pl.DataFrame, payments: pl.DataFrame, on: date) -> pl.DataFrame:
    """What came in on each loan after the day on which the last of it was written off, and on which day last."""
    told = payments if gone.height else payments.clear()
    since = told.join(gone.select("loan_no", "off_on"), on="loan_no").filter(
        (pl.col("paid_on") > pl.col("off_on")) & (pl.col("paid_on") <= on)
    )
    return since.group_by("loan_no").agg(since_cents=pl.col("amount_cents").sum(), since_on=pl.col("paid_on").max())
