"""What the finances of a debtor say, ready for the page."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from postloan.desk.book.narrow import peer_rows
from postloan.desk.core.pages import Desk
from postloan.desk.covenant.chart import said_metric, said_ratio
from postloan.plan.finances import Doubts, debtor_doubts, debtor_ratios
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.finances import Finances
from postloan.tables.ratios import RATIOS

_PERIODS, _CHARTED, _PERCENT = 8, ("debt_to_assets", "gross_margin", "net_margin"), 10**6
_COLOURS = ("#2563eb", "#d97706", "#16a34a")


class RatioTold(NamedTuple):
    """A ratio: its values by period, and the quartiles of the industry with how many debtors they are of."""

    said: str
    values: list[str]
    peers: list[str]
    debtors: int | None


def finances_told(desk: Desk, debtor: Mapping[str, Any]) -> dict[str, Any]:
    """Say a debtor's finances: periods, ratios, a chart of the shares among them, doubts."""
    home, on = desk.day.home, desk.day.on
    asked = (home, debtor["debtor_id"], debtor["debtor_no"], on)
    rows = debtor_ratios(*asked)
    periods = rows["period_end_on"].unique().sort().tail(_PERIODS).to_list()
    held = {(name, period): value for name, period, value in rows.iter_rows()}
    letter = (debtor["industry_code"] or "")[:1]
    least = load_desk_rules(home).version("finances", Finances, on).peers.debtors_least
    peers = {row["ratio"]: row for row in peer_rows(desk.day, least=least).filter(industry=letter).to_dicts()}
    told = [_ratio(name, held, periods, peers.get(name)) for name in RATIOS]
    return {
        "debtor": debtor, "periods": periods, "ratios": [each for each in told if set(each.values) != {"—"}],
        "chart": _chart(held, periods) if len(periods) > 1 else None, "doubts": _doubts(debtor_doubts(*asked)),
        "letter": letter, "peers_least": least,
    }  # fmt: skip


def _ratio(
    name: str, held: Mapping[tuple[str, date], int], periods: list[date], peers: Mapping[str, Any] | None
) -> RatioTold:
    quarters = [said_ratio(name, peers[each]) if peers else "—" for each in ("lower_e8", "middle_e8", "upper_e8")]
    values = [said_ratio(name, held.get((name, period))) for period in periods]
    return RatioTold(said_metric(name), values, quarters, peers["debtors"] if peers else None)


def _chart(held: Mapping[tuple[str, date], int], periods: list[date]) -> dict[str, Any]:
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0}, "color": list(_COLOURS),
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(each) for each in periods]},
        "yAxis": {"type": "value", "name": "%", "scale": True},
        "series": [
            {
                "name": said_metric(name), "type": "line", "connectNulls": True,
                "data": [None if (name, each) not in held else held[name, each] / _PERCENT for each in periods],
            }
            for name in _CHARTED
        ],
    }  # fmt: skip


def _doubts(found: Doubts | None) -> dict[str, Any] | None:
    if found is None:
        return None
    share = found.receipts_cents / found.revenue_cents if found.revenue_cents else None
    return {**found._asdict(), "received_ratio": share, **found.shares}
