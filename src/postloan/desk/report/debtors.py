"""Debtors: who owes the bank most on a day, and how these loans stand."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within, kept
from postloan.desk.report.form import Column, Report, Sheet, added, row, share_e8, snapshot_of
from postloan.snapshot.read import scan_debtors, scan_loans
from postloan.tables.units import NON_PERFORMING

_MOST = 50
"""Whoever comes after them is small beside them; the list of debtors has everybody."""
_SUMS = ("loans", "outstanding", "non_performing", "overdue_principal")
_COLUMNS = (
    Column("debtor_id", "text"), Column("debtor_name", "text"), Column("tier", "word"),
    Column("days_past_due", "count"), Column("loans", "count"), Column("outstanding", "money"),
    Column("non_performing", "money"), Column("overdue_principal", "money"), Column("share", "share"),
)  # fmt: skip


def debtors(home: Path, on: date, *, within: Within = None) -> Report:
    """Report the debtors with the largest balance on the book, the bank's own share, and the total of all debtors.

    tier and days_past_due are the worst of their loans that are counted.
    """
    owed, bad = pl.col("own_share_outstanding_cents"), pl.col("tier").is_in(NON_PERFORMING)
    held = (
        kept(scan_loans(home, on), within)
        .filter(pl.col("status") == "active")
        .group_by("debtor_no", "debtor_id")
        .agg(
            pl.col("tier").max(),
            pl.col("days_past_due").max(),
            loans=pl.len(),
            outstanding=owed.sum(),
            non_performing=owed.filter(bad).sum(),
            overdue_principal=pl.col("own_share_overdue_principal_cents").sum(),
        )
        .collect()
    )
    names = scan_debtors(home, on).select("debtor_no", debtor_name="name").collect()
    largest = held.sort("outstanding", "debtor_no", descending=[True, False]).head(_MOST)
    items = [row("item", **each) for each in largest.join(names, on="debtor_no", how="left").select(
        pl.col("tier").cast(pl.String), *(column.name for column in _COLUMNS if column.name not in {"tier", "share"})
    ).to_dicts()]  # fmt: skip
    total = {name: int(held[name].sum()) for name in _SUMS}
    lines = [
        *items,
        row("subtotal", debtor_id="largest", debtor_name=None, tier=None, days_past_due=None, **added(items, _SUMS)),
        row("total", debtor_id="total", debtor_name=None, tier=None, days_past_due=None, **total),
    ]
    shared = [line | {"share": share_e8(int(line["outstanding"] or 0), total["outstanding"])} for line in lines]
    sheet = Sheet("debtors", _COLUMNS, tuple(shared))
    return Report("debtors", snapshot_of(home, on), None, filed=sheet, shown=(sheet,))
