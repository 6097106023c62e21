"""A list as an Excel workbook: exactly what is filtered, the columns as shown, amounts as numbers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone

from postloan.desk.core.lists.cells import written
from postloan.desk.core.lists.form import Column

_FORMATS = {
    "money": "#,##0.00;[Red]-#,##0.00", "days": "#,##0", "count": "#,##0", "share": "0.00%", "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}  # fmt: skip
_WIDTHS = {"money": 18, "days": 10, "count": 10, "share": 10, "date": 12, "moment": 17, "tier": 12}
_TELL_EVERY = 5000
_ONE_E8 = 10**8
ROWS_MOST = 1_048_575
"""A sheet holds this many rows below its header."""


def workbook(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], notes: Sequence[tuple[str, str]]) -> bytes:
    """Write a workbook in memory; `notes` are said on a second sheet: which day, which filters, who asked."""
    held = BytesIO()
    write_workbook(held, columns, rows, notes, tell=lambda _done: None)
    return held.getvalue()


def write_workbook(
    to: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    notes: Sequence[tuple[str, str]],
    *,
    tell: Callable[[int], None],
) -> None:
    """Write a workbook row by row, in memory that does not grow with them, telling how many are done."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(to, options) as book:
        formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        bold = book.add_format({"bold": True, "bg_color": "#F1F5F9"})
        sheet = book.add_worksheet("1")
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(column.kind, 20))
            sheet.write_string(0, at, str(column.header), bold)
        done = 0
        for done, row in enumerate(rows, 1):
            for at, column in enumerate(columns):
                _write(sheet, done, at, column, row.get(column.name), formats)
            if done % _TELL_EVERY == 0:
                tell(done)
        about = book.add_worksheet("2")
        about.set_column(0, 1, 30)
        for at, (name, text) in enumerate(notes):
            about.write_string(at, 0, name, bold)
            about.write_string(at, 1, text)
        tell(done)


def _write(sheet: Any, row: int, at: int, column: Column, value: Any, formats: Mapping[str, Any]) -> None:
    if value is None:
        return
    if column.kind == "money":
        # Excel counts in floats; up to its fifteen digits the quotient is the nearest to the exact amount.
        sheet.write_number(row, at, value / 100, formats["money"])
    elif column.kind == "share":
        sheet.write_number(row, at, value / _ONE_E8, formats["share"])
    elif column.kind in {"days", "count"}:
        sheet.write_number(row, at, value, formats[column.kind])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, timezone.localtime(value).replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, at, datetime.combine(value, datetime.min.time()), formats["date"])
    else:
        sheet.write_string(row, at, written(column, value))
