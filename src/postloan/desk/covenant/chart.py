"""The chart of a covenant: its ratio against its bound, period by period."""

from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.core.lists.cells import language
from postloan.tables.ratios import RATIOS
from postloan.tables.said import said

_ONE_E8, _PERCENT = 10**8, 100
_BLUE, _RED = "#2563eb", "#dc2626"


def covenant_chart(tests: pl.DataFrame, metric: str) -> dict[str, Any] | None:
    """Draw the tests of one covenant, rising; None where none has a ratio."""
    told = tests.drop_nulls("value_e8")
    if told.is_empty():
        return None
    is_share = metric in RATIOS and RATIOS[metric].unit == "share"
    by = _ONE_E8 // _PERCENT if is_share else _ONE_E8
    series = {said_metric(metric): ("value_e8", _BLUE), _("阈值"): ("threshold_e8", _RED)}
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(each) for each in told["period_end_on"]]},
        "yAxis": {"type": "value", "scale": True, "name": "%" if is_share else ""},
        "series": [
            {
                "name": name, "type": "line", "itemStyle": {"color": colour},
                "lineStyle": {"type": "dashed" if column == "threshold_e8" else "solid"},
                "symbol": "none" if column == "threshold_e8" else "circle",
                "data": [None if each is None else each / by for each in told[column]],
            }
            for name, (column, colour) in series.items()
        ],
    }  # fmt: skip


def said_metric(metric: str) -> str:
    """A ratio of the set by its name; any other stands as the feed wrote it."""
    return said("ratio", metric, language()) if metric in RATIOS else metric


def said_ratio(metric: str, value_e8: int | None) -> str:
    """A ratio as people read it: a share in per cent, an amount in full, anything else as a multiple."""
    if value_e8 is None:
        return "—"
    unit = RATIOS[metric].unit if metric in RATIOS else "times"
    if unit == "yuan":
        return f"{value_e8 // _ONE_E8:,}"
    return f"{value_e8 / _ONE_E8:.2%}" if unit == "share" else f"{value_e8 / _ONE_E8:.2f}"
