"""Pages of files: put to a report, taken away, and fetched by whoever may see the inspection."""

from collections.abc import Callable
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from postloan.desk.core.downloads import to_keep
from postloan.desk.core.pages import Desk, page
from postloan.desk.inspection.files.actions import file_remove, files_add
from postloan.desk.inspection.files.queries import file_path, thumbnail_path
from postloan.desk.inspection.models import InspectionFile
from postloan.desk.inspection.queries import inspection_seen, not_here, rules_on, working_day
from postloan.desk.inspection.views import files_page

_REFUSED = 400


@page("inspection.write", methods=("POST",))
def add(request: HttpRequest, desk: Desk, inspection_id: int) -> HttpResponse:
    """Put files to a report. Those that are refused are named with the reason; the others are kept."""
    found = inspection_seen(desk, inspection_id)
    rules = rules_on(found.opened_on).files
    working_day(desk)
    # No more is read than would be taken: what is larger is refused by its length.
    sent = [(each.name or "", each.read(rules.bytes_most + 1)) for each in request.FILES.getlist("file")]
    refused = files_add(desk.officer, found.pk, sent, rules)
    told = files_page(desk, inspection_id, refused=refused)
    return render(request, "inspection/files.html", told, status=_REFUSED if refused else None)


@page("inspection.write", methods=("POST",))
def remove(request: HttpRequest, desk: Desk, inspection_id: int, file_id: int) -> HttpResponse:
    """Take a file away from a report that is being written."""
    found = inspection_seen(desk, inspection_id)
    working_day(desk)
    file_remove(desk.officer, found.pk, file_id)
    return render(request, "inspection/files.html", files_page(desk, inspection_id))


@page("inspection.read")
def fetch(_request: HttpRequest, desk: Desk, inspection_id: int, file_id: int) -> FileResponse:
    """Fetch a file, always as an attachment of the kind that its bytes were found to be."""
    held = _held(desk, inspection_id, file_id, file_path)
    return to_keep(FileResponse(file_path(held.sha256).open("rb")), held.kind, held.name)


@page("inspection.read")
def thumbnail(_request: HttpRequest, desk: Desk, inspection_id: int, file_id: int) -> FileResponse:
    """Fetch a photo small, for the page."""
    held = _held(desk, inspection_id, file_id, thumbnail_path)
    answer = to_keep(FileResponse(thumbnail_path(held.sha256).open("rb")), "jpeg", f"{held.sha256[:12]}.jpg")
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


def _held(desk: Desk, inspection_id: int, file_id: int, path_of: Callable[[str], Path]) -> InspectionFile:
    held = inspection_seen(desk, inspection_id).files.filter(pk=file_id).first()
    if held is None or not path_of(held.sha256).is_file():
        raise not_here()
    return held
