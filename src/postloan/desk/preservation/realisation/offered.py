"""Prices that a page proposes for a collateral: by the route that was compared last, and by the day's value."""

from collections.abc import Mapping, Sequence
from typing import Any

from postloan.desk.core.pages import Desk
from postloan.desk.preservation.models import Realisation, RouteComparison
from postloan.desk.preservation.queries import seen
from postloan.desk.preservation.routes.typed import supposed
from postloan.plan.disposal_routes import Position, offered_prices
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.disposal_routes import DisposalRoutes

_FIRST_OF: Mapping[str, str] = {
    Realisation.Way.CONVERT: "taken", Realisation.Way.AUCTION: "first", Realisation.Way.SALE: "value",
}  # fmt: skip
"""Which price each way proposes first."""


def offered(desk: Desk, standing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The prices that may be proposed for a collateral, in cents: by what each is named, and by which comparison.

    The suppositions are those of the debtor's last comparison that was not turned down; the rule's where there is none.
    """
    value_cents, prior_cents = int(standing["value_cents"] or 0), int(standing["prior_claims_cents"] or 0)
    rule = load_desk_rules(desk.day.home).version("disposal_routes", DisposalRoutes, desk.day.on)
    held = last_comparison(desk, str(standing["debtor_id"] or ""))
    law = rule if held is None else supposed(_position(held), rule, held.changed).law
    prices = offered_prices(value_cents, prior_cents, law)
    by = {} if held is None else {"comparison": str(held.pk), "on": held.on.isoformat()}
    return [
        {"price": "value", "cents": value_cents},
        {"price": "first", "cents": prices.first_cents, **by},
        {"price": "second", "cents": prices.second_cents, **by},
        {"price": "taken", "cents": prices.taken_cents, **by},
    ]


def first_of(way: str, prices: Sequence[Mapping[str, Any]]) -> int:
    """The price that a way proposes first, in cents; the day's value for a way that is not known."""
    named = _FIRST_OF.get(way, "value")
    return next(int(each["cents"]) for each in prices if each["price"] == named)


def last_comparison(desk: Desk, debtor_id: str) -> RouteComparison | None:
    """The debtor's last comparison of routes in the desk's offices that was not turned down."""
    found = seen(desk, RouteComparison).filter(debtor_id=debtor_id).exclude(state=RouteComparison.State.REFUSED)
    return found.order_by("-on", "-opened_at").first()


def _position(held: RouteComparison) -> Position:
    return Position(**{**held.position, "on": held.on})
