"""What one debtor can pay on a published day: the capacity features of its night, found again for a page."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from postloan.intake.number import shard_of
from postloan.plan.published_day import published_day
from postloan.snapshot.read import scan_whole_loans
from postloan.steps.features.accounts import account_features
from postloan.steps.features.bureau import bureau_features
from postloan.steps.features.capacity import OF_LOANS, capacity_features

_OF_FACTS = {
    "statement": ("debtor_no", "period_end_on", "item", "value_cents"),
    "elsewhere": ("debtor_no", "on", "all_banks_cents", "all_banks_over_90_cents", "other_bank_npl", "queries_3m"),
    "account_entry": ("debtor_no", "booked_at", "amount_cents", "counterparty_account", "counterparty_kind"),
}


def capacity_of(home: Path, debtor_id: str, debtor_no: int, on: date) -> dict[str, Any] | None:
    """Find the capacity features of a debtor of a published day; None where it has no loan on the book.

    None, too, where an earlier version of the program published the day and not what falls due within a year.

    Raises NothingPublished, SnapshotDamaged.
    """
    facts = published_day(home, on).facts
    shard = shard_of(debtor_id, facts.layout.shards)
    is_its = pl.col("debtor_no") == debtor_no
    mine = scan_whole_loans(home, on, shard=shard).filter(is_its & (pl.col("status") == "active"))
    loans = mine.select(OF_LOANS).collect()
    if loans.is_empty():
        return None
    told = {table: facts.read(table, shard, columns, is_its) for table, columns in _OF_FACTS.items()}
    bureau, accounts = bureau_features(told["elsewhere"], on=on), account_features(told["account_entry"], on=on)
    found = capacity_features(loans, told["statement"], bureau, accounts, on=on)
    return next(found.iter_rows(named=True), None)
