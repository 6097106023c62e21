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
_WIDE = 1.9
"""A page is wider than high, and so are names."""
_LABELLED_MOST = 12
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
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "graph", "layout": "none", "roam": False,
                "label": {"show": True, "position": "bottom", "width": 120, "overflow": "truncate"},
                "edgeSymbolSize": 8,
                "edgeLabel": {"show": len(ties) <= _LABELLED_MOST, "formatter": "{c}", "fontSize": 10},
                "data": [_node(party, spots[place], most) for place, party in parties.items()],
                "links": _links(ties, unit),
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
        "id": str(party.place), "name": str(party.place), "x": spot[0] * _WIDE, "y": spot[1],
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


def _links(ties: Sequence[Tie], unit: Unit) -> list[dict[str, Any]]:
    """Lines between parties: what two have of one kind is one line, with an arrow to each who is stood for.

    Arrows go with straight lines alone: at the end of a curve between two that overlap, the library fails.
    """
    together: dict[tuple[frozenset[int], str], list[Tie]] = {}
    for tie in ties:
        if tie.giver.place != tie.taker.place:
            together.setdefault((frozenset({tie.giver.place, tie.taker.place}), _line(tie)), []).append(tie)
    largest = max((tie.amount_cents or 0 for tie in ties), default=0)
    return [_link(held, line, largest, unit) for (_ends, line), held in together.items()]


def _line(tie: Tie) -> str:
    """Guarantees are whole, or dotted where they ended; relations dashed, groups in long dashes."""
    if tie.kind == GUARANTEE:
        return "dotted" if tie.is_over else "solid"
    return "long" if tie.kind == GROUP else "dashed"


def _link(ties: Sequence[Tie], line: str, largest: int, unit: Unit) -> dict[str, Any]:
    """One line, as thick as the largest amount of its ties."""
    first, is_guarantee = ties[0], ties[0].kind == GUARANTEE
    share = max(tie.amount_cents or 0 for tie in ties) / largest if largest else 0.0
    told = [
        tie.said if tie.amount_cents is None else f"{tie.said} {said_money(tie.amount_cents, unit)} {unit.name}"
        for tie in ties
    ]
    is_mutual = any(tie.giver.place != first.giver.place for tie in ties)
    return {
        "source": str(first.giver.place), "target": str(first.taker.place), "value": " / ".join(told),
        "lineStyle": {
            "type": [10, 4] if line == "long" else line, "color": "#5b6577", "curveness": 0 if is_guarantee else 0.15,
            "width": round(_THINNEST + (_THICKEST - _THINNEST) * share, 1),
        },
        "symbol": ["arrow" if is_guarantee and is_mutual else "none", "arrow" if is_guarantee else "none"],
        "tooltip": _tip([
            f"{tie.giver.name} → {tie.taker.name}: {each}" for tie, each in zip(ties, told, strict=True)
        ]),
    }  # fmt: skip


def _tip(lines: Sequence[str]) -> dict[str, str]:
    return {"formatter": "<br>".join(escape(line).replace("{", "&#123;") for line in lines)}
