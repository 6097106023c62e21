"""Replay: what published days would have been under another rulebook, beside what they were, day by day and at the end.

Ratios are of the loans on the book, the bank's own share, as in the report on tiers. The bank's booked provisions are
what they are: coverage holds them against the non-performing loans of then and of now.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, each_group, group_columns, grouped, total_of_groups
from postloan.desk.report.form import (
    Column,
    Kind,
    Report,
    Sheet,
    added,
    amount,
    filled,
    row,
    share_e8,
    snapshot_of,
)
from postloan.tables.units import NON_PERFORMING, TIERS

_PARTS = ("general", "specific", "special")
_WHEN = ("then", "now")
_QUALITY = (
    *(f"{ratio}_{when}" for ratio in ("npl", "special_mention") for when in (*_WHEN, "more")),
    "moved_loans", "moved_balance",
)  # fmt: skip
_PROVIDED = tuple(f"{what}_{when}" for what in ("coverage", "provisions") for when in (*_WHEN, "more"))
_IN_PARTS = tuple(f"{part}_{when}" for part in _PARTS for when in (*_WHEN, "more"))
_KINDS: dict[str, Kind] = {"npl": "share", "special_mention": "share", "coverage": "share", "moved_loans": "count"}


def replay_report(
    home: Path,
    cells: pl.DataFrame,
    moves: pl.DataFrame,
    booked_cents: Mapping[date, int],
    *,
    orgs: pl.DataFrame,
    form: str,
) -> Report:
    """Report a replay.

    cells, moves  of the replay: ReplayCell, ReplayMove; the days must be published in `home`.
    booked_cents  loan-loss provisions that the bank stated of a day; coverage is empty without.
    orgs          the feed table org.
    form          a file of `csv` carries the loans that move, a row a loan and day; `json` the figures; `xlsx` both.
    """
    days = cells["on"].unique().sort().to_list()
    figures = [_figures(cells.filter(pl.col("on") == on), booked_cents.get(on)) for on in days]
    by_day = tuple(row("item", on=str(on), **each) for on, each in zip(days, figures, strict=True))
    last = cells.filter(pl.col("on") == days[-1])
    provided = (*_columns(_PROVIDED), *_columns(_IN_PARTS, seen=False))
    shown = [
        Sheet("replay_days", (Column("on", "text"), *_columns(_QUALITY)), by_day),
        Sheet("replay_provisions", (Column("on", "text"), *provided), by_day),
        _matrix(last, "loans"),
        _matrix(last, "balance"),
        _by_rule(moves.filter(pl.col("on") == days[-1])),
        _by_group(last, "org", orgs),
        _by_group(last, "product", orgs),
    ]  # fmt: skip
    pairs, loans = _pairs(cells), _loans(moves if form in {"csv", "xlsx"} else moves.clear())
    return Report(
        "replay", snapshot_of(home, days[-1]), None,
        filed=loans if form == "csv" else _filed([*(sheet for sheet in shown if "matrix" not in sheet.name), pairs]),
        shown=(*shown, pairs, loans), before=snapshot_of(home, days[0]) if len(days) > 1 else None, points=tuple(days),
    )  # fmt: skip


def _figures(cells: pl.DataFrame, booked_cents: int | None) -> dict[str, int | None]:
    """The ratios and sums of some cells, then, now, and by how much more they are now."""
    balance = pl.col("balance_cents")
    is_moved = pl.col("tier_then") != pl.col("tier_now")
    asked = [balance.sum().alias("whole"), pl.col("loans").filter(is_moved).sum().alias("moved_loans")]
    asked.append(balance.filter(is_moved).sum().alias("moved_balance"))
    for when in _WHEN:
        tier = pl.col(f"tier_{when}")
        is_bad = tier.is_in(NON_PERFORMING)
        asked += [
            balance.filter(is_bad).sum().alias(f"npl_{when}"),
            balance.filter(is_bad & pl.col("is_counted")).sum().alias(f"bad_loans_{when}"),
            balance.filter(tier == "special_mention").sum().alias(f"special_mention_{when}"),
            *(pl.col(f"{part}_{when}_cents").sum().alias(f"{part}_{when}") for part in _PARTS),
        ]
    sums: dict[str, int] = cells.select(asked).row(0, named=True)
    found: dict[str, int | None] = {name: sums[name] for name in ("moved_loans", "moved_balance")}
    for when in _WHEN:
        for ratio in ("npl", "special_mention"):
            found[f"{ratio}_{when}"] = share_e8(sums[f"{ratio}_{when}"], sums["whole"])
        found[f"coverage_{when}"] = None if booked_cents is None else share_e8(booked_cents, sums[f"bad_loans_{when}"])
        found[f"provisions_{when}"] = sum(sums[f"{part}_{when}"] for part in _PARTS)
        found |= {f"{part}_{when}": sums[f"{part}_{when}"] for part in _PARTS}
    for what in ("npl", "special_mention", "coverage", "provisions", *_PARTS):
        then, now = (found[f"{what}_{when}"] for when in _WHEN)
        found[f"{what}_more"] = None if then is None or now is None else now - then
    return found


def _columns(names: Sequence[str], *, seen: bool = True) -> tuple[Column, ...]:
    def kind(name: str) -> Kind:
        return _KINDS.get(name, _KINDS.get(name.rpartition("_")[0], "money"))

    return tuple(Column(name, kind(name), on_screen=seen) for name in names)


def _matrix(cells: pl.DataFrame, counted: str) -> Sheet:
    """From the published tier to the replayed one."""
    column = "loans" if counted == "loans" else "balance_cents"
    found = {pair: held[column].sum() for pair, held in cells.group_by("tier_then", "tier_now")}
    lines = [row("item", tier_then=then, **{now: int(found.get((then, now), 0)) for now in TIERS}) for then in TIERS]
    lines = [line | {"total": sum(amount(line[tier]) for tier in TIERS)} for line in lines]
    names = (*TIERS, "total")
    kind: Kind = "count" if counted == "loans" else "money"
    columns = (Column("tier_then", "word"), *(Column(name, kind) for name in names))
    return Sheet(f"replay_matrix_{counted}", columns, (*lines, row("total", tier_then="total", **added(lines, names))))


def _by_rule(moves: pl.DataFrame) -> Sheet:
    """What sets the tier of the loans that move."""
    sums = moves.group_by("rule_now").agg(moved_loans=pl.len(), moved_balance=pl.col("balance_cents").sum())
    lines = [row("item", **each) for each in sums.sort("rule_now", nulls_last=True).to_dicts()]
    names = ("moved_loans", "moved_balance")
    total = row("total", rule_now="total", **added(lines, names))
    return Sheet("replay_by_rule", (Column("rule_now", "word"), *_columns(names)), (*lines, total))


def _by_group(cells: pl.DataFrame, by: Grouping, orgs: pl.DataFrame) -> Sheet:
    held = grouped(cells.lazy(), by, orgs)
    lines = [row("item", **named, **_figures(each, None)) for named, each in each_group(held, by, orgs)]
    total = row("total", **total_of_groups(by), **_figures(cells, None))
    names = ("moved_loans", "moved_balance", *(f"{what}_{when}" for what in ("npl", "provisions") for when in _WHEN))
    columns = (*group_columns(by), *_columns((*names, "provisions_more")))
    return Sheet(f"replay_by_{by}", columns, (*lines, total))


def _pairs(cells: pl.DataFrame) -> Sheet:
    """A row a day and pair of tiers."""
    keys = ["on", "tier_then", "tier_now"]
    sums = cells.group_by(keys).agg(pl.col("loans").sum(), balance=pl.col("balance_cents").sum()).sort(keys)
    lines = tuple(row("item", **each) for each in sums.with_columns(pl.col("on").cast(pl.String)).to_dicts())
    columns = (
        Column("on", "text"), Column("tier_then", "word"), Column("tier_now", "word"), Column("loans", "count"),
        Column("balance", "money"),
    )  # fmt: skip
    return Sheet("replay_pairs", columns, lines, on_screen=False)


def _loans(moves: pl.DataFrame) -> Sheet:
    named = moves.select(
        pl.col("on").cast(pl.String), "loan_id", "org_id", "product", "days_past_due", "tier_then", "tier_now",
        rule="rule_now", cite="cite_now", balance="balance_cents", provisions_then="provisions_then_cents",
        provisions_now="provisions_now_cents",
    )  # fmt: skip
    kinds: dict[str, Kind] = {
        "on": "text", "loan_id": "text", "org_id": "text", "product": "text", "days_past_due": "number",
        "tier_then": "word", "tier_now": "word", "rule": "text", "cite": "text", "balance": "money",
        "provisions_then": "money", "provisions_now": "money",
    }  # fmt: skip
    lines = tuple(row("item", **each) for each in named.iter_rows(named=True))
    return Sheet("replay_loans", tuple(Column(name, kind) for name, kind in kinds.items()), lines, on_screen=False)


def _filed(sheets: Sequence[Sheet]) -> Sheet:
    """Lay sheets one below the other, each row naming its section."""
    columns = {column.name: column for sheet in sheets for column in sheet.columns}
    lines = (
        {"section": sheet.name.removeprefix("replay_"), **{name: line[name] for name in ("row", *_names(sheet))}}
        for sheet in sheets
        for line in sheet.rows
    )
    return filled("replay", (Column("section", "text"), *columns.values()), lines)


def _names(sheet: Sheet) -> tuple[str, ...]:
    return tuple(column.name for column in sheet.columns)
