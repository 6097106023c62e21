"""Positions: which loans are in the book on the day, and where the story of each begins."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.results import Position

ONE_E8 = 10**8


def positions(loans: pl.DataFrame, openings: pl.DataFrame, *, on: date) -> dy.DataFrame[Position]:
    """Give each loan in the book the day and the balance its computation starts from.

    Reads   loans: facts of the feed table `loan`; openings: facts of `opening`.
    Writes  one row a loan paid out by `on`. A loan taken on begins at its latest opening up to `on`; one whose
            openings all lie later is not in the book yet. Empty terms get the defaults named in docs/feeds.md.
    Source  design: data take-on.
    """
    latest = (
        openings.filter(pl.col("on") <= on)
        .sort("loan_no", "on")
        .unique("loan_no", keep="last", maintain_order=True)
        .select(
            "loan_no",
            opened_on="on",
            opening_cents="outstanding_cents",
            accrued_cents="accrued_interest_cents",
            penalty_cents=pl.col("penalty_cents").fill_null(0) + pl.col("compound_cents").fill_null(0),
        )
    )
    taken_on_later = openings.select("loan_no").unique().join(latest, on="loan_no", how="anti")
    is_taken_on = pl.col("opened_on").is_not_null()
    return Position.validate(
        loans.filter(pl.col("disbursed_on") <= on)
        .join(taken_on_later, on="loan_no", how="anti", maintain_order="left")
        .join(latest, on="loan_no", how="left", maintain_order="left")
        .select(
            "loan_no",
            "debtor_no",
            begins_on=pl.coalesce("opened_on", "disbursed_on"),
            balance_cents=pl.coalesce("opening_cents", "principal_cents"),
            accrued_cents=pl.col("accrued_cents").fill_null(0),
            penalty_cents=pl.col("penalty_cents").fill_null(0),
            principal_cents="principal_cents",
            disbursed_on="disbursed_on",
            matures_on="matures_on",
            method=pl.col("method").cast(pl.String),
            annual_rate_e8="annual_rate_e8",
            day_count=pl.col("day_count").cast(pl.String).fill_null("30/360"),
            period_months=pl.col("period_months").fill_null(1),
            due_day=pl.col("due_day").fill_null(pl.col("disbursed_on").dt.day().cast(pl.Int64)),
            instalment_cents=pl.col("instalment_cents").fill_null(0),
            is_taken_on=is_taken_on,
            known_on=pl.coalesce("known_on", "disbursed_on"),
            first_due_on="first_due_on",
            rate_kind=pl.col("rate_kind").fill_null("fixed"),
            spread_e8=pl.col("spread_e8").fill_null(0),
            reprices=pl.col("reprices").fill_null("never"),
            reprice_months=pl.col("reprice_months").fill_null(0),
            splits_periods=pl.col("splits_periods").fill_null(value=False),
            holiday_roll=pl.col("holiday_roll").fill_null("none"),
            roll_moves_interest=pl.col("roll_moves_interest").fill_null(value=False),
            amortization_months=pl.col("amortization_months").fill_null(0),
            interest_only_periods=pl.col("interest_only_periods").fill_null(0),
            step_periods=pl.col("step_periods").fill_null(1),
            step_cents=pl.col("step_cents").fill_null(0),
            step_factor_e8=pl.col("step_factor_e8").fill_null(ONE_E8),
        )
    )
