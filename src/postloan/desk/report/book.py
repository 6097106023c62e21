"""The book on a day: the loans that count in reports, and the groups they are counted in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from postloan.desk.report.form import Column, Row
from postloan.errors import RequestWrong
from postloan.plan.month_ends import is_month_end
from postloan.snapshot.read import published_days, scan_loans

Grouping = Literal["org", "office", "product", "industry", "region"]
GROUPINGS: tuple[Grouping, ...] = ("org", "office", "product", "industry", "region")
BY_OFFICE: tuple[Grouping, ...] = ("org", "office")
"""Groups that are offices: the branch above the one that keeps a loan, or that one itself."""
Within = frozenset[str] | None
"""The offices whose loans a report counts, by number; None is the whole bank.

A loan is of the office that keeps it on the day that is read: of two points, one that another office took over in
between has left the one and is new in the other.
"""

GROUP_COLUMNS: dict[str, tuple[Column, ...]] = {
    **dict.fromkeys(BY_OFFICE, (Column("org_id", "text", on_screen=False), Column("org_name", "text"))),
    "product": (Column("product", "text"),),
    "industry": (Column("industry", "word"),),
    "region": (Column("region", "word"),),
}

_GROUPED_BY: dict[Grouping | None, list[str]] = {
    None: [], "org": ["org_id"], "office": ["org_id"], "product": ["product"], "industry": ["industry_code"],
    "region": ["region_code"],
}  # fmt: skip
_SHARED = ("outstanding_cents", "overdue_principal_cents", "overdue_interest_cents")
"""Amounts of which a joint loan has a share."""


def group_columns(by: Grouping | None) -> tuple[Column, ...]:
    """Name the columns that say which group a row is of."""
    return () if by is None else GROUP_COLUMNS[by]


def kept(rows: pl.LazyFrame, within: Within) -> pl.LazyFrame:
    """Keep the rows of some offices."""
    return rows if within is None else rows.filter(pl.col("org_id").is_in(sorted(within)))


def read_book(
    home: Path, on: date, columns: list[str], by: Grouping | None, orgs: pl.DataFrame | None, *, within: Within
) -> pl.DataFrame:
    """Read some columns of a day's loans, whatever their status, with a `group`: null where they are not grouped.

    Amounts are the bank's own share: reports count no partner's money.
    orgs  the feed table org; groups by office need it.
    """
    own = {f"own_share_{name}": name for name in _SHARED if name in columns}
    wanted = [*(name for name in columns if name not in _SHARED), *own, *_GROUPED_BY[by]]
    return grouped(kept(scan_loans(home, on), within).select(wanted).rename(own), by, orgs)


def grouped(rows: pl.LazyFrame, by: Grouping | None, orgs: pl.DataFrame | None) -> pl.DataFrame:
    """Read rows that say org_id, product, industry_code or region_code, with their `group`."""
    if by == "org":
        groups = branches(_given(orgs)).select("org_id", group="branch_id").lazy()
        return rows.join(groups, on="org_id", how="left").with_columns(pl.coalesce("group", "org_id")).collect()
    return rows.collect().with_columns(group=_group(by))


def each_group(
    cells: pl.DataFrame, by: Grouping | None, orgs: pl.DataFrame | None
) -> Iterator[tuple[Row, pl.DataFrame]]:
    """Go through the groups of `cells` in their order, what has no group last: the columns that name it, its rows.

    Where they are not grouped, all of them, unnamed.
    """
    if by is None:
        yield {}, cells
        return
    names = dict(_given(orgs).select("org_id", "name").iter_rows()) if by in BY_OFFICE else {}
    for group in cells["group"].unique().sort(nulls_last=True):
        named: Row = {"org_id": group, "org_name": names.get(group, group)} if by in BY_OFFICE else {by: group}
        yield named, cells.filter(pl.col("group").eq_missing(group))


def points(home: Path, from_on: date, on: date) -> tuple[date, ...]:
    """List the days to read from one published day to another: both, and every published month-end between them.

    Raises RequestWrong where the days do not run forward.
    """
    if from_on >= on:
        raise RequestWrong(
            message=f"The report runs forward: {from_on} does not come before {on}.",
            hint="Give the earlier day with --from and the later one with --on.",
        )
    between = (day for day in published_days(home) if from_on < day < on)
    return (from_on, *(day for day in between if is_month_end(day)), on)


def total_of_groups(by: Grouping | None) -> Row:
    """Fill the columns that name a group, for the total of all; none where nothing is grouped."""
    if by is None:
        return {}
    *others, last = (column.name for column in group_columns(by))
    return {**dict.fromkeys(others), last: "total"}


def branches(orgs: pl.DataFrame) -> pl.DataFrame:
    """Find the branch of every office: the child of head office above it. Head office and orphans are their own."""
    above = dict(orgs.select("org_id", "parent_id").iter_rows())
    heads = set(orgs.filter(pl.col("level") == "head")["org_id"])
    heads |= {org_id for org_id, parent_id in above.items() if parent_id is None}

    def climb(org_id: str) -> str:
        passed = {org_id}
        while org_id not in heads and above.get(org_id) not in heads and above.get(org_id) not in {None, *passed}:
            org_id = above[org_id]
            passed.add(org_id)
        return org_id

    pairs = [(org_id, climb(org_id)) for org_id in above]
    return pl.DataFrame(pairs, schema={"org_id": pl.String(), "branch_id": pl.String()}, orient="row")


def _given(orgs: pl.DataFrame | None) -> pl.DataFrame:
    if orgs is None:
        raise RequestWrong(
            message="A report by office needs the offices.",
            hint="Load the feed table org, or group by product or industry.",
        )
    return orgs


def _group(by: Grouping | None) -> pl.Expr:
    if by == "office":
        return pl.col("org_id").cast(pl.String)
    if by == "product":
        return pl.col("product").cast(pl.String)
    if by == "industry":
        # GB/T 4754 writes C3421; where the letter of the section is left out, the division of two digits is left.
        code = pl.col("industry_code").str.to_uppercase()
        return pl.when(code.str.contains(r"^[A-Z]")).then(code.str.slice(0, 1)).otherwise(code.str.slice(0, 2))
    if by == "region":
        # GB/T 2260: the first two digits are the province.
        return pl.col("region_code").str.slice(0, 2)
    return pl.lit(None, pl.String)
