"""What a page is: an action that must be granted, a business day, the offices it may show, and a template.

A view decorated with `page` gets a Desk instead of asking for all that itself, and cannot forget to: a test walks every
address of the site and refuses a view without an action.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postloan.desk.core.authority import Scope, actions_of, scope_of
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import Officer
from postloan.desk.core.viewing import looks_as
from postloan.errors import NotPermitted

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, "Desk", P], HttpResponseBase]


@dataclass(frozen=True)
class Desk:
    """Who looks, at which action's offices.

    scope  the offices whose rows the page may show or change.
    """

    officer: Officer
    actions: frozenset[str]
    scope: Scope
    asked_on: str | None

    @cached_property
    def day(self) -> BusinessDay:
        """The business day of the page. Raises FormWrong, DeskNotReady."""
        return business_day(self.asked_on)


def page(
    action: str, *, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Make a page or an action's address of a view: logged in, granted `action` somewhere, with its Desk.

    Raises NotPermitted where the officer holds no such grant in any office.
    """

    def dressed(view: View[P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @require_http_methods(list(methods))
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            desk = desk_of(request, action)
            request.desk = desk  # type: ignore[attr-defined]
            shown = view(request, desk, *args, **kwargs)
            # A browser that kept the page would show it after logging out, and a form as it was before its last draft.
            shown.setdefault("Cache-Control", "no-store")
            return shown

        answer.action = action  # type: ignore[attr-defined]
        return answer

    return dressed


def desk_of(request: HttpRequest, action: str) -> Desk:
    """Draw the desk of whoever asks, or of whom he looks as, for an action. Raises NotPermitted."""
    officer = looks_as(request)
    scope = scope_of(officer, action)
    if not scope.org_ids and not scope.is_all:
        raise NotPermitted(
            message=_("您没有查看或办理此页面的权限。"),
            hint=_("如果工作需要，请向系统管理员申请授权。"),
            where={"action": action},
        )
    return Desk(officer, actions_of(officer), scope, request.GET.get("on"))
