"""Passwords asked of the bank's directory."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from postloan.desk.core.models import Officer


class Directory(BaseBackend):
    """The directory that the environment names, for officers whose account at the desk is open."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_more: Any
    ) -> Officer | None:
        """Ask for a password; an officer whose account was ended is refused like a wrong one."""
        from django_auth_ldap.backend import LDAPBackend  # noqa: PLC0415 - an extra that few banks install

        found: Officer | None = LDAPBackend().authenticate(request, username=username, password=password)
        return found if found is not None and found.is_active else None

    def get_user(self, user_id: int) -> Officer | None:
        """Find who logged in with it, while the account is open."""
        return Officer.objects.filter(pk=user_id, is_active=True).first()
