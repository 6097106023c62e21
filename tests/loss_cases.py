"""Steps of the cases about stages: rows that say all that a stage rests on."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from postloan.rules.rulebook import Rulebook
from postloan.rules.stages import Stages
from postloan.steps.stage import stage_of
from postloan.tables.units import TIERS

Row = dict[str, Any]
Given = dict[str, list[Row]]

HARMLESS = {
    "tier": "pass", "impaired": False, "is_poci": False, "is_watched": False, "is_restructured": False,
    "is_retail": True, "days_past_due": 0, "npl_cents": 0, "exposure_cents": 100_00, "left_stage_3_on": None,
    "left_stage_2_on": None, "pd_year_ratio": 0.01, "pd_left_ratio": 0.01, "pd_expected_ratio": 0.01,
}  # fmt: skip
DTYPES = {
    "loan_no": pl.Int64(), "tier": pl.Enum(TIERS), "left_stage_3_on": pl.Date(), "left_stage_2_on": pl.Date(),
    "pd_year_ratio": pl.Float64(), "pd_left_ratio": pl.Float64(), "pd_expected_ratio": pl.Float64(),
}  # fmt: skip


def stage_rows(rows: list[Row]) -> pl.DataFrame:
    """Rows that say all; what one leaves out is harmless."""
    return pl.DataFrame([HARMLESS | row for row in rows], schema_overrides=DTYPES, infer_schema_length=None)


def _stage(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    rows = stage_rows(given["loans"])
    found = stage_of(rows, law=rulebook.version("stages", Stages, day), on=day)
    return pl.concat([rows.select("loan_no"), found], how="horizontal")


LOSS_STEPS: dict[str, Callable[[Given, Rulebook, date], pl.DataFrame]] = {"stage": _stage}
