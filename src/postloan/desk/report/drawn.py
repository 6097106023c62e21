"""A sheet as a page draws it: headers with their units, cells as they are written, and where each leads."""

from collections.abc import Callable
from dataclasses import dataclass

from postloan.desk.core.figures import money, money_units, said_percent
from postloan.desk.core.lists.cells import Cell
from postloan.desk.report.form import Column, Report, Row, Sheet
from postloan.desk.report.titles import column_header, said_word, sheet_title
from postloan.desk.report.words.said import ReportWords
from postloan.tables.units import TIERS

Link = Callable[[Report, Sheet, Column, Row], str]
_FIGURES = {"count", "number", "money", "share"}


@dataclass(frozen=True)
class DrawnColumn:
    """A column's header, and whether it stands to the right."""

    header: str
    is_number: bool


@dataclass(frozen=True)
class DrawnLine:
    """A line: whether it is an item, a subtotal, a total or a ratio, and its cells."""

    standing: str
    cells: list[Cell]


@dataclass(frozen=True)
class DrawnSheet:
    """A sheet, ready for its template.

    count   how many lines there are, of which `lines` may be the first.
    """

    name: str
    title: str
    columns: list[DrawnColumn]
    lines: list[DrawnLine]
    count: int

    @property
    def is_cut(self) -> bool:
        """Whether there are lines that are not drawn."""
        return len(self.lines) < self.count


def drawn_sheet(report: Report, sheet: Sheet, words: ReportWords, *, link: Link, most: int) -> DrawnSheet:
    """Draw a sheet, its first `most` lines; the columns for which a screen has room."""
    columns = [column for column in sheet.columns if column.on_screen]
    lines = [
        DrawnLine(str(line["row"]), [_cell(report, sheet, column, line, words, link) for column in columns])
        for line in sheet.rows[:most]
    ]
    headers = [_header(report, column, words) for column in columns]
    return DrawnSheet(sheet.name, sheet_title(report, sheet, words), headers, lines, len(sheet.rows))


def one_line(text: str) -> str:
    """A header of two lines in one."""
    return text.replace("-\n", "-").replace("\n", " ")


def _header(report: Report, column: Column, words: ReportWords) -> DrawnColumn:
    unit = money_units(report.snapshot.currency, words.language)[0].name
    name = one_line(column_header(report, column, words))
    if words.language == "zh":
        name = name.replace(" ", "")
    return DrawnColumn(f"{name} ({unit})" if column.kind == "money" else name, column.kind in _FIGURES)


def _cell(report: Report, sheet: Sheet, column: Column, line: Row, words: ReportWords, link: Link) -> Cell:
    text = written(column, line, words)
    value = line[column.name]
    is_negative = column.kind == "money" and isinstance(value, int) and value < 0
    tone = "negative" if is_negative else str(value) if _is_tier(column, value) else ""
    href = link(report, sheet, column, line) if text and value != 0 else ""
    return Cell(text, href, tone, column.kind in _FIGURES)


def _is_tier(column: Column, value: object) -> bool:
    return column.kind == "word" and column.name.endswith("tier") and value in TIERS


def written(column: Column, line: Row, words: ReportWords) -> str:
    """Write a cell as a reader expects it: amounts to the cent, shares in per cent."""
    value = line[column.name]
    if column.kind not in _FIGURES:
        return said_word(column, line, words)
    if not isinstance(value, int):
        return ""
    if column.kind == "money":
        return money(value)
    return f"{said_percent(value)}%" if column.kind == "share" else f"{value:,}"
