"""Where one loan's cash went: each payment, to each debt. Written out only when someone asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from postloan.plan.night import Assessment
from postloan.steps.balances import balances
from postloan.tables.results import Due, Position, ScheduleSource

Debt = tuple[date | None, str, int]


@dataclass(frozen=True)
class Allocation:
    """Cents of one payment that met one debt; due_on is None for a debt that no instalment names."""

    paid_on: date
    due_on: date | None
    component: str
    cents: int


def allocations(assessed: Assessment, loan_no: int, *, order: Sequence[str], on: date) -> list[Allocation]:
    """Write out how a loan's payments met its debts; the sums are those of Balances to the cent.

    With instalments that fix the interest: first in, first out. With daily interest: payment by payment, the state on
    its day less the state before it.
    """
    position = row_of(assessed.positions, loan_no)
    cash = _cash(assessed, position, on)
    if position["method"] == "daily_interest":
        return list(_day_by_day(assessed, loan_no, [paid_on for paid_on, _ in cash], order))
    return list(_first_in_first_out(cash, _debts(assessed, loan_no, position["penalty_cents"], order, on)))


def row_of(frame: pl.DataFrame, loan_no: int) -> dict[str, Any]:
    """Return a loan's row."""
    return frame.row(by_predicate=pl.col("loan_no") == loan_no, named=True)


def _cash(assessed: Assessment, position: dict[str, Any], on: date) -> list[tuple[date, int]]:
    paid_on, begins_on = pl.col("paid_on"), position["begins_on"]
    is_counted = paid_on > begins_on if position["is_taken_on"] else paid_on >= begins_on
    counted = assessed.payments.filter((pl.col("loan_no") == position["loan_no"]) & is_counted & (paid_on <= on))
    return list(counted.select("paid_on", "amount_cents").iter_rows())


def _debts(assessed: Assessment, loan_no: int, penalty_cents: int, order: Sequence[str], on: date) -> list[Debt]:
    """List a loan's debts in the order in which cash pays them; a settled loan's last payment pays ahead."""
    balance = row_of(assessed.balances, loan_no)
    settled_on = balance["settled_on"]
    dues = assessed.dues.filter((pl.col("loan_no") == loan_no) & (pl.col("due_on") <= (settled_on or on)))
    debts: list[Debt] = [(None, "penalty", penalty_cents)]
    components = [component for component in order if f"{component}_cents" in dues.columns]
    for due in dues.iter_rows(named=True):
        debts += [(due["due_on"], component, due[f"{component}_cents"]) for component in components]
    if settled_on:
        for component in ("principal", "interest"):
            fallen_cents = int(dues[f"{component}_cents"].sum())
            debts.append((None, component, balance[f"paid_{component}_cents"] - fallen_cents))
    return debts


def _first_in_first_out(cash: list[tuple[date, int]], debts: list[Debt]) -> Iterator[Allocation]:
    waiting = iter([debt for debt in debts if debt[2] > 0])
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


def _day_by_day(assessed: Assessment, loan_no: int, days: Sequence[date], order: Sequence[str]) -> Iterator[Allocation]:
    mine = pl.col("loan_no") == loan_no
    before = dict.fromkeys(("penalty", "fee", "interest", "principal", "unapplied"), 0)
    for paid_on in sorted(set(days)):
        state = balances(
            Position.cast(assessed.positions.filter(mine)),
            Due.cast(assessed.dues.filter(mine)),
            ScheduleSource.cast(assessed.sources.filter(mine)),
            assessed.payments.filter(mine),
            order=order,
            on=paid_on,
        ).row(0, named=True)
        for component, cents_before in before.items():
            cents = state["unapplied_cents" if component == "unapplied" else f"paid_{component}_cents"]
            if cents != cents_before:
                yield Allocation(paid_on, None, component, cents - cents_before)
            before[component] = cents
