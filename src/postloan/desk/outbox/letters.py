"""Letters in Word: what is printed, signed and posted. In Chinese, as read."""

import io
from datetime import date
from functools import cache

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from docx import Document as Drawn
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate


def letter_paper(title: str, text: str, bank: str, on: date, *, to: str) -> bytes:
    """Write a letter.

    to  the address that it goes to; empty where the letter is only looked at.
    """
    template = DocxTemplate(io.BytesIO(_template()))
    told = {"title": title, "to": to, "lines": text.splitlines(), "bank": bank, "on": str(on)}
    template.render(told, autoescape=True)
    held = io.BytesIO()
    template.save(held)
    return held.getvalue()


@cache
def _template() -> bytes:
    drawn = Drawn()
    style = drawn.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    drawn.add_paragraph("{{ to }}")
    title = drawn.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run("{{ title }}")
    run.font.size, run.bold = Pt(20), True
    for line in ("{%p for line in lines %}", "{{ line }}", "{%p endfor %}"):
        drawn.add_paragraph(line)
    for line in ("{{ bank }}", "{{ on }}"):
        drawn.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    held = io.BytesIO()
    drawn.save(held)
    return held.getvalue()


def as_word(content: bytes, name: str) -> HttpResponse:
    """Send a letter to be kept under a name."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
