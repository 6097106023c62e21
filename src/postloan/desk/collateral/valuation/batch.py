"""A batch as a page asks for it: which collateral, moved by which index or share, and what that would make of loans."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.collateral.queries import standing_seen
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.pages import Desk
from postloan.errors import FormWrong
from postloan.plan.collateral_asked import Asked, revalued, values_by_index
from postloan.rules.figures import ONE_E8

_PERCENT, _CHANGE_MOST = 100, 90


@dataclass(frozen=True)
class Batch:
    """What was chosen, and the new values.

    values  cents by collateral.
    """

    chosen: pl.DataFrame
    source: str
    values: dict[str, int]
    day: BusinessDay

    @cached_property
    def asked(self) -> Asked | None:
        """What the values would make of loans; None where there are none."""
        if not self.values:
            return None
        frame = pl.DataFrame(
            {"collateral_id": list(self.values), "value_cents": list(self.values.values())},
            schema_overrides={"value_cents": pl.Int64},
        )
        return revalued(self.day.home, self.day.on, frame)

    @property
    def sums(self) -> dict[str, int]:
        """Counts and sums of the preview."""
        valued = self.chosen.filter(pl.col("collateral_id").is_in(list(self.values)))
        told = self.asked.told if self.asked else {}
        return {
            "item_count": len(self.values), "before_cents": int(valued["value_cents"].sum() or 0),
            "after_cents": sum(self.values.values()), "chosen": self.chosen.height, **told,
        }  # fmt: skip


def batch_of(desk: Desk, given: Mapping[str, str]) -> Batch:
    """Read what a page asks for and reckon it; nothing is kept. Raises FormWrong.

    kind, region  of the collateral; `by` is series (of the market) or change (per cent, by which all values move).
    """
    rows = standing_seen(desk).filter(
        (pl.col("kind") == given.get("kind", "")) & pl.col("org_id").is_not_null() & pl.col("value_cents").is_not_null()
        & ~pl.col("eligibility").is_in(["released", "sold"])
    )  # fmt: skip
    if region := given.get("region", "").strip():
        rows = rows.filter(pl.col("region_code").str.starts_with(region))
    if given.get("by") == "change":
        percent = _change_of(given.get("change", ""))
        source, values = f"{percent:+f}%", _changed(rows, percent)
    else:
        source = given.get("series", "").strip()[:60]
        found = values_by_index(desk.day.home, desk.day.on, rows["collateral_id"].to_list(), source)
        values = dict(found.iter_rows())
    return Batch(rows, source, values, desk.day)


def _changed(rows: pl.DataFrame, percent: Decimal) -> dict[str, int]:
    """The day's values moved by a share, half up to the cent."""
    share_e8 = int(percent * (ONE_E8 // _PERCENT))
    return {
        key: (cents * (ONE_E8 + share_e8) * 2 + ONE_E8) // (ONE_E8 * 2)
        for key, cents in rows.select("collateral_id", "value_cents").iter_rows()
    }


def _change_of(written: str) -> Decimal:
    try:
        percent = Decimal(written.strip())
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not 0 < abs(percent) <= _CHANGE_MOST or percent != round(percent, 4):
        raise FormWrong(
            message=_("变动幅度应在 -90 至 90 之间，不为零。"), hint=_("单位为百分之一，例如 -8 表示下调百分之八。"),
            where={"field": "change"},
        )  # fmt: skip
    return percent


def form_of(given: Mapping[str, str]) -> dict[str, Any]:
    """What was asked, for the form that shows it again."""
    return {name: given.get(name, "") for name in ("kind", "region", "by", "series", "change")}
