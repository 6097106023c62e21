"""The NPL bridge: from the non-performing balance of one day to that of another, each way in and out, to the cent.

It walks the published month-ends between the two days, so that a loan that came and went is seen. What came and went
between two neighbouring points is not; two points alone see only what stood at either.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from postloan.desk.report.book import BY_OFFICE, Grouping, Within, each_group, group_columns, points, total_of_groups
from postloan.desk.report.flows import flows, read_point
from postloan.desk.report.form import Column, Report, Row, Sheet, Standing, added, amount, row, snapshot_of
from postloan.tables.units import NON_PERFORMING

MOVES = ("new", "upgraded", "cash", "written_off", "transferred", "asset", "other", "regrouped")
"""Ways into and out of the balance, with their sign: opening and all of them together are closing."""
LINES = ("opening", *MOVES, "closing")
MEMO = "recovered"
_SUMS = (*LINES, MEMO)
_ALWAYS = ("opening", "new", "upgraded", "cash", "closing")


def bridge(
    home: Path,
    from_on: date,
    on: date,
    by: Grouping | None = None,
    *,
    orgs: pl.DataFrame | None = None,
    within: Within = None,
) -> Report:
    """Report how the non-performing balance went from one published day to another, in all or by group.

    Filed is a row a loan (and group), with its parts. A performing loan that is written off between two points was
    non-performing in between: it counts as new and as written off. `failed` names the groups that do not close.
    """
    days = points(home, from_on, on)
    moved = pl.concat(_walked(home, days, by, orgs, within))
    loans = (
        moved.group_by("loan_no", "group")
        .agg(pl.col("loan_id").first(), pl.col(_SUMS).sum())
        .filter(pl.any_horizontal(pl.col(_SUMS) != 0))
        .sort("group", "loan_no", nulls_last=True)
    )
    groups = list(each_group(loans, by, orgs))
    filed = _by_loan(groups, by)
    items = [row("item", **named, **_sums(held)) for named, held in groups]
    total = _sums(loans)
    whole = (_by_line(loans, total), _by_month(moved, total, days))
    shown = whole if by is None else (_by_group(items, total, by),)
    return Report(
        "bridge", snapshot_of(home, on), by, filed=filed, shown=(*shown, filed), before=snapshot_of(home, from_on),
        points=days, failed=tuple(_group_of(each, by) for each in items if not _closes(each)),
    )  # fmt: skip


def bridged(moved: pl.DataFrame, *, is_first: bool, is_last: bool) -> pl.DataFrame:
    """Take the ways into and out of the non-performing balance out of the flows between two points.

    A loan that changed its group while non-performing has a row in either, and `regrouped` takes it across.
    """
    was_bad = pl.col("stand").is_in(NON_PERFORMING).fill_null(value=False)
    is_bad = pl.col("stand_after").is_in(NON_PERFORMING).fill_null(value=False)
    out = pl.col("written_off") + pl.col("transferred") + pl.col("asset")
    rows = moved.filter(was_bad | is_bad | (out != 0) | (pl.col(MEMO) != 0)).with_columns(was_bad=was_bad)
    closing = pl.when(is_bad).then("closing").otherwise(0)
    is_moved = was_bad & is_bad & pl.col("group").ne_missing(pl.col("group_after"))
    rows = rows.select(
        "loan_no",
        "loan_id",
        "group_after",
        is_moved=is_moved,
        group=pl.when("was_bad").then("group").otherwise(pl.coalesce("group_after", "group")),
        opening=pl.when("was_bad").then("opening").otherwise(0),
        new=pl.when("was_bad").then(0).otherwise(closing + out),
        upgraded=-pl.when(was_bad & ~is_bad).then("closing").otherwise(0),
        cash=-pl.when("was_bad").then("cash").otherwise(0),
        written_off=-pl.col("written_off"),
        transferred=-pl.col("transferred"),
        asset=-pl.col("asset"),
        other=pl.when("was_bad").then("other").otherwise(0),
        regrouped=-pl.when(is_moved).then("closing").otherwise(0),
        closing=pl.when(is_moved).then(0).otherwise(closing),
        recovered=MEMO,
        arrived=closing,
    )
    came = rows.filter("is_moved").select(
        "loan_no", "loan_id", group="group_after", regrouped="arrived", closing="arrived",
        **{name: pl.lit(0, pl.Int64) for name in _SUMS if name not in {"regrouped", "closing"}},
    )  # fmt: skip
    columns = ["loan_no", "loan_id", "group", *_SUMS]
    both = pl.concat([rows.select(columns), came.select(columns)])
    # Between the first point and the last a closing balance is the next opening one.
    return both.with_columns(
        opening=pl.col("opening") if is_first else pl.lit(0, pl.Int64),
        closing=pl.col("closing") if is_last else pl.lit(0, pl.Int64),
    )


def _walked(
    home: Path, days: Sequence[date], by: Grouping | None, orgs: pl.DataFrame | None, within: Within
) -> Iterator[pl.DataFrame]:
    """Walk the points, two in memory at a time, and keep the loans that were non-performing at either."""
    before = read_point(home, days[0], by, orgs, within=within)
    for earlier, later in pairwise(days):
        after = read_point(home, later, by, orgs, within=within)
        moved = bridged(flows(before, after), is_first=earlier == days[0], is_last=later == days[-1])
        yield moved.with_columns(until=pl.lit(later))
        before = after


def _group_of(line: Row, by: Grouping | None) -> str:
    return "bridge" if by is None else f"{by} {line['org_id' if by in BY_OFFICE else by]}"


def _closes(sums: Row) -> bool:
    return sum(amount(sums[name]) for name in LINES[:-1]) == sums["closing"]


def _sums(held: pl.DataFrame) -> dict[str, int]:
    return {name: int(held[name].sum()) for name in _SUMS}


def _money(sums: dict[str, int], names: Sequence[str] = _SUMS) -> tuple[Column, ...]:
    """Make the columns of the ways; a screen leaves out a way that nobody took."""
    return tuple(Column(name, "money", on_screen=name in _ALWAYS or sums[name] != 0) for name in names)


def _by_loan(groups: Sequence[tuple[Row, pl.DataFrame]], by: Grouping | None) -> Sheet:
    lines = [
        row("item", **named, **each)
        for named, held in groups
        for each in held.select("loan_id", *_SUMS).iter_rows(named=True)
    ]
    total = row("total", **total_of_groups(by), loan_id="total", **added(lines, _SUMS))
    columns = (*group_columns(by), Column("loan_id", "text"), *(Column(name, "money") for name in _SUMS))
    return Sheet("bridge_loans", columns, (*lines, total), on_screen=False)


def _by_line(loans: pl.DataFrame, total: dict[str, int]) -> Sheet:
    counts = {name: int((loans[name] != 0).sum()) for name in _SUMS}
    ends: Mapping[str, Standing] = {"opening": "subtotal", "closing": "total", MEMO: "ratio"}
    lines: list[Row] = [
        row(ends.get(name, "item"), way=name, loans=counts[name], balance=total[name])
        for name in _SUMS
        if name != "regrouped"
    ]
    columns = (Column("way", "word"), Column("loans", "count"), Column("balance", "money"))
    return Sheet("bridge", columns, tuple(lines))


def _by_month(moved: pl.DataFrame, total: dict[str, int], days: Sequence[date]) -> Sheet:
    names = [name for name in MOVES if name != "regrouped"]
    balance = total["opening"]
    lines: list[Row] = []
    for later in days[1:]:
        ways = added(moved.filter(pl.col("until") == later).select(*names, MEMO).sum().to_dicts(), [*names, MEMO])
        opening, balance = balance, balance + sum(ways[name] for name in names)
        lines.append(row("item", until=str(later), opening=opening, **ways, closing=balance))
    ways = added(lines, [*names, MEMO])
    last = row("total", until="total", opening=total["opening"], **ways, closing=total["closing"])
    columns = (Column("until", "text"), *_money(total, ("opening", *names, "closing", MEMO)))
    return Sheet("bridge_months", columns, (*lines, last))


def _by_group(items: Sequence[Row], total: dict[str, int], by: Grouping) -> Sheet:
    spread = {name: max((abs(amount(each[name])) for each in items), default=0) for name in _SUMS}
    last = row("total", **total_of_groups(by), **added(items, _SUMS))
    return Sheet(f"bridge_by_{by}", (*group_columns(by), *_money(total | spread)), (*items, last))
