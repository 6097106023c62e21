"""Legal clocks: every one of a day, what is lost first before, and how many of each kind run, are kept or lost."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within, kept
from postloan.desk.report.form import Column, Report, Sheet, added, row, snapshot_of
from postloan.snapshot.read import scan_clocks
from postloan.tables.clocks import CLOCK_STATES, CLOCKS

_COLUMNS = (
    Column("clock", "word"), Column("loan_id", "text"), Column("org_id", "text", on_screen=False),
    Column("guarantor_id", "text", on_screen=False), Column("asset_id", "text", on_screen=False),
    Column("began_on", "text", on_screen=False), Column("restarted_on", "text", on_screen=False),
    Column("touched_by", "text", on_screen=False), Column("clock_state", "word"), Column("ends_on", "text"),
    Column("days_left", "count"), Column("clock_keeps", "word"), Column("clause", "text", on_screen=False),
)  # fmt: skip


def clocks(home: Path, on: date, *, within: Within = None) -> Report:
    """Report the legal clocks of a day: every one of them, and how many of each kind stand in each state."""
    found = kept(scan_clocks(home, on), within).collect().sort("ends_on", "clock_id", nulls_last=True)
    named = found.rename({"kind": "clock", "state": "clock_state", "keeps": "clock_keeps", "cite": "clause"})
    texts = [column.name for column in _COLUMNS if column.kind != "count"]
    lines = named.select(column.name for column in _COLUMNS).with_columns(pl.col(texts).cast(pl.String))
    filed = Sheet("clocks", _COLUMNS, tuple(row("item", **line) for line in lines.iter_rows(named=True)))
    counted = {(kind, state): count for kind, state, count in found.group_by("kind", "state").len().iter_rows()}
    items = [
        row("item", clock=kind, **{state: counted.get((kind, state), 0) for state in CLOCK_STATES}) for kind in CLOCKS
    ]
    total = row("total", clock="total", **added(items, CLOCK_STATES))
    columns = (Column("clock", "word"), *(Column(state, "count") for state in CLOCK_STATES))
    counts = Sheet("clocks_by_state", columns, (*items, total))
    return Report("clocks", snapshot_of(home, on), None, filed=filed, shown=(counts, filed))
