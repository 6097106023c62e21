"""What the register of exceptions hears of impairment: stages and classes that differ, missing plans, overrides."""

import polars as pl
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.exceptional import ExceptionSource, Told, register_source, told_rows
from postloan.desk.core.lists.cells import language
from postloan.desk.impairment.differences import differences
from postloan.desk.impairment.reckoned import is_reckoned
from postloan.rules.desk_exceptions import ExceptionKind
from postloan.snapshot.read import scan_debtors, scan_loans
from postloan.tables.said import said


def _stage_differs(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    rows = differences(day).filter(pl.col("kind") != "no_plan")
    return told_rows(
        _told(row, day, " · ".join(said(name, row[key], language()) for name, key in (
            ("stage", "stage"), ("tier", "tier"), ("stage_cause", "ground"),
        )))
        for row in rows.iter_rows(named=True)
    )  # fmt: skip


def _plan_missing(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    rows = differences(day).filter(kind="no_plan")
    return told_rows(_told(row, day, _("没有回收计划")) for row in rows.iter_rows(named=True))


def _stage_by_people(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    if not is_reckoned(day.home, day.on):
        return told_rows(())
    names = scan_debtors(day.home, day.on).select("debtor_no", debtor_name="name")
    held = scan_loans(day.home, day.on).filter((pl.col("status") == "active") & pl.col("override_stage").is_not_null())
    rows = held.join(names, on="debtor_no", how="left").select(
        "loan_id", "debtor_name", "org_id", "officer_id", "claim_cents", pl.col("override_stage").cast(pl.String)
    )
    return told_rows(
        _told(row, day, said("stage", row["override_stage"], language()))
        for row in rows.collect().iter_rows(named=True)
    )


def _told(row: dict[str, object], day: BusinessDay, words: str) -> Told:
    return Told(
        f"loan:{row['loan_id']}", str(row["debtor_name"]), words, str(row["org_id"]), day.on,
        officer=str(row["officer_id"] or ""), amount_cents=int(str(row["claim_cents"] or 0)),
        page=reverse("impairment:loan", args=[row["loan_id"]]),
    )  # fmt: skip


for _name, _find in (
    ("stage_differs", _stage_differs), ("recovery_plan_missing", _plan_missing), ("stage_by_people", _stage_by_people),
):  # fmt: skip
    register_source(ExceptionSource(_name, _find))
