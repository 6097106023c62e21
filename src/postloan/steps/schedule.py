"""The schedule: what falls due and when, as of the day."""

from datetime import date
from typing import NamedTuple

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels import daycount
from postloan.kernels import schedule as kernel
from postloan.tables.results import SCHEDULE_SOURCES, Due, Position, ScheduleSource

_DUE_COLUMNS = ("loan_no", "due_on", "principal_cents", "interest_cents", "fee_cents")


class Schedule(NamedTuple):
    """The instalments, and where each loan's come from: per loan `schedule_source` and `schedule_gap_cents`."""

    dues: dy.DataFrame[Due]
    sources: dy.DataFrame[ScheduleSource]


def schedule(
    positions: dy.DataFrame[Position], instalments: pl.DataFrame, openings: pl.DataFrame, *, on: date
) -> Schedule:
    """Give each loan its instalments as they stand on the day.

    Reads   positions; instalments: facts of `instalment`, by loan, version and seq; openings: facts of `opening`.
    Writes  dues by loan and day: the feed's latest version where the feed has one, else built from the terms
            (CODES in the kernel); arrears at a take-on stand first, under the day the oldest of them fell due.
            sources: schedule_gap_cents is principal the instalments leave out (due at maturity) or, negative, have
            beyond the balance.
    Source  servicing: methods of repayment.

    Instalments are never allowed to understate a debt: where they sum to less than the balance, the rest falls due at
    maturity; where they sum to more, capitalised interest for instance, the larger sum is the debt.
    """
    start = positions.select("loan_no", "begins_on", "is_taken_on", "matures_on", "balance_cents")
    from_feed, fed, short_cents = _covered(_after_take_on(_in_force(instalments, on), start), start)
    dues, arrears, built = from_feed, _arrears(start, openings), _built(positions.filter(fed == 0), openings)
    if arrears.height or built.height:
        dues, _, short_cents = _covered(pl.concat([arrears, from_feed, built]), start)
    source = (
        pl.when(fed > 0)
        .then(pl.lit("feed"))
        .when(pl.col("method").is_in(list(kernel.CODES)))
        .then(pl.lit("terms"))
        .otherwise(pl.lit("none"))
    )
    sources = ScheduleSource.validate(
        positions.select(
            "loan_no", schedule_source=source.cast(pl.Enum(SCHEDULE_SOURCES)), schedule_gap_cents=short_cents
        )
    )
    return Schedule(Due.cast(_closed(dues, start, short_cents)), sources)


def _in_force(instalments: pl.DataFrame, on: date) -> pl.DataFrame:
    """Keep, of each loan's versions begun by `on`, the later from its first seq onwards and the earlier before that."""
    begun = instalments
    if begun["effective_on"].null_count() < begun.height:
        begun = begun.filter(pl.col("effective_on").is_null() | (pl.col("effective_on") <= on))
    if begun.height and begun["version"].max() != begun["version"].min():
        firsts = (
            begun.group_by("loan_no", "version")
            .agg(first_seq=pl.col("seq").min())
            .sort("loan_no", "version", descending=[False, True])
            .with_columns(replaced_from=pl.col("first_seq").cum_min().shift(1).over("loan_no"))
            .select("loan_no", "version", "replaced_from")
        )
        begun = (
            begun.join(firsts, on=["loan_no", "version"], maintain_order="left")
            .filter(pl.col("replaced_from").is_null() | (pl.col("seq") < pl.col("replaced_from")))
            .sort("loan_no", "seq")
        )
    return begun.select(
        "loan_no", "due_on", "principal_cents", "interest_cents", fee_cents=pl.col("fee_cents").fill_null(0)
    )


def _after_take_on(dues: pl.DataFrame, start: pl.DataFrame) -> pl.DataFrame:
    """Drop what fell due before a take-on: the opening says what of it is still owed."""
    taken_on = start.filter("is_taken_on").select("loan_no", "begins_on")
    if taken_on.is_empty() or dues.is_empty():
        return dues
    return (
        dues.join(taken_on, on="loan_no", how="left", maintain_order="left")
        .filter(pl.col("begins_on").is_null() | (pl.col("due_on") > pl.col("begins_on")))
        .select(_DUE_COLUMNS)
    )


