"""Ledger breaks: where the core's ledger and our own computation differ, a row a loan and kind."""

from collections.abc import Iterator
from datetime import date

import dataframely as dy
import polars as pl

from postloan.rules.shapes import BreakTolerance
from postloan.tables.beside import beside
from postloan.tables.published import LedgerBreak
from postloan.tables.results import Balances, DaysPastDue, Position, Standing
from postloan.tables.tiers import TierHistory
from postloan.tables.units import BREAK_KINDS, TIERS

_AMOUNTS = ("outstanding", "overdue_principal", "overdue_interest", "penalty")


def ledger_breaks(
    loans: pl.DataFrame,
    debtors: pl.DataFrame,
    positions: dy.DataFrame[Position],
    standing: dy.DataFrame[Standing],
    balances: dy.DataFrame[Balances],
    overdue: dy.DataFrame[DaysPastDue],
    tiers: dy.DataFrame[TierHistory],
    ledger: pl.DataFrame,
    ledger_days: pl.DataFrame,
    *,
    tolerance: BreakTolerance | None,
    on: date,
) -> dy.DataFrame[LedgerBreak]:
    """Hold the core's latest word of each loan against ours.

    Reads   loans, debtors, ledger: facts, of every loan known; ledger_days: the days of which the ledger speaks at
            all; the loan tables.
    Writes  LedgerBreak, by loan and kind. Nothing before the ledger has first spoken: then there is no core.
    Source  rulebook: book_of_record (tolerance); design: every break is a work item.

    Amounts, days and tiers are compared on the ledger's own day only; what the core leaves empty is not compared. Our
    amounts and days are our own computation, whichever system governs; our tier is the published one. Of a loan off the
    book the balance alone is compared.
    """
    spoken = ledger_days.filter(pl.col("on") <= on)["on"]
    if spoken.is_empty():
        return LedgerBreak.create_empty()
    both = _ours(positions, standing, balances, overdue, tiers).join(
        _latest(ledger, on), on="loan_no", how="full", coalesce=True
    )
    up_to_cents, up_to_days = (tolerance.up_to_cents, tolerance.up_to_days) if tolerance else (0, 0)
    found = [_absences(both, spoken, on), *_differences(both.filter(pl.col("ledger_on") == on))]
    is_over = (
        (pl.col("difference_cents").abs() > up_to_cents)
        | (pl.col("difference_days").abs() > up_to_days)
        | (pl.col("difference_tiers") != 0)
        | pl.col("kind").is_in(["missing_in_core", "stale"])
    )
    return LedgerBreak.validate(
        pl.concat(found, how="diagonal")
        .filter(is_over)
        .join(
            loans.select("loan_no", "debtor_no", "loan_id", "org_id", "product", "use_industry_code"),
            on="loan_no",
            how="left",
        )
        .join(debtors.select("debtor_no", "industry_code"), on="debtor_no", how="left")
        .with_columns(industry_code=pl.coalesce("use_industry_code", "industry_code"))
        .sort("loan_no", "kind")
    )


def _ours(
    positions: dy.DataFrame[Position],
    standing: dy.DataFrame[Standing],
    balances: dy.DataFrame[Balances],
    overdue: dy.DataFrame[DaysPastDue],
    tiers: dy.DataFrame[TierHistory],
) -> pl.DataFrame:
    return beside(
        positions.select("loan_no", "begins_on"),
        standing.select("loan_no", is_active=pl.col("status") == "active", our_outstanding="own_outstanding_cents"),
        balances.select("loan_no", *(pl.col(f"{name}_cents").alias(f"our_{name}") for name in _AMOUNTS[1:])),
        overdue.select("loan_no", our_days=pl.max_horizontal("days_past_due_principal", "days_past_due_interest")),
        tiers.select("loan_no", our_tier="tier"),
    )


def _latest(ledger: pl.DataFrame, on: date) -> pl.DataFrame:
    """The core's last word of each loan up to the day."""
    return (
        ledger.filter(pl.col("on") <= on)
        .unique("loan_no", keep="last", maintain_order=True)
        .select(
            "loan_no",
            *(pl.col(f"{name}_cents").alias(f"core_{name}") for name in _AMOUNTS),
            ledger_on="on",
            core_days=pl.col("days_past_due").cast(pl.Int32),
            core_tier="tier",
        )
    )


def _absences(both: pl.DataFrame, spoken: pl.Series, on: date) -> pl.DataFrame:
    """What one side holds and the other does not, or no longer speaks of: by its balance."""
    is_ours = pl.col("is_active").fill_null(value=False)
    is_known_here = pl.col("begins_on").is_not_null()
    kind = (
        pl.when(~is_known_here & (pl.col("ledger_on") == on))
        .then(pl.lit("missing_here"))
        .when(is_ours & (pl.col("ledger_on") < on))
        .then(pl.lit("stale"))
        .when(is_ours & pl.col("ledger_on").is_null() & (pl.col("begins_on") <= spoken.max()))
        .then(pl.lit("missing_in_core"))
    )
    return both.select(
        "loan_no",
        "ledger_on",
        kind=kind.cast(pl.Enum(BREAK_KINDS)),
        our_cents="our_outstanding",
        core_cents="core_outstanding",
        difference_cents=pl.col("core_outstanding").fill_null(0) - pl.col("our_outstanding").fill_null(0),
    ).filter(pl.col("kind").is_not_null())


def _differences(both: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What both sides hold, kind by kind; rows alike are among them."""
    held = both.filter(pl.col("begins_on").is_not_null())
    active = held.filter("is_active")
    for name in _AMOUNTS:
        ours, core = pl.col(f"our_{name}"), pl.col(f"core_{name}")
        frame = held if name == "outstanding" else active
        yield frame.select(
            "loan_no", "ledger_on", _kind(name), our_cents=ours, core_cents=core, difference_cents=core - ours
        )
    yield active.select(
        "loan_no",
        "ledger_on",
        "our_days",
        "core_days",
        _kind("days_past_due"),
        difference_days=pl.col("core_days") - pl.col("our_days"),
    )
    yield active.select(
        "loan_no",
        "ledger_on",
        "our_tier",
        "core_tier",
        _kind("tier"),
        difference_tiers=_rank("core_tier") - _rank("our_tier"),
    )


def _kind(name: str) -> pl.Expr:
    return pl.lit(name, pl.Enum(BREAK_KINDS)).alias("kind")


def _rank(tier: str) -> pl.Expr:
    return pl.col(tier).cast(pl.Enum(TIERS)).to_physical().cast(pl.Int32)
