"""Groups: which members of a group are to be assessed because another is non-performing, for the desk to work."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within, kept
from postloan.desk.report.form import Column, Report, Sheet, row, snapshot_of
from postloan.snapshot.read import scan_group_alerts

_COLUMNS = (
    Column("group_id", "text"), Column("bad_member", "text"), Column("tier", "word"), Column("since_on", "text"),
    Column("other_member", "text"), Column("other_tier", "word"), Column("org_id", "text"),
    Column("exposure", "money"), Column("clause", "text", on_screen=False),
)  # fmt: skip


def groups(home: Path, on: date, *, within: Within = None) -> Report:
    """Report the group alerts of a day, a row a group, bad member and other member."""
    alerts = kept(scan_group_alerts(home, on), within).select(
        pl.col("tier", "other_tier", "since_on").cast(pl.String), "group_id", "org_id", bad_member="debtor_id",
        other_member="other_id", exposure="exposure_cents", clause="cite",
    )  # fmt: skip
    lines = alerts.select(column.name for column in _COLUMNS).collect().iter_rows(named=True)
    sheet = Sheet("groups", _COLUMNS, tuple(row("item", **line) for line in lines))
    return Report("groups", snapshot_of(home, on), None, filed=sheet, shown=(sheet,))
