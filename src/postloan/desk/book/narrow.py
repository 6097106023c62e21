"""Narrow files: the columns that lists need of a day, laid out so that they are searched in place.

A published snapshot is compact and wide; a list wants few columns at once. They are written once a run beside the desk,
uncompressed, and kept in memory by whoever opened them lately. They hold nothing that the snapshot does not say:
whoever deletes them loses a second.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import polars as pl

from postloan.desk.core.days import BusinessDay
from postloan.plan import dossier
from postloan.plan.finances import peer_ratios
from postloan.snapshot.read import read_manifest, scan_debtors, scan_loans
from postloan.tables.units import NON_PERFORMING, TIERS

_FORM = 5
"""Rises when the columns change, so that files of an earlier program are not read."""
_LOAN = (
    "loan_no", "loan_id", "debtor_id", "org_id", "officer_id", "product", "exposure_kind", "legal_form",
    "industry_code", "region_code", "security_kind", "status", "outstanding_cents", "overdue_principal_cents",
    "days_past_due", "bucket", "tier", "grade", "tier_since_on", "tier_last_quarter", "tier_rule", "tier_cite",
    "rate_in_force_e8", "principal_cents", "disbursed_on", "matures_on", "next_due_on", "last_paid_on", "settled_on",
    "is_restructured", "is_held", "own_share_outstanding_cents",
)  # fmt: skip
_LOSSES = {
    "stage": pl.String, "ecl_method": pl.String, "claim_cents": pl.Int64, "ecl_cents": pl.Int64,
}  # fmt: skip
"""Columns that a day has none of which was published before there were expected losses."""
_ARREARS = ("overdue_interest_cents", "penalty_cents", "compound_cents", "overdue_fee_cents")


def loan_rows(day: BusinessDay) -> pl.DataFrame:
    """The loans of a day as lists show them: `_LOAN`, name and group of the debtor, interest and charges in arrears."""
    return kept(file_of(day, "loan"), lambda: _make_loans(day))


def debtor_rows(day: BusinessDay) -> pl.DataFrame:
    """The debtors of a day: every published column, the office of the largest loan, and their arrears of interest."""
    return kept(file_of(day, "debtor"), lambda: _make_debtors(day))


def group_rows(day: BusinessDay) -> pl.DataFrame:
    """The groups of connected customers of a day, with their members summed up."""
    return kept(file_of(day, "group"), lambda: _make_groups(day))


def collateral_rows(day: BusinessDay) -> pl.DataFrame:
    """The collateral that the feeds tell of by a day, with its latest value and for whom it stands."""
    return kept(file_of(day, "collateral"), lambda: _make_collateral(day))


def peer_rows(day: BusinessDay, *, least: int) -> pl.DataFrame:
    """The quartiles of the ratio set by industry, of every debtor's latest statement up to the day; of `least` debtors.

    A quartile is the ratio of a debtor: of fewer it would tell whose.
    """
    return kept(file_of(day, "peer"), lambda: peer_ratios(day.home, day.on)).filter(pl.col("debtors") >= least)


def file_of(day: BusinessDay, table: str) -> Path:
    """Where a narrow file of a run lies."""
    return day.home / "desk" / "narrow" / f"{day.run_id}.{table}.{_FORM}.arrow"


def kept(path: Path, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Open a narrow file, made first where it is not there; made twice at once, the same bytes win."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.{id(make)}")
        make().write_ipc(part, compression="uncompressed")
        part.rename(path)
    return _opened(path)


@lru_cache(maxsize=24)
def _opened(path: Path) -> pl.DataFrame:
    return pl.read_ipc(path)


def _make_loans(day: BusinessDay) -> pl.DataFrame:
    arrears = pl.sum_horizontal(_ARREARS).alias("arrears_cents")
    named = scan_debtors(day.home, day.on).select("debtor_id", debtor_name="name", group_id="group_id")
    # A row says in which file of the snapshot it stands whole: whoever opens it reads that one alone.
    known = scan_loans(day.home, day.on, shard=0).collect_schema()
    held = {name: pl.col(name) if name in known else pl.lit(None) for name in _LOSSES}
    losses = [held[name].cast(kind).alias(name) for name, kind in _LOSSES.items()]
    shards = [
        scan_loans(day.home, day.on, shard=shard).select(*_LOAN, *losses, arrears, shard=pl.lit(shard, pl.Int32))
        for shard in range(read_manifest(day.home, day.on)["shards"])
    ]
    rows = pl.concat(shards).join(named, on="debtor_id", how="left").sort("loan_no").collect()
    # Offices and products are few: as closed lists they are compared as numbers.
    return rows.cast({name: pl.Enum(rows[name].unique().sort()) for name in ("org_id", "product")})


def _make_debtors(day: BusinessDay) -> pl.DataFrame:
    of_loans = (
        scan_loans(day.home, day.on)
        .select("debtor_no", "org_id", "officer_id", "outstanding_cents", pl.sum_horizontal(_ARREARS).alias("arrears"))
        .group_by("debtor_no")
        .agg(
            pl.col("org_id", "officer_id").sort_by("outstanding_cents", descending=True).first(),
            arrears_cents=pl.col("arrears").sum(),
        )
    )
    return scan_debtors(day.home, day.on).join(of_loans, on="debtor_no", how="left").sort("debtor_no").collect()


def _make_collateral(day: BusinessDay) -> pl.DataFrame:
    whose = debtor_rows(day).select("debtor_no", "debtor_id", debtor_name="name")
    return dossier.collateral_rows(day.home, day.on).join(whose, on="debtor_no", how="left", maintain_order="left")


def _make_groups(day: BusinessDay) -> pl.DataFrame:
    worst = pl.col("tier_worst").cast(pl.Enum(TIERS))
    return (
        scan_debtors(day.home, day.on)
        .filter(pl.col("group_id").is_not_null())
        .group_by("group_id")
        .agg(
            pl.len().cast(pl.Int64).alias("member_count"),
            pl.col("loan_count", "exposure_cents", "overdue_cents", "npl_cents").sum(),
            pl.col("days_past_due_worst").max(),
            worst.max().alias("tier_worst"),
            worst.is_in(NON_PERFORMING).sum().cast(pl.Int64).alias("npl_member_count"),
            pl.col("name").sort_by("exposure_cents", descending=True).first().alias("largest_name"),
        )
        .sort("group_id")
        .collect()
    )
