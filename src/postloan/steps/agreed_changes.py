"""Agreed changes: decisions that make a new version of a schedule from their day on. Nothing before it is edited."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import dataframely as dy
import polars as pl

from postloan.errors import EventImpossible
from postloan.kernels import daycount
from postloan.kernels.life.plan import Row
from postloan.kernels.life.replay import live
from postloan.kernels.life.terms import (
    INTEREST,
    INTEREST_FIRST,
    PRINCIPAL,
    SHORTER_TERM,
    SMALLER_INSTALMENT,
    Event,
    Kind,
    Terms,
)
from postloan.kernels.methods import CODES
from postloan.tables.results import Due, ExtensionLimit, Position, ScheduleSource

_EPOCH = date(1970, 1, 1)
_METHODS = ("level_instalment", "equal_principal", "interest_only")
_KINDS = ("prepayment", "extension", "rate_change", "deferral")
_CHOICES = {"shorter_term": SHORTER_TERM, "smaller_instalment": SMALLER_INSTALMENT}
_ONE_E8, _CENTS = 10**8, 100

Dues = list[tuple[int, int, int]]


class Changed(NamedTuple):
    """The dues with the changes in them, and the decisions that made them, or that the law forbids."""

    dues: dy.DataFrame[Due]
    taken: list[str]
    refused: list[str]


def agreed_changes(
    dues: dy.DataFrame[Due],
    sources: dy.DataFrame[ScheduleSource],
    positions: dy.DataFrame[Position],
    limits: dy.DataFrame[ExtensionLimit],
    decisions: pl.DataFrame,
    *,
    on: date,
) -> Changed:
    """Make the schedule anew where a prepayment, extension, rate change or deferral was decided by the day.

    Reads   dues, sources, positions; limits: the last day of an extension; decisions: facts of `decision`.
    Writes  the dues: those up to a change as they were, those after it as the kernel of a loan's life makes them.
            taken: the decisions so applied. refused: extensions beyond the limit.
    Source  servicing: prepayment, extension (regulations LN-17 to LN-19), rate change, deferral.

    A loan whose schedule comes from the feed, is rolled or repriced, or was taken on waits for the feed's next version.
    So does a change that has no place in the schedule. Decisions are people's work and few: loans are taken one by one.
    """
    decided = decisions.filter(
        pl.col("kind").is_in(_KINDS) & (pl.col("effective_on") <= on) & ~pl.col("is_withdrawn").fill_null(value=False)
    )
    if decided.is_empty():
        return Changed(dues, [], [])
    able = positions.join(sources, on="loan_no").filter(
        (pl.col("schedule_source") == "terms")
        & pl.col("method").is_in(_METHODS)
        & ~pl.col("is_taken_on")
        & (pl.col("holiday_roll") == "none")
        & (pl.col("reprices") == "never")
        & pl.col("first_due_on").is_null()
        & (pl.col("interest_only_periods") == 0)
    )
    latest = dict(limits.select("loan_no", "extension_latest_on").iter_rows())
    made: list[pl.DataFrame] = []
    taken: list[str] = []
    refused: list[str] = []
    for loan in able.join(decided.select("loan_no").unique(), on="loan_no", how="semi").iter_rows(named=True):
        mine = pl.col("loan_no") == loan["loan_no"]
        now = [row for row in _rows_of(dues.filter(mine)) if row[1] + row[2] > 0]
        of_loan = decided.filter(mine).sort("effective_on", "decision_id").to_dicts()
        rows, applied, forbidden = _apply(loan, now, of_loan, latest[loan["loan_no"]])
        taken += applied
        refused += forbidden
        if applied:
            made.append(_as_dues(loan["loan_no"], rows))
    if not made:
        return Changed(dues, taken, refused)
    new = pl.concat(made)
    kept = dues.join(new.select("loan_no").unique(), on="loan_no", how="anti", maintain_order="left")
    return Changed(Due.cast(pl.concat([kept, new]).sort("loan_no", "due_on", maintain_order=True)), taken, refused)


def _apply(
    loan: dict[str, Any], now: Dues, decisions: Sequence[dict[str, Any]], latest_on: date | None
) -> tuple[Dues, list[str], list[str]]:
    """Apply a loan's decisions in order; one that has no place or is forbidden leaves the others be."""
    terms, rows = _terms(loan, len(now)), now
    events = [Event(Kind.DISBURSE, _number(loan["disbursed_on"]), amount_cents=loan["principal_cents"])]
    taken: list[str] = []
    refused: list[str] = []
    if _owed(live(terms, events, on=events[0].on).rows) != now:
        return now, taken, refused
    for decision in decisions:
        change = _event(decision)
        is_too_late = change.kind == Kind.SHIFT and decision["effective_on"] > _EPOCH + timedelta(change.on)
        try:
            proposed = (
                rows if is_too_late else _owed(live(terms, [*_met(rows, events, change), change], on=change.on).rows)
            )
        except EventImpossible:
            continue
        if is_too_late:
            continue
        if change.kind == Kind.EXTEND and latest_on is not None and _EPOCH + timedelta(proposed[-1][0]) > latest_on:
            refused.append(decision["decision_id"])
            continue
        rows, events = proposed, [*events, change]
        taken.append(decision["decision_id"])
    return rows, taken, refused


