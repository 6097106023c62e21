"""Positions: which loans are in the book on the day, and where the story of each begins."""

from datetime import date
from typing import Literal

import dataframely as dy
import polars as pl

from postloan.tables.beside import found_beside
from postloan.tables.decided import has_begun
from postloan.tables.results import Position

ONE_E8 = 10**8


def positions(
    loans: pl.DataFrame,
    openings: pl.DataFrame,
    decisions: pl.DataFrame,
    written_off: pl.DataFrame,
    *,
    compound_rate: Literal["penalty", "contract"],
    on: date,
) -> dy.DataFrame[Position]:
    """Give each loan in the book the day and the balance its computation starts from, and what arrears cost.

    Reads   loans: facts of the feed table `loan`; openings: facts of `opening`; decisions: facts of `decision` (misuse,
            accelerate); written_off: facts of `written_off`. compound_rate: the rate of compound interest.
    Writes  one row a loan paid out by `on`. A loan taken on begins at its latest opening up to `on`; one whose
            openings all lie later is not in the book yet. Empty terms get the defaults named in docs/feeds.md; a
            factor of the contract rate is 0 where the contract charges none.
    Source  design: data take-on; rulebook: overdue_interest; 银发[2003]251号 (rates as multiples of the contract's).
    """
    latest = _latest(openings, on)
    is_taken_on = pl.col("opened_on").is_not_null()
    return Position.validate(
        _in_book(loans, openings, latest, on)
        .pipe(found_beside, latest)
        .pipe(_from_days, decisions, written_off, on)
        .select(
            "loan_no",
            "debtor_no",
            begins_on=pl.coalesce("opened_on", "disbursed_on"),
            balance_cents=pl.coalesce("opening_cents", "principal_cents"),
            accrued_cents=pl.col("accrued_cents").fill_null(0),
            penalty_cents=pl.col("penalty_cents").fill_null(0),
            compound_cents=pl.col("compound_cents").fill_null(0),
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
            product="product",
            grace_days=pl.col("grace_days").fill_null(0).cast(pl.Int32),
            penalty_factor_e8=pl.col("penalty_factor_e8").fill_null(0),
            compound_factor_e8=pl.when(pl.col("charges_compound").fill_null(value=False))
            .then(_compound_factor_e8(compound_rate))
            .otherwise(0),
            misuse_factor_e8=pl.col("misuse_factor_e8").fill_null(0),
            misused_from_on="misused_from_on",
            accelerated_from_on="accelerated_from_on",
            written_off_from_on="written_off_from_on",
            **_terms_of_schedule(),
        )
    )


def _in_book(loans: pl.DataFrame, openings: pl.DataFrame, latest: pl.DataFrame, on: date) -> pl.DataFrame:
    """Leave out the loans that are paid out, or taken on, after the day; most often there is none."""
    later = openings.select("loan_no").unique().join(latest, on="loan_no", how="anti")
    is_held = loans.select(
        (pl.col("disbursed_on") <= on) & ~pl.col("loan_no").is_in(later["loan_no"].implode())
    ).to_series()
    return loans if is_held.all() else loans.filter(is_held)


def _terms_of_schedule() -> dict[str, pl.Expr]:
    """What a schedule is built from where the feed has none; empty terms get their defaults."""
    return {
        "known_on": pl.coalesce("known_on", "disbursed_on"),
        "first_due_on": pl.col("first_due_on"),
        "rate_kind": pl.col("rate_kind").fill_null("fixed"),
        "spread_e8": pl.col("spread_e8").fill_null(0),
        "reprices": pl.col("reprices").fill_null("never"),
        "reprice_months": pl.col("reprice_months").fill_null(0),
        "splits_periods": pl.col("splits_periods").fill_null(value=False),
        "holiday_roll": pl.col("holiday_roll").fill_null("none"),
        "roll_moves_interest": pl.col("roll_moves_interest").fill_null(value=False),
        "amortization_months": pl.col("amortization_months").fill_null(0),
        "interest_only_periods": pl.col("interest_only_periods").fill_null(0),
        "step_periods": pl.col("step_periods").fill_null(1),
        "step_cents": pl.col("step_cents").fill_null(0),
        "step_factor_e8": pl.col("step_factor_e8").fill_null(ONE_E8),
    }


def _latest(openings: pl.DataFrame, on: date) -> pl.DataFrame:
    return (
        openings.filter(pl.col("on") <= on)
        .sort("loan_no", "on")
        .unique("loan_no", keep="last", maintain_order=True)
        .select(
            "loan_no",
            opened_on="on",
            opening_cents="outstanding_cents",
            accrued_cents="accrued_interest_cents",
            penalty_cents="penalty_cents",
            compound_cents="compound_cents",
        )
    )


def _compound_factor_e8(compound_rate: Literal["penalty", "contract"]) -> pl.Expr:
    """The factor at which overdue interest bears interest; a contract without a penalty rate has only one rate."""
    if compound_rate == "contract":
        return pl.lit(ONE_E8)
    return pl.when(pl.col("penalty_factor_e8") > 0).then("penalty_factor_e8").otherwise(ONE_E8)


def _from_days(loans: pl.DataFrame, decisions: pl.DataFrame, written_off: pl.DataFrame, on: date) -> pl.DataFrame:
    """Add the days since which a loan is misused, accelerated, written off, as decided or booked by the day."""
    held = decisions.filter(has_begun(on))
    begun = {
        "misused_from_on": held.filter(pl.col("kind") == "misuse").select("loan_no", day="effective_on"),
        "accelerated_from_on": held.filter(pl.col("kind") == "accelerate").select("loan_no", day="effective_on"),
        "written_off_from_on": written_off.filter(pl.col("on") <= on).select("loan_no", day="on"),
    }
    for name, days in begun.items():
        first = days.group_by("loan_no").agg(pl.col("day").min().alias(name))
        loans = found_beside(loans, first)
    return loans
