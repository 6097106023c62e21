"""Tables on a screen: reports and other rows, figures to the right, units in the header, nothing wrapped."""

from collections.abc import Sequence

from rich import box
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from postloan.desk.core.figures import Unit, money_units, said_money, said_percent
from postloan.desk.report.form import Cell, Column, Report, Row, Sheet
from postloan.desk.report.titles import column_header, said_word, sheet_title, source_line
from postloan.site.words import Words

_NO_EDGE = 10_000
_FIGURES = {"count", "number", "money", "share"}
_STYLES = {"item": "", "subtotal": "bold", "total": "bold", "ratio": "bold"}


def show_report(report: Report, words: Words, console: Console) -> None:
    """Print the sheets of a report, and the snapshot they were counted from."""
    for sheet in (each for each in report.shown if each.on_screen):
        _print_fitting(report, sheet, words, console)
        console.print()
    if report.points:
        console.print(Text(words("report.points", days=len(report.points)), style="dim"), soft_wrap=True)
    console.print(Text(source_line(report.snapshot, words), style="dim"))


def plain_table(title: str, names: Sequence[str], rows: Sequence[Sequence[str]], *, figures: int = 0) -> Table:
    """Lay rows of text in a table; the last `figures` columns are numbers."""
    table = _table(title)
    for at, name in enumerate(names):
        is_figure = at >= len(names) - figures
        table.add_column(name, justify="right" if is_figure else "left", no_wrap=is_figure, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _print_fitting(report: Report, sheet: Sheet, words: Words, console: Console) -> None:
    """Print a sheet in the most exact unit of money that fits the screen; figures are never cut short."""
    wide = console.options.update(max_width=_NO_EDGE)
    units = money_units(report.snapshot.currency, words.language)
    tables = [_laid_out(report, sheet, unit, words) for unit in units]
    widths = [Measurement.get(console, wide, table).maximum for table in tables]
    fitting = [at for at, width in enumerate(widths) if width <= console.width]
    at = fitting[0] if fitting else widths.index(min(widths))
    screen = console.width
    console.width = max(screen, widths[at])
    console.print(tables[at], soft_wrap=True)
    console.width = screen


def _laid_out(report: Report, sheet: Sheet, unit: Unit, words: Words) -> Table:
    table = _table(sheet_title(report, sheet, words))
    columns = [column for column in sheet.columns if column.on_screen]
    units = {"money": unit.name, "count": words("unit.count"), "share": words("unit.share")}
    has_units = any(units.get(column.kind) for column in columns)
    for column in columns:
        header = column_header(report, column, words) + (f"\n{units.get(column.kind, '')}" if has_units else "")
        justify: JustifyMethod = "right" if _is_figure(column) else "left"
        table.add_column(header, justify=justify, vertical="bottom", no_wrap=True)
    for line in sheet.rows:
        if line["row"] in {"subtotal", "total"} and table.rows and not table.rows[-1].style:
            table.add_section()
        cells = (_said(column, line, unit, words) for column in columns)
        table.add_row(*cells, style=_STYLES[str(line["row"])])
    return table


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_edge=False,
        pad_edge=False, padding=(0, 1, 0, 0), header_style="",
    )  # fmt: skip


def _is_figure(column: Column) -> bool:
    return column.kind in _FIGURES


def _said(column: Column, line: Row, unit: Unit, words: Words) -> str:
    cell: Cell = line[column.name]
    if not _is_figure(column):
        return said_word(column, line, words)
    if cell is None:
        return ""
    figure = int(cell)
    if column.kind == "money":
        return said_money(figure, unit)
    return said_percent(figure) if column.kind == "share" else f"{figure:,}"
