"""A waterfall: from one balance to another by the ways into it and out of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from postloan.desk.core.figures import Unit, said_money
from postloan.desk.report.cockpit.part import BLUE, GREEN, RED, Options, in_unit, tip
from postloan.desk.report.cockpit.question import Question


@dataclass(frozen=True)
class Way:
    """One bar: a balance at an end, or what came in or went out between them. Of what is bad, in is worse.

    href  where a click leads; empty for nowhere.
    """

    name: str
    cents: int
    loans: int
    href: str
    is_end: bool


def waterfall(question: Question, ways: Sequence[Way], unit: Unit | None = None) -> Options:
    """Draw the ways one after the other, each from where the one before left the balance.

    unit  in which amounts are written; else one in which the highest bar is easily read.
    """
    running, stands = 0, []
    for way in ways:
        bottom, top = (0, way.cents) if way.is_end else sorted((running, running + way.cents))
        running = way.cents if way.is_end else running + way.cents
        stands.append((bottom, top))
    unit = unit or question.unit(max((top for _bottom, top in stands), default=0))
    bars = [
        {
            "value": in_unit(top - bottom, unit), "href": way.href,
            "itemStyle": {"color": BLUE if way.is_end else RED if way.cents > 0 else GREEN},
            "label": {"show": True, "position": "top", "formatter": said_money(way.cents, unit), "color": "#1d2433"},
            "tooltip": tip(way.name, question.short(way.cents), _("%s 笔") % f"{way.loans:,}"),
        }
        for way, (bottom, top) in zip(ways, stands, strict=True)
    ]  # fmt: skip
    return {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 8, "top": 30, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [way.name for way in ways],
                  "axisLabel": {"interval": 0, "width": 74, "overflow": "break"}, "axisTick": {"show": False}},
        "yAxis": {"type": "value", "name": unit.name, "splitNumber": 4},
        "series": [
            {"type": "bar", "stack": "way", "silent": True, "itemStyle": {"color": "transparent"},
             "data": [in_unit(bottom, unit) for bottom, _top in stands]},
            {"type": "bar", "stack": "way", "barMaxWidth": 44, "data": bars, "cursor": "pointer"},
        ],
    }  # fmt: skip
