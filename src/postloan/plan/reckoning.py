"""Reckoning: what the changes of terms ask of single loans, answered by the steps as they would answer on that day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from postloan.kernels.pricing import RateChanges
from postloan.kernels.roll import Moves
from postloan.plan.inputs import Inputs
from postloan.rules.rulebook import Policy
from postloan.steps.balances import Serving, balances
from postloan.steps.contract_rates import repriced, with_agreed
from postloan.steps.schedule import Schedule, moves, rate_changes, schedule
from postloan.tables.results import Due, Position, RateChange, Relief, ScheduleSource

_LONGEST = "50y"
"""No extension is longer: due days roll and rates follow their market beyond the maturity first agreed."""


class Reckoner:
    """The rows of the loans that decisions name, and the steps that are asked of them."""

    def __init__(
        self,
        inputs: Inputs,
        decided: pl.DataFrame,
        positions: dy.DataFrame[Position],
        plan: Schedule,
        repricings: dy.DataFrame[RateChange],
        payments: pl.DataFrame,
        serving: Serving,
        policy: Policy,
        on: date,
    ) -> None:
        named = decided.select("loan_no").unique()

        def kept(frame: pl.DataFrame) -> pl.DataFrame:
            return frame.join(named, on="loan_no", how="semi", maintain_order="left") if named.height else frame.clear()

        self._positions, self._sources, self._payments = kept(positions), kept(plan.sources), kept(payments)
        self._instalments, self._openings = kept(inputs.instalment), kept(inputs.opening)
        self._repricings, self._rolled, self._decided = kept(repricings), kept(plan.rolled), decided
        self._market, self._serving, self._on = inputs.market, serving, on
        self._years, self._overdue_from = policy.working_days.years, policy.overdue_interest.holiday.overdue_from

    def rates(self, positions: pl.DataFrame) -> RateChanges:
        """Return the rates of the positions, as repriced by the business date."""
        return rate_changes(positions, repriced(Position.cast(_extended(positions)), self._market, on=self._on))

    def calendar(self, positions: pl.DataFrame) -> Moves:
        """Return the days off by which their due days roll."""
        return moves(_extended(positions), self._years, on=self._on)

    def dues_of(self, loan_no: int, on: date) -> pl.DataFrame:
        """Return a loan's dues as nobody had yet changed them on an earlier day."""
        held, instalments, openings = (
            frame.filter(pl.col("loan_no") == loan_no)
            for frame in (self._positions, self._instalments, self._openings)
        )  # fmt: skip
        of_day = repriced(Position.cast(held), self._market, on=on)
        return schedule(
            Position.cast(held), instalments, openings, of_day,
            years=self._years, overdue_from=self._overdue_from, on=on,
        ).dues  # fmt: skip

    def owed_by(
        self, loan_no: int, dues: pl.DataFrame, reliefs: pl.DataFrame, taken: Sequence[str], on: date
    ) -> dict[str, Any]:
        """Return a loan's Balances at close of an earlier day, by what the decisions taken had made by then.

        Beside them credit_cents: cash ahead of the amounts fallen due, where interest runs by the day.
        """
        held, sources, payments, repricings = (
            frame.filter(pl.col("loan_no") == loan_no)
            for frame in (self._positions, self._sources, self._payments, self._repricings)
        )  # fmt: skip
        mine = self._decided.filter(pl.col("loan_no") == loan_no)
        rates = with_agreed(RateChange.cast(repricings), mine, taken)
        met = balances(
            Position.cast(held), Due.cast(dues), ScheduleSource.cast(sources), payments, rates, self._rolled,
            Relief.cast(reliefs), serving=self._serving, on=on,
        )  # fmt: skip
        return met.balances.row(0, named=True) | {"credit_cents": int(met.credit_cents[0])}


def _extended(positions: pl.DataFrame) -> pl.DataFrame:
    return positions.with_columns(pl.col("matures_on").dt.offset_by(_LONGEST))
