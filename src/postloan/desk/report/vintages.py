"""Vintages: loans paid out in the same month followed together, by months on book, over the published month-ends.

A loan counts as ever overdue once a point has found it so; a loan older than the first point was not watched before
it, and one repaid before a take-on is in no table at all.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within, kept, points
from postloan.desk.report.form import Column, Report, Row, Sheet, row, share_e8, snapshot_of
from postloan.snapshot.read import scan_loans
from postloan.tables.shares import own_share
from postloan.tables.units import NON_PERFORMING

_OVER_DAYS = (30, 60, 90)
MEASURES = (*(f"over_{days}" for days in _OVER_DAYS), "npl")
_EVER, _NOW = tuple(f"ever_{name}" for name in MEASURES), tuple(f"now_{name}" for name in MEASURES)
_STATE = ("loan_no", "vintage", "principal", *_EVER)


def vintages(home: Path, from_on: date, on: date, *, within: Within = None) -> Report:
    """Report by month of paying out and months on book what is, or ever was, past due or non-performing.

    Filed is a row a vintage and point: counts and amounts, the share of its loans that ever were, and of what was
    paid out the share whose balance now is. Snapshots are read one at a time.
    """
    days = points(home, from_on, on)
    cells = pl.concat(_walked(home, days, within)).sort("vintage", "until")
    lines = tuple(_line(each) for each in cells.iter_rows(named=True))
    last = cells.group_by("vintage", maintain_order=True).last()
    columns = (
        Column("vintage", "text"), Column("months_on_book", "count"), Column("until", "text", on_screen=False),
        Column("loans", "count"), Column("principal", "money"),
        *(Column(name, "share") for name in (*_EVER, *_NOW)),
        *(Column(f"{name}_loans", "count", on_screen=False) for name in (*_EVER, *_NOW)),
        *(Column(f"{name}_balance", "money", on_screen=False) for name in _NOW),
    )  # fmt: skip
    shown = (
        Sheet("vintages", columns, tuple(_line(each) for each in last.iter_rows(named=True))),
        *(_curves(cells, name) for name in _EVER),
    )
    return Report(
        "vintages", snapshot_of(home, on), None, filed=Sheet("vintages_cells", columns, lines), shown=shown,
        before=snapshot_of(home, from_on), points=days,
    )  # fmt: skip


def _walked(home: Path, days: Sequence[date], within: Within) -> Iterator[pl.DataFrame]:
    """Count each point; all that is kept of the past is a flag a loan and measure."""
    known: pl.DataFrame | None = None
    for on in days:
        found = _point(home, on, within)
        if known is not None:
            found = found.join(known, on="loan_no", how="full", coalesce=True, suffix="_before").with_columns(
                pl.coalesce("vintage", "vintage_before"), pl.coalesce("principal", "principal_before"),
                *(
                    (pl.col(name).fill_null(value=False) | pl.col(f"{name}_before").fill_null(value=False)).alias(name)
                    for name in _EVER
                ),
            )  # fmt: skip
        known = found.select(_STATE)
        yield (
            found.group_by("vintage")
            .agg(
                pl.len().alias("loans"),
                pl.col("principal").sum(),
                *(pl.col(name).sum().alias(f"{name}_loans") for name in (*_EVER, *_NOW)),
                *(pl.col("balance").filter(pl.col(name)).sum().alias(f"{name}_balance") for name in _NOW),
            )
            .with_columns(
                until=pl.lit(on),
                months_on_book=(on.year - pl.col("vintage").dt.year()) * 12 + on.month - pl.col("vintage").dt.month(),
            )
        )


def _point(home: Path, on: date, within: Within) -> pl.DataFrame:
    is_active = pl.col("status") == "active"
    measures = {f"over_{days}": is_active & (pl.col("days_past_due") > days) for days in _OVER_DAYS}
    measures["npl"] = is_active & pl.col("tier").is_in(NON_PERFORMING)
    # A loan may be written off before a point finds it non-performing.
    is_lost = measures["npl"] | (pl.col("status") == "written_off")
    return (
        kept(scan_loans(home, on), within)
        .select(
            "loan_no",
            vintage=pl.col("disbursed_on").dt.month_start(),
            principal=own_share(pl.col("principal_cents")),
            balance=pl.when(is_active).then("own_share_outstanding_cents").otherwise(0),
            **{f"ever_{name}": is_so for name, is_so in (measures | {"npl": is_lost}).items()},
            **{f"now_{name}": is_so for name, is_so in measures.items()},
        )
        .collect()
    )


def _line(cell: dict[str, object]) -> Row:
    figures = {name: value for name, value in cell.items() if isinstance(value, int)}
    shares = {name: share_e8(figures[f"{name}_loans"], figures["loans"]) for name in _EVER}
    shares |= {name: share_e8(figures[f"{name}_balance"], figures["principal"]) for name in _NOW}
    return row("item", vintage=str(cell["vintage"])[:7], until=str(cell["until"]), **figures, **shares)


def _curves(cells: pl.DataFrame, measure: str) -> Sheet:
    """Lay one measure out, a line a month on book and a column a vintage."""
    names = [str(vintage)[:7] for vintage in cells["vintage"].unique().sort()]
    lines: dict[int, Row] = {}
    for each in cells.sort("months_on_book").iter_rows(named=True):
        age = int(each["months_on_book"])
        line = lines.setdefault(age, row("item", months_on_book=age, **dict.fromkeys(names)))
        line[str(each["vintage"])[:7]] = share_e8(each[f"{measure}_loans"], each["loans"])
    columns = (Column("months_on_book", "count"), *(Column(name, "share", said=name) for name in names))
    return Sheet(f"vintages_{measure}", columns, tuple(lines.values()), on_screen=False, is_drawn=True)
