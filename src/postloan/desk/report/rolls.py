"""Roll rates: from one published month-end to the next, how much of each bucket of days past due went to which.

Worse and better are by bucket; cured is back at M0. Points are the published month-ends between two days and those
days themselves; what happens between two neighbours is not seen.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Within, points, read_book
from postloan.desk.report.form import Column, Kind, Report, Row, Sheet, added, row, share_e8, snapshot_of
from postloan.desk.report.migration import EXITS
from postloan.tables.units import BUCKETS

FLOWS = ("worse", "same", "better", "cured", *EXITS)
_ENDS = (*BUCKETS, *EXITS)
_COLUMNS = ["loan_no", "status", "bucket", "outstanding_cents"]
_FIGURES = ("loans", "balance_from", "balance_to")


def rolls(home: Path, from_on: date, on: date, *, within: Within = None) -> Report:
    """Report the flows between buckets from each point to the next, by count and by balance at the earlier one.

    Filed is a row a step, bucket before and end; shown are all steps together, and the share of each bucket that
    went to a worse one, step by step. A loan that was not on the book at the earlier point rolls nowhere.
    """
    days = points(home, from_on, on)
    cells = pl.concat(_walked(home, days, within))
    named = [flow_of(begin, end) for begin, end in cells.select("begin", "end").iter_rows()]
    cells = cells.with_columns(flow=pl.Series(named, dtype=pl.String))
    lines = cells.sort("until", pl.col("begin").cast(pl.Enum(BUCKETS)), pl.col("end").cast(pl.Enum(_ENDS)))
    columns = (
        Column("until", "text"), Column("from_bucket", "word"), Column("to_bucket", "word"), Column("flow", "word"),
        Column("loans", "count"), Column("balance_from", "money"), Column("balance_to", "money"),
    )  # fmt: skip
    filed = Sheet("rolls", columns, tuple(
        row("item", until=str(each.pop("until")), from_bucket=each.pop("begin"), to_bucket=each.pop("end"), **each)
        for each in lines.iter_rows(named=True)
    ))  # fmt: skip
    shown = (
        _matrix(cells, "rolls_loans", "loans", "count"), _matrix(cells, "rolls_balance", "balance_from", "money"),
        _shares(cells, "rolls_flows_loans", "loans"), _shares(cells, "rolls_flows_balance", "balance_from"),
        _by_month(cells, days),
    )  # fmt: skip
    return Report(
        "rolls", snapshot_of(home, on), None, filed=filed, shown=shown, before=snapshot_of(home, from_on), points=days
    )


def flow_of(begin: str, end: str) -> str:
    """Name the flow from a bucket to another, or out of the book."""
    if end in EXITS:
        return end
    step = BUCKETS.index(end) - BUCKETS.index(begin)
    return "same" if step == 0 else "worse" if step > 0 else "cured" if end == BUCKETS[0] else "better"


def _walked(home: Path, days: Sequence[date], within: Within) -> list[pl.DataFrame]:
    """Count the steps, two points in memory at a time."""
    cells = []
    before = _point(home, days[0], within)
    for later in days[1:]:
        after = _point(home, later, within)
        cells.append(
            _step(before, after)
            .group_by("begin", "end")
            .agg(loans=pl.len(), balance_from=pl.col("balance_from").sum(), balance_to=pl.col("balance_to").sum())
            .with_columns(until=pl.lit(later))
        )
        before = after
    return cells


def rolled(home: Path, from_on: date, on: date, *, within: Within = None) -> pl.DataFrame:
    """Say of every loan on the book of a day in which bucket it was and where it is on a later day.

    These are the loans behind the cells of a report of these two days: loan_no, begin, end, and its balances.
    """
    return _step(_point(home, from_on, within), _point(home, on, within))


def _step(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    started = before.filter(pl.col("end").is_in(BUCKETS)).rename({"end": "begin", "balance": "balance_from"})
    return started.join(after.rename({"balance": "balance_to"}), on="loan_no", how="left").with_columns(
        pl.col("end").fill_null("gone"), pl.col("balance_to").fill_null(0)
    )


def _point(home: Path, on: date, within: Within) -> pl.DataFrame:
    is_active = pl.col("status") == "active"
    return read_book(home, on, _COLUMNS, None, None, within=within).select(
        "loan_no",
        end=pl.when(is_active).then(pl.col("bucket").cast(pl.String)).otherwise(pl.col("status").cast(pl.String)),
        balance=pl.when(is_active).then("outstanding_cents").otherwise(0),
    )


def _of(cells: pl.DataFrame, figure: str, **where: str) -> int:
    return int(cells.filter(**where)[figure].sum())


def _matrix(cells: pl.DataFrame, name: str, figure: str, kind: Kind) -> Sheet:
    lines: list[Row] = []
    for begin in BUCKETS:
        ends = {end: _of(cells, figure, begin=begin, end=end) for end in _ENDS}
        lines.append(row("item", from_bucket=begin, **ends, total=sum(ends.values())))
    ends_and_total = (*_ENDS, "total")
    total = row("total", from_bucket="total", **added(lines, ends_and_total))
    columns = (Column("from_bucket", "word"), *(Column(end, kind, on_screen=total[end] != 0) for end in ends_and_total))
    return Sheet(name, columns, (*lines, total))


def _shares(cells: pl.DataFrame, name: str, figure: str) -> Sheet:
    """Divide what went each way by what was in the bucket."""
    lines: list[Row] = []
    for begin in (*BUCKETS, "total"):
        held = cells if begin == "total" else cells.filter(begin=begin)
        whole = int(held[figure].sum())
        shares = {flow: share_e8(_of(held, figure, flow=flow), whole) for flow in FLOWS}
        lines.append(row("total" if begin == "total" else "item", from_bucket=begin, **shares))
    columns = (Column("from_bucket", "word"), *(Column(flow, "share") for flow in FLOWS))
    return Sheet(name, columns, tuple(lines))


def _by_month(cells: pl.DataFrame, days: Sequence[date]) -> Sheet:
    """Give the share of each bucket's balance that went to a worse one, step by step."""
    lines: list[Row] = []
    for later in days[1:]:
        step = cells.filter(until=later)
        worse = {
            begin: share_e8(
                _of(step, "balance_from", begin=begin, flow="worse"), _of(step, "balance_from", begin=begin)
            )
            for begin in BUCKETS[:-1]
        }
        lines.append(row("item", until=str(later), **worse))
    columns = (Column("until", "text"), *(Column(begin, "share") for begin in BUCKETS[:-1]))
    return Sheet("rolls_worse", columns, tuple(lines), is_drawn=True)
