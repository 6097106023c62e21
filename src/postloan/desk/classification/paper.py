"""The committee's paper as a Word file: what an office's batch found, in tables, to be signed."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Pt

from postloan.desk.classification.models import Item
from postloan.desk.core.figures import money
from postloan.desk.core.lists.cells import language
from postloan.tables.said import said

_FONT = "仿宋_GB2312"


def paper_docx(told: Mapping[str, Any]) -> bytes:
    """Write the paper; `told` is what queries.paper_of says, with the batch."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    batch = told["batch"]
    document.add_heading(_("资产风险分类认定审批表"), level=1)
    document.add_paragraph(
        _("机构：%(org)s　季度末：%(quarter)s　数据日期：%(on)s　批次：%(run)s")
        % {"org": batch.org.name, "quarter": batch.quarter_on, "on": batch.on, "run": batch.run_id[:8]}
    )
    heads = [_("分类"), _("上季末笔数"), _("上季末金额"), _("系统笔数"), _("系统金额"), _("人工笔数"), _("人工金额")]
    _table(document, heads, [_line(line) for line in told["lines"]])
    document.add_heading(_("变动及例外（%(apart)s / %(all)s 笔）") % told, level=2)
    heads = [
        _("客户名称"),
        _("借据号"),
        _("本金余额"),
        _("逾期天数"),
        _("上季末"),
        _("系统分类"),
        _("人工分类"),
        _("意见及依据"),
    ]
    _table(document, heads, [_item(item) for item in told["items"]])
    document.add_paragraph()
    document.add_paragraph(_("初分：＿＿＿＿　　认定：＿＿＿＿　　审批：＿＿＿＿　　日期：＿＿＿＿"))
    held = io.BytesIO()
    # A document's save, not a record's: nothing is written but the bytes.
    write = document.save
    write(held)
    return held.getvalue()


def _tier(value: str) -> str:
    return said("tier", value, language()) if value else "—"


def _line(line: Mapping[str, Any]) -> list[str]:
    pairs = [line["last"], line["system"], line["people"]]
    return [_tier(line["tier"]), *(text for count, cents in pairs for text in (f"{count:,}", money(cents)))]


def _item(item: Item) -> list[str]:
    reasons = [f"{step.officer.name}：{step.reason}" for step in item.case.taken.all() if step.reason]
    return [
        item.debtor_name, item.loan_id, money(item.outstanding_cents), str(item.days_past_due),
        _tier(item.tier_last_quarter), _tier(item.tier), _tier(item.opinion_tier), "；".join([item.cite, *reasons]),
    ]  # fmt: skip


def _table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
