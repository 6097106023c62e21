"""The notice of a breach as a letter in Word: drawn by python-docx once a process, filled by docxtpl."""

import io
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate

from postloan.desk.covenant.chart import said_ratio
from postloan.tables.ratios import RATIOS
from postloan.tables.said import said

_LINES = (
    "{{ to }}：", "{{ body }}", "{{ measured }}", "{{ asked }}", "", "{{ bank }}", "{{ on }}",
)  # fmt: skip


def letter_said(test: Mapping[str, Any], on: date) -> dict[str, str]:
    """What the letter says of a test: in Chinese, as the borrower reads it."""
    metric, period = test["metric"], test["period_end_on"]
    value, bound = (said_ratio(metric, test[name]) for name in ("value_e8", "threshold_e8"))
    named = said("ratio", metric, "zh") if metric in RATIOS else metric
    promised = f"贵方承诺在报告期末保持{named} {test['operator']} {bound}（条款号 {test['covenant_id']}）。"
    result = said("covenant_result", test["result"], "zh")
    until = f"请于 {test['cure_ends_on']} 前" if test["cure_ends_on"] else "请收到本通知后即"
    return {
        "title": "违反约定条款通知书",
        "to": test["debtor_name"],
        "bank": test["org_name"],
        "on": str(on),
        "body": f"根据贵方与我行签订的合同（借据号 {test['loan_id']}），{promised}",
        "measured": f"经检验，截至 {period}，该指标为 {value}，检验结果：{result}。",
        "asked": f"{until}完成补救并提交证明材料。逾期我行将依合同采取措施。",
    }


def letter_of(said: Mapping[str, str]) -> bytes:
    """Write the letter; `said` holds title and what stands in its lines."""
    template = DocxTemplate(io.BytesIO(_template()))
    template.render(dict(said), autoescape=True)
    held = io.BytesIO()
    template.save(held)
    return held.getvalue()


@cache
def _template() -> bytes:
    drawn = Document()
    style = drawn.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    title = drawn.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run("{{ title }}")
    run.font.size, run.bold = Pt(20), True
    for line in _LINES:
        paragraph = drawn.add_paragraph(line)
        if line in {"{{ bank }}", "{{ on }}"}:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        elif line and line != _LINES[0]:
            paragraph.paragraph_format.first_line_indent = Pt(28)
    held = io.BytesIO()
    drawn.save(held)
    return held.getvalue()
