"""The interface for other systems: one API, its description at /api/openapi.json, and who may call it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer, SessionAuth

from postloan.desk.agency.api import router as agency
from postloan.desk.arrival.api import router as events
from postloan.desk.contact.api import router as contact
from postloan.desk.core.tokens.queries import token_of
from postloan.desk.lending.api import router as lending
from postloan.desk.outbox.api import router as outbox
from postloan.errors import FormWrong, NotPermitted, PostloanError
from postloan.site.bounds import PlainParser, check_pace

_PROBLEM = "application/problem+json"
_REFUSALS = {
    400: "Part of the question cannot be taken; where.field says which.",
    401: "Nobody is known by what was sent.",
    403: "No grant of the account covers it.",
    404: "It does not exist, or lies outside the account's offices; which, is not told.",
    409: "It contradicts what is there.",
    503: "The desk has adopted no day yet.",
}
_FORBIDDEN = 403
_OF_POSTS = {
    413: "It holds more bytes than are taken at once.",
    429: "The account posts too often; Retry-After says when to come again.",
}
_PROBLEM_SHAPE = {
    "type": "object",
    "required": ["code", "title", "hint", "where"],
    "properties": {
        "code": {"type": "string", "description": "Stable; docs/errors.md says cause and cure."},
        "title": {"type": "string"},
        "hint": {"type": "string"},
        "where": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


class TokenAuth(HttpBearer):
    """A token of the bank's: whoever holds it speaks for the officer's account that it was given to."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Find whose the token is."""
        found = token_of(token)
        if found is None:
            return None
        request.user = found.officer
        if request.method == "POST":
            check_pace(found.officer, "token", settings.TOKEN_POSTS_A_MINUTE)
        return found


class _Described(NinjaAPI):
    """The interface, whose description says of each operation how it may be refused."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Describe it."""
        told = super().get_openapi_schema(**given)
        told["components"]["schemas"]["Problem"] = _PROBLEM_SHAPE
        content = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for held in told["paths"].values():
            for method, operation in held.items():
                refusals = _REFUSALS | (_OF_POSTS if method == "post" else {})
                operation["responses"] |= {
                    status: {"description": said, "content": content} for status, said in refusals.items()
                }
        return told


# No page of documentation: the packaged one loads its scripts from elsewhere.
api = _Described(
    title="Postloan",
    version="1",
    description="贷后管理系统接口",
    docs_url=None,
    parser=PlainParser(),
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
    answer = _told(
        NotPermitted(message=_("没有登录，或令牌无效。"), hint=_("请在 Authorization 头中提供有效的令牌。")), 401
    )
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def wrong_question(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """Say which part of a question cannot be taken."""
    fields = ", ".join(".".join(str(step) for step in each["loc"]) for each in fault.errors)
    return _told(_wrong(fields), 400)


@api.exception_handler(HttpError)
def refused(_request: HttpRequest, fault: HttpError) -> HttpResponse:
    """Say that a question is no JSON, or that a page of another site asks in an officer's name."""
    if fault.status_code == _FORBIDDEN:
        said = NotPermitted(message=_("请求没有通过跨站校验。"), hint=_("请用令牌，或带上 X-CSRFToken 头。"))
        return _told(said, _FORBIDDEN)
    return _told(_wrong("body"), fault.status_code)


def _wrong(fields: str) -> FormWrong:
    return FormWrong(message=_("请求参数不对。"), hint=_("请对照接口说明。"), where={"field": fields})


def _told(said: PostloanError, status: int) -> HttpResponse:
    return JsonResponse(said.as_problem(), status=status, content_type=_PROBLEM)
