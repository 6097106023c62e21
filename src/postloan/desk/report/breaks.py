"""Breaks: where the core's ledger and our computation differ on a day, a row a loan and kind, for the desk to work."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, grouped, kept, total_of_groups
from postloan.desk.report.form import Column, Report, Row, Sheet, added, row, snapshot_of
from postloan.snapshot.read import scan_breaks
from postloan.tables.units import BREAK_KINDS

_NAMED = (Column("break_kind", "word"), Column("loan_id", "text"), Column("ledger_on", "text"))
_PARTS: dict[str, tuple[Column, ...]] = {
    "breaks_amounts": (Column("ours", "money"), Column("core", "money"), Column("difference", "money")),
    "breaks_days": (Column("our_days", "count"), Column("core_days", "count"), Column("difference_days", "count")),
    "breaks_tiers": (Column("our_tier", "word"), Column("core_tier", "word"), Column("difference_tiers", "count")),
}
"""One sheet a unit: the columns that breaks of that unit fill; the last of them always."""


def breaks(
    home: Path, on: date, by: Grouping | None = None, *, orgs: pl.DataFrame | None = None, within: Within = None
) -> Report:
    """Report the breaks of a day: how many of each kind and every one of them; or a row a group and a column a kind."""
    found = grouped(kept(scan_breaks(home, on), within), by, orgs)
    if by is not None:
        sheet = _by_group(found, by, orgs)
        return Report("breaks", snapshot_of(home, on), by, filed=sheet, shown=(sheet,))
    named = found.sort("loan_no", "kind").select(
        pl.col("kind").cast(pl.String).alias("break_kind"),
        pl.col("loan_id", "ledger_on", "our_tier", "core_tier").cast(pl.String),
        pl.col("our_days", "core_days", "difference_days", "difference_tiers"),
        ours="our_cents",
        core="core_cents",
        difference="difference_cents",
    )
    filed = _listed("breaks", named, tuple(column for columns in _PARTS.values() for column in columns))
    parts = [_listed(name, named.drop_nulls(columns[-1].name), columns) for name, columns in _PARTS.items()]
    shown = (*(part for part in parts if part.rows), _by_kind(found))
    return Report("breaks", snapshot_of(home, on), None, filed=filed, shown=shown)


def _listed(name: str, held: pl.DataFrame, columns: tuple[Column, ...]) -> Sheet:
    wanted = (*_NAMED, *columns)
    lines = held.select(column.name for column in wanted).iter_rows(named=True)
    return Sheet(name, wanted, tuple(row("item", **line) for line in lines))


def _by_kind(found: pl.DataFrame) -> Sheet:
    counts = _counts(found)
    items = [row("item", break_kind=kind, breaks=counts[kind]) for kind in BREAK_KINDS]
    total = row("total", break_kind="total", **added(items, ["breaks"]))
    return Sheet("breaks_by_kind", (Column("break_kind", "word"), Column("breaks", "count")), (*items, total))


def _by_group(found: pl.DataFrame, by: Grouping, orgs: pl.DataFrame | None) -> Sheet:
    items: list[Row] = []
    for named, held in each_group(found, by, orgs):
        items.append(row("item", **named, **_counts(held), breaks=held.height))
    columns = (*BREAK_KINDS, "breaks")
    total = row("total", **total_of_groups(by), **added(items, columns))
    return Sheet(f"breaks_by_{by}", (*group_columns(by), *(Column(name, "count") for name in columns)), (*items, total))


def _counts(found: pl.DataFrame) -> dict[str, int]:
    return {kind: int((found["kind"] == kind).sum()) for kind in BREAK_KINDS}
