"""Reports as files: CSV and JSON for programs, xlsx for people."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from postloan.desk.core.figures import decimal_money, decimal_share, money_units
from postloan.desk.report.form import Cell, Column, Report, Row, Sheet, Snapshot
from postloan.desk.report.titles import column_header, said_word, sheet_title, source_line
from postloan.desk.report.words.said import ReportWords

_HEADER_ROW = 3
_CHART = {"width": 900, "height": 420}
_WIDTHS = {"word": 22, "text": 22, "count": 12, "number": 12, "money": 20, "share": 12}
_NUMBERS = {"count": "#,##0", "number": "#,##0", "money": "#,##0.00", "share": "0.00%"}


_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes what begins with one of these for a formula, and runs it."""


def as_csv(report: Report) -> str:
    """Write a report's rows as CSV: English names, money and shares as decimals, `row` first.

    A text that a spreadsheet would run is written with an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    sheet = report.filed
    writer.writerow(["row", *(column.name for column in sheet.columns)])
    for line in sheet.rows:
        cells = ((column, _decimal(column, line[column.name])) for column in sheet.columns)
        writer.writerow([line["row"], *(_inert(cell) if column.kind == "text" else cell for column, cell in cells)])
    return out.getvalue()


def as_json(report: Report) -> str:
    """Write a report as JSON, with the snapshot it was counted from; money and shares are decimal strings."""
    said: dict[str, object] = {"report": report.name, "by": report.by, **_source(report.snapshot)}
    if report.before:
        said["from"] = _source(report.before)
    said["rows"] = _rows(report.filed)
    if report.more:
        said["sheets"] = {sheet.name: _rows(sheet) for sheet in report.more}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def write_xlsx(report: Report, path: Path, words: ReportWords) -> None:
    """Write a report's sheets as a workbook: numbers as numbers, in full units of the currency."""
    _write_book(report, str(path), words)


def workbook_of(report: Report, words: ReportWords) -> bytes:
    """A report's sheets as a workbook, in memory."""
    held = io.BytesIO()
    _write_book(report, held, words)
    return held.getvalue()


def _write_book(report: Report, to: str | io.BytesIO, words: ReportWords) -> None:
    with xlsxwriter.Workbook(to, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        # The same report gives the same bytes: the file says the business date, not the clock.
        at = report.snapshot.on
        book.set_properties({"created": datetime(at.year, at.month, at.day), "title": report.name})  # noqa: DTZ001
        formats = {
            (kind, bold): book.add_format({"num_format": number, "bold": bold})
            for kind, number in _NUMBERS.items()
            for bold in (False, True)
        }
        formats |= {
            (kind, bold): book.add_format({"bold": bold}) for kind in ("word", "text") for bold in (False, True)
        }
        header = book.add_format({"bold": True, "bottom": 1, "align": "center"})
        for sheet in report.shown:
            page = book.add_worksheet(sheet.name)
            page.write_string(0, 0, sheet_title(report, sheet, words), formats["text", True])
            page.write_string(1, 0, source_line(report.snapshot, words))
            _write_sheet(page, sheet, report, words, header, formats)
            if sheet.is_drawn and sheet.rows:
                _draw(book, page, sheet)


def _write_sheet(
    page: Worksheet,
    sheet: Sheet,
    report: Report,
    words: ReportWords,
    header: Format,
    formats: dict[tuple[str, bool], Format],
) -> None:
    unit = money_units(report.snapshot.currency, words.language)[0].name
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, _WIDTHS[column.kind])
        name = column_header(report, column, words).replace("-\n", "-").replace("\n", " ")
        page.write_string(_HEADER_ROW, at, f"{name} ({unit})" if column.kind == "money" else name, header)
    for row_at, line in enumerate(sheet.rows, start=_HEADER_ROW + 1):
        is_bold = line["row"] != "item"
        for at, column in enumerate(sheet.columns):
            _write_cell(page, row_at, at, column, line, words, formats[column.kind, is_bold])
    page.freeze_panes(_HEADER_ROW + 1, 1)


def _draw(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet) -> None:
    """Draw every column but the first as a line over the first, beside the table; a cell that is empty is a gap."""
    chart = book.add_chart({"type": "line"})
    first, last = _HEADER_ROW + 1, _HEADER_ROW + len(sheet.rows)
    for at in range(1, len(sheet.columns)):
        chart.add_series(
            {
                "name": [sheet.name, _HEADER_ROW, at],
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, at, last, at],
            }
        )
    chart.set_size(_CHART)
    chart.set_y_axis({"num_format": "0%"})
    page.insert_chart(_HEADER_ROW, len(sheet.columns) + 1, chart)


def _write_cell(
    page: Worksheet, row_at: int, at: int, column: Column, line: Row, words: ReportWords, form: Format
) -> None:
    cell = line[column.name]
    if column.kind in {"word", "text"}:
        page.write_string(row_at, at, said_word(column, line, words), form)
    elif isinstance(cell, int):
        # A workbook holds doubles; below nine trillion units they hold every cent.
        over = {"money": 100, "share": 10**8, "count": 1, "number": 1}[column.kind]
        page.write_number(row_at, at, cell / over, form)


def _inert(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS) else cell


def _decimal(column: Column, cell: Cell) -> Cell:
    if not isinstance(cell, int) or column.kind in {"count", "number"}:
        return cell
    return decimal_money(cell) if column.kind == "money" else decimal_share(cell)


def _rows(sheet: Sheet) -> list[dict[str, Cell]]:
    return [
        {"row": line["row"]} | {column.name: _decimal(column, line[column.name]) for column in sheet.columns}
        for line in sheet.rows
    ]


def _source(snapshot: Snapshot) -> dict[str, object]:
    return {
        "on": snapshot.on.isoformat(),
        "run_id": snapshot.run_id,
        "known_on": snapshot.known_on.isoformat(),
        "pins_sha256": snapshot.pins_sha256,
        "currency": snapshot.currency,
    }