def _arrears(start: pl.DataFrame, openings: pl.DataFrame) -> pl.DataFrame:
    """What was overdue at a take-on, as instalments that fell due when the oldest of it did."""
    opened = openings.join(
        start.filter("is_taken_on").select("loan_no", on="begins_on"), on=["loan_no", "on"], how="semi"
    )
    zero = pl.lit(0, pl.Int64)
    principal = opened.filter(pl.col("overdue_principal_cents").fill_null(0) > 0).select(
        "loan_no",
        due_on="oldest_principal_due_on",
        principal_cents="overdue_principal_cents",
        interest_cents=zero,
        fee_cents=zero,
    )
    interest = opened.filter(pl.col("overdue_interest_cents").fill_null(0) > 0).select(
        "loan_no",
        due_on="oldest_interest_due_on",
        principal_cents=zero,
        interest_cents="overdue_interest_cents",
        fee_cents=zero,
    )
    fees = opened.filter(pl.col("fee_cents").fill_null(0) > 0).select(
        "loan_no", due_on="on", principal_cents=zero, interest_cents=zero, fee_cents="fee_cents"
    )
    return pl.concat([principal, interest, fees]).sort("loan_no", "due_on", maintain_order=True)


def _built(lacking: pl.DataFrame, openings: pl.DataFrame) -> pl.DataFrame:
    """Build instalments for the loans whose feed has none, of the balance that is not in arrears."""
    overdue = openings.select("loan_no", begins_on="on", overdue_cents="overdue_principal_cents")
    terms = (
        lacking.filter(pl.col("method").is_in(list(kernel.CODES)))
        .join(overdue, on=["loan_no", "begins_on"], how="left", maintain_order="left")
        .with_columns(
            to_repay_cents=pl.col("balance_cents") - pl.col("overdue_cents").fill_null(0),
            method_code=pl.col("method").replace_strict(kernel.CODES, return_dtype=pl.Int32),
            day_count_code=pl.col("day_count").replace_strict(daycount.CODES, return_dtype=pl.Int32),
        )
    )

    def days(name: str) -> np.ndarray:
        return terms[name].cast(pl.Int32).to_numpy()

    def cents(name: str) -> np.ndarray:
        return terms[name].to_numpy()

    calendar = (days("disbursed_on"), days("matures_on"), days("period_months"), days("due_day"), days("method_code"))
    first = kernel.count_rows(days("begins_on"), *calendar)
    _, due_on, principal_cents, interest_cents = kernel.build(
        first, cents("to_repay_cents"), cents("principal_cents"), *calendar,
        cents("annual_rate_e8"), days("day_count_code"), cents("instalment_cents"),
    )  # fmt: skip
    return pl.DataFrame(
        {
            "loan_no": np.repeat(cents("loan_no"), np.diff(first)),
            "due_on": pl.Series(due_on).cast(pl.Date),
            "principal_cents": principal_cents,
            "interest_cents": interest_cents,
            "fee_cents": np.zeros(due_on.size, np.int64),
        },
        schema_overrides={"loan_no": pl.Int64},
    )


def _covered(dues: pl.DataFrame, start: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
    """Return the rows in the order of loan and day, per loan their number, and its balance less their principal.

    Rows of one day keep their order: an arrear stands before what falls due the same day.
    """
    counts, short_cents, is_ordered = kernel.coverage(
        start["loan_no"].to_numpy(),
        start["balance_cents"].to_numpy(),
        dues["loan_no"].to_numpy(),
        dues["due_on"].to_physical().to_numpy(),
        dues["principal_cents"].to_numpy(),
    )
    if not is_ordered:
        return _covered(dues.sort("loan_no", "due_on", maintain_order=True), start)
    return dues, pl.Series(counts), pl.Series(short_cents)


def _closed(dues: pl.DataFrame, start: pl.DataFrame, short_cents: pl.Series) -> pl.DataFrame:
    """Let principal that no instalment covers fall due at maturity."""
    open_ends = start.with_columns(gap_cents=short_cents).filter(pl.col("gap_cents") > 0)
    if open_ends.is_empty():
        return dues
    zero = pl.lit(0, pl.Int64)
    closing = open_ends.select(
        "loan_no",
        # A loan taken on after its maturity owes the rest since the take-on at the latest.
        due_on=pl.max_horizontal("matures_on", "begins_on"),
        principal_cents="gap_cents",
        interest_cents=zero,
        fee_cents=zero,
    )
    return pl.concat([dues, closing]).sort("loan_no", "due_on", maintain_order=True)
