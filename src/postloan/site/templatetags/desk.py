"""Tags of every template: icons, addresses that keep the business day, words and money."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from postloan.desk.core.figures import exact_percent, money, said_percent
from postloan.desk.core.lists.cells import language
from postloan.desk.core.work.told import told_said
from postloan.site.assets import icon_file
from postloan.tables.said import said

register = template.Library()


@cache
def _drawing(name: str) -> str:
    lines = icon_file(name).read_text(encoding="utf-8").splitlines()
    paths = (line.strip() for line in lines if line.strip().startswith("<path"))
    drawn = "".join(path for path in paths if 'd="M0 0h24v24H0z"' not in path)
    return (
        '<svg class="icon" aria-hidden="true" width="20" height="20" viewBox="0 0 24 24" fill="none" '
        f'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{drawn}</svg>'
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon, inline; it is an ornament, and what it stands for is written beside it."""
    return mark_safe(_drawing(name))  # noqa: S308 - a file of ours  # nosec B308 B703


@register.simple_tag(takes_context=True)
def at(context: Context, view: str, *args: Any, **query: Any) -> str:
    """The address of a view, with the business day that the page was asked for."""
    request = context.get("request")
    on = request.GET.get("on") if request else None
    asked = {**({"on": on} if on else {}), **{name: value for name, value in query.items() if value not in {None, ""}}}
    return reverse(view, args=args) + (f"?{urlencode(asked)}" if asked else "")


@register.simple_tag
def chart(options: dict[str, Any], label: str, size: str = "") -> SafeString:
    """Draw a chart of ECharts options; `label` says to who cannot see it what it shows."""
    return format_html(
        '<div class="chart {}" data-options="{}" role="img" aria-label="{}"></div>',
        size, json.dumps(options, cls=DjangoJSONEncoder, ensure_ascii=False), label,
    )  # fmt: skip


@register.filter
def word(value: object, list_name: str) -> str:
    """Say a value of a closed list."""
    return "—" if value in {None, ""} else said(list_name, str(value), language())


@register.filter
def told(value: str) -> str:
    """Say what was told by a known word, as work is; anything else says itself."""
    return told_said(value)


@register.filter
def cents(value: object) -> str:
    """Write cents in the unit: 1,234.56."""
    return money(value) if isinstance(value, int) else "—"


@register.filter
def percent_e8(value: int | None) -> str:
    """Write a rate of 1e-8 in per cent: 3.45%."""
    return "—" if value is None else f"{exact_percent(value)}%"


@register.filter
def share_e8(value: object) -> str:
    """Write a share of 1e-8 in per cent with two decimals: 3.46%."""
    return f"{said_percent(value)}%" if isinstance(value, int) else "—"


@register.filter
def whole(value: object) -> str:
    """Write a count with thousands separators: 1,234."""
    return f"{value:,}" if isinstance(value, int) else "—"


@register.filter
def typed_money(value: str) -> str:
    """Write an amount that was decided as text with thousands separators: 1234.5 is 1,234.50."""
    return money(int(Decimal(value) * 100))


@register.filter
def percent_ratio(value: object) -> str:
    """Write a ratio that was estimated in per cent with two decimals: 3.45%."""
    return f"{value:.2%}" if isinstance(value, float) else "—"


@register.filter
def plain_day(value: date | None) -> str:
    """Write a day: 2024-03-31."""
    return "—" if value is None else value.isoformat()
