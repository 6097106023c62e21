"""Evidence in words: what each feature is called, and its value as people read it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from postloan.desk.core.figures import exact_percent, money
from postloan.desk.core.lists.cells import NOTHING, language
from postloan.rules.warnings import Of
from postloan.tables.features import FAMILIES
from postloan.tables.published import PublishedLoan
from postloan.tables.said import SAID, said

_COLUMNS: Mapping[Of, Mapping[str, Any]] = {
    "debtor": {name: column for family in FAMILIES.values() for name, column in family.columns().items()},
    "loan": PublishedLoan.columns(),
}
_SUFFIXES = {"_cents": "cents", "_days": "days", "_e8": "e8", "_months": "months"}
_DECIMALS = 4


def evidence_told(of: Of, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each feature by name, with its value: money in yuan, days as days. An unknown one is called as it is written."""
    return [(_named(of, name), _valued(of, name, value)) for name, value in evidence.items()]


def _named(of: Of, name: str) -> str:
    column = _COLUMNS[of].get(name)
    if column is None:
        return name
    told = (column.metadata or {}).get("zh") if language() == "zh" else column.description
    text = str(told or name)
    return text[:1].upper() + text[1:]


def _valued(of: Of, name: str, value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return said("flag", str(value).lower(), language())
    if (write := _WRITERS.get(_unit(of, name))) is not None:
        return write(value)
    return f"{round(value, _DECIMALS):,}" if isinstance(value, float) else _word(name, str(value))


def _unit(of: Of, name: str) -> str:
    column = _COLUMNS[of].get(name)
    told = (column.metadata or {}).get("unit", "") if column is not None else ""
    by_name = (unit for suffix, unit in _SUFFIXES.items() if name.endswith(suffix))
    return str(told) or next(by_name, "")


def _word(name: str, value: str) -> str:
    """A word of a closed list, said; anything else as it is."""
    for list_name in (name, name.partition("_")[0]):
        if value in SAID.get(list_name, {}):
            return said(list_name, value, language())
    return value


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "cents": lambda value: _("%s 元") % money(value),
    "days": lambda value: _("%s 天") % f"{value:,}",
    "months": lambda value: _("%s 个月") % f"{value:,}",
    "e8": lambda value: f"{exact_percent(value)}%",
}
