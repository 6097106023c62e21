"""Decisions: what the desk decided about loans and debtors, and on which days it holds."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.decided import has_begun
from postloan.tables.results import Position

OF_DEBTORS = ("rating_fall", "evasion", "bankruptcy", "merger", "upgrade")
"""Kinds that speak of the debtor: said of one loan, they hold for all its loans."""
_TOLD = ("loan_no", "debtor_no", "kind", "effective_on", "ends_on", "terms")
OF_CLASSES = ("misuse", "impairment", "restructure", "observation_end", "manual_tier", *OF_DEBTORS)
"""Kinds on which a tier may rest, but for technical delays, which only matter to loans past due."""


def technical_delays(decisions: pl.DataFrame, *, on: date) -> pl.DataFrame:
    """Name the loans whose delay on this day is excused as technical.

    Reads   decisions: facts of `decision`; intake admits a technical delay only with cause, evidence and approver.
    Writes  loan_no, once each.
    Source  rulebook: overdue_floors, technical_delay.

    A decision excuses the days it names and no others: a loan-day outside them counts as overdue from day 1.
    """
    told = begun(decisions, ("technical_delay",), on=on)
    return (
        told.filter(pl.col("ends_on").is_null() | (pl.col("ends_on") >= on)).select("loan_no").unique().sort("loan_no")
    )


def in_force(decisions: pl.DataFrame, *, on: date) -> pl.DataFrame:
    """Keep the decisions that hold on a day: begun by it, not ended before it, not withdrawn."""
    return decisions.filter(has_begun(on) & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= on)))


def begun(decisions: pl.DataFrame, kinds: tuple[str, ...], *, on: date) -> pl.DataFrame:
    """Keep the decisions of some kinds that have begun by a day and were not withdrawn, oldest first."""
    return decisions.filter(pl.col("kind").is_in(kinds) & has_begun(on)).sort("effective_on", "decision_id")


def decided_of_loans(
    decisions: pl.DataFrame, openings: pl.DataFrame, positions: dy.DataFrame[Position], *, on: date
) -> pl.DataFrame:
    """Set out, loan by loan, the decisions on which its tier may rest.

    Reads   decisions: facts of `decision`; openings: facts of `opening`; positions: which loans are in the book, whose
            they are, and where they were taken on.
    Writes  loan_no, debtor_no, kind, effective_on, ends_on (null where it has no end), terms; oldest first.

    What is decided of a debtor holds for each of its loans, those paid out later too. What an opening says of a tier
    and of an observation was decided before the take-on: the tier holds on that day, and what follows is ours.
    """
    whose = positions.select("loan_no", "debtor_no")
    told = begun(decisions, OF_CLASSES, on=on).join(whose, on="loan_no", maintain_order="left")
    is_of_debtor = pl.col("kind").is_in(OF_DEBTORS)
    spread = told.filter(is_of_debtor).drop("loan_no").join(whose, on="debtor_no", maintain_order="left")
    parts = [*_taken_on(openings, positions), told.filter(~is_of_debtor), spread]
    return pl.concat(part.select(_TOLD) for part in parts)


def _taken_on(openings: pl.DataFrame, positions: dy.DataFrame[Position]) -> tuple[pl.DataFrame, pl.DataFrame]:
    where = positions.filter("is_taken_on").select("loan_no", "debtor_no", on="begins_on")
    opened = openings.join(where, on=["loan_no", "on"])
    classed = opened.filter(pl.col("tier") > "pass").with_columns(
        kind=pl.lit("manual_tier"),
        effective_on="on",
        ends_on="on",
        terms=pl.lit('{"tier": "') + pl.col("tier").cast(pl.String) + pl.lit('"}'),
    )
    watched = opened.filter(pl.col("observation_from").is_not_null()).with_columns(
        kind=pl.lit("restructure"), effective_on="observation_from", ends_on=pl.lit(None, pl.Date), terms=pl.lit("{}")
    )
    return classed, watched
