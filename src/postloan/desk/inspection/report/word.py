"""The report as Word: a template drawn by python-docx once a process, filled by docxtpl.

Officers may edit what comes out; the PDF is what is filed.
"""

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

from docx import Document
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage

from postloan.desk.core.word import HEAD, heading_of, line_of, page_of, rows_of, saved, styles_of
from postloan.desk.inspection.files.queries import thumbnail_path

_PHOTO_WIDE = Cm(7.4)


def word_of(document: Mapping[str, Any]) -> bytes:
    """Write a report."""
    template = DocxTemplate(io.BytesIO(_template()))
    photos = [
        {"said": photo["said"], "image": InlineImage(template, str(thumbnail_path(photo["sha256"])), width=_PHOTO_WIDE)}
        for photo in document["photos"]
    ]
    template.render({**document, "photos": photos}, autoescape=True)
    return saved(template)


@cache
def _template() -> bytes:
    drawn = Document()
    page_of(drawn)
    styles_of(drawn)
    line_of(drawn, "{{ title }}", size=20, bold=True, font=HEAD, centred=True)
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
    return saved(drawn)


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
