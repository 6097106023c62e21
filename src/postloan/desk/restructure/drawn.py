"""A comparison as its page draws it: fields, figures option by option, bounds, and a chart of instalments."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.restructure.bounds import bounds_of
from postloan.desk.restructure.consents.queries import rules_on
from postloan.desk.restructure.tried import figures_of, tried_all
from postloan.desk.restructure.typed import FIELDS, Typed, name_of, preset_fields, read_typed, typed_of
from postloan.plan.options import Comparison, Outcome
from postloan.tables.said import said

COLUMNS = range(1, 5)
_COLOURS = ("#94a3b8", "#2563eb", "#16a34a", "#d97706", "#9333ea")
_UNITS = 100


def columns_typed(given: QueryDict, loan: Mapping[str, Any], day: BusinessDay) -> list[Typed]:
    """The four columns: as typed, or as the bank begins a comparison where nothing was sent."""
    presets = rules_on(day).presets
    if "asked" not in given:
        return [typed_of(preset_fields(each, loan), loan, name=name_of(each)) for each in presets]
    return [read_typed(given, place, loan, name=_("方案 %s") % place) for place in COLUMNS]


def compare_page(desk: Desk, loan: Mapping[str, Any], given: QueryDict) -> dict[str, Any]:
    """What the page of a comparison shows."""
    typed = columns_typed(given, loan, desk.day)
    is_eased = given.get("is_eased", "yes") == "yes"
    found = tried_all(desk, loan, typed, is_eased=is_eased)
    names = [_("维持现状"), *(each.name for each in typed)]
    outcomes = (found.as_it_stands, *found.options)
    return {
        "columns": [
            {"typed": each, "offer_id": uuid4(),
             "hidden": [(f"{field}-1", value) for field, value in each.fields.items() if value]}
            for each in typed
        ],
        "fields": [
            {"name": field, "said": said("option_field", field, language()),
             "values": [(f"{field}-{place}", each.fields[field]) for place, each in zip(COLUMNS, typed, strict=True)]}
            for field in FIELDS
        ],
        "is_eased": is_eased, "comparison": found, "names": names,
        "outcomes": [figures_of(each) for each in outcomes],
        "bounds": [bounds_of(each, found, desk.day) for each in outcomes],
        "enforcement": found.enforcement, "effective_on": found.on,
        "better": [_better(each, found) for each in outcomes],
        "chart": instalments_chart(names, outcomes),
    }  # fmt: skip


def _better(outcome: Outcome, found: Comparison) -> int | None:
    """By how much an option is worth more than enforcement, in cents; None where nobody can say."""
    return None if found.enforcement is None else outcome.worth_cents - found.enforcement.worth_cents


def instalments_chart(names: Sequence[str], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Draw the instalments of all options by month."""
    months = sorted({f"{each.due_on:%Y-%m}" for outcome in outcomes for each in outcome.instalments})
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": months},
        "yAxis": {"type": "log", "name": _("当月应还")},
        "series": [
            {
                "name": name, "type": "line", "symbolSize": 5, "connectNulls": True, "itemStyle": {"color": colour},
                "data": _by_month(outcome, months),
            }
            for name, colour, outcome in zip(names, _COLOURS, outcomes, strict=True)
        ],
    }  # fmt: skip


def _by_month(outcome: Outcome, months: Sequence[str]) -> list[float | None]:
    sums = dict.fromkeys(months, 0)
    for each in outcome.instalments:
        sums[f"{each.due_on:%Y-%m}"] += each.cents
    # On a scale of powers of ten nothing has no place.
    return [sums[month] / _UNITS if sums[month] else None for month in months]