def _met(rows: Dues, events: Sequence[Event], change: Event) -> list[Event]:
    """Take what fell due by a change as met on its day, so that the change shapes the tail alone."""
    until = change.on - (change.kind == Kind.SHIFT)
    owed: dict[int, int] = {}
    for day, *cents in rows:
        if day <= until:
            owed[day] = owed.get(day, 0) + sum(cents)
    for event in events:
        if event.kind == Kind.PREPAY and event.on in owed:
            owed[event.on] -= event.amount_cents
    paid = [Event(Kind.PAY, day, amount_cents=cents) for day, cents in owed.items() if cents > 0]
    return [events[0], *paid, *events[1:]]


def _terms(loan: dict[str, Any], periods: int) -> Terms:
    return Terms(
        rate_e8=loan["annual_rate_e8"],
        periods=periods,
        policy=INTEREST_FIRST,
        method=CODES[loan["method"]],
        every=loan["period_months"],
        due_day=loan["due_day"],
        day_count=daycount.CODES[loan["day_count"]],
        fixed_cents=loan["instalment_cents"],
        recalculates=False,
        overdue_bears=False,
    )


def _event(decision: dict[str, Any]) -> Event:
    said, on = json.loads(decision["terms"]), _number(decision["effective_on"])
    if decision["kind"] == "prepayment":
        cents = int(Decimal(said["amount"]) * _CENTS)
        return Event(Kind.PREPAY, on, amount_cents=cents, number=_CHOICES[said["choice"]])
    if decision["kind"] == "extension":
        return Event(Kind.EXTEND, on, number=said["periods"])
    if decision["kind"] == "rate_change":
        return Event(Kind.CHANGE_RATE, on, rate_e8=int(Decimal(said["annual_rate"]) * _ONE_E8))
    due_on, until_on = (_number(date.fromisoformat(said[name])) for name in ("due_on", "new_due_on"))
    return Event(Kind.SHIFT, due_on, until_on=until_on)


def _owed(rows: Sequence[Row]) -> Dues:
    return [(row.due_on, row.owed[PRINCIPAL], row.owed[INTEREST]) for row in rows if sum(row.owed) > 0]


def _rows_of(dues: pl.DataFrame) -> list[tuple[int, int, int]]:
    return dues.select(pl.col("due_on").to_physical(), "principal_cents", "interest_cents").rows()


def _as_dues(loan_no: int, rows: Dues) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["due_on", "principal_cents", "interest_cents"], orient="row")
    return frame.select(
        loan_no=pl.lit(loan_no, pl.Int64),
        due_on=pl.col("due_on").cast(pl.Int32).cast(pl.Date),
        principal_cents="principal_cents",
        interest_cents="interest_cents",
        fee_cents=pl.lit(0, pl.Int64),
    )


def _number(day: date) -> int:
    return (day - _EPOCH).days
