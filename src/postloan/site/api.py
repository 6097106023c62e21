"""The interface for other systems: one API, its description at /api/openapi.json, and who may call it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from postloan.desk.agency.api import router as agency
from postloan.desk.arrival.api import router as events
from postloan.desk.contact.api import router as contact
from postloan.desk.core.tokens.queries import token_of
from postloan.desk.lending.api import router as lending
from postloan.desk.outbox.api import router as outbox
from postloan.errors import FormWrong, NotPermitted

_PROBLEM = "application/problem+json"


class TokenAuth(HttpBearer):
    """A token of the bank's: whoever holds it speaks for the officer's account that it was given to."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Find whose the token is."""
        found = token_of(token)
        if found is None:
            return None
        request.user = found.officer
        return found


# No page of documentation: the packaged one loads its scripts from elsewhere.
api = NinjaAPI(
    title="Postloan",
    version="1",
    description="贷后管理系统接口",
    docs_url=None,
    auth=[TokenAuth(), SessionAuth(csrf=True)],
)
api.add_router("/lending", lending)
api.add_router("/events", events)
api.add_router("/contact", contact)
api.add_router("/outbox", outbox)
api.add_router("/agency", agency)


@api.exception_handler(AuthenticationError)
def unknown_caller(_request: HttpRequest, _fault: AuthenticationError) -> HttpResponse:
    """Say that nobody is known by what was sent."""
    said = NotPermitted(message=_("没有登录，或令牌无效。"), hint=_("请在 Authorization 头中提供有效的令牌。"))
    answer = JsonResponse(said.as_problem(), status=401, content_type=_PROBLEM)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def wrong_question(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """Say which part of a question cannot be taken."""
    fields = ", ".join(".".join(str(step) for step in each["loc"]) for each in fault.errors)
    said = FormWrong(message=_("请求参数不对。"), hint=_("请对照接口说明。"), where={"field": fields})
    return JsonResponse(said.as_problem(), status=400, content_type=_PROBLEM)
