"""Graphs of parties as options of a chart: what a colour says, a word or a line says too."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.circle.told import DEBTOR, GROUPED, Party, Tie
from postloan.desk.core.colours import LEVEL_COLOURS, TIER_COLOURS
from postloan.desk.core.figures import Unit, money, money_units, said_money
from postloan.desk.core.lists.cells import language
from postloan.plan.ties import GROUP, GUARANTEE
from postloan.tables.said import said

_SMALLEST, _LARGEST = 14, 46
_PLAIN = "#94a3b8"
_LABELLED_MOST = 24
"""Ties beyond which their words would cover one another: they are told under the pointer, and in the table."""
_SYMBOLS = {DEBTOR: "circle", GROUPED: "diamond"}
_THINNEST, _THICKEST = 1, 5


def graph_chart(
    parties: Mapping[int, Party], ties: Sequence[Tie], spots: Mapping[int, tuple[float, float]], currency: str
) -> dict[str, Any] | None:
    """Draw a graph; None where nobody stands beside the first."""
    if not ties:
        return None
    unit = money_units(currency, language())[1]
    most = max((party.figures.get("exposure_cents") or 0 for party in parties.values()), default=0)
    largest = max((tie.amount_cents or 0 for tie in ties), default=0)
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "graph", "layout": "none", "roam": False, "top": 30, "bottom": 44, "left": 70, "right": 70,
                "label": {"show": True, "position": "bottom", "width": 120, "overflow": "truncate"},
                "edgeSymbol": ["none", "arrow"], "edgeSymbolSize": 8,
                "edgeLabel": {"show": len(ties) <= _LABELLED_MOST, "formatter": "{c}", "fontSize": 10},
                "data": [_node(party, spots[place], most) for place, party in parties.items()],
                "links": [_link(tie, largest, at, unit) for at, tie in enumerate(ties)],
            }
        ],
    }  # fmt: skip


def _node(party: Party, spot: tuple[float, float], most: int) -> dict[str, Any]:
    """A party: filled by its tier, ringed by its warning, sized by the root of its exposure; it leads to its page."""
    exposure, tier, level = (party.figures.get(name) for name in ("exposure_cents", "tier_worst", "warning_level"))
    share = ((exposure or 0) / most) ** 0.5 if most else 0.0
    ring = LEVEL_COLOURS.get(level or "", "#ffffff")
    is_hidden = party.kind == DEBTOR and not party.debtor_id
    lines = [
        party.name,
        *([said("tier", tier, language())] if tier else []),
        *([_("预警 %s") % said("warning_level", level, language())] if level else []),
        *([_("余额 %s") % money(exposure)] if exposure else []),
    ]
    return {
        "id": str(party.place), "name": str(party.place), "x": spot[0], "y": spot[1],
        "symbol": _SYMBOLS.get(party.kind, "roundRect"),
        "symbolSize": round(_SMALLEST + (_LARGEST - _SMALLEST) * share, 1),
        "itemStyle": {
            "color": TIER_COLOURS.get(tier or "", _PLAIN), "borderColor": "#1d2433" if is_hidden else ring,
            "borderType": "dashed" if is_hidden else "solid", "borderWidth": 3 if level or is_hidden else 1,
        },
        "label": {"formatter": party.name.replace("{", "(").replace("}", ")")},
        "tooltip": _tip(lines),
        **({"href": reverse("book:debtor", args=[party.debtor_id])} if party.debtor_id else {}),
    }  # fmt: skip


def _link(tie: Tie, largest: int, at: int, unit: Unit) -> dict[str, Any]:
    """A tie: guarantees whole or dotted, as thick as their amount; relations dashed, groups in long dashes."""
    line: object = {GUARANTEE: "dotted" if tie.is_over else "solid", GROUP: [10, 4]}.get(tie.kind, "dashed")
    share = (tie.amount_cents or 0) / largest if largest else 0.0
    amount = "" if tie.amount_cents is None else f" {said_money(tie.amount_cents, unit)} {unit.name}"
    told = f"{tie.giver.name} → {tie.taker.name}"
    return {
        "source": str(tie.giver.place), "target": str(tie.taker.place), "value": tie.said + amount,
        "lineStyle": {
            "type": line, "width": round(_THINNEST + (_THICKEST - _THINNEST) * share, 1), "color": "#5b6577",
            # Two that stand for one another are two lines.
            "curveness": 0.12 + 0.06 * (at % 3),
        },
        "symbol": ["none", "none" if tie.kind == GROUP else "arrow"],
        "tooltip": _tip([told, tie.said + amount]),
    }  # fmt: skip


def _tip(lines: Sequence[str]) -> dict[str, str]:
    return {"formatter": "<br>".join(escape(line).replace("{", "&#123;") for line in lines)}
