"""What the environment says of the bank's identity provider and directory, as Django's libraries take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from postloan.desk.core.encrypted import check_encrypted
from postloan.errors import SettingWrong

PROVIDER_ID = "bank"
_MATCHES = ("username", "staff_no")


@dataclass(frozen=True)
class IdentityProvider:
    """The bank's identity provider.

    claim    what it calls the officer by; match is how the desk does: username or staff_no.
    said     the words on the button; empty is the desk's own.
    origins  the addresses that the browser is sent to.
    """

    url: str
    client_id: str
    secret: str
    claim: str
    match: str
    said: str
    origins: tuple[str, ...]


def identity_provider(environ: Mapping[str, str]) -> IdentityProvider | None:
    """The identity provider that the environment names, or None. Raises SettingWrong."""
    url = environ.get("POSTLOAN_OIDC_URL", "").strip().rstrip("/")
    if not url:
        return None
    check_encrypted("POSTLOAN_OIDC_URL", url, ("https",), ("http",))
    match = _match(environ, "POSTLOAN_OIDC_MATCH")
    others = [each.strip() for each in environ.get("POSTLOAN_OIDC_ORIGINS", "").split(",") if each.strip()]
    return IdentityProvider(
        url=url,
        client_id=_needed(environ, "POSTLOAN_OIDC_CLIENT"),
        secret=_secret(environ, "POSTLOAN_OIDC_SECRET"),
        claim=environ.get("POSTLOAN_OIDC_CLAIM", "preferred_username"),
        match=match,
        said=environ.get("POSTLOAN_OIDC_NAME", ""),
        origins=("{0.scheme}://{0.netloc}".format(urlsplit(url)), *others),
    )


def provider_settings(named: IdentityProvider | None) -> dict[str, Any]:
    """The setting SOCIALACCOUNT_PROVIDERS: authorization code with PKCE, or nothing."""
    if named is None:
        return {}
    app = {
        "provider_id": PROVIDER_ID, "name": named.said or PROVIDER_ID, "client_id": named.client_id,
        "secret": named.secret, "settings": {"server_url": named.url},
    }  # fmt: skip
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def directory_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings AUTH_LDAP_* for the directory that the environment names; nothing where it names none.

    Passwords are asked of the directory and kept nowhere. Nobody is opened an account by it.
    Raises SettingWrong, also where `postloan[ldap]` is not installed.
    """
    url = environ.get("POSTLOAN_LDAP_URL", "").strip()
    if not url:
        return {}
    starts_tls = environ.get("POSTLOAN_LDAP_START_TLS", "") == "1"
    check_encrypted("POSTLOAN_LDAP_URL", url, ("ldaps", "ldap") if starts_tls else ("ldaps",), ("ldap",))
    match = _match(environ, "POSTLOAN_LDAP_MATCH")
    try:
        import ldap  # noqa: PLC0415 - an extra that few banks install
        from django_auth_ldap.config import LDAPSearch  # noqa: PLC0415
    except ImportError:
        raise SettingWrong(
            message="POSTLOAN_LDAP_URL names a directory, and nothing is installed that speaks to one.",
            hint="Install postloan[ldap]; it needs the headers of OpenLDAP and SASL to be built.",
        ) from None
    asked = environ.get("POSTLOAN_LDAP_FILTER", "(uid=%(user)s)")
    search = LDAPSearch(_needed(environ, "POSTLOAN_LDAP_BASE"), ldap.SCOPE_SUBTREE, asked)
    settings = {
        "AUTH_LDAP_SERVER_URI": url,
        "AUTH_LDAP_START_TLS": starts_tls,
        "AUTH_LDAP_BIND_DN": environ.get("POSTLOAN_LDAP_BIND_DN", ""),
        "AUTH_LDAP_BIND_PASSWORD": _secret(environ, "POSTLOAN_LDAP_BIND_PASSWORD", is_needed=False),
        "AUTH_LDAP_USER_SEARCH": search,
        "AUTH_LDAP_NO_NEW_USERS": True,
        "AUTH_LDAP_ALWAYS_UPDATE_USER": False,
        "AUTH_LDAP_CONNECTION_OPTIONS": {ldap.OPT_REFERRALS: 0, ldap.OPT_NETWORK_TIMEOUT: 10},
    }
    if match == "staff_no":
        settings["AUTH_LDAP_USER_QUERY_FIELD"] = "staff_no"
        settings["AUTH_LDAP_USER_ATTR_MAP"] = {"staff_no": _needed(environ, "POSTLOAN_LDAP_ATTRIBUTE")}
    return settings


def _match(environ: Mapping[str, str], name: str) -> str:
    match = environ.get(name, "username")
    if match not in _MATCHES:
        raise SettingWrong(message=f"{name} is {match}.", hint=f"One of: {', '.join(_MATCHES)}.")
    return match


def _needed(environ: Mapping[str, str], name: str) -> str:
    given = environ.get(name, "").strip()
    if not given:
        raise SettingWrong(message=f"{name} is missing.", hint="docs/runbook.md says what goes with what.")
    return given


def _secret(environ: Mapping[str, str], name: str, *, is_needed: bool = True) -> str:
    """A secret from the environment or from the file that it names."""
    file = environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    return _needed(environ, name) if is_needed else environ.get(name, "")
