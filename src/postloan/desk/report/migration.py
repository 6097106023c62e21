"""Migration: where the loans of one day stand on a later day. Two points in time; what happened between is not asked.

Every loan of either book is counted once, so each matrix closes: its rows to the tiers of the earlier day, its columns
to those of the later one.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, read_book, total_of_groups
from postloan.desk.report.form import (
    Column,
    Kind,
    Report,
    Row,
    Sheet,
    added,
    amount,
    filled,
    row,
    share_e8,
    snapshot_of,
)
from postloan.errors import RequestWrong
from postloan.tables.units import NON_PERFORMING, TIERS

EXITS = ("settled", "written_off", "gone")
"""Ways out of the book: paid off, written off, no longer delivered."""
NEW = "new"
MOVES = ("unchanged", "downgraded", "upgraded", *EXITS, NEW)
_ENDS = (*TIERS, *EXITS)
_SHOWN = ("loans", "balance_from", "balance_to")
_FIGURES = (*_SHOWN, "kept")
"""`kept` is what is left of the balance before: what a loan grew by is new, and belongs to no rate."""
_COLUMNS = ["loan_no", "status", "tier", "outstanding_cents"]
_RATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pass_rate": (("pass",), TIERS[1:]),
    "special_mention_rate": (("special_mention",), NON_PERFORMING),
    "substandard_rate": (("substandard",), ("doubtful", "loss")),
    "doubtful_rate": (("doubtful",), ("loss",)),
    "performing_rate": (("pass", "special_mention"), NON_PERFORMING),
}
"""The supervisor's migration rates: from which tiers, into which."""

Sums = dict[tuple[str, str], dict[str, int]]
"""Loans and balances by tier before and tier, or way out, after."""


def migration(
    home: Path,
    from_on: date,
    on: date,
    by: Grouping | None = None,
    *,
    orgs: pl.DataFrame | None = None,
    within: Within = None,
) -> Report:
    """Report how the loans on the book moved between the tiers of two published days.

    A loan that changed its group in between counts where it was. A loan that came back to the book counts as new.
    """
    if from_on >= on:
        raise RequestWrong(
            message=f"A migration runs forward: {from_on} does not come before {on}.",
            hint="Give the earlier day with --from and the later one with --on.",
        )
    before, after = (read_book(home, day, _COLUMNS, by, orgs, within=within) for day in (from_on, on))
    cells = _cells(before, after)
    shown = _matrices(_sums(cells)) if by is None else (_by_group(cells, by, orgs),)
    return Report(
        "migration", snapshot_of(home, on), by, filed=_filed(cells, by, orgs), shown=shown,
        before=snapshot_of(home, from_on),
    )  # fmt: skip


def move_of(before: str, after: str) -> str:
    """Name the move from a tier, or from outside the book, to a tier or a way out."""
    if before == NEW or after in EXITS:
        return NEW if before == NEW else after
    step = TIERS.index(after) - TIERS.index(before)
    return "unchanged" if step == 0 else "downgraded" if step > 0 else "upgraded"


def migration_rates(left: Mapping[str, int], ends: Mapping[tuple[str, str], int]) -> Iterator[tuple[str, int | None]]:
    """Give the supervisor's rates of migration in 1e-8, by the method of form G12; None of nothing.

    left    by tier at the start, its balance less what was repaid, disposed of or written off since: A less B.
    ends    by tier at the start and tier at the end, what is left of that balance there: C to G.

    A rate is what went down over what is left. New loans, and what a loan grew by, belong to neither.
    """
    for rate, (begins, worse) in _RATES.items():
        down = sum(ends[begin, end] for begin in begins for end in worse)
        yield rate, share_e8(down, sum(left[begin] for begin in begins))


def migrated(home: Path, from_on: date, on: date, *, within: Within = None) -> pl.DataFrame:
    """Say of every loan of either book from where to where it went: loan_no, begin, end, and its balances.

    begin is a tier or NEW, end a tier or one of EXITS. These are the loans behind the cells of the report.
    """
    return _moved(*(read_book(home, day, _COLUMNS, None, None, within=within) for day in (from_on, on)))


