"""Suppositions as they are typed for a trial: in the place of a figure of the rulebook, within what it allows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from postloan.desk.core.figures import exact_percent
from postloan.desk.core.forms import AMOUNT
from postloan.desk.core.lists.cells import language
from postloan.plan.disposal_routes import Position
from postloan.rules.disposal_routes import DisposalRoutes
from postloan.rules.figures import ONE_E8, Cited
from postloan.tables.said import said

OF_POSITION = {"appraisal": "appraisal_cents", "prior": "prior_cents", "rate": "rate_e8"}
OF_LAW: Mapping[str, tuple[str, int | None, str]] = {
    "collected": ("cash", None, "collected_e8"),
    "cash_days": ("cash", None, "over_days"),
    "haircut": ("settlement", None, "haircut_e8"),
    "kept": ("settlement", None, "kept_e8"),
    "trial_days": ("stages", 1, "lasts_days"),
    "first_price": ("auctions", 0, "of_previous_e8"),
    "first_sold": ("auctions", 0, "sold_e8"),
    "second_price": ("auctions", 1, "of_previous_e8"),
    "second_sold": ("auctions", 1, "sold_e8"),
    "third_sold": ("auctions", 2, "sold_e8"),
    "sale_cost": ("sale", None, "cost_e8"),
    "discount": ("asset", None, "discount_e8"),
    "yearly_cost": ("asset", None, "yearly_cost_e8"),
    "held_days": ("asset", None, "held_days"),
    "package_price": ("package", None, "price_e8"),
    "recovered": ("write_off", None, "recovered_e8"),
    "recovered_days": ("write_off", None, "after_days"),
}
"""What may be typed: the part of the rule, its place among several, and its figure."""
FIELDS = (*OF_POSITION, *OF_LAW)
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,6})?")
_WHOLE = re.compile(r"\d{1,5}")
_PER_CENT, _CENTS = 100, 100


@dataclass(frozen=True)
class Supposed:
    """What is supposed of a debtor: the position, the law, what was typed in place of figures, and what is wrong."""

    position: Position
    law: DisposalRoutes
    changed: Mapping[str, str]
    faults: tuple[str, ...]


def supposed(position: Position, law: DisposalRoutes, given: Mapping[str, str]) -> Supposed:
    """Lay what was typed over the figures; with a fault anywhere they stay as they are."""
    typed = {name: given.get(name, "").replace(",", "").strip() for name in FIELDS}
    changed = {name: text for name, text in typed.items() if text and text != shown(position, law, name)}
    faults = [
        _("“%(field)s”填写不对：%(typed)s") % {"field": said("route_field", name, language()), "typed": text[:20]}
        for name, text in changed.items()
        if not _is_right(name, text)
    ]
    if faults:
        return Supposed(position, law, changed, tuple(faults))
    for name in changed.keys() & OF_POSITION.keys():
        position = replace(position, **{OF_POSITION[name]: _figure(name, changed[name])})  # type: ignore[arg-type]
    try:
        for name in changed.keys() & OF_LAW.keys():
            law = _with(law, *OF_LAW[name], _figure(name, changed[name]))
    except ValidationError as wrong:
        why = "；".join(each["msg"] for each in wrong.errors(include_url=False, include_input=False))
        return Supposed(position, law, changed, (_("假设超出规则允许的范围：%s") % why,))
    return Supposed(position, law, changed, ())


def shown(position: Position, law: DisposalRoutes, name: str) -> str:
    """A figure as its field shows it: an amount, a percentage or days."""
    if name in OF_POSITION:
        held = getattr(position, OF_POSITION[name])
        return f"{Decimal(held) / _CENTS:.2f}" if _is_money(name) else exact_percent(held)
    part, place, figure = OF_LAW[name]
    held = getattr(law, part)
    value = getattr(held if place is None else held[place], figure)
    return exact_percent(value) if figure.endswith("_e8") else str(value)


def _is_money(name: str) -> bool:
    return OF_POSITION.get(name, "").endswith("_cents")


def _is_share(name: str) -> bool:
    return (OF_POSITION.get(name) or OF_LAW[name][2]).endswith("_e8")


def _is_right(name: str, text: str) -> bool:
    if _is_money(name):
        return bool(AMOUNT.fullmatch(text))
    if _is_share(name):
        return bool(_PERCENT.fullmatch(text)) and Decimal(text) <= _PER_CENT
    return bool(_WHOLE.fullmatch(text))


def _figure(name: str, text: str) -> int:
    if _is_money(name):
        return int(Decimal(text) * _CENTS)
    return int(Decimal(text) * ONE_E8 / _PER_CENT) if _is_share(name) else int(text)


def _with(law: DisposalRoutes, part: str, place: int | None, figure: str, value: int) -> DisposalRoutes:
    """The same suppositions with one figure changed, all that the rule demands checked again."""
    held = getattr(law, part)
    if place is None:
        return law.changed(**{part: _remade(held, figure, value)})
    return law.changed(
        **{part: tuple(_remade(each, figure, value) if at == place else each for at, each in enumerate(held))}
    )


def _remade(held: Cited, figure: str, value: int) -> Cited:
    """The same figures with one changed; shares are given as a rule file writes them."""
    given: dict[str, Any] = {}
    for key, field in type(held).model_fields.items():
        now = value if key == figure else getattr(held, key)
        given[field.alias or key] = Decimal(now) / ONE_E8 if key.endswith("_e8") else now
    return type(held).model_validate(given)
