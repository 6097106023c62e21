"""The report as PDF, set by Typst with the fonts that come with the site: the same report is the same bytes."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from postloan.desk.inspection.files.queries import thumbnail_path

TEMPLATE = Path(__file__).parents[1] / "templates" / "inspection" / "report.typ"


def pdf_of(document: Mapping[str, Any]) -> bytes:
    """Set a report."""
    media = Path(settings.MEDIA_ROOT).resolve()
    media.mkdir(parents=True, exist_ok=True)
    made = typst.compile(  # type: ignore[type-var]
        TEMPLATE.read_bytes(),
        root=str(media),
        font_paths=fonts(),
        sys_inputs=inputs_of(document),
    )
    return bytes(made)


@cache
def fonts() -> typst.Fonts:
    """The fonts of documents; read once a process."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in settings.DOCUMENT_FONTS],
    )


def inputs_of(document: Mapping[str, Any]) -> dict[str, str]:
    """What the template is given: the document as JSON, photos by their place under the folder of files."""
    media = Path(settings.MEDIA_ROOT).resolve()
    photos = [
        {"said": photo["said"], "file": "/" + str(thumbnail_path(photo["sha256"]).resolve().relative_to(media))}
        for photo in document["photos"]
    ]
    return {"document": json.dumps({**document, "photos": photos}, ensure_ascii=False)}
