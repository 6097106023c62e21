"""What a list is: its columns, its filters, its tabs and its order. A desk declares one and gets the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import polars as pl
from django.utils.functional import Promise

Said = str | Promise
Kind = Literal["text", "word", "money", "days", "count", "date", "moment", "share", "tier", "flag"]
Ask = Literal["text", "one_of", "at_least", "at_most"]
Values = Mapping[str, str]

NUMBERS: frozenset[Kind] = frozenset({"money", "days", "count", "share"})


@dataclass(frozen=True)
class Column:
    """A column of a list.

    name      the field it shows.
    words     the closed list whose words it says, where it is a word.
    say       says a word that is on no closed list.
    link      the address it leads to, by name, and the field that fills it: ("book:loan", "loan_id").
    is_shown  whether it is there before an officer chooses columns.
    is_summed whether the totals line sums it up; money only.
    link_to   the field that holds the address it leads to, where the row itself says it.
    tone_by   the field that holds the colour it has.
    sorts_by  the field by which it is sorted, where that is another than the one it shows.
    """

    name: str
    header: Said
    kind: Kind = "text"
    words: str = ""
    say: Callable[[str], str] | None = None
    link: tuple[str, str] | None = None
    is_shown: bool = True
    is_summed: bool = False
    sorts_by: str = ""
    link_to: str = ""
    tone_by: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it stands to the right, in even digits."""
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Filter:
    """A question in the filter row.

    name     how the address names it.
    columns  the fields it asks; text is looked for in any of them, the others ask one.
    kind     of which kind the answer is, where it is a number or a day.
    choices  the values to choose from and how each is said; asked for each time it is drawn.
    where    how a frame is asked, where that is no comparison with one column. Raises FormWrong.
    say      says an answer that nobody types, but a link brings: it is told beside the other filters while it holds.
    """

    name: str
    header: Said
    columns: tuple[str, ...]
    ask: Ask = "text"
    kind: Kind = "text"
    choices: Callable[[], Sequence[tuple[str, Said]]] | None = None
    where: Callable[[str], pl.Expr] | None = None
    say: Callable[[str], str] | None = None

    def options(self) -> Sequence[tuple[str, Said]]:
        """The choices as they are now."""
        return self.choices() if self.choices else ()


@dataclass(frozen=True)
class Tab:
    """A saved view: a name, and the answers to filters that it stands for."""

    name: str
    header: Said
    values: Values


@dataclass(frozen=True)
class ListForm:
    """A list.

    name   how the address, the officer's preferences and exports call it.
    key    the field that tells rows apart: what a tick box sends.
    order  the field it is sorted by before anybody chooses, with - for falling.
    unit   what a row is, in the totals line.
    exports  whether it may be taken out as a workbook.
    begins   the tab it begins on; the first where none is named.
    keeps    the filters that stay when another tab is opened: a list of one batch stays one of that batch.
    """

    name: str
    title: Said
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    tabs: tuple[Tab, ...]
    order: str
    key: str
    unit: Said
    exports: bool = True
    begins: str = ""
    keeps: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """Find a column, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def tab(self, name: str | None) -> Tab:
        """Find a tab, or the one the list begins on."""
        named = {tab.name: tab for tab in self.tabs}
        return named.get(name or "") or named.get(self.begins) or self.tabs[0]


@dataclass(frozen=True)
class Found:
    """What a page of a list shows: its rows, how many there are in all, and the totals of all of them."""

    rows: Sequence[Mapping[str, Any]]
    count: int
    totals: Mapping[str, int] = field(default_factory=dict)


class Source(Protocol):
    """Where the rows of a list come from: a day's snapshot, or work in the database."""

    def counts(self, asked: Sequence[Values]) -> list[int]:
        """How many rows there are to each set of answers."""
        ...

    def read(self, values: Values, *, sort: str, offset: int, size: int) -> Found:
        """One page of the rows to a set of answers."""
        ...

    def every(self, values: Values, *, sort: str) -> Any:
        """All rows to a set of answers, in order: a frame, or a list of rows."""
        ...
