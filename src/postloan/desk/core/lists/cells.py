"""How a value is written in a list: money with its separators, a word of a closed list, a day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from postloan.desk.core.figures import money, said_percent
from postloan.desk.core.lists.form import Column, Said
from postloan.tables.said import SAID, said

NOTHING = "—"


@dataclass(frozen=True)
class Cell:
    """A cell as a page draws it.

    tone  what its colour says: a tier, or that it is late; the text says it too.
    """

    text: str
    href: str = ""
    tone: str = ""
    is_number: bool = False


def cell(column: Column, row: Mapping[str, Any], carried: Mapping[str, str]) -> Cell:
    """Draw one cell of a row."""
    value = row.get(column.name)
    href = _href(column, row, carried) if column.link else str(row.get(column.link_to, ""))
    colour = str(row[column.tone_by]) if column.tone_by else tone(column, value)
    return Cell(written(column, value), href, colour, column.is_number)


def written(column: Column, value: Any) -> str:
    """Write a value as a reader expects it."""
    if value is None or value == "":
        return NOTHING
    if column.say:
        return column.say(str(value))
    write = _WRITERS.get(column.kind)
    return write(value) if write else _word(column, value)


def _word(column: Column, value: Any) -> str:
    list_name = column.words or column.kind
    return said(list_name, str(value), language()) if column.kind in {"word", "tier"} else str(value)


def words_of(name: str, only: Sequence[str] = ()) -> list[tuple[str, Said]]:
    """The values of a closed list, or some of them, with their words in the reader's language: what a filter offers."""
    return [(value, said(name, value, language())) for value in only or SAID[name]]


def _moment(value: datetime) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


def tone(column: Column, value: Any) -> str:
    """Say which colour belongs to a value, where one does."""
    if column.kind == "tier" and value:
        return str(value)
    if column.kind == "money" and value is not None and value < 0:
        return "negative"
    return ""


def language() -> Literal["zh", "en"]:
    """The language of the page, zh or en."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def _href(column: Column, row: Mapping[str, Any], carried: Mapping[str, str]) -> str:
    assert column.link  # noqa: S101 - asked for by the caller
    name, key = column.link
    held = row.get(key)
    if held in {None, ""}:
        return ""
    return reverse(name, args=[held]) + (f"?{urlencode(carried)}" if carried else "")


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "money": money,
    "days": "{:,}".format,
    "count": "{:,}".format,
    "share": lambda value: f"{said_percent(value)}%",
    "moment": _moment,
    "date": str,
    "flag": lambda value: said("flag", str(bool(value)).lower(), language()),
}
