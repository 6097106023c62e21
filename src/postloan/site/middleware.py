"""What stands between the server and the views: who asks, how much, a refusal as page or JSON, who only looks."""

import sys
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from postloan.desk.core.models import Officer
from postloan.desk.core.officers.actions import view_end
from postloan.desk.core.viewing import asks_to_view, end_view, viewed_as
from postloan.errors import (
    DeskNotReady,
    EventContradicts,
    FileRefused,
    FormWrong,
    HomeUnwritable,
    IllegalMove,
    LoanUnknown,
    NotFoundHere,
    NothingPublished,
    NotPermitted,
    PostloanError,
    ReasonMissing,
    SamePerson,
    SignOnRefused,
    StaleView,
)
from postloan.site.bounds import KEY_MOST, PostTooLarge, TooManyPosts, check_request, client_address
from postloan.site.surroundings import told_as_refusal

_STATUS: dict[type[PostloanError], int] = {
    NotPermitted: 403, SamePerson: 403, NotFoundHere: 404, LoanUnknown: 404, NothingPublished: 404, StaleView: 409,
    SignOnRefused: 403, IllegalMove: 409, FormWrong: 400, FileRefused: 400, ReasonMissing: 400, DeskNotReady: 503,
    EventContradicts: 409, TooManyPosts: 429, PostTooLarge: 413,
}  # fmt: skip
_STILL_DONE = {"core:view_as_end", "account_logout", "set_language"}
_STILL_PRIVATE = {"core:exports", "core:export_fetch"}
"""What is another officer's own even to whoever sees the desk as he does: the files that he took out."""
_READS = {"SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PRAGMA", "SHOW", "SET"}
_log = structlog.get_logger("postloan.site")


class Callers:
    """Sees who asks through the proxies that the bank itself put before the desk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on with the address of whoever asks."""
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.PROXIES
        )
        return self._get_response(request)


class Bounds:
    """Refuses what is too much, too often or no text, before anything of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on within its bounds."""
        try:
            check_request(request)
        except PostloanError as fault:
            return refusal(request, fault)
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, blanks: dict[str, object]
    ) -> HttpResponse | None:
        """Answer an address that names a key longer than any that a database gives: there is no such record."""
        if any(isinstance(each, int) and each > KEY_MOST for each in blanks.values()):
            return refusal(request, NotFoundHere(message=_("没有这条记录。"), hint=_("请从列表进入。")))
        return None


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
    answer: HttpResponse
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        answer = JsonResponse(fault.as_problem(), status=status, content_type="application/problem+json")
    else:
        answer = render(request, "site/refused.html", {"fault": fault, "status": status}, status=status)
    if isinstance(fault, TooManyPosts):
        answer["Retry-After"] = str(fault.where["retry_after_seconds"])
    return answer


def fault(request: HttpRequest) -> HttpResponse:
    """Answer what no view and no layer took: a full disk or a database that is away is told, without asking either."""
    told = told_as_refusal(sys.exception())
    if told is None:
        return server_error(request)
    _log.error("away", code=told.code, path=request.path, fault=told.message)
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(told.as_problem(), status=503, content_type="application/problem+json")
    page = {"code": told.code, "is_disk": isinstance(told, HomeUnwritable)}
    return HttpResponse(render_to_string("site/away.html", page), status=503)


class ReadOnlyView:
    """Keeps whoever sees the desk as another officer from doing anything: no form, no file, no write at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on where it looks as itself, or only looks."""
        if not asks_to_view(request) or not isinstance(request.user, Officer):
            return self._get_response(request)
        if viewed_as(request) is None:
            # Its time ran out, or what allowed it did.
            other_id = end_view(request)
            if other_id is not None:
                view_end(request.user, other_id)
            return self._get_response(request)
        name = resolve(request.path_info).view_name
        if name in _STILL_DONE:
            return self._get_response(request)
        if request.method not in {"GET", "HEAD"} or name in _STILL_PRIVATE or request.path.startswith("/api/"):
            return refusal(request, _only_looking())
        with connection.execute_wrapper(_refuse_writes):
            return self._get_response(request)


def _only_looking() -> IllegalMove:
    return IllegalMove(message=_("正以他人视角查看，只能看，不能办理。"), hint=_("请先在页首结束查看。"))


def _refuse_writes(execute: Callable[..., object], sql: str, *given: object) -> object:
    if sql.lstrip().partition(" ")[0].upper() not in _READS:
        raise _only_looking()
    return execute(sql, *given)