def _cells(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Count loans and add balances by group, tier before and end."""
    return (
        _moved(before, after)
        .group_by("group", "begin", "end")
        .agg(
            loans=pl.len(),
            balance_from=pl.col("from_cents").fill_null(0).sum(),
            balance_to=pl.col("to_cents").fill_null(0).sum(),
            kept=pl.min_horizontal(pl.col("from_cents").fill_null(0), pl.col("to_cents").fill_null(0)).sum(),
        )
    )


def _moved(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    is_active = pl.col("status") == "active"
    started = before.filter(is_active).select(
        "loan_no", "group", begin=pl.col("tier").cast(pl.String), from_cents="outstanding_cents"
    )
    ended = after.select(
        "loan_no",
        end=pl.when(is_active).then(pl.col("tier").cast(pl.String)).otherwise(pl.col("status").cast(pl.String)),
        to_cents=pl.when(is_active).then("outstanding_cents").otherwise(0),
        group_after="group",
    )
    both = started.join(ended, on="loan_no", how="full", coalesce=True)
    return both.filter(pl.col("begin").is_not_null() | pl.col("end").is_in(TIERS)).with_columns(
        group=pl.when(pl.col("begin").is_null()).then("group_after").otherwise("group"),
        begin=pl.col("begin").fill_null(NEW),
        end=pl.col("end").fill_null("gone"),
    )


def _sums(cells: pl.DataFrame) -> Sums:
    """Lay cells of one group, or of all, over the whole grid."""
    grid: Sums = {(begin, end): dict.fromkeys(_FIGURES, 0) for begin in TIERS for end in _ENDS}
    grid |= {(NEW, end): dict.fromkeys(_FIGURES, 0) for end in TIERS}
    for begin, end, *figures in cells.group_by("begin", "end").agg(pl.col(_FIGURES).sum()).iter_rows():
        grid[begin, end] = dict(zip(_FIGURES, figures, strict=True))
    return grid


def _filed(cells: pl.DataFrame, by: Grouping | None, orgs: pl.DataFrame | None) -> Sheet:
    """One row a cell of the grid, and the rates: what a program reads more easily than a matrix."""
    rows: list[Row] = []
    for named, held in each_group(cells, by, orgs):
        sums = _sums(held)
        for (begin, end), figures in sums.items():
            rows.append(row("item", **named, from_tier=begin, to_tier=end, move=move_of(begin, end), **figures))
        for rate, share in _rates(sums):
            rows.append(row("ratio", **named, **dict.fromkeys(("from_tier", "to_tier")), move=rate, share=share))
    columns = (
        *group_columns(by), Column("from_tier", "word"), Column("to_tier", "word"), Column("move", "word"),
        Column("loans", "count"), Column("balance_from", "money"), Column("balance_to", "money"),
        Column("kept", "money"), Column("share", "share"),
    )  # fmt: skip
    return filled("migration_cells", columns, rows)


def _matrices(sums: Sums) -> tuple[Sheet, ...]:
    loans = [_line(begin, {end: sums[begin, end]["loans"] for end in _ENDS}) for begin in TIERS]
    money = [_line(begin, {end: sums[begin, end]["balance_from"] for end in _ENDS}) for begin in TIERS]
    loans.append(_line(NEW, {end: sums[NEW, end]["loans"] for end in TIERS}))
    money.append(_line(NEW, {end: sums[NEW, end]["balance_to"] for end in TIERS}))
    money.append(_line("change", {end: _change(sums, end) for end in TIERS}))
    names = (*_ENDS, "total")
    for lines in (loans, money):
        lines.append(row("total", from_tier="total", **added(lines, names)))
    return (
        Sheet("migration_loans", _matrix_columns("count"), tuple(loans)),
        Sheet("migration_balance", _matrix_columns("money"), tuple(money)),
        _moves(sums),
    )


def _line(begin: str, cells: dict[str, int]) -> Row:
    return row("item", from_tier=begin, **dict.fromkeys(EXITS) | cells, total=sum(cells.values()))


def _change(sums: Sums, end: str) -> int:
    """What the loans of a column were repaid, or drew, between the two days."""
    return sum(sums[begin, end]["balance_to"] - sums[begin, end]["balance_from"] for begin in TIERS)


def _matrix_columns(kind: Kind) -> tuple[Column, ...]:
    return (Column("from_tier", "word"), *(Column(end, kind) for end in (*_ENDS, "total")))


def _moves(sums: Sums) -> Sheet:
    started = sum(figures["balance_from"] for figures in sums.values())
    items = [row("item", move=move, **_of_move(sums, move)) for move in MOVES]
    lines = [*items, row("total", move="total", **added(items, _SHOWN))]
    shared = [line | {"share": share_e8(amount(line["balance_from"]), started)} for line in lines]
    rates = [row("ratio", move=rate, **dict.fromkeys(_SHOWN), share=share) for rate, share in _rates(sums)]
    columns = (
        Column("move", "word"), Column("loans", "count"), Column("balance_from", "money"),
        Column("balance_to", "money"), Column("share", "share"),
    )  # fmt: skip
    return Sheet("migration_moves", columns, (*shared, *rates))


def _by_group(cells: pl.DataFrame, by: Grouping, orgs: pl.DataFrame | None) -> Sheet:
    names = ("balance_from", *MOVES, "change", "balance_to")
    items = []
    for named, held in each_group(cells, by, orgs):
        sums = _sums(held)
        moves = {move: _of_move(sums, move)["balance_from"] for move in MOVES}
        moves[NEW] = _of_move(sums, NEW)["balance_to"]
        ends = {name: sum(figures[name] for figures in sums.values()) for name in _SHOWN[1:]}
        out = sum(moves[move] for move in EXITS)
        change = ends["balance_to"] - moves[NEW] - (ends["balance_from"] - out)
        items.append(row("item", **named, **ends, **moves, change=change))
    total = row("total", **total_of_groups(by), **added(items, names))
    columns = (*group_columns(by), *(Column(name, "money", on_screen=name != "unchanged") for name in names))
    return Sheet(f"migration_by_{by}", columns, (*items, total))


def _rates(sums: Sums) -> Iterator[tuple[str, int | None]]:
    """The supervisor's rates, two points apart: by loan, what is kept of its balance is the lesser of the two."""
    ends = {(begin, end): sums[begin, end]["kept"] for begin in TIERS for end in TIERS}
    return migration_rates({begin: sum(ends[begin, end] for end in TIERS) for begin in TIERS}, ends)


def _of_move(sums: Sums, move: str) -> dict[str, int]:
    return added([figures for ends, figures in sums.items() if move_of(*ends) == move], _SHOWN)
