"""The schedule: what falls due and when, as of the day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels import daycount, methods
from postloan.kernels import schedule as kernel
from postloan.kernels.loan_arrays import offsets
from postloan.kernels.pricing import RateChanges
from postloan.kernels.roll import NO_MOVES, ROLLS, Moves, moves_of
from postloan.kernels.terms import Terms, count, terms_of
from postloan.rules.calendar import days_off
from postloan.rules.shapes import YearArranged
from postloan.tables.results import SCHEDULE_SOURCES, Due, Position, RateChange, ScheduleSource

ONE_E8 = 10**8
ROLL_SPAN = timedelta(days=31)
"""No holiday is longer, so that a maturity rolls to a day that the calendar knows."""

_DUE_COLUMNS = ("loan_no", "due_on", "principal_cents", "interest_cents", "fee_cents")


class Schedule(NamedTuple):
    """The instalments, and where each loan's come from: per loan `schedule_source` and `schedule_gap_cents`.

    rolled   loan_no, due_on, counts_from: instalments that, unpaid after a due day that rolled, are overdue since the
             day before it rolled. Where interest runs on to the rolled day, that is the due day in every respect.
    """

    dues: dy.DataFrame[Due]
    sources: dy.DataFrame[ScheduleSource]
    rolled: pl.DataFrame


def schedule(
    positions: dy.DataFrame[Position],
    instalments: pl.DataFrame,
    openings: pl.DataFrame,
    changes: dy.DataFrame[RateChange],
    *,
    years: Sequence[YearArranged],
    overdue_from: Literal["rolled_day", "due_day"],
    on: date,
) -> Schedule:
    """Give each loan its instalments as they stand on the day.

    Reads   positions; instalments: facts of `instalment`, by loan, version and seq; openings: facts of `opening`;
            changes: of the contract rate, by the day. overdue_from: whether an instalment unpaid after a due day
            that rolled is overdue since that day, or since the day before it rolled.
    Writes  dues by loan and day: the feed's latest version where the feed has one, else built from the terms
            (methods.CODES), at the rates of each day; arrears at a take-on stand first, under the day the oldest of
            them fell due.
            sources: schedule_gap_cents is principal the instalments leave out (due at maturity) or, negative, have
            beyond the balance.
            rolled: see Schedule.
    Source  servicing: methods of repayment; rulebook: working_days and overdue_interest, for due days that roll.

    Instalments are never allowed to understate a debt: where they sum to less than the balance, the rest falls due at
    maturity; where they sum to more, capitalised interest for instance, the larger sum is the debt.
    """
    start = positions.select("loan_no", "begins_on", "is_taken_on", "matures_on", "balance_cents")
    from_feed, fed, short_cents = _covered(_after_take_on(_in_force(instalments, on), start), start)
    dues, arrears = from_feed, _arrears(start, openings)
    built, rolled = built_from_terms(
        positions.filter(fed == 0), openings, changes, years=years, overdue_from=overdue_from, on=on
    )
    if arrears.height or built.height:
        dues, _, short_cents = _covered(pl.concat([arrears, from_feed, built]), start)
    source = pl.when(fed > 0).then(pl.lit("feed")).when(_is_buildable()).then(pl.lit("terms")).otherwise(pl.lit("none"))
    sources = ScheduleSource.validate(
        positions.select(
            "loan_no", schedule_source=source.cast(pl.Enum(SCHEDULE_SOURCES)), schedule_gap_cents=short_cents
        )
    )
    return Schedule(Due.cast(_closed(dues, start, short_cents)), sources, rolled)


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


def built_from_terms(
    lacking: pl.DataFrame,
    openings: pl.DataFrame,
    changes: pl.DataFrame,
    *,
    years: Sequence[YearArranged],
    overdue_from: Literal["rolled_day", "due_day"],
    on: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Build instalments from the terms of positions.

    Reads   lacking: positions, of which those of a method in methods.CODES are built; the rest as in `schedule`.
    Writes  the instalments after `begins_on`, of the balance that is not in arrears; and those rolled.
    Source  servicing: methods of repayment.
    """
    overdue = openings.select("loan_no", begins_on="on", overdue_cents="overdue_principal_cents")
    loans = (
        lacking.filter(_is_buildable())
        .join(overdue, on=["loan_no", "begins_on"], how="left", maintain_order="left")
        .with_columns(
            to_repay_cents=pl.col("balance_cents") - pl.col("overdue_cents").fill_null(0),
            plan_periods=pl.when(method="balloon").then(-(-pl.col("amortization_months") // pl.col("period_months"))),
            step=pl.when(method="step_geometric").then("step_factor_e8").otherwise("step_cents"),
        )
    )
    terms, calendar = _terms_of(loans), moves(loans, years, on=on)
    spans = count(loans["begins_on"].to_physical().to_numpy(), terms, calendar)
    rates = rate_changes(loans, changes)
    rows = kernel.lay_out(spans, terms, rates, calendar)
    built = pl.DataFrame(
        {
            "loan_no": np.repeat(loans["loan_no"].to_numpy(), np.diff(spans.first)),
            "due_on": pl.Series(rows.due_on).cast(pl.Date),
            "principal_cents": rows.principal_cents,
            "interest_cents": rows.interest_cents,
            "fee_cents": np.zeros(rows.due_on.size, np.int64),
        },
        schema_overrides={"loan_no": pl.Int64},
    )
    counted = built.select("loan_no", "due_on", counts_from="due_on")
    if overdue_from == "rolled_day" or not (loans["holiday_roll"] != "none").any():
        return built, counted.clear()
    unrolled = kernel.lay_out(spans, terms, rates, NO_MOVES).due_on
    stays = np.repeat(terms.moves_interest, np.diff(spans.first)).astype(np.bool_)
    counted = counted.with_columns(counts_from=pl.Series(unrolled).cast(pl.Date))
    return built, counted.filter((pl.col("counts_from") < pl.col("due_on")) & ~pl.Series(stays))


def _terms_of(loans: pl.DataFrame) -> Terms:
    """Lay out what positions say of their schedules, as the kernels read it."""

    def days(name: str) -> np.ndarray:
        return loans[name].cast(pl.Int32).to_numpy()

    def codes(name: str, code: Mapping[str, int]) -> np.ndarray:
        return loans[name].cast(pl.String).replace_strict(code, return_dtype=pl.Int32).to_numpy()

    return terms_of(
        disbursed_on=days("disbursed_on"), matures_on=days("matures_on"), period_months=days("period_months"),
        first_due_on=loans["first_due_on"].cast(pl.Int32).fill_null(daycount.NEVER).to_numpy(),
        due_day=days("due_day"), lent_cents=loans["principal_cents"].to_numpy(),
        balance_cents=loans["to_repay_cents"].to_numpy(), rate_e8=loans["annual_rate_e8"].to_numpy(),
        splits=days("splits_periods"), method=codes("method", methods.CODES),
        day_count=codes("day_count", daycount.CODES), roll=codes("holiday_roll", ROLLS),
        moves_interest=days("roll_moves_interest"), fixed_cents=loans["instalment_cents"].to_numpy(),
        plan_periods=loans["plan_periods"].fill_null(0).to_numpy(), free_periods=days("interest_only_periods"),
        step_periods=days("step_periods"), step=loans["step"].to_numpy(),
    )  # fmt: skip


def _is_buildable() -> pl.Expr:
    """A method with a kernel, and what a balloon or steps need besides."""
    method = pl.col("method")
    return (
        method.is_in(list(methods.CODES))
        & ((method != "balloon") | (pl.col("amortization_months") > 0))
        & ((method != "step_arithmetic") | (pl.col("step_cents") != 0))
        & ((method != "step_geometric") | (pl.col("step_factor_e8") != ONE_E8))
    )


def moves(loans: pl.DataFrame, years: Sequence[YearArranged], *, on: date) -> Moves:
    """Solve the working days for the terms of the positions whose due days roll."""
    rolling = loans.filter(pl.col("holiday_roll") != "none")
    if rolling.is_empty():
        return NO_MOVES
    first, last = rolling.select(pl.col("disbursed_on").min(), pl.col("matures_on").max()).row(0)
    return moves_of(pl.Series(days_off(first, last + ROLL_SPAN, years, on=on)).cast(pl.Int32).to_numpy())


def rate_changes(loans: pl.DataFrame, changes: pl.DataFrame) -> RateChanges:
    """Lay out the changes of rate of some loans, as the schedule kernels read them."""
    mine = changes.join(loans.select("loan_no"), on="loan_no", how="semi", maintain_order="left")
    rows = offsets(mine["loan_no"].to_numpy(), loans["loan_no"].to_numpy())
    first = np.append(rows[0::2], mine.height)
    return RateChanges(first, mine["from_on"].to_physical().to_numpy(), mine["rate_e8"].to_numpy())


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
