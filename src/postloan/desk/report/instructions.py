"""Instructions: the decisions that wait for the system which keeps the balance, hold, or are confirmed, one by one."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within, kept
from postloan.desk.report.form import Column, Report, Sheet, added, row, snapshot_of
from postloan.snapshot.read import scan_instructions
from postloan.tables.units import INSTRUCTION_STATES

_COLUMNS = (
    Column("decision_id", "text"), Column("loan_id", "text"), Column("org_id", "text", on_screen=False),
    Column("decision_kind", "word"), Column("effective_on", "text"), Column("amount", "money"), Column("state", "word"),
    Column("confirmed_by", "word"), Column("confirmed_on", "text", on_screen=False),
)  # fmt: skip


def instructions(home: Path, on: date, *, within: Within = None) -> Report:
    """Report the instructions of a day: every one of them, and how many stand in each state."""
    found = kept(scan_instructions(home, on), within).collect().sort("loan_no", "effective_on", "decision_id")
    named = found.rename({"kind": "decision_kind", "amount_cents": "amount"}).with_columns(
        pl.col("effective_on", "confirmed_on", "state").cast(pl.String)
    )
    lines = named.select(column.name for column in _COLUMNS).iter_rows(named=True)
    filed = Sheet("instructions", _COLUMNS, tuple(row("item", **line) for line in lines))
    items = [row("item", state=state, decisions=int((found["state"] == state).sum())) for state in INSTRUCTION_STATES]
    total = row("total", state="total", **added(items, ["decisions"]))
    counts = Sheet("instructions_by_state", (Column("state", "word"), Column("decisions", "count")), (*items, total))
    return Report("instructions", snapshot_of(home, on), None, filed=filed, shown=(filed, counts))
