"""Loans to be explained: stage 3 and non-performing differ, and credit-impaired debts that nobody assessed by itself.

stage_only  in stage 3, and not of a non-performing class (ECL-13).
tier_only   non-performing, and not credit-impaired (ECL-13).
no_plan     credit-impaired, not retail, of at least the bank's amount, and measured by no recovery plan (ECL-26).
"""

from functools import lru_cache
from pathlib import Path

import polars as pl

from postloan.desk.book.grounds import stage_ground
from postloan.desk.core.authority import Scope, rows_within
from postloan.desk.core.days import BusinessDay
from postloan.desk.impairment.checks import IMPAIRED
from postloan.desk.impairment.reckoned import is_reckoned, loss_rule
from postloan.snapshot.read import published_run, scan_debtors, scan_loans
from postloan.tables.losses import STAGES
from postloan.tables.units import NON_PERFORMING

KINDS = ("stage_only", "tier_only", "no_plan")
_COLUMNS: dict[str, pl.DataType] = {
    "key": pl.String(), "kind": pl.String(), "loan_id": pl.String(), "debtor_id": pl.String(),
    "debtor_name": pl.String(), "org_id": pl.String(), "officer_id": pl.String(), "product": pl.String(),
    "tier": pl.String(), "stage": pl.String(), "ground": pl.String(), "days_past_due": pl.Int64(),
    "claim_cents": pl.Int64(), "ecl_cents": pl.Int64(),
}  # fmt: skip


def differences(day: BusinessDay, scope: Scope | None = None) -> pl.DataFrame:
    """The loans to be explained on a day, in some offices or all; one row a loan and kind."""
    rows = _found(day.home, day, published_run(day.home, day.on))
    return rows if scope is None else rows_within(rows, scope)


@lru_cache(maxsize=16)
def _found(home: Path, day: BusinessDay, _run_id: str | None) -> pl.DataFrame:
    rule = loss_rule(home, day.on)
    if rule is None or not is_reckoned(home, day.on):
        return pl.DataFrame(schema=_COLUMNS)
    names = scan_debtors(home, day.on).select("debtor_no", debtor_name="name")
    is_bad, is_impaired = pl.col("tier").is_in(NON_PERFORMING), pl.col("stage") == IMPAIRED
    kinds = {
        "stage_only": is_impaired & ~is_bad,
        "tier_only": is_bad & ~pl.col("stage").is_in([IMPAIRED, STAGES[3]]),
        "no_plan": (
            is_impaired & ~pl.col("is_retail") & (pl.col("claim_cents") >= rule.individual.from_cents)
            & (pl.col("ecl_method") != "individual")
        ),
    }  # fmt: skip
    rows = (
        scan_loans(home, day.on)
        .filter((pl.col("status") == "active") & pl.any_horizontal(kinds.values()))
        .with_columns(kind=pl.concat_list(pl.when(holds).then(pl.lit(name)) for name, holds in kinds.items()))
        .with_columns(ground=stage_ground())
        .join(names, on="debtor_no", how="left")
        .explode("kind")
        .drop_nulls("kind")
        .with_columns(key=pl.col("kind") + ":" + pl.col("loan_id"))
    )
    return rows.select(pl.col(name).cast(kind) for name, kind in _COLUMNS.items()).sort("key").collect()
