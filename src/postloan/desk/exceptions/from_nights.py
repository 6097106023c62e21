"""Exceptions that published days tell of: failed checks, breaks with the core, decisions without effect, overrides."""

from functools import lru_cache
from pathlib import Path

import polars as pl
from django.urls import reverse

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.exceptional import ROW, ExceptionSource, Told, register_source, told_rows
from postloan.desk.core.work.pages import action_of
from postloan.errors import NothingPublished
from postloan.rules.desk_exceptions import ExceptionKind
from postloan.snapshot.read import read_manifest, scan_breaks, scan_debtors, scan_instructions, scan_loans

_KEY = "{key}"
_FLAGGED = {
    "extended_too_far": pl.col("is_extended_too_far"), "charges_above_cap": pl.col("passes_court_cap"),
    "delay_excused": pl.col("delay_is_technical"), "manual_tier": pl.col("manual_tier").is_not_null(),
}  # fmt: skip
_SAYS = {
    "extended_too_far": pl.col("extension_cite"), "charges_above_cap": pl.lit(None, pl.String),
    "delay_excused": pl.lit("DPD ") + pl.col("days_past_due").cast(pl.String), "manual_tier": pl.col("manual_tier"),
}  # fmt: skip
_SINCE = {"manual_tier": pl.col("tier_since_on")}


def _check_failed(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    failed = [check for check in read_manifest(day.home, day.on).get("checks", []) if not check["passed"]]
    return told_rows(
        Told(f"check:{day.run_id}:{check['name']}", str(check["name"]), str(check["saw"]), None, day.on)
        for check in failed
    )


def _of_loans(day: BusinessDay, kind: ExceptionKind) -> pl.DataFrame:
    return _loans_flagged(day.home, day, kind.kind)


@lru_cache(maxsize=32)
def _loans_flagged(_home: Path, day: BusinessDay, kind: str) -> pl.DataFrame:
    names = scan_debtors(day.home, day.on).select("debtor_no", title="name")
    held = scan_loans(day.home, day.on).filter((pl.col("status") == "active") & _FLAGGED[kind])
    return (
        held.join(names, on="debtor_no", how="left")
        .with_columns(
            told=_SAYS[kind].cast(pl.String),
            happened_on=_SINCE.get(kind, pl.lit(day.on, pl.Date)),
            officer="officer_id",
            amount_cents="own_share_outstanding_cents",
            **_loan_page(),
        )
        .pipe(_rows)
    )


def _ledger_break(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    try:
        found = scan_breaks(day.home, day.on)
    except NothingPublished:
        return told_rows(())
    return (
        found.group_by("loan_id", "org_id")
        .agg(
            told=pl.col("kind").cast(pl.String).unique().sort().str.join(", "),
            amount_cents=pl.col("difference_cents").abs().max(),
        )
        .with_columns(title="loan_id", happened_on=pl.lit(day.on, pl.Date), **_loan_page())
        .pipe(_rows)
    )


def _decision_refused(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    try:
        found = scan_instructions(day.home, day.on)
    except NothingPublished:
        return told_rows(())
    refused = found.filter(pl.col("state") == "refused").with_columns(
        title="loan_id", told="kind", happened_on="effective_on", **_loan_page()
    )
    return refused.with_columns(subject=pl.lit("decision:") + pl.col("decision_id")).pipe(_rows)


def _loan_page() -> dict[str, pl.Expr]:
    one = reverse("book:loan", args=[_KEY])
    page = one.replace("%7Bkey%7D", "{}").replace(_KEY, "{}")
    return {
        "subject": pl.lit("loan:") + pl.col("loan_id"), "page": pl.format(page, "loan_id"),
        "action": pl.lit(action_of(one)),
    }  # fmt: skip


def _rows(found: pl.LazyFrame) -> pl.DataFrame:
    """The columns of ROW; those that the rows do not say are empty."""
    known = found.collect_schema().names()
    return found.select(
        (pl.col(name) if name in known else pl.lit(None)).cast(kind).alias(name) for name, kind in ROW.items()
    ).collect()


register_source(ExceptionSource("check_failed", _check_failed))
register_source(ExceptionSource("ledger_break", _ledger_break))
register_source(ExceptionSource("decision_refused", _decision_refused))
for _name in _FLAGGED:
    register_source(ExceptionSource(_name, _of_loans))
