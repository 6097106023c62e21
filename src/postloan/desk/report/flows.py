"""Flows: how the balance of each loan went from one published day to the next, part by part, to the cent.

What two points cannot tell apart stands in `other`: interest made principal, a further drawdown, a correction by the
core, a loan that is no longer delivered, a share of a joint loan that changed or was rounded.
"""

from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.book import Grouping, Within, grouped, kept
from postloan.errors import NothingPublished
from postloan.snapshot.read import scan_loans
from postloan.tables.shares import own_share

PARTS = ("lent", "cash", "written_off", "transferred", "asset", "other")
"""The balance after is the balance before, and lent, less cash, written_off, transferred and asset, and other."""

_LEVELS = {
    "paid": "paid_principal_cents", "received": "received_cents", "off": "written_off_cents",
    "transferred": "transferred_cents", "asset": "asset_cents",
}  # fmt: skip
"""What is published as summed since the beginning; the difference between two days is what came in between."""
_STANDING = (
    "loan_no", "loan_id", "status", "tier", "own_share_outstanding_cents", "funding_share_e8", "is_restructured",
)  # fmt: skip
_GROUPS = ("org_id", "product", "industry_code", "region_code")


def read_point(
    home: Path,
    on: date,
    by: Grouping | None = None,
    orgs: pl.DataFrame | None = None,
    *,
    more: tuple[str, ...] = (),
    within: Within = None,
) -> pl.DataFrame:
    """Read where every loan stands on a published day, amounts being the bank's own share.

    Returns loan_no, loan_id, group, stand (the tier on the book, else the status), balance (0 off the book), the
    levels paid, received, off, transferred, asset, is_restructured, and `more` columns as they are published.
    Raises NothingPublished where the day was published before these columns were.
    """
    scan = kept(scan_loans(home, on), within)
    wanted = dict.fromkeys((*_STANDING, *_LEVELS.values(), *_GROUPS, *more))
    missing = wanted.keys() - scan.collect_schema().names()
    if missing:
        raise NothingPublished(
            message=f"The snapshot of {on} has no {', '.join(sorted(missing))}: an earlier version published it.",
            hint=f"Compute the day again: postloan night {on}.",
            where={"home": home, "on": on},
        )
    is_active = pl.col("status") == "active"
    read = scan.select(
        *dict.fromkeys(("loan_no", "loan_id", "is_restructured", *_GROUPS, *more)),
        stand=pl.when(is_active).then(pl.col("tier").cast(pl.String)).otherwise(pl.col("status").cast(pl.String)),
        balance=pl.when(is_active).then("own_share_outstanding_cents").otherwise(0),
        **{name: own_share(pl.col(column)) for name, column in _LEVELS.items()},
    )
    return grouped(read, by, orgs).drop(set(_GROUPS) - set(more))


def flows(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Say of every loan of two points how its balance went from one to the other.

    Returns both points side by side (`_after`), opening and closing, the PARTS, and recovered: cash on what had been
    written off before, a memo that moves no balance. In the period of the writing off itself cash counts towards the
    balance first, and principal paid beyond it is recovered.
    """
    both = before.join(after, on="loan_no", how="full", coalesce=True, suffix="_after")
    both = both.with_columns(pl.coalesce("loan_id", "loan_id_after").alias("loan_id"))
    is_new, is_gone = pl.col("stand").is_null(), pl.col("stand_after").is_null()
    is_out = (pl.col("balance_after").fill_null(0) == 0) & (pl.col("off_after").fill_null(0) > 0) & ~is_new
    was_out = is_out & (pl.col("stand") == "written_off").fill_null(value=False)
    grew = {
        f"grew_{name}": pl.when(is_gone).then(0).otherwise(pl.col(f"{name}_after") - pl.col(name).fill_null(0))
        for name in _LEVELS
    }
    both = both.with_columns(
        opening=pl.col("balance").fill_null(0), closing=pl.col("balance_after").fill_null(0), **grew
    )
    # More may be written off than was owed here; what the balance did not hold cannot leave it.
    both = both.with_columns(
        off_kept=pl.when(is_out).then(pl.min_horizontal("grew_off", "opening")).otherwise("grew_off")
    )
    is_capped = pl.col("off_kept") < pl.col("grew_off")
    rest = pl.col("opening") - pl.col("off_kept")
    both = both.with_columns(
        cash=pl.when(was_out).then(0).when(is_out).then(pl.min_horizontal("grew_paid", rest)).otherwise("grew_paid"),
        transferred=pl.when(is_capped)
        .then(pl.min_horizontal("grew_transferred", "off_kept"))
        .otherwise("grew_transferred"),
    )
    left = pl.col("off_kept") - pl.col("transferred")
    both = both.with_columns(
        asset=pl.when(is_capped).then(pl.min_horizontal("grew_asset", left)).otherwise("grew_asset")
    )
    lent = pl.when(is_new).then(pl.col("closing") + pl.col("cash") + pl.col("off_kept")).otherwise(0)
    return both.with_columns(
        written_off=left - pl.col("asset"),
        lent=lent,
        other=pl.col("closing") - pl.col("opening") - lent + pl.col("cash") + pl.col("off_kept"),
        recovered=pl.when(was_out).then("grew_received").otherwise(pl.col("grew_paid") - pl.col("cash")),
    ).drop("off_kept", *grew)
