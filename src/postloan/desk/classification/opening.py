"""Drawing a quarter's batches up from a published day: which loans are looked at singly, and which on a sheet."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.urls import reverse

from postloan.desk.approval.actions import case_new
from postloan.desk.classification.models import Batch, Item, Sheet
from postloan.rules.desk_approvals import Approvals

SINGLE, RETAIL = "classification", "classification_retail"


def item_of(batch: Batch, row: Mapping[str, Any], rules: Approvals, officers: Mapping[str, int]) -> Item:
    """One loan's item with its case; neither is saved yet."""
    case = case_new(
        rules.chain(SINGLE), subject=f"{batch.pk}:{row['loan_id']}", title=row["debtor_name"] or row["debtor_id"],
        page=reverse("classification:item", args=[batch.pk, row["loan_id"]]), org_id=batch.org_id,
        amount_cents=row["outstanding_cents"], on=batch.on, run_id=batch.run_id,
    )  # fmt: skip
    return Item(
        batch=batch, case=case, org_id=batch.org_id, officer_id=officers.get(row["officer_id"] or ""),
        loan_id=row["loan_id"], debtor_id=row["debtor_id"], debtor_name=(row["debtor_name"] or "")[:200],
        legal_form=row["legal_form"], security_kind=row["security_kind"], outstanding_cents=row["outstanding_cents"],
        overdue_cents=row["overdue_principal_cents"], days_past_due=row["days_past_due"], tier=row["tier"],
        cite=(row["tier_cite"] or "")[:200], tier_last_quarter=row["tier_last_quarter"] or "", is_held=row["is_held"],
        may_upgrade_from_on=row["may_upgrade_from_on"], is_changed=row["is_changed"], is_plain=not row["is_changed"],
        opinion_tier=row["tier"],
    )  # fmt: skip


def sheet_of(batch: Batch, rows: pl.DataFrame, rules: Approvals) -> Sheet:
    """The sheet of an office's retail loans with its case; neither is saved yet."""
    outstanding_cents = int(rows["outstanding_cents"].sum())
    tiers = (
        rows.group_by("tier")
        .agg(
            loans=pl.len().cast(pl.Int64),
            cents=pl.col("outstanding_cents").sum(),
            changed=pl.col("is_changed").sum().cast(pl.Int64),
        )
        .sort("tier")
    )
    case = case_new(
        rules.chain(RETAIL), subject=str(batch.pk), title=batch.org.name,
        page=reverse("classification:retail", args=[batch.pk]), org_id=batch.org_id, amount_cents=outstanding_cents,
        on=batch.on, run_id=batch.run_id,
    )  # fmt: skip
    return Sheet(
        batch=batch, case=case, loans=rows.height, outstanding_cents=outstanding_cents,
        tiers=tiers.cast({"tier": pl.String}).to_dicts(),
    )  # fmt: skip
