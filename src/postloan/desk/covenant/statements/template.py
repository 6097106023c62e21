"""The workbook that statements are written into: an item a line, a period a column."""

from datetime import date, timedelta
from io import BytesIO

import xlsxwriter

from postloan.tables.statement_items import PARTS

UNITS = {"元": 1, "万元": 10_000}
"""Units that a workbook may say, and how many yuan each is."""
YES, NO = "是", "否"
AUDITED = {YES: True, NO: False}
LABELS = ("客户号 Debtor", "客户名称 Name", "金额单位 Unit", "是否审计 Audited")
ITEM_ROW, PERIOD_COLUMN, PERIODS = 5, 3, 4
"""Where the line of periods stands, where the first of them stands, and how many there is room for; counted from 0."""
_PARTS = {
    "balance": "资产负债表 Balance sheet", "income": "利润表 Income statement",
    "cash_flow": "现金流量表 Cash flow", "notes": "附注及其他 Notes",
}  # fmt: skip


def template_of(debtor_id: str, name: str, on: date) -> bytes:
    """Draw the workbook of a debtor, with the last quarter's end and that of a year before as its periods."""
    held = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#F1F5F9"})
        amount, day = (book.add_format({"num_format": form}) for form in ("#,##0.00", "yyyy-mm-dd"))
        sheet = book.add_worksheet("报表")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 2, 30)
        sheet.set_column(PERIOD_COLUMN, PERIOD_COLUMN + PERIODS - 1, 18, amount)
        for row, (label, value) in enumerate(zip(LABELS, (debtor_id, name, "元", NO), strict=True)):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, value)
        sheet.data_validation(2, 1, 2, 1, {"validate": "list", "source": list(UNITS)})
        sheet.data_validation(3, 1, 3, 1, {"validate": "list", "source": list(AUDITED)})
        for at, said in enumerate(("科目代码 Item", "科目", "Meaning")):
            sheet.write_string(ITEM_ROW, at, said, bold)
        for at, period in enumerate(_periods(on)):
            sheet.write_datetime(ITEM_ROW, PERIOD_COLUMN + at, period, day)
        row = ITEM_ROW + 1
        for part, items in PARTS.items():
            sheet.write_string(row, 1, _PARTS[part], bold)
            for at, (code, (zh, en)) in enumerate(items.items(), start=row + 1):
                for column, said in enumerate((code, zh, en)):
                    sheet.write_string(at, column, said)
            row += len(items) + 1
        sheet.freeze_panes(ITEM_ROW + 1, PERIOD_COLUMN)
    return held.getvalue()


def _periods(on: date) -> list[date]:
    """The end of the last whole quarter, and the same a year before."""
    first_of_quarter = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
    last = first_of_quarter - timedelta(days=1)
    return [last, last.replace(year=last.year - 1)]
