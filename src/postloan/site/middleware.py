"""What stands between the server and the views: a refusal becomes a page or problem JSON, with its code."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from postloan.errors import (
    DeskNotReady,
    FileRefused,
    FormWrong,
    IllegalMove,
    LoanUnknown,
    NotFoundHere,
    NothingPublished,
    NotPermitted,
    PostloanError,
    ReasonMissing,
    SamePerson,
    StaleView,
)

_STATUS: dict[type[PostloanError], int] = {
    NotPermitted: 403, SamePerson: 403, NotFoundHere: 404, LoanUnknown: 404, NothingPublished: 404, StaleView: 409,
    IllegalMove: 409, FormWrong: 400, FileRefused: 400, ReasonMissing: 400, DeskNotReady: 503,
}  # fmt: skip
_log = structlog.get_logger("postloan.site")


class Refusals:
    """Turns a PostloanError into an answer: what happened, and what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Answer a refusal; anything else is a fault and stays one."""
        if not isinstance(fault, PostloanError):
            return None
        return refusal(request, fault)


def status_of(fault: PostloanError) -> int:
    """The HTTP status of a refusal; one that no desk knows is a conflict with what is there."""
    return _STATUS.get(type(fault), 409)


def refusal(request: HttpRequest, fault: PostloanError) -> HttpResponse:
    """Answer a refusal in the form that was asked for."""
    status = status_of(fault)
    _log.info("refused", code=fault.code, path=request.path, status=status)
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(fault.as_problem(), status=status, content_type="application/problem+json")
    return render(request, "site/refused.html", {"fault": fault, "status": status}, status=status)
