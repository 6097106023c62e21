"""Corrections: what a version of a closed day says otherwise than the one that was filed, in sum or loan by loan."""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, each_group, group_columns, grouped, kept, total_of_groups
from postloan.desk.report.form import Column, Report, Row, Sheet, added, row, snapshot_of
from postloan.snapshot.read import filed_edition, scan_loans
from postloan.tables.results import LOSS_PROVISIONS
from postloan.tables.units import NON_PERFORMING

_NAMED = ("loan_id", "org_id", "product", "industry_code", "region_code")
_COMPARED = ("tier", "outstanding", "provisions")
_TOTALS = (
    Column("loans_filed", "count"), Column("loans_now", "count"), Column("tiers_moved", "count"),
    *(Column(f"{name}_{side}", "money") for name in ("outstanding", "provisions", "npl") for side in ("filed", "now")),
)  # fmt: skip
_LOANS = (
    Column("loan_id", "text"), Column("org_id", "text"), Column("tier_filed", "word"), Column("tier_now", "word"),
    Column("outstanding_filed", "money"), Column("outstanding_now", "money"), Column("provisions_filed", "money"),
    Column("provisions_now", "money"),
)  # fmt: skip


def corrections(
    home: Path, on: date, by: Grouping | None = None, *, orgs: pl.DataFrame | None = None, within: Within = None
) -> Report:
    """Report every loan on the book that differs from the filed version, and the sums; or the sums of each group.

    A loan counts in the group of the version; one that is gone, in that of the filed one. A tier moved where the two
    say two, also of a loan that only one of them holds. Raises VersionUnknown where the day was never closed.
    """
    filed = filed_edition(home, on)
    sides = [_book(home, day, side, within) for day, side in ((on, "now"), (filed, "filed"))]
    both = sides[0].join(sides[1], on="loan_no", how="full", coalesce=True)
    both = both.with_columns(*(pl.coalesce(key, f"{key}_filed") for key in _NAMED))
    loans = grouped(both, by, orgs)
    after, before = snapshot_of(home, on), snapshot_of(home, filed)
    if by is not None:
        sheet = _by_group(loans, by, orgs)
        return Report("corrections", after, by, sheet, (sheet,), before=before)
    moved = loans.filter(pl.any_horizontal(_differs(name) for name in _COMPARED))
    listed = Sheet("corrections_loans", _LOANS, tuple(_line(line) for line in moved.sort("loan_no").to_dicts()))
    sums = Sheet("corrections", _TOTALS, (row("total", **_sums(loans)),))
    return Report("corrections", after, None, filed=listed, shown=(listed, sums), before=before)


def _book(home: Path, on: date, side: str, within: Within) -> pl.LazyFrame:
    """Scan what is compared of the loans on the book, the figures named by the side."""
    return (
        kept(scan_loans(home, on), within)
        .filter(pl.col("status") == "active")
        .select(
            "loan_no",
            *(pl.col(name).alias(name if side == "now" else f"{name}_filed") for name in _NAMED),
            pl.col("tier").alias(f"tier_{side}"),
            pl.col("own_share_outstanding_cents").alias(f"outstanding_{side}"),
            pl.sum_horizontal(LOSS_PROVISIONS).alias(f"provisions_{side}"),
        )
    )


def _by_group(loans: pl.DataFrame, by: Grouping, orgs: pl.DataFrame | None) -> Sheet:
    items = [row("item", **named, **_sums(held)) for named, held in each_group(loans, by, orgs)]
    total = row("total", **total_of_groups(by), **added(items, [column.name for column in _TOTALS]))
    return Sheet(f"corrections_by_{by}", (*group_columns(by), *_TOTALS), (*items, total))


def _sums(loans: pl.DataFrame) -> dict[str, int]:
    sums = {"tiers_moved": loans.filter(_differs("tier")).height}
    for side in ("filed", "now"):
        bad = loans.filter(pl.col(f"tier_{side}").is_in(NON_PERFORMING))
        sums |= {
            f"loans_{side}": loans[f"tier_{side}"].count(),
            f"outstanding_{side}": int(loans[f"outstanding_{side}"].sum()),
            f"provisions_{side}": int(loans[f"provisions_{side}"].sum()),
            f"npl_{side}": int(bad[f"outstanding_{side}"].sum()),
        }
    return sums


def _differs(name: str) -> pl.Expr:
    return pl.col(f"{name}_now").ne_missing(pl.col(f"{name}_filed"))


def _line(line: Row) -> Row:
    return row("item", **{column.name: line[column.name] for column in _LOANS})
