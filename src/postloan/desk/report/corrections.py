"""Corrections: what a version of a day says otherwise than another one: loan by loan, why, and in sums that add up."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import (
    Grouping,
    Within,
    each_group,
    group_columns,
    grouped,
    kept,
    total_of_groups,
)
from postloan.desk.report.form import Column, Report, Row, Sheet, added, amount, filled, row, snapshot_of
from postloan.plan.corrected import Cause, causes
from postloan.snapshot.read import Edition, edition_before, scan_whole_loans
from postloan.tables.results import LOSS_PROVISIONS
from postloan.tables.units import NON_PERFORMING

FIELDS = ("org_id", "tier", "days_past_due", "outstanding", "provisions", "stage", "allowance")
"""What is compared of a loan."""
SUMMED = ("loans", "outstanding", "provisions", "npl", "allowance")
"""What is added up."""
_GROUPED = ("product", "industry_code", "region_code")
_KINDS = {
    "org_id": "text", "tier": "word", "stage": "word", "days_past_due": "number", "loans": "count",
}  # fmt: skip
_CAUSES_MOST = 3

_LOANS = (
    Column("loan_id", "text"),
    *(Column(f"{name}_{side}", _KINDS.get(name, "money"), on_screen=name != "org_id")  # type: ignore[arg-type]
      for name in FIELDS for side in ("before", "after")),
    Column("causes", "text"),
)  # fmt: skip
_SUMS = (
    Column("tiers_moved", "count"),
    *(Column(f"{name}_{part}", _KINDS.get(name, "money"), on_screen=part != "before" or name == "outstanding")  # type: ignore[arg-type]
      for name in SUMMED for part in ("before", "change", "after")),
)  # fmt: skip
_CAUSES = (
    Column("loan_id", "text"), Column("source_table", "text"), Column("key", "text"), Column("change", "word"),
    Column("field", "text"), Column("before", "text"), Column("after", "text"), Column("known_on", "text"),
)  # fmt: skip


def corrections(
    home: Path,
    on: date,
    by: Grouping | None = None,
    *,
    orgs: pl.DataFrame | None = None,
    within: Within = None,
    against: str | None = None,
) -> Report:
    """Report every loan on the book that differs between two versions of a day, with the rows it follows from.

    on       the day in the version that is asked about, see `Edition`.
    against  the run it is compared with; None is the filed one, or of a day never closed the version before.

    Sums are by office and tier, or by the groups asked for: before and changes are after, in each line, to the cent;
    what does not add up is named in `failed`. A loan counts where it stands on each side: one that moves from a tier or
    an office to another leaves the one and comes to the other. Raises VersionUnknown where there is nothing to compare.
    """
    earlier = edition_before(home, on) if against is None else Edition.of(on, against)
    sides = [_book(home, day, within) for day in (earlier, on)]
    moved = _moved(*sides)
    after, before = snapshot_of(home, on), snapshot_of(home, earlier)
    rows = _sums(sides, moved, by, orgs)
    sums = Sheet(f"corrections_by_{by}" if by else "corrections", (*_named(by), *_SUMS), rows)
    failed = tuple(_faults(rows, by))
    if by is not None:
        return Report("corrections", after, by, sums, (sums,), before=before, failed=failed)
    numbers = moved.select("loan_no", pl.coalesce("debtor_no", "debtor_no_after").alias("debtor_no"))
    found = causes(home, earlier, on, numbers)
    listed, why = _listed(moved, found), _why(moved, found)
    return Report(
        "corrections", after, None, listed, (listed, why, sums), before=before, failed=failed, more=(why, sums)
    )


def _book(home: Path, on: date, within: Within) -> pl.LazyFrame:
    """Scan what is compared of the loans on the book; amounts are the bank's own share."""
    return (
        kept(scan_whole_loans(home, on), within)
        .filter(pl.col("status") == "active")
        .select(
            "loan_no", "debtor_no", "loan_id", "org_id", *_GROUPED, "tier", "days_past_due", "stage",
            outstanding="own_share_outstanding_cents",
            provisions=pl.sum_horizontal(LOSS_PROVISIONS),
            allowance=pl.col("ecl_cents"),
            loans=pl.lit(1, pl.Int64),
        )
    )  # fmt: skip


def _moved(before: pl.LazyFrame, after: pl.LazyFrame) -> pl.DataFrame:
    """The loans that the two sides do not say the same of, the later side's columns `_after`."""
    both = before.join(after, on="loan_no", how="full", coalesce=True, suffix="_after")
    return (
        both.filter(pl.any_horizontal(_differs(name) for name in ("loans", *FIELDS, *_GROUPED)))
        .with_columns(pl.coalesce(name, f"{name}_after").alias(name) for name in ("loan_id", "debtor_no"))
        .collect()
        .sort("loan_no")
    )


def _differs(name: str) -> pl.Expr:
    return pl.col(name).ne_missing(pl.col(f"{name}_after"))


