"""Who stands beside a debtor: owners, relatives, guarantors and the guaranteed, as a graph."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.lists.cells import language
from postloan.plan.dossier import Dossier
from postloan.tables.said import said

_HERE, _OTHER, _GUARANTOR = 0, 1, 2


def parties_of(papers: Dossier) -> list[str]:
    """Everybody who stands beside the debtor."""
    return [*papers.relations["other_id"], *papers.guarantees["guarantor_id"]]


def relation_chart(debtor: dict[str, Any], papers: Dossier, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Draw the graph as options of a chart; None where nobody stands beside the debtor.

    names  those of the parties that owe the bank too: they lead to their own pages.
    """
    me = debtor["debtor_id"]
    nodes = {me: {"id": me, "name": debtor["name"], "category": _HERE}}
    links = []
    for tie in papers.relations.iter_rows(named=True):
        nodes.setdefault(tie["other_id"], _node(tie["other_id"], names, _OTHER))
        links.append(_link(me, tie["other_id"], said("relation", tie["kind"], language())))
    for tie in papers.guarantees.iter_rows(named=True):
        nodes.setdefault(tie["guarantor_id"], _node(tie["guarantor_id"], names, _GUARANTOR))
        links.append(_link(tie["guarantor_id"], me, _("保证")))
    if not links:
        return None
    kinds = [_("本客户"), _("关联方"), _("保证人")]
    return {
        "legend": {"data": kinds, "bottom": 0},
        "series": [
            {
                "type": "graph", "layout": "circular", "roam": False, "symbolSize": 34,
                "label": {"show": True, "position": "bottom"},
                "edgeSymbol": ["none", "arrow"], "edgeLabel": {"show": True, "formatter": "{c}"},
                "categories": [{"name": kind} for kind in kinds],
                "data": list(nodes.values()), "links": links,
            }
        ],
    }  # fmt: skip


def _node(party: str, names: Mapping[str, str], category: int) -> dict[str, Any]:
    """A party; one that is no debtor has no page."""
    page = {"href": reverse("book:debtor", args=[party])} if party in names else {}
    return {"id": party, "name": names.get(party, party), "category": category, **page}


def _link(source: str, target: str, kind: str) -> dict[str, Any]:
    return {"source": source, "target": target, "value": kind}
