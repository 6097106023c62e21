"""Accounts are the bank's: nobody signs up, and every login and logout is in the audit chain."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from postloan.desk.core.actions import record_alone
from postloan.desk.core.models import Officer
from postloan.desk.core.viewing import end_view
from postloan.errors import NotPermitted
from postloan.site.middleware import status_of


class BankAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        """Nobody signs up."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Officer) -> HttpResponse:  # noqa: ARG002
        """Say to an officer whose account was ended that it is."""
        fault = NotPermitted(message=_("您的账号已停用。"), hint=_("请联系系统管理员。"))
        return render(request, "account/sign_on_refused.html", {"fault": fault}, status=status_of(fault))


@receiver(user_logged_in)
def _logged_in(request: HttpRequest, user: Officer, **_kwargs: Any) -> None:
    record_alone(user, "session.opened", user, address=request.META.get("REMOTE_ADDR", ""))


@receiver(user_logged_out)
def _logged_out(request: HttpRequest, user: Officer | None, **_kwargs: Any) -> None:
    if user is not None:
        ended = {"view_as": other_id} if (other_id := end_view(request)) is not None else {}
        record_alone(user, "session.closed", user, address=request.META.get("REMOTE_ADDR", ""), **ended)


@receiver(user_login_failed)
def _login_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:
    tried = str(credentials.get("username", ""))[:100]
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    record_alone(None, "session.refused", f"login:{tried}", address=address)
