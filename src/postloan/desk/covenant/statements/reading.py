"""What a workbook of statements says: read cell by cell, told with every fault and its place, amounts exact."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_rowcol_to_cell

from postloan.desk.covenant.statements.template import AUDITED, ITEM_ROW, PERIOD_COLUMN, PERIODS, UNITS
from postloan.desk.inspection.files.content import read_content
from postloan.errors import FileRefused
from postloan.rules.inspection_rules import FileRules
from postloan.tables.statement_items import ITEMS

_UNPACKED_MOST, _ROWS_MOST, _COLUMNS_MOST, _FAULTS_MOST = 32 * 2**20, 1000, 50, 50
_CENTS_MOST = 10**17
_PLACE = re.compile(rb"""(?<![\w:])r\s*=\s*["']([^"']*)["']""")
_REFERENCE = re.compile(rb"([A-Z]{1,3})?(\d{1,7})")


@dataclass(frozen=True)
class Read:
    """What was read of a workbook.

    values  item, period_end_on as text, value_cents; in the order of the sheet.
    faults  what is wrong, each with its place; with one, nothing is taken.
    """

    unit: str
    is_audited: bool
    values: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_statements(content: bytes, debtor_id: str, rules: FileRules, *, on: date) -> Read:
    """Read a workbook as the template draws it. Raises FileRefused where it is none, or more than one may hold."""
    if read_content(content, rules).kind != "xlsx":
        raise _refused(_("不是 Excel 工作簿（xlsx）。"))
    _check_size(content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError):
        raise _refused(_("工作簿已损坏，打不开。")) from None
    return _Sheet(cells).read(debtor_id, on)


def _refused(message: str) -> FileRefused:
    return FileRefused(message=message, hint=_("请下载模板，填写后另存为 xlsx 再上传。"), where={"field": "file"})


def _check_size(content: bytes) -> None:
    """Unpack a workbook within bounds, and look where its cells say they stand: a reader makes room for all between."""
    left = _UNPACKED_MOST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                with archive.open(member) as opened:
                    part = opened.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise _refused(_("工作簿解压后过大。"))
                if not _is_small(member.filename, part):
                    raise _refused(_("工作表超过 %s 行，或内容不是模板的样子。") % _ROWS_MOST)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _refused(_("工作簿已损坏，打不开。")) from None


def _is_small(name: str, part: bytes) -> bool:
    if name.endswith(".xml") and b"\0" in part:  # Another encoding would hide its places from this look.
        return False
    # A sheet may lie anywhere in the archive.
    for found in _PLACE.finditer(part) if b"sheetData" in part else ():
        place = _REFERENCE.fullmatch(found[1])
        if place is None:
            return False
        if int(place[2]) > _ROWS_MOST or _column(place[1] or b"A") > _COLUMNS_MOST:
            return False
    return True


def _column(letters: bytes) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + letter - 64
    return at


class _Sheet:
    """The cells of a sheet, and what is wrong with them."""

    def __init__(self, cells: Sequence[Sequence[Any]]) -> None:
        self._cells = cells
        self._faults: list[str] = []

    def read(self, debtor_id: str, on: date) -> Read:
        """Read the head, the periods and the items, and hold the balance sheets to their identity."""
        if self._text(0, 1) != debtor_id:
            self._fault(0, 1, _("客户号应为 %s") % debtor_id)
        unit, audited = self._text(2, 1), self._text(3, 1)
        if unit not in UNITS:
            self._fault(2, 1, _("金额单位应为“元”或“万元”"))
        if audited not in AUDITED:
            self._fault(3, 1, _("是否审计应为“是”或“否”"))
        periods = self._periods(on)
        values = self._values(periods, UNITS.get(unit, 1))
        self._balance(values)
        if not values and not self._faults:
            self._faults.append(_("没有填写任何金额。"))
        return Read(unit, AUDITED.get(audited, False), values, self._faults[:_FAULTS_MOST])

    def _cell(self, row: int, column: int) -> Any:
        line = self._cells[row] if row < len(self._cells) else ()
        return line[column] if column < len(line) else ""

    def _text(self, row: int, column: int) -> str:
        return str(self._cell(row, column)).strip()

    def _fault(self, row: int, column: int, said: str) -> None:
        self._faults.append(f"{xl_rowcol_to_cell(row, column)} {said}")

    def _periods(self, on: date) -> dict[int, date]:
        """The column of each period."""
        found: dict[int, date] = {}
        for column in range(PERIOD_COLUMN, PERIOD_COLUMN + PERIODS):
            value = self._cell(ITEM_ROW, column)
            if value == "":
                continue
            period = value.date() if isinstance(value, datetime) else value
            if not isinstance(period, date):
                self._fault(ITEM_ROW, column, _("报告期末应为日期"))
            elif (period + timedelta(days=1)).day != 1 or period > on:
                self._fault(ITEM_ROW, column, _("报告期末应为不晚于营业日的月末"))
            elif period in found.values():
                self._fault(ITEM_ROW, column, _("报告期末重复"))
            else:
                found[column] = period
        return found

    def _values(self, periods: dict[int, date], unit: int) -> list[dict[str, Any]]:
        values, known = [], set()
        for row in range(ITEM_ROW + 1, len(self._cells)):
            item = self._text(row, 0)
            filled = [column for column in range(PERIOD_COLUMN, len(self._cells[row])) if self._cell(row, column) != ""]
            if not item:
                if filled:
                    self._fault(row, filled[0], _("这一行没有科目代码"))
                continue
            if item not in ITEMS:
                self._fault(row, 0, _("没有这个科目代码：%s") % item[:64])
                continue
            if item in known:
                self._fault(row, 0, _("科目代码重复：%s") % item)
                continue
            known.add(item)
            for column in filled:
                if column not in periods:
                    self._fault(row, column, _("这一列没有报告期末"))
                    continue
                cents = self._cents(row, column, unit)
                if cents is not None:
                    values.append({"item": item, "period_end_on": periods[column].isoformat(), "value_cents": cents})
        return values

    def _cents(self, row: int, column: int, unit: int) -> int | None:
        value = self._cell(row, column)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fault(row, column, _("应为数字，不是文字"))
            return None
        # A workbook keeps 15 digits of a number: those are what was written, exactly, and what is reckoned with.
        cents = Decimal(format(value, ".15g")) * unit * 100
        if not cents.is_finite() or cents != cents.to_integral_value():
            self._fault(row, column, _("金额的小数超过分"))
            return None
        if abs(cents) > _CENTS_MOST:
            self._fault(row, column, _("金额过大"))
            return None
        return int(cents)

    def _balance(self, values: Sequence[dict[str, Any]]) -> None:
        """Assets are liabilities and equity, to the cent."""
        by_period: dict[str, dict[str, int]] = {}
        for each in values:
            by_period.setdefault(each["period_end_on"], {})[each["item"]] = each["value_cents"]
        sides = ("total_assets", "total_liabilities", "equity")
        for period, told in by_period.items():
            held = [told.get(item) for item in sides]
            if held == [None, None, None]:
                continue
            if None in held:
                self._faults.append(_("%s：资产总计、负债合计、所有者权益合计应同时填写") % period)
            elif told["total_assets"] != told["total_liabilities"] + told["equity"]:
                apart = told["total_assets"] - told["total_liabilities"] - told["equity"]
                said = {"period": period, "apart": f"{Decimal(apart) / 100:,.2f}"}
                self._faults.append(_("%(period)s：资产总计与负债合计加所有者权益合计相差 %(apart)s 元") % said)
