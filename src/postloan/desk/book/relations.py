"""Who stands beside a debtor: owners, relatives, guarantors and the guaranteed, as a graph."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.plan.dossier import Dossier

_HERE, _OTHER, _GUARANTOR = 0, 1, 2


def relation_chart(debtor: dict[str, Any], papers: Dossier) -> dict[str, Any] | None:
    """Draw the graph as options of a chart; None where nobody stands beside the debtor."""
    nodes = {debtor["debtor_id"]: _node(debtor["debtor_id"], debtor["name"], _HERE)}
    links = []
    for tie in papers.relations.iter_rows(named=True):
        nodes.setdefault(tie["other_id"], _node(tie["other_id"], tie["other_id"], _OTHER))
        links.append(_link(debtor["debtor_id"], tie["other_id"], tie["kind"]))
    for tie in papers.guarantees.iter_rows(named=True):
        nodes.setdefault(tie["guarantor_id"], _node(tie["guarantor_id"], tie["guarantor_id"], _GUARANTOR))
        links.append(_link(tie["guarantor_id"], debtor["debtor_id"], _("保证")))
    if not links:
        return None
    return {
        "tooltip": {},
        "legend": {"data": [_("本客户"), _("关联方"), _("保证人")], "bottom": 0},
        "series": [
            {
                "type": "graph", "layout": "circular", "roam": False, "symbolSize": 34,
                "label": {"show": True, "position": "bottom"},
                "edgeSymbol": ["none", "arrow"], "edgeLabel": {"show": True, "formatter": "{c}"},
                "categories": [{"name": _("本客户")}, {"name": _("关联方")}, {"name": _("保证人")}],
                "data": list(nodes.values()), "links": links,
            }
        ],
    }  # fmt: skip


def _node(debtor_id: str, name: str, category: int) -> dict[str, Any]:
    return {"id": debtor_id, "name": name, "category": category, "href": reverse("book:debtor", args=[debtor_id])}


def _link(source: str, target: str, kind: str) -> dict[str, Any]:
    return {"source": source, "target": target, "value": kind}
