"""Evidence in words: what each feature is called, and its value as people read it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dataframely as dy
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
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def evidence_told(of: Of, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each feature by name, with its value: money in yuan, days as days. An unknown one is called as it is written."""
    return [(_named(of, name), _valued(of, name, value)) for name, value in evidence.items()]


def reasons_told(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Each reason of the warning model by name: the bin that the debtor is in, and the points that it costs."""
    return [
        (
            _named("debtor", each["feature"]),
            _("%(bin)s（扣 %(lost)s 分）") % {"bin": _bin_said(each["feature"], each["bin"]), "lost": each["lost"]},
        )
        for each in reasons
    ]


def probability(ratio: float) -> str:
    """A probability as people read it."""
    return f"{ratio:.1%}"


def _bin_said(name: str, held: str) -> str:
    """A bin of a scorecard in words: figures in the unit of their feature, words of closed lists said."""
    if held in {"missing", "any"}:
        return _("未知") if held == "missing" else _("有记录")
    column = _COLUMNS["debtor"].get(name)
    if isinstance(column, dy.Bool):
        return said("flag", str(held.startswith(">")).lower(), language())
    if isinstance(column, dy.Enum | dy.String) or column is None:
        comma = "、" if language() == "zh" else ", "
        return comma.join(_word(name, each) for each in held.split(", "))
    whole = isinstance(column, dy.Int64 | dy.Int32)
    return _FIGURE.sub(
        lambda found: _valued("debtor", name, round(float(found[0])) if whole else float(found[0])), held
    )


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
