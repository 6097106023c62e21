"""The agreement as PDF, set by Typst with the fonts that come with the site: the same agreement is the same bytes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from postloan.desk.inspection.report.pdf import fonts

TEMPLATE = Path(__file__).parents[1] / "templates" / "restructure" / "agreement.typ"


def pdf_of(document: Mapping[str, Any]) -> bytes:
    """Set an agreement."""
    made = typst.compile(
        TEMPLATE.read_bytes(), font_paths=fonts(),
        sys_inputs={"document": json.dumps(dict(document), ensure_ascii=False)},
    )  # fmt: skip
    return bytes(made)
