"""A list as its page draws it: tabs, filters, header, cells, totals and pages, with every address worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from postloan.desk.core.figures import money
from postloan.desk.core.lists.asked import SIZES, Asked, read_asked
from postloan.desk.core.lists.cells import Cell, cell
from postloan.desk.core.lists.form import Column, Filter, ListForm, Said, Source
from postloan.desk.core.models import Officer, Preference, SavedView

_AROUND = 2


@dataclass(frozen=True)
class DrawnTab:
    """A tab: what it is called, how many rows it holds, and where it leads."""

    header: Said
    count: int | None
    href: str
    is_open: bool


@dataclass(frozen=True)
class DrawnFilter:
    """A filter with the answer it was given, and how that is said where nobody types it."""

    filter: Filter
    answer: str
    options: Sequence[tuple[str, Said]]
    said: str = ""

    @property
    def is_typed(self) -> bool:
        """Whether an officer answers it; else a link does."""
        return self.filter.say is None


@dataclass(frozen=True)
class DrawnHeader:
    """A column's header: where a click leads, and how the list is sorted by it now."""

    column: Column
    href: str
    sorted: str


@dataclass(frozen=True)
class DrawnRow:
    """A row: its key, and its cells."""

    key: str
    cells: list[Cell]
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class DrawnPage:
    """A link of the pager; without an address it is the page itself, or a gap."""

    said: str
    href: str


@dataclass(frozen=True)
class DrawnList:
    """A list, ready for its template."""

    form: ListForm
    asked: Asked
    tabs: list[DrawnTab]
    filters: list[DrawnFilter]
    headers: list[DrawnHeader]
    rows: list[DrawnRow]
    count: int
    totals: list[tuple[Said, str]]
    pages: list[DrawnPage]
    before: str
    after: str
    is_filtered: bool
    sizes: tuple[int, ...] = SIZES

    @property
    def clear(self) -> str:
        """The address without the officer's filters."""
        return self.asked.query(self.form, values=self.asked.kept(self.form), page=1)

    @property
    def shown(self) -> frozenset[str]:
        """The names of the columns that are there."""
        return frozenset(column.name for column in self.asked.columns)


def asked_by(request: HttpRequest, officer: Officer, form: ListForm) -> Asked:
    """Read what an officer asks of a list, with the officer's preferences for it."""
    held = Preference.objects.filter(officer=officer, list_name=form.name).first()
    given = request.GET.dict()
    size = given.get("size", "")
    chosen = int(size) if size.isdecimal() and len(size) < 4 else held.size if held else SIZES[0]  # noqa: PLR2004
    return read_asked(form, given, columns=held.columns if held else (), size=chosen)


def draw(request: HttpRequest, officer: Officer, form: ListForm, source: Source) -> DrawnList:
    """Draw a list for an officer. Raises FormWrong where a filter is answered wrongly."""
    asked = asked_by(request, officer, form)
    values = asked.all_values(form)
    found = source.read(values, sort=asked.sort, offset=(asked.page - 1) * asked.size, size=asked.size)
    counts = source.counts([{**tab.values, **asked.kept(form)} for tab in form.tabs])
    last = max(1, -(-found.count // asked.size))
    return DrawnList(
        form=form,
        asked=asked,
        tabs=[*_tabs(form, asked, counts), *_saved_tabs(form, officer, request)],
        filters=[_filter(each, asked.values.get(each.name, "")) for each in form.filters],
        headers=[_header(form, asked, column) for column in asked.columns],
        rows=[
            DrawnRow(str(row[form.key]), [cell(column, row, asked.carried) for column in asked.columns], row)
            for row in found.rows
        ],
        count=found.count,
        totals=[
            (column.header, money(found.totals[column.name])) for column in form.columns if column.name in found.totals
        ],
        pages=_pages(form, asked, last),
        before=asked.query(form, page=asked.page - 1) if asked.page > 1 else "",
        after=asked.query(form, page=asked.page + 1) if asked.page < last else "",
        is_filtered=bool(asked.values),
    )


def _filter(each: Filter, answer: str) -> DrawnFilter:
    return DrawnFilter(each, answer, each.options(), each.say(answer) if each.say and answer else "")


def _tabs(form: ListForm, asked: Asked, counts: Sequence[int]) -> list[DrawnTab]:
    return [
        DrawnTab(
            tab.header, count, asked.query(form, tab=tab.name, values=asked.kept(form), page=1), tab.name == asked.tab
        )
        for tab, count in zip(form.tabs, counts, strict=True)
    ]


def _saved_tabs(form: ListForm, officer: Officer, request: HttpRequest) -> list[DrawnTab]:
    here = request.GET.urlencode()
    saved = SavedView.objects.filter(officer=officer, list_name=form.name).order_by("name")
    return [DrawnTab(view.name, None, f"?{view.query}", view.query == here) for view in saved]


def _header(form: ListForm, asked: Asked, column: Column) -> DrawnHeader:
    falls = asked.sort == f"-{column.name}"
    rises = asked.sort == column.name
    # The first click on a number shows the largest, on a word the first.
    first = f"-{column.name}" if column.is_number else column.name
    other = column.name if column.is_number else f"-{column.name}"
    to = other if (falls if column.is_number else rises) else first
    return DrawnHeader(column, asked.query(form, sort=to, page=1), "falls" if falls else "rises" if rises else "")


def _pages(form: ListForm, asked: Asked, last: int) -> list[DrawnPage]:
    near = range(max(1, asked.page - _AROUND), min(last, asked.page + _AROUND) + 1)
    drawn: list[DrawnPage] = []
    before = 0
    for page in sorted({1, last, *near}):
        if page > before + 1:
            drawn.append(DrawnPage("…", ""))
        drawn.append(DrawnPage(str(page), "" if page == asked.page else asked.query(form, page=page)))
        before = page
    return drawn
