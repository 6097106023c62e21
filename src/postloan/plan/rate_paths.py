"""What borrowers pay first once their rates changed, as the prime rates stand and after each move of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.plan.inputs import Inputs
from postloan.plan.night import Planned
from postloan.rules.rulebook import Policy
from postloan.steps.contract_rates import moved, repriced
from postloan.steps.first_instalments import first_instalments
from postloan.steps.planned_interest import planned_interest
from postloan.steps.schedule import built_from_terms, rate_changes
from postloan.tables.results import Position, RateChange

_DUE = ("loan_no", "due_on", "principal_cents", "interest_cents", "fee_cents")


class Paths(NamedTuple):
    """The first instalments of floating loans of which the whole period comes after their next repricing.

    by_terms     the loans whose schedule was made anew by their terms.
    by_plan      those whose principals stay as planned: they are not built from terms, or not from these.
    instalments  for each move of the prime rates as `first_instalments` says them, of both, in the order of the loans.
    """

    by_terms: pl.Series
    by_plan: pl.Series
    instalments: list[pl.DataFrame]


def paths_of(
    floating: pl.DataFrame, planned: Planned, inputs: Inputs, policy: Policy, moves_e8: Sequence[int], *, on: date
) -> Paths:
    """Make the schedules of floating loans anew from the day on, for each move of the prime rates.

    floating   loan_no, resets_on, to_come_cents (of the balance, what is not overdue), rate_in_force_e8.
    moves_e8   each is laid on every rate from the loan's next repricing on; before it the last publication holds.

    Loans of which no instalment is to come are in neither part.
    """
    held = planned.held.join(floating, on="loan_no", how="inner", maintain_order="left").with_columns(
        begins_on=pl.lit(on),
        balance_cents="to_come_cents",
        # Where interest does not run on to the rolled day, a period begins on the day before it rolled.
        holiday_roll=pl.when("roll_moves_interest").then("holiday_roll").otherwise(pl.lit("none")),
    )
    rates = _rates(held, planned, inputs, on)
    to_come = planned.dues.filter(pl.col("due_on") > on).join(held.select("loan_no"), on="loan_no", how="semi")
    met = held.join(to_come, on="loan_no", how="semi", maintain_order="left")
    is_by_terms = pl.col("loan_no").is_in(_same_count(_built(met, rates, inputs, policy, on), to_come).implode())
    of_terms, of_plan = met.filter(is_by_terms), met.filter(~is_by_terms)
    kept = planned.dues.join(of_plan.select("loan_no"), on="loan_no", how="semi", maintain_order="left")
    asked = met.select("loan_no", after_on=pl.col("resets_on") - timedelta(days=1), is_whole=pl.lit(value=True))
    instalments = []
    for move in moves_e8:
        changes = moved(rates, by_e8=move, after=on)
        rows = [
            _built(of_terms, changes, inputs, policy, on),
            planned_interest(of_plan, kept, rate_changes(of_plan, changes), on=on),
        ]
        due = pl.concat(each.select(_DUE) for each in rows).sort("loan_no", "due_on", maintain_order=True)
        instalments.append(first_instalments(asked, due))
    return Paths(of_terms["loan_no"], of_plan["loan_no"], instalments)


def _rates(held: pl.DataFrame, planned: Planned, inputs: Inputs, on: date) -> dy.DataFrame[RateChange]:
    """The rates up to the day as they were, and those to come by what is published."""
    published = inputs.market.filter(pl.col("on") <= on)
    last = held["matures_on"].max()
    known = repriced(Position.cast(held), published, on=last if isinstance(last, date) else on)
    mine = planned.rates.join(held.select("loan_no"), on="loan_no", how="semi")
    return RateChange.cast(
        pl.concat([mine, known.filter(pl.col("from_on") > on)]).sort("loan_no", "from_on", maintain_order=True)
    )


def _built(held: pl.DataFrame, changes: pl.DataFrame, inputs: Inputs, policy: Policy, on: date) -> pl.DataFrame:
    rows, _ = built_from_terms(
        held, inputs.opening.clear(), changes, years=policy.working_days.years, overdue_from="rolled_day", on=on
    )
    return rows


def _same_count(built: pl.DataFrame, to_come: pl.DataFrame) -> pl.Series:
    """The loans of which as many instalments were built as the night says are to come."""
    ours, theirs = (rows.group_by("loan_no").len() for rows in (built, to_come))
    return ours.join(theirs, on=["loan_no", "len"], how="semi")["loan_no"]
