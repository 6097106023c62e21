"""Snapshots made by hand: a few loans a day, written as a night would leave them, without a night."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from postloan.snapshot.files import write_table
from postloan.snapshot.publish import FinishedShard, publish
from postloan.tables.losses import STAGE_CAUSES, STAGES
from postloan.tables.published import OF_THE_BANK, PUBLISHED
from postloan.tables.results import LOAN_STATUSES
from postloan.tables.units import BUCKETS, EXPOSURE_KINDS, LEGAL_FORMS, METHODS, TIERS

JANUARY, FEBRUARY, MARCH = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)

_TYPES = {
    "loan_no": pl.Int64(), "status": pl.Enum(LOAN_STATUSES), "tier": pl.Enum(TIERS), "bucket": pl.Enum(BUCKETS),
    "days_past_due": pl.Int32(), "outstanding_cents": pl.Int64(), "overdue_principal_cents": pl.Int64(),
    "overdue_interest_cents": pl.Int64(), "own_share_outstanding_cents": pl.Int64(),
    "own_share_overdue_principal_cents": pl.Int64(), "own_share_overdue_interest_cents": pl.Int64(),
    "org_id": pl.String(), "product": pl.String(), "industry_code": pl.String(), "loan_id": pl.String(),
    "region_code": pl.String(),
    "legal_form": pl.Enum(LEGAL_FORMS), "exposure_kind": pl.Enum(EXPOSURE_KINDS), "method": pl.Enum(METHODS),
    "funding_share_e8": pl.Int64(), "principal_cents": pl.Int64(), "paid_principal_cents": pl.Int64(),
    "received_cents": pl.Int64(), "written_off_cents": pl.Int64(), "transferred_cents": pl.Int64(),
    "asset_cents": pl.Int64(), "is_restructured": pl.Boolean(), "is_repeat_restructured": pl.Boolean(),
    "disbursed_on": pl.Date(), "matures_on": pl.Date(), "original_matures_on": pl.Date(),
    "general_provision_cents": pl.Int64(), "specific_provision_cents": pl.Int64(),
    "special_provision_cents": pl.Int64(), "standard_method_cents": pl.Int64(), "stage": pl.Enum(STAGES),
    "rule_stage_cause": pl.Enum(STAGE_CAUSES), "claim_cents": pl.Int64(), "lgd_ratio": pl.Float64(),
    "rate_in_force_e8": pl.Int64(), "accounting_income_cents": pl.Int64(), "capitalised_cents": pl.Int64(),
    "on_balance_interest_cents": pl.Int64(), "off_balance_interest_cents": pl.Int64(),
    **{f"ecl_{name}_cents": pl.Int64() for name in ("year", "lifetime", "least", "most", "model", "overlay")},
    "ecl_cents": pl.Int64(),
}  # fmt: skip

_SHARED = ("outstanding_cents", "overdue_principal_cents", "overdue_interest_cents")

ORGS = pl.DataFrame(
    [
        ("000", None, "总行", "head"), ("010", "000", "海淀分行", "branch"), ("011", "010", "中关村支行", "sub_branch"),
        ("020", "000", "朝阳分行", "branch"), ("021", "020", "望京支行", "sub_branch"),
        ("022", "021", "望京东支行", "sub_branch"),
    ],
    schema=["org_id", "parent_id", "name", "level"],
    orient="row",
)  # fmt: skip


def loan(loan_no: int, tier: str, cents: int, **others: Any) -> dict[str, Any]:
    """One published loan: on the book, not overdue, in an office of Haidian, unless said otherwise."""
    return {
        "loan_no": loan_no, "status": "active", "tier": tier, "bucket": "M0", "days_past_due": 0,
        "outstanding_cents": cents, "overdue_principal_cents": 0, "overdue_interest_cents": 0, "org_id": "011",
        "product": "consumer", "industry_code": "C1311", "loan_id": f"L{loan_no}", "legal_form": "company",
        "region_code": "330106",
        "exposure_kind": "loan", "method": "level_instalment", "funding_share_e8": None, "principal_cents": cents,
        "paid_principal_cents": 0, "received_cents": 0, "written_off_cents": 0, "transferred_cents": 0,
        "asset_cents": 0, "is_restructured": False, "is_repeat_restructured": False,
        "disbursed_on": date(2023, 1, 10), "matures_on": date(2026, 1, 10), "original_matures_on": None,
    } | others  # fmt: skip


def _whole_share(row: dict[str, Any]) -> dict[str, Any]:
    """The bank's own share is all of the loan, unless the row says otherwise."""
    return {f"own_share_{name}": row[name] for name in _SHARED} | row


def publish_by_hand(
    home: Path, on: date, loans: Sequence[dict[str, Any]], *, shards: int = 2, run: str | None = None
) -> None:
    """Publish loans as the snapshot of a day, in some shards; a `run` of its own makes another version."""
    finished = []
    for shard in range(shards):
        folder = home / "nights" / str(on) / (run or "one") / f"{shard}"
        folder.mkdir(parents=True, exist_ok=True)
        rows = [_whole_share(each) for each in loans if each["loan_no"] % shards == shard]
        files = {
            "loan": write_table(folder / "loan.parquet", pl.DataFrame(rows, schema=_TYPES)),
        }
        for table in PUBLISHED.keys() - {"loan", *OF_THE_BANK}:
            files[table] = write_table(folder / f"{table}.parquet", PUBLISHED[table].create_empty())
        finished.append(FinishedShard(shard, folder, {"files": files}))
    pins = {
        "on": str(on),
        "known_on": str(on),
        "law_of": str(on),
        "loans": [list(map(str, each.values())) for each in loans],
    }
    publish(home, run or f"{on:%Y%m%d}{len(loans):024d}", on, finished, {"pins": pins, "currency": "CNY"})
