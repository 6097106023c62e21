"""Tiers: how many loans and how much money stand in each tier on a day, and how much of it does not perform."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, read_book, total_of_groups
from postloan.desk.report.form import Column, Report, Sheet, added, amount, row, share_e8, snapshot_of
from postloan.tables.units import NON_PERFORMING, TIERS

_COLUMNS = ["status", "tier", "outstanding_cents", "overdue_principal_cents"]
_SUMS = ("loans", "outstanding", "overdue_principal")


def tiers(
    home: Path, on: date, by: Grouping | None = None, *, orgs: pl.DataFrame | None = None, within: Within = None
) -> Report:
    """Report the tiers of the loans on the book: a row a tier, or a row a group with a column a tier.

    The share of a tier is its part of the balance; that of the non-performing tiers is the NPL ratio.
    """
    cells = (
        read_book(home, on, _COLUMNS, by, orgs, within=within)
        .filter(pl.col("status") == "active")
        .group_by("group", "tier")
        .agg(
            loans=pl.len(),
            outstanding=pl.col("outstanding_cents").sum(),
            overdue_principal=pl.col("overdue_principal_cents").sum(),
        )
    )
    sheet = _by_tier(cells) if by is None else _by_group(cells, by, orgs)
    return Report("tiers", snapshot_of(home, on), by, filed=sheet, shown=(sheet,))


def _by_tier(cells: pl.DataFrame) -> Sheet:
    found = {each.pop("tier"): each for each in cells.drop("group").to_dicts()}
    items = [row("item", tier=tier, **found.get(tier, dict.fromkeys(_SUMS, 0))) for tier in TIERS]
    total = added(items, _SUMS)
    bad = added([item for item in items if item["tier"] in NON_PERFORMING], _SUMS)
    lines = [*items, row("subtotal", tier="non_performing", **bad), row("total", tier="total", **total)]
    shared = [line | {"share": share_e8(amount(line["outstanding"]), total["outstanding"])} for line in lines]
    npl_e8 = share_e8(bad["outstanding"], total["outstanding"])
    ratio = row("ratio", tier="npl_ratio", **dict.fromkeys(_SUMS), share=npl_e8)
    columns = (
        Column("tier", "word"), Column("loans", "count"), Column("outstanding", "money"), Column("share", "share"),
        Column("overdue_principal", "money"),
    )  # fmt: skip
    return Sheet("tiers", columns, (*shared, ratio))


def _by_group(cells: pl.DataFrame, by: Grouping, orgs: pl.DataFrame | None) -> Sheet:
    sums = ("loans", *TIERS, "outstanding", "non_performing", "overdue_principal")
    items = []
    for named, held in each_group(cells, by, orgs):
        per_tier = dict.fromkeys(TIERS, 0) | dict(held.select("tier", "outstanding").iter_rows())
        rest = {
            "loans": int(held["loans"].sum()),
            "outstanding": sum(per_tier.values()),
            "non_performing": sum(per_tier[tier] for tier in NON_PERFORMING),
            "overdue_principal": int(held["overdue_principal"].sum()),
        }
        items.append(row("item", **named, **per_tier, **rest))
    lines = [*items, row("total", **total_of_groups(by), **added(items, sums))]
    rated = [
        line | {"npl_ratio": share_e8(amount(line["non_performing"]), amount(line["outstanding"]))} for line in lines
    ]
    columns = (
        *group_columns(by), Column("loans", "count"), *(Column(tier, "money") for tier in TIERS),
        Column("outstanding", "money"), Column("non_performing", "money"),
        Column("overdue_principal", "money", on_screen=False), Column("npl_ratio", "share"),
    )  # fmt: skip
    return Sheet(f"tiers_by_{by}", columns, tuple(rated))
