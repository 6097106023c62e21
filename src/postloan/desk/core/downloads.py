"""Files that a page gives out to be kept."""

from typing import TypeVar

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

A = TypeVar("A", FileResponse, HttpResponse)

CONTENT_TYPES = {
    "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"""What people may send, and a page gives out again."""
_GIVEN_OUT = CONTENT_TYPES | {"json": "application/json"}


def to_keep(answer: A, kind: str, name: str) -> A:
    """Send a file under a name; a browser keeps it, guesses nothing about it, and runs nothing in it.

    kind  one of CONTENT_TYPES, or json.
    """
    answer["Content-Type"] = _GIVEN_OUT[kind]
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
