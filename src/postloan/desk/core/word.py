"""Papers in Word: drawn by python-docx once a process, filled by docxtpl. What several desks draw alike stands here.

Officers may edit what comes out.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docxtpl import DocxTemplate

BODY, HEAD = "仿宋", "黑体"
"""The types of official documents in China; Word takes another where a machine lacks them."""
_GREY = RGBColor(0x5A, 0x5A, 0x5A)
_LETTER = ("{%p if to %}", "{{ to }}：", "{%p endif %}", "{%p for line in lines %}", "{{ line }}", "{%p endfor %}", "")


def letter_of(title: str, lines: Sequence[str], bank: str, on: date, *, to: str = "") -> bytes:
    """Write a letter of an office, in Chinese as it is read: the addressee where there is one, paragraphs, the day."""
    return filled(_letter(), {"title": title, "to": to, "lines": list(lines), "bank": bank, "on": str(on)})


@cache
def _letter() -> bytes:
    drawn = Document()
    _types(drawn, size=14)
    line_of(drawn, "{{ title }}", size=20, bold=True, centred=True)
    for line in _LETTER:
        paragraph = drawn.add_paragraph(line)
        if line == "{{ line }}":
            paragraph.paragraph_format.first_line_indent = Pt(28)
    for line in ("{{ bank }}", "{{ on }}"):
        drawn.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return saved(drawn)


def filled(template: bytes, document: Mapping[str, Any]) -> bytes:
    """Fill a template."""
    held = DocxTemplate(io.BytesIO(template))
    held.render(dict(document), autoescape=True)
    return saved(held)


def saved(drawn: Any) -> bytes:
    """Take a document as it is drawn or filled."""
    held = io.BytesIO()
    drawn.save(held)
    return held.getvalue()


def page_of(drawn: Any) -> None:
    """Give a document its page: the bank and a number above, what it is and the count of pages below."""
    section = drawn.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.2), Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    _run(section.header.paragraphs[0], "{{ bank }}　{{ number }}", size=9, colour=_GREY)
    foot = section.footer.paragraphs[0]
    _run(foot, "{{ source }}　　{{ page_said }} ", size=9, colour=_GREY)
    _field(foot, "PAGE")
    _run(foot, " {{ of_said }} ", size=9, colour=_GREY)
    _field(foot, "NUMPAGES")
    _run(foot, " {{ pages_said }}", size=9, colour=_GREY)


def styles_of(drawn: Any) -> None:
    """Give a document the types of official papers."""
    _types(drawn, size=10.5).paragraph_format.space_after = Pt(2)


def _types(drawn: Any, *, size: float) -> Any:
    style = drawn.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    return style


def heading_of(drawn: Any, said: str) -> None:
    """Draw a heading, which stays with what follows it."""
    line = line_of(drawn, said, size=12, bold=True, font=HEAD)
    line.paragraph_format.space_before = Pt(10)
    line.paragraph_format.keep_with_next = True


def line_of(
    drawn: Any, said: str, *, size: float = 10.5, bold: bool = False, font: str = "", centred: bool = False
) -> Any:
    """Draw a line of text, and return it; size in points."""
    line = drawn.add_paragraph()
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(line, said, size=size, bold=bold, font=font)
    return line


def _run(
    line: Any, said: str, *, size: float, bold: bool = False, font: str = "", colour: RGBColor | None = None
) -> None:
    run = line.add_run(said)
    run.font.size, run.bold = Pt(size), bold
    if font:
        run.font.name = font
        run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def rows_of(drawn: Any, loop: str, cells: Sequence[str], *, widths: Sequence[float], head: Sequence[str] = ()) -> None:
    """A table with a row for each round of a loop; the loop's own rows vanish when it is filled."""
    table = drawn.add_table(rows=0, cols=len(cells))
    table.style, table.autofit = "Table Grid", False
    if head:
        _fill(table.add_row(), head, widths, bold=True)
    _fill(table.add_row(), [f"{{%tr for {loop} %}}", *[""] * (len(cells) - 1)], widths)
    _fill(table.add_row(), cells, widths)
    _fill(table.add_row(), ["{%tr endfor %}", *[""] * (len(cells) - 1)], widths)


def _fill(row: Any, said: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> None:
    for cell, text, width in zip(row.cells, said, widths, strict=True):
        cell.width = Cm(width)
        _run(cell.paragraphs[0], text, size=10, bold=bold)


def _field(line: Any, code: str) -> None:
    """A field that Word counts by itself: the page, or how many there are."""
    run = line.add_run()
    run.font.size = Pt(9)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)
