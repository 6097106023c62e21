"""The ways out of a debtor's debt as a page shows them: figures side by side, the best marked, and a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.queries import loans_split
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.preservation.routes.typed import FIELDS, Supposed, shown, supposed
from postloan.errors import NotFoundHere
from postloan.plan.disposal_routes import RouteWorth, best_of, compare_routes, read_position
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.disposal_routes import DisposalRoutes
from postloan.tables.said import said
from postloan.tables.units import NON_PERFORMING

_COLOURS = ("#2563eb", "#94a3b8", "#d97706")
_UNITS = 100


@dataclass(frozen=True)
class Tried:
    """The routes of a debtor as they were tried on the day.

    loans     those of the desk's offices: the non-performing ones, or all where none is.
    supposed  the position and the suppositions, as typed; routes what each route comes to.
    """

    loans: pl.DataFrame
    supposed: Supposed
    routes: tuple[RouteWorth, ...]

    @property
    def best(self) -> RouteWorth:
        """The route that is worth most."""
        return best_of(self.routes)

    def named(self, route: str) -> RouteWorth | None:
        """Find a route."""
        return next((each for each in self.routes if each.route == route), None)

    @property
    def kept(self) -> dict[str, Any]:
        """What a comparison keeps of it."""
        position = asdict(self.supposed.position) | {"on": self.supposed.position.on.isoformat()}
        return {
            "changed": dict(self.supposed.changed), "position": position,
            "routes": [route_told(each) for each in self.routes], "best": self.best.route,
        }  # fmt: skip


def tried_of(desk: Desk, debtor_id: str, given: Mapping[str, str]) -> Tried:
    """Try the routes of a debtor with what was typed. Raises NotFoundHere where it has nothing on the book."""
    held = loans_split(desk, debtor_id)[0].filter(pl.col("status") == "active")
    bad = held.filter(pl.col("tier").cast(pl.String).is_in(NON_PERFORMING))
    loans = held if bad.is_empty() else bad
    position = None
    if not loans.is_empty():
        position = read_position(desk.day.home, loans["loan_id"].to_list(), desk.day.on)
    if position is None:
        raise NotFoundHere(message=_("该客户没有在账贷款，或不在您的机构范围内。"), hint=_("请核对客户号和营业日期。"))
    law = load_desk_rules(desk.day.home).version("disposal_routes", DisposalRoutes, desk.day.on)
    said_so = supposed(position, law, given)
    return Tried(loans, said_so, compare_routes(said_so.position, said_so.law))


def route_told(route: RouteWorth) -> dict[str, Any]:
    """A route's figures, as pages tell and comparisons keep them."""
    told = asdict(route)
    return told | {"outcomes": [each._asdict() | {"worth_cents": each.worth_cents} for each in route.outcomes]}


def fields_of(tried: Tried) -> list[dict[str, str]]:
    """The fields of the suppositions with what stands in them."""
    held = tried.supposed
    return [
        {"name": name, "said": said("route_field", name, language()),
         "value": held.changed.get(name, shown(held.position, held.law, name))}
        for name in FIELDS
    ]  # fmt: skip


def routes_chart(routes: Sequence[RouteWorth]) -> dict[str, Any]:
    """Draw the routes: what each is worth, the cash it brings in, and how long it takes."""
    named = [said("route", each.route, language()) for each in routes]
    series = (
        (_("净现值"), [each.npv_cents / _UNITS for each in routes], 0),
        (_("预计回收现金"), [each.cash_cents / _UNITS for each in routes], 0),
        (_("预计天数"), [each.days for each in routes], 1),
    )
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "grid": {"left": 12, "right": 12, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": named},
        "yAxis": [{"type": "value"}, {"type": "value", "splitLine": {"show": False}}],
        "series": [
            {"name": name, "type": "line" if axis else "bar", "yAxisIndex": axis, "data": values,
             "itemStyle": {"color": colour}}
            for (name, values, axis), colour in zip(series, _COLOURS, strict=True)
        ],
    }  # fmt: skip