def _cells(rows: pl.LazyFrame, part: str, by: Grouping | None, orgs: pl.DataFrame | None) -> pl.DataFrame:
    """Add rows of loans up by cell: by office and tier, or by group; what is added up is named by its part."""
    is_bad = pl.col("tier").is_in(NON_PERFORMING)
    named = rows.with_columns(npl=pl.when(is_bad).then("outstanding").otherwise(0))
    # The cells of tiers are laid by the office itself: the branch above it is a grouping of its own.
    laid = grouped(named, by or "office", orgs).with_columns(tier=pl.col("tier") if by is None else pl.lit(None))
    return laid.group_by("group", "tier").agg(
        *(pl.col(name).sum().alias(f"{name}_{part}") for name in SUMMED), pl.col("^tiers_moved$").sum()
    )


def _legs(moved: pl.DataFrame) -> list[pl.LazyFrame]:
    """Loans that differ, as they leave the cell where they stood, with their sign, and as they come to the other."""
    keys = ("org_id", *_GROUPED, "tier")
    amounts = ("loans", "outstanding", "provisions", "allowance")
    legs = []
    for side, sign in (("", -1), ("_after", 1)):
        # A tier is counted where the loan comes to, and of a loan that is gone where it stood.
        moves = _differs("tier") & (pl.lit(sign > 0) | pl.col("loans_after").is_null())
        legs.append(
            moved.lazy()
            .filter(pl.col(f"loans{side}").is_not_null())
            .select(
                **{name: pl.col(f"{name}{side}") for name in keys},
                **{name: pl.col(f"{name}{side}") * sign for name in amounts},
                tiers_moved=moves.cast(pl.Int64),
            )
        )
    return legs


def _sums(
    sides: Sequence[pl.LazyFrame], moved: pl.DataFrame, by: Grouping | None, orgs: pl.DataFrame | None
) -> tuple[Row, ...]:
    """Add up each cell: both versions from all their loans, the changes from the loans that differ alone."""
    parts = [_cells(side, part, by, orgs) for side, part in zip(sides, ("before", "after"), strict=True)]
    parts += [_cells(leg, "change", by, orgs) for leg in _legs(moved)]
    names = [column.name for column in _SUMS]
    cells = pl.concat(parts, how="diagonal_relaxed").group_by("group", "tier").agg(pl.col(names).sum())
    rows: list[Row] = []
    for named, held in each_group(cells, by or "office", orgs):
        lines = held.sort("tier").to_dicts()
        items = [row("item", **named, **_tier(by, line["tier"]), **_only(line, names)) for line in lines]
        rows += items
        if by is None:
            rows.append(row("subtotal", **named, tier="total", **added(items, names)))
    counted = [line for line in rows if line["row"] == "item"]
    total = total_of_groups(by or "office") | _tier(by, "total")
    return (*rows, row("total", **total, **added(counted, names)))


def _tier(by: Grouping | None, tier: str) -> Row:
    return {} if by else {"tier": tier}


def _only(line: Row, names: Sequence[str]) -> Row:
    return {name: amount(line[name]) for name in names}


def _faults(rows: Sequence[Row], by: Grouping | None) -> Iterator[str]:
    """Say of each sum that does not add up where it stands."""
    named = [column.name for column in _named(by)]
    for line in rows:
        for name in SUMMED:
            before, change, after = (amount(line[f"{name}_{part}"]) for part in ("before", "change", "after"))
            if before + change != after:
                where = " ".join(str(line.get(key)) for key in named if line.get(key) is not None)
                yield f"{where} {name}: {before} + {change} ≠ {after}"


def _named(by: Grouping | None) -> tuple[Column, ...]:
    return group_columns(by) if by else (*group_columns("office"), Column("tier", "word"))


def _listed(moved: pl.DataFrame, found: Sequence[Cause]) -> Sheet:
    of_loan: dict[int | None, list[str]] = {}
    for each in found:
        of_loan.setdefault(each.loan_no, []).append(_named_cause(each))
    lines = []
    for line in moved.to_dicts():
        said = list(Counter(of_loan[line["loan_no"]]))
        more = f" +{len(said) - _CAUSES_MOST}" if len(said) > _CAUSES_MOST else ""
        cells = {f"{name}_before": line[name] for name in FIELDS}
        cells |= {f"{name}_after": line[f"{name}_after"] for name in FIELDS}
        lines.append(row("item", loan_id=line["loan_id"], **cells, causes="; ".join(said[:_CAUSES_MOST]) + more))
    return Sheet("corrections_loans", _LOANS, tuple(lines))


def _named_cause(cause: Cause) -> str:
    return f"{cause.table} {cause.key}".strip() or cause.change


def _why(moved: pl.DataFrame, found: Sequence[Cause]) -> Sheet:
    ids = dict(moved.select("loan_no", "loan_id").iter_rows())
    lines = [
        row(
            "item", loan_id=ids[each.loan_no] if each.loan_no is not None else None, source_table=each.table,
            key=each.key, change=each.change, field=each.field, before=each.before, after=each.after,
            known_on=each.known_on.isoformat() if each.known_on else None,
        )
        for each in found
    ]  # fmt: skip
    return filled("corrections_causes", _CAUSES, lines)
