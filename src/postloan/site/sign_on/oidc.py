"""Signing on by the bank's identity provider: who it names must be an officer already, and is never made one."""

from typing import Any, cast

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from postloan.desk.core.actions import record_alone
from postloan.desk.core.models import Officer
from postloan.errors import SignOnRefused
from postloan.site.middleware import status_of
from postloan.site.sign_on.environment import PROVIDER_ID, IdentityProvider

_log = structlog.get_logger("postloan.site")


class BankIdentities(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What the identity provider says is held against the officers that the desk knows; it opens no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the officer that was named, by the claim that the bank chose, and let that officer in; or nobody."""
        named = cast("IdentityProvider", settings.IDENTITY_PROVIDER)
        told = _told(sociallogin.account.extra_data)
        called = told.get(named.claim)
        officer = _officer(named.match, called) if called else None
        if officer is None or sociallogin.state.get("process") not in {None, "login"}:
            raise ImmediateHttpResponse(refuse(request, str(called or "")))
        sociallogin.user = officer

    def on_authentication_error(self, request: HttpRequest, _provider: object, **told: Any) -> None:
        """Let nobody in; the log says what went wrong between the desk and the provider."""
        _log.warning("sign-on failed", error=str(told.get("error")), fault=str(told.get("exception") or ""))
        raise ImmediateHttpResponse(refuse(request, ""))


class _Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The exchange with the provider. Its signature is proved, also where TLS alone would do."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        decoded: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token, keys_url=self.openid_config["jwks_uri"], issuer=self.openid_config["issuer"],
            audience=app.client_id, lookup_kid=jwtkit.lookup_kid_jwk, verify_signature=True,
        )  # fmt: skip
        return decoded


@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send an officer to the identity provider."""
    return cast("HttpResponse", OAuth2LoginView.adapter_view(_exchange(request, provider_id))(request))


@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take an officer back from the identity provider, with what it says."""
    return cast("HttpResponse", OAuth2CallbackView.adapter_view(_exchange(request, provider_id))(request))


def refuse(request: HttpRequest, called: str) -> HttpResponse:
    """Say that nobody is let in; whom the provider named is written down."""
    if called:
        address = request.META.get("REMOTE_ADDR", "")
        record_alone(None, "session.refused", f"login:{called[:100]}", address=address, by="oidc")
    fault = SignOnRefused(
        message=_("统一身份认证没有通过，或您还不是本系统的用户。"),
        hint=_("请联系系统管理员开户，或用本系统的用户名和密码登录。"),
    )
    return render(request, "account/sign_on_refused.html", {"fault": fault}, status=status_of(fault))


def _exchange(request: HttpRequest, provider_id: str) -> _Exchange:
    if settings.IDENTITY_PROVIDER is None or provider_id != PROVIDER_ID:
        raise Http404
    return _Exchange(request, provider_id)


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """The claims: those of the signed token first, others where the provider tells them of the same subject."""
    signed, more = data.get("id_token"), data.get("userinfo") or {}
    if not signed or (more and more.get("sub") != signed.get("sub")):
        return {}
    return {**more, **signed}


def _officer(match: str, called: object) -> Officer | None:
    found = Officer.objects.filter(**{match: str(called)}, is_active=True)
    return found.first()
