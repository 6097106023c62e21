"""The report as Word: a template drawn by python-docx once a process, filled by docxtpl.

Officers may edit what comes out; the PDF is what is filed.
"""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docxtpl import DocxTemplate, InlineImage

from postloan.desk.inspection.files.queries import thumbnail_path

_BODY, _HEAD = "仿宋", "黑体"
"""The types of official documents in China; Word takes another where a machine lacks them."""
_GREY = RGBColor(0x5A, 0x5A, 0x5A)
_PHOTO_WIDE = Cm(7.4)


def word_of(document: Mapping[str, Any]) -> bytes:
    """Write a report."""
    template = DocxTemplate(io.BytesIO(_template()))
    photos = [
        {"said": photo["said"], "image": InlineImage(template, str(thumbnail_path(photo["sha256"])), width=_PHOTO_WIDE)}
        for photo in document["photos"]
    ]
    template.render({**document, "photos": photos}, autoescape=True)
    held = io.BytesIO()
    template.save(held)
    return held.getvalue()


@cache
def _template() -> bytes:
    drawn = Document()
    page_of(drawn)
    styles_of(drawn)
    line_of(drawn, "{{ title }}", size=20, bold=True, font=_HEAD, centred=True)
    line_of(drawn, "{{ form }}　{{ number_said }} {{ number }}", size=11, centred=True)
    line_of(drawn, "{{ state }}", size=11, bold=True, centred=True)
    heading_of(drawn, "{{ basics_said }}")
    rows_of(drawn, "row in basics", ["{{ row[0] }}", "{{ row[1] }}"], widths=(4.2, 12.4))
    heading_of(drawn, "{{ figures_said }}")
    rows_of(drawn, "row in figures", ["{{ row[0] }}", "{{ row[1] }}"], widths=(4.2, 12.4))
    for name in ("loans", "collateral"):
        line_of(drawn, f"{{%p if {name}.rows %}}")
        line_of(drawn, f"{{{{ {name}.title }}}}", bold=True)
        rows_of(
            drawn, f"row in {name}.rows", [f"{{{{ row[{at}] }}}}" for at in range(6)], widths=(3, 3, 3, 2.4, 2.6, 2.6),
            head=[f"{{{{ {name}.head[{at}] }}}}" for at in range(6)],
        )  # fmt: skip
        line_of(drawn, "{%p endif %}")
    heading_of(drawn, "{{ differences_said }}")
    line_of(drawn, "{%p if not differences %}")
    line_of(drawn, "{{ no_differences }}")
    line_of(drawn, "{%p else %}")
    _table_of_three(drawn)
    line_of(drawn, "{%p endif %}")
    line_of(drawn, "{%p for section in sections %}")
    heading_of(drawn, "{{ section.title }}")
    rows_of(drawn, "row in section.rows", ["{{ row[0] }}", "{{ row[1] }}"], widths=(5.6, 11))
    line_of(drawn, "{%p endfor %}")
    _after_sections(drawn)
    held = io.BytesIO()
    drawn.save(held)
    return held.getvalue()


def _after_sections(drawn: Any) -> None:
    heading_of(drawn, "{{ findings_said }}")
    line_of(drawn, "{%p if not findings %}")
    line_of(drawn, "{{ no_findings }}")
    line_of(drawn, "{%p else %}")
    rows_of(
        drawn, "row in findings", [f"{{{{ row[{at}] }}}}" for at in range(4)], widths=(9, 2, 2.8, 2.8),
        head=[f"{{{{ findings_head[{at}] }}}}" for at in range(4)],
    )  # fmt: skip
    line_of(drawn, "{%p endif %}")
    line_of(drawn, "{%p if photos %}")
    heading_of(drawn, "{{ photos_said }}")
    line_of(drawn, "{%p endif %}")
    line_of(drawn, "{%p for photo in photos %}")
    line_of(drawn, "{{ photo.image }}", centred=True)
    line_of(drawn, "{{ photo.said }}", size=9, centred=True)
    line_of(drawn, "{%p endfor %}")
    heading_of(drawn, "{{ opinion_said }}")
    line_of(drawn, "{{ opinion }}")
    heading_of(drawn, "{{ signatures_said }}")
    cells = ["{{ row[0] }}", "{{ row[1] }}", "{{ row[2] }}"]
    rows_of(drawn, "row in signatures", cells, widths=(3.4, 8.2, 5))


def _table_of_three(drawn: Any) -> None:
    cells = [f"{{{{ row[{at}] }}}}" for at in range(3)]
    head = [f"{{{{ differences_head[{at}] }}}}" for at in range(3)]
    rows_of(drawn, "row in differences", cells, widths=(5.6, 5.5, 5.5), head=head)


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
    style = drawn.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _BODY)
    style.paragraph_format.space_after = Pt(2)


def heading_of(drawn: Any, said: str) -> None:
    """Draw a heading, which stays with what follows it."""
    line = line_of(drawn, said, size=12, bold=True, font=_HEAD)
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
