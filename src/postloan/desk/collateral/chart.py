"""The chart of the stress: what falls short, and on how many loans, at each fall of values."""

from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.core.figures import exact_percent

_BLUE, _RED, _WAN = "#2563eb", "#dc2626", 10**6


def stress_chart(rows: pl.DataFrame) -> dict[str, Any]:
    """Draw falls of values against the shortfall, in ten thousands, and the loans that fall short."""
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [f"-{exact_percent(each)}%" for each in rows["fall_e8"]]},
        "yAxis": [{"type": "value", "name": _("万元")}, {"type": "value", "name": _("笔")}],
        "series": [
            {"name": _("担保缺口"), "type": "bar", "itemStyle": {"color": _BLUE},
             "data": [round(each / _WAN, 2) for each in rows["shortfall_cents"]]},
            {"name": _("不足借据"), "type": "line", "yAxisIndex": 1, "itemStyle": {"color": _RED},
             "data": rows["loan_count"].to_list()},
        ],
    }  # fmt: skip
