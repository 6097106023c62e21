"""Overdue: how much of the book is behind, by bucket of days, and how much of it the tiers have already recognised."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, read_book, total_of_groups
from postloan.desk.report.form import Column, Report, Row, Sheet, added, amount, row, share_e8, snapshot_of
from postloan.tables.units import BUCKETS, NON_PERFORMING

_COLUMNS = [
    "status", "tier", "bucket", "days_past_due", "outstanding_cents", "overdue_principal_cents",
    "overdue_interest_cents",
]  # fmt: skip
_SUMS = ("loans", "outstanding", "overdue_principal", "overdue_interest")
# The supervisor's ratio counts loans overdue for more than 90 days, whatever the bank's buckets are.
_LONG_OVERDUE_DAYS = 90
_FIRST_ON_SCREEN = ("M0", "M1", "M2", "M3")


def overdue(
    home: Path, on: date, by: Grouping | None = None, *, orgs: pl.DataFrame | None = None, within: Within = None
) -> Report:
    """Report the loans on the book by bucket of days past due: a row a bucket, or a row a group and a column a bucket.

    `over_90_to_npl` is the balance overdue for more than 90 days over the non-performing balance: above 1, loans stand
    in too good a tier.
    """
    cells = (
        read_book(home, on, _COLUMNS, by, orgs, within=within)
        .filter(pl.col("status") == "active")
        .with_columns(is_long=pl.col("days_past_due") > _LONG_OVERDUE_DAYS, is_npl=pl.col("tier").is_in(NON_PERFORMING))
        .group_by("group", "bucket", "is_long", "is_npl")
        .agg(
            loans=pl.len(),
            outstanding=pl.col("outstanding_cents").sum(),
            overdue_principal=pl.col("overdue_principal_cents").sum(),
            overdue_interest=pl.col("overdue_interest_cents").sum(),
        )
    )
    sheet = _by_bucket(cells) if by is None else _by_group(cells, by, orgs)
    return Report("overdue", snapshot_of(home, on), by, filed=sheet, shown=(sheet,))


def _by_bucket(cells: pl.DataFrame) -> Sheet:
    items = [row("item", bucket=bucket, **_sums(cells.filter(pl.col("bucket") == bucket))) for bucket in BUCKETS]
    total = added(items, _SUMS)
    long, npl = _sums(cells.filter("is_long")), _sums(cells.filter("is_npl"))
    lines = [
        *items,
        row("subtotal", bucket="overdue", **added(items[1:], _SUMS)),
        row("subtotal", bucket="over_90", **long),
        row("total", bucket="total", **total),
    ]
    shared = [line | {"share": share_e8(amount(line["outstanding"]), total["outstanding"])} for line in lines]
    ratio_e8 = share_e8(long["outstanding"], npl["outstanding"])
    ratio = row("ratio", bucket="over_90_to_npl", **dict.fromkeys(_SUMS), share=ratio_e8)
    columns = (
        Column("bucket", "word"), Column("loans", "count"), Column("outstanding", "money"), Column("share", "share"),
        Column("overdue_principal", "money"), Column("overdue_interest", "money"),
    )  # fmt: skip
    return Sheet("overdue", columns, (*shared, ratio))


def _by_group(cells: pl.DataFrame, by: Grouping, orgs: pl.DataFrame | None) -> Sheet:
    sums = ("loans", *BUCKETS, "over_90", *_SUMS[1:], "non_performing")
    items = [row("item", **named, **_group_sums(held)) for named, held in each_group(cells, by, orgs)]
    lines = [*items, row("total", **total_of_groups(by), **added(items, sums))]
    rated: list[Row] = [
        line | {"over_90_to_npl": share_e8(amount(line["over_90"]), amount(line["non_performing"]))} for line in lines
    ]
    columns = (
        *group_columns(by), Column("loans", "count", on_screen=False),
        *(Column(bucket, "money", on_screen=bucket in _FIRST_ON_SCREEN) for bucket in BUCKETS),
        Column("over_90", "money"), Column("outstanding", "money"), Column("overdue_principal", "money"),
        Column("overdue_interest", "money", on_screen=False), Column("non_performing", "money", on_screen=False),
        Column("over_90_to_npl", "share"),
    )  # fmt: skip
    return Sheet(f"overdue_by_{by}", columns, tuple(rated))


def _group_sums(held: pl.DataFrame) -> dict[str, int]:
    buckets = {bucket: _sums(held.filter(pl.col("bucket") == bucket))["outstanding"] for bucket in BUCKETS}
    long, npl = _sums(held.filter("is_long")), _sums(held.filter("is_npl"))
    return buckets | _sums(held) | {"over_90": long["outstanding"], "non_performing": npl["outstanding"]}


def _sums(cells: pl.DataFrame) -> dict[str, int]:
    return {name: int(cells[name].sum()) for name in _SUMS}
