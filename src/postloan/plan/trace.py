"""Where one loan's cash went: each payment, to each debt. Written out only when someone asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from postloan.kernels.reliefs import RELIEVED
from postloan.plan.night import Assessment
from postloan.steps.balances import Met, Serving, balances
from postloan.tables.results import Due, Position, RateChange, Relief, ScheduleSource
from postloan.tables.units import COMPONENTS

_EPOCH = date(1970, 1, 1)

Debt = tuple[date | None, str, int]


@dataclass(frozen=True)
class Allocation:
    """Cents of one payment that met one debt; due_on is None for a debt that no instalment names."""

    paid_on: date
    due_on: date | None
    component: str
    cents: int


def allocations(assessed: Assessment, loan_no: int, *, serving: Serving, on: date) -> list[Allocation]:
    """Write out how a loan's payments met its debts; the sums are those of Balances to the cent.

    The walk through the loan's days says which debt cash met, and in what order; cash is used in the order in which it
    came. With daily interest: payment by payment, the state on its day less the state before it.
    """
    position = row_of(assessed.positions, loan_no)
    cash = _cash(assessed, position, on)
    if position["method"] == "daily_interest":
        return list(_day_by_day(assessed, loan_no, [paid_on for paid_on, _ in cash], serving))
    return list(_first_in_first_out(cash, _debts(assessed, loan_no, len(cash), serving, on)))


def reliefs(assessed: Assessment, loan_no: int, *, serving: Serving, on: date) -> list[Allocation]:
    """Write out which debts of a loan left its arrears without cash; `paid_on` is the day of the relief."""
    if assessed.reliefs.filter(pl.col("loan_no") == loan_no).is_empty():
        return []
    cash = _cash(assessed, row_of(assessed.positions, loan_no), on)
    return [
        Allocation(_EPOCH + timedelta(days=day), due_on, component, cents)
        for day, (due_on, component, cents), is_relief in _lines(assessed, loan_no, len(cash), serving, on)
        if is_relief
    ]


def row_of(frame: pl.DataFrame, loan_no: int) -> dict[str, Any]:
    """Return a loan's row."""
    return frame.row(by_predicate=pl.col("loan_no") == loan_no, named=True)


def _cash(assessed: Assessment, position: dict[str, Any], on: date) -> list[tuple[date, int]]:
    paid_on, begins_on = pl.col("paid_on"), position["begins_on"]
    is_counted = paid_on > begins_on if position["is_taken_on"] else paid_on >= begins_on
    counted = assessed.payments.filter((pl.col("loan_no") == position["loan_no"]) & is_counted & (paid_on <= on))
    return list(counted.select("paid_on", "amount_cents").iter_rows())


def _debts(assessed: Assessment, loan_no: int, payments: int, serving: Serving, on: date) -> list[Debt]:
    """List a loan's debts in the order in which cash met them."""
    return [debt for _, debt, is_relief in _lines(assessed, loan_no, payments, serving, on) if not is_relief]


def _lines(
    assessed: Assessment, loan_no: int, payments: int, serving: Serving, on: date
) -> Iterator[tuple[int, Debt, bool]]:
    """Tell of each debt met its day, the debt, and whether no cash met it."""
    mine = pl.col("loan_no") == loan_no
    due_on = assessed.dues.filter(mine)["due_on"].to_list()
    # Every line either ends a debt or uses up a payment or a relief.
    lines = len(COMPONENTS) * (len(due_on) + payments + assessed.reliefs.filter(mine).height + 2)
    met = _met(assessed, loan_no, serving, on, log_lines=lines)
    for day, row, component, cents in met.log.tolist():
        if cents > 0:
            debt = (due_on[row] if row >= 0 else None, COMPONENTS[component % RELIEVED], cents)
            yield day, debt, component >= RELIEVED


def _met(assessed: Assessment, loan_no: int, serving: Serving, on: date, *, log_lines: int = 0) -> Met:
    mine = pl.col("loan_no") == loan_no
    return balances(
        Position.cast(assessed.positions.filter(mine)),
        Due.cast(assessed.dues.filter(mine)),
        ScheduleSource.cast(assessed.sources.filter(mine)),
        assessed.payments.filter(mine),
        RateChange.cast(assessed.rates.filter(mine)),
        assessed.rolled.filter(mine),
        Relief.cast(assessed.reliefs.filter(mine)),
        serving=serving,
        on=on,
        log_lines=log_lines,
        walks_all=log_lines > 0,
    )


def _first_in_first_out(cash: list[tuple[date, int]], debts: list[Debt]) -> Iterator[Allocation]:
    waiting = iter(debts)
    due_on, component, owed_cents = next(waiting, (None, "unapplied", 0))
    for paid_on, cents in cash:
        left_cents = cents
        while left_cents > 0 and component != "unapplied":
            part_cents = min(left_cents, owed_cents)
            yield Allocation(paid_on, due_on, component, part_cents)
            left_cents -= part_cents
            owed_cents -= part_cents
            if owed_cents == 0:
                due_on, component, owed_cents = next(waiting, (None, "unapplied", 0))
        if left_cents > 0:
            yield Allocation(paid_on, None, "unapplied", left_cents)


def _day_by_day(assessed: Assessment, loan_no: int, days: Sequence[date], serving: Serving) -> Iterator[Allocation]:
    before = dict.fromkeys((*COMPONENTS, "unapplied"), 0)
    for paid_on in sorted(set(days)):
        state = _met(assessed, loan_no, serving, paid_on).balances.row(0, named=True)
        for component, cents_before in before.items():
            cents = state["unapplied_cents" if component == "unapplied" else f"paid_{component}_cents"]
            if cents != cents_before:
                yield Allocation(paid_on, None, component, cents - cents_before)
            before[component] = cents
