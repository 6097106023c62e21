"""Exposures: who is met by a scenario of the rulebook or by an event that happened, and how these debtors stand."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within
from postloan.desk.report.form import Column, Report, Row, Sheet, row, share_e8, snapshot_of
from postloan.plan.exposures import Event, exposed, met, scenarios

_SUMS = ("loans", "outstanding", "non_performing", "overdue_principal", "provisions", "allowance")
_FIGURES = tuple(Column(name, "count" if name == "loans" else "money") for name in _SUMS)
_SCENARIOS = (Column("stress", "word"), Column("debtors", "count"), *_FIGURES, Column("share", "share"))
_DEBTORS = (
    Column("debtor_id", "text"), Column("debtor_name", "text"), Column("industry_code", "text"),
    Column("region_code", "text"), Column("tier", "word"), Column("stage", "word"), *_FIGURES,
)  # fmt: skip


def exposures(home: Path, on: date, *, within: Within = None) -> Report:
    """Report of each scenario of the rulebook that meets a part of the book how much it meets.

    Raises NothingPublished.
    """
    whole = _totals(met(home, on, Event("total"), within=within))
    lines: list[Row] = []
    for event in scenarios(home, on):
        if not event.is_of_all:
            sums = _totals(met(home, on, event, within=within))
            lines.append(
                row("item", stress=event.name, **sums, share=share_e8(sums["outstanding"], whole["outstanding"]))
            )
    lines.append(row("total", stress="total", **whole, share=share_e8(whole["outstanding"], whole["outstanding"])))
    sheet = Sheet("exposures", _SCENARIOS, tuple(lines))
    return Report("exposures", snapshot_of(home, on), None, sheet, (sheet,))


def exposure_list(home: Path, on: date, event: Event, *, within: Within = None) -> Report:
    """Report the total of what an event meets, and every debtor, the largest first. Raises NothingPublished."""
    found = exposed(home, on, event, within=within)
    columns = [column.name for column in _DEBTORS]
    told = found.with_columns(pl.col("tier", "stage").cast(pl.String)).select(columns)
    lines = [row("item", **each) for each in told.iter_rows(named=True)]
    sums = {name: value for name, value in _totals(found).items() if name != "debtors"}
    total: Row = dict.fromkeys(columns) | {"debtor_id": "total"} | sums
    sheet = Sheet("exposed_debtors", _DEBTORS, (row("total", **total), *lines))
    return Report("exposed_debtors", snapshot_of(home, on), None, sheet, (sheet,))


def _totals(found: pl.DataFrame) -> dict[str, int]:
    return {"debtors": found.height, **{name: int(found[name].sum()) for name in _SUMS}}
