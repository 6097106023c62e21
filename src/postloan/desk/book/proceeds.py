"""Where a loan's money went: what moved from purse to purse, as rows and as a flow that a reader can follow."""

from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postloan.desk.book.queries import names_seen
from postloan.desk.book.tables import PaperTable
from postloan.desk.core.lists.cells import cell
from postloan.desk.core.lists.form import Column
from postloan.desk.core.pages import Desk
from postloan.snapshot.read import read_of_bank

_CENTS_OF_TEN_THOUSAND = 10**6
_FOUND = "#c92a2a"

COLUMNS = (
    Column("hop", gettext_lazy("第几跳"), "count"), Column("moved_on", gettext_lazy("资金日期"), "date"),
    Column("from_id", gettext_lazy("付款方")), Column("to_id", gettext_lazy("收款方")),
    Column("to_name", gettext_lazy("收款方名称")), Column("to_bank", gettext_lazy("收款行")),
    Column("to_place", gettext_lazy("收款方所在"), "word", words="trail_place"),
    Column("amount_cents", gettext_lazy("金额"), "money"),
    Column("stayed_cents", gettext_lazy("未再流转金额"), "money"),
    Column("finding", gettext_lazy("流向发现"), "word", words="trail_finding"),
    Column("breach", gettext_lazy("受托支付问题"), "word", words="trail_breach"),
    Column("breach_cite", gettext_lazy("依据")),
)  # fmt: skip


def paths_of_loan(desk: Desk, loan_id: str) -> dict[str, Any]:
    """The rows of a loan's paths on the day, and their chart; None for the chart where nothing moved on."""
    paths = read_of_bank(desk.day.home, desk.day.on, "proceeds_path").filter(pl.col("loan_id") == loan_id)
    rows = _seen(desk, paths)
    drawn = [[cell(column, row, {}) for column in COLUMNS] for row in rows.iter_rows(named=True)]
    return {"table": PaperTable(COLUMNS, drawn), "options": _flow(rows) if rows.height else None}


def _seen(desk: Desk, paths: pl.DataFrame) -> pl.DataFrame:
    """Name customers in the desk's offices, and whom the borrower paid itself; the others are numbers of the page."""
    here = paths.filter(pl.col("to_place") == "here")
    further = here.filter(pl.col("hop") > 1)["to_id"].unique(maintain_order=True).drop_nulls().to_list()
    named = {*here.filter(pl.col("hop") <= 1)["to_id"], *paths["debtor_id"], *names_seen(desk, further)}
    outside = [each for each in further if each not in named]
    hidden = {each: _("范围外客户 %d") % at for at, each in enumerate(outside, 1)}
    called = pl.col("to_id").replace_strict(hidden, default=pl.col("to_name"), return_dtype=pl.String)
    return paths.with_columns(pl.col("from_id", "to_id").replace(hidden), to_name=called)


def _flow(rows: pl.DataFrame) -> dict[str, Any]:
    """Draw the rows as a flow: a party stands once at each hop it was come to, so that a ring can be drawn."""
    nodes: dict[tuple[int, str], dict[str, Any]] = {}
    links: dict[tuple[str, str], float] = {}

    def node(hop: int, party: str | None, name: str | None, *, is_found: bool = False) -> str:
        key = f"{hop}:{party or name or ''}"
        held = nodes.setdefault((hop, key), {"name": key, "depth": hop, "label": {"formatter": name or party or "—"}})
        if is_found:
            held["itemStyle"] = {"color": _FOUND}
        return key

    names = dict(rows.select("to_id", "to_name").drop_nulls().iter_rows())
    loan_id, borrower = rows["loan_id"][0], rows["debtor_id"][0]
    for row in rows.iter_rows(named=True):
        hop = row["hop"] + 1
        payer = row["from_id"] or (loan_id if hop == 1 else borrower)
        source = node(hop - 1, payer, _("放款") if hop == 1 else names.get(payer))
        is_found = bool(row["finding"] or row["breach"])
        target = node(hop, row["to_id"], row["to_name"] or row["to_id"] or _("现金"), is_found=is_found)
        links[source, target] = links.get((source, target), 0) + row["amount_cents"] / _CENTS_OF_TEN_THOUSAND
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "sankey", "left": 10, "right": 160, "top": 10, "bottom": 10, "nodeGap": 14, "draggable": False,
                "data": list(nodes.values()),
                "links": [{"source": a, "target": b, "value": value} for (a, b), value in links.items()],
                "lineStyle": {"color": "gradient", "opacity": 0.35},
            }
        ],
    }  # fmt: skip
