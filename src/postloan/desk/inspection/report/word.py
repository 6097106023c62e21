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
    _page(drawn)
    _styles(drawn)
    _line(drawn, "{{ title }}", size=20, bold=True, font=_HEAD, centred=True)
    _line(drawn, "{{ form }}　{{ number_said }} {{ number }}", size=11, centred=True)
    _line(drawn, "{{ state }}", size=11, bold=True, centred=True)
    _heading(drawn, "{{ basics_said }}")
    _rows(drawn, "row in basics", ["{{ row[0] }}", "{{ row[1] }}"], widths=(4.2, 12.4))
    _heading(drawn, "{{ figures_said }}")
    _rows(drawn, "row in figures", ["{{ row[0] }}", "{{ row[1] }}"], widths=(4.2, 12.4))
    for name in ("loans", "collateral"):
        _line(drawn, f"{{%p if {name}.rows %}}")
        _line(drawn, f"{{{{ {name}.title }}}}", bold=True)
        _rows(
            drawn, f"row in {name}.rows", [f"{{{{ row[{at}] }}}}" for at in range(6)], widths=(3, 3, 3, 2.4, 2.6, 2.6),
            head=[f"{{{{ {name}.head[{at}] }}}}" for at in range(6)],
        )  # fmt: skip
        _line(drawn, "{%p endif %}")
    _heading(drawn, "{{ differences_said }}")
    _line(drawn, "{%p if not differences %}")
    _line(drawn, "{{ no_differences }}")
    _line(drawn, "{%p else %}")
    _table_of_three(drawn)
    _line(drawn, "{%p endif %}")
    _line(drawn, "{%p for section in sections %}")
    _heading(drawn, "{{ section.title }}")
    _rows(drawn, "row in section.rows", ["{{ row[0] }}", "{{ row[1] }}"], widths=(5.6, 11))
    _line(drawn, "{%p endfor %}")
    _after_sections(drawn)
    held = io.BytesIO()
    drawn.save(held)
    return held.getvalue()


def _after_sections(drawn: Any) -> None:
    _heading(drawn, "{{ findings_said }}")
    _line(drawn, "{%p if not findings %}")
    _line(drawn, "{{ no_findings }}")
    _line(drawn, "{%p else %}")
    _rows(
        drawn, "row in findings", [f"{{{{ row[{at}] }}}}" for at in range(4)], widths=(9, 2, 2.8, 2.8),
        head=[f"{{{{ findings_head[{at}] }}}}" for at in range(4)],
    )  # fmt: skip
    _line(drawn, "{%p endif %}")
    _line(drawn, "{%p if photos %}")
    _heading(drawn, "{{ photos_said }}")
    _line(drawn, "{%p endif %}")
    _line(drawn, "{%p for photo in photos %}")
    _line(drawn, "{{ photo.image }}", centred=True)
    _line(drawn, "{{ photo.said }}", size=9, centred=True)
    _line(drawn, "{%p endfor %}")
    _heading(drawn, "{{ opinion_said }}")
    _line(drawn, "{{ opinion }}")
    _heading(drawn, "{{ signatures_said }}")
    cells = ["{{ row[0] }}", "{{ row[1] }}", "{{ row[2] }}"]
    _rows(drawn, "row in signatures", cells, widths=(3.4, 8.2, 5))


def _table_of_three(drawn: Any) -> None:
    cells = [f"{{{{ row[{at}] }}}}" for at in range(3)]
    head = [f"{{{{ differences_head[{at}] }}}}" for at in range(3)]
    _rows(drawn, "row in differences", cells, widths=(5.6, 5.5, 5.5), head=head)


def _page(drawn: Any) -> None:
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


def _styles(drawn: Any) -> None:
    style = drawn.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _BODY)
    style.paragraph_format.space_after = Pt(2)


def _heading(drawn: Any, said: str) -> None:
    line = _line(drawn, said, size=12, bold=True, font=_HEAD)
    line.paragraph_format.space_before = Pt(10)
    line.paragraph_format.keep_with_next = True


def _line(
    drawn: Any, said: str, *, size: float = 10.5, bold: bool = False, font: str = "", centred: bool = False
) -> Any:
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


def _rows(drawn: Any, loop: str, cells: Sequence[str], *, widths: Sequence[float], head: Sequence[str] = ()) -> None:
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
