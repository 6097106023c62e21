"""A Word document as an answer of the site."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from postloan.desk.inspection.files.content import CONTENT_TYPES


def as_word(content: bytes, name: str) -> HttpResponse:
    """Send a document to be kept under a name."""
    answer = HttpResponse(content, content_type=CONTENT_TYPES["docx"])
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
