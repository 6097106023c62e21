"""The agreement as Word: a template drawn by python-docx once a process, filled by docxtpl."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from docx import Document

from postloan.desk.core.word import HEAD, filled, heading_of, line_of, page_of, rows_of, saved, styles_of


def word_of(document: Mapping[str, Any]) -> bytes:
    """Write an agreement."""
    return filled(_template(), document)


@cache
def _template() -> bytes:
    drawn = Document()
    page_of(drawn)
    styles_of(drawn)
    line_of(drawn, "{{ title }}", size=20, bold=True, font=HEAD, centred=True)
    line_of(drawn, "{{ state }}", size=11, bold=True, centred=True)
    heading_of(drawn, "一、当事人与借款")
    rows_of(drawn, "row in basics", ["{{ row[0] }}", "{{ row[1] }}"], widths=(4.2, 12.4))
    heading_of(drawn, "二、变更内容")
    rows_of(drawn, "row in changes", ["{{ row[0] }}", "{{ row[1] }}"], widths=(4.2, 12.4))
    heading_of(drawn, "三、约定")
    line_of(drawn, "{%p for clause in clauses %}")
    line_of(drawn, "{{ clause }}")
    line_of(drawn, "{%p endfor %}")
    heading_of(drawn, "四、变更后的还款计划")
    rows_of(
        drawn, "row in instalments", [f"{{{{ row[{at}] }}}}" for at in range(6)], widths=(1.4, 2.8, 3.1, 3.1, 2.6, 3.6),
        head=("期次", "还款日", "本金", "利息", "费用", "合计"),
    )  # fmt: skip
    line_of(drawn, "{%p if sureties %}")
    heading_of(drawn, "五、担保人同意")
    line_of(drawn, "{%p endif %}")
    rows_of(
        drawn, "row in sureties", [f"{{{{ row[{at}] }}}}" for at in range(4)], widths=(5.6, 2.6, 5, 3.4),
        head=("担保人", "方式", "担保号", "签署日"),
    )  # fmt: skip
    heading_of(drawn, "签章")
    rows_of(drawn, "row in signatures", ["{{ row[0] }}", "{{ row[1] }}"], widths=(4.2, 12.4))
    return saved(drawn)
