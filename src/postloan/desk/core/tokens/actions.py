"""Giving tokens out and ending them."""

import hashlib
import secrets
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.actions import record, require, require_reason
from postloan.desk.core.authority import today
from postloan.desk.core.models import ApiToken, Officer
from postloan.errors import FormWrong, NotFoundHere

_PREFIX = "plt_"
_BYTES = 32
_SHOWN = 8


class NewToken(NamedTuple):
    """A token, and its secret: it is shown once and kept nowhere."""

    token: ApiToken
    secret: str


def hash_of_secret(secret: str) -> str:
    """What is kept of a secret. It is long and random, so that a plain hash gives nothing away."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def token_issue(giver: Officer | None, officer: Officer, *, name: str, expires_on: date, reason: str) -> NewToken:
    """Give an officer's account a token.

    Permission  grant.write in the officer's office; without a giver, the command line on the bank's server.
    Raises NotPermitted, FormWrong, ReasonMissing.
    """
    reason = require_reason(reason)
    if officer.org is None or not name.strip() or expires_on < today():
        raise FormWrong(message=_("令牌要有名称，到期日不早于今天。"), hint=_("请补齐后再提交。"))
    if giver is not None:
        require(giver, "grant.write", org=officer.org)
    secret = _PREFIX + secrets.token_urlsafe(_BYTES)
    made = ApiToken.objects.create(
        officer=officer, name=name.strip()[:60], hash=hash_of_secret(secret), hint=secret[:_SHOWN],
        expires_on=expires_on, made_by=giver,
    )  # fmt: skip
    record(giver, "token.issued", made, org=officer.org, reason=reason, officer_of=officer.username, name=made.name,
           expires_on=expires_on)  # fmt: skip
    return NewToken(made, secret)


@transaction.atomic
def token_end(ender: Officer, token_id: int, *, reason: str) -> ApiToken:
    """End a token now. Permission grant.write in the office. Raises NotFoundHere, NotPermitted, ReasonMissing."""
    reason = require_reason(reason)
    found = ApiToken.objects.select_for_update(of=("self",)).select_related("officer__org").filter(pk=token_id).first()
    if found is None or found.officer.org is None:
        raise NotFoundHere(message=_("没有这个令牌。"), hint=_("请从用户页面进入。"))
    require(ender, "grant.write", org=found.officer.org)
    if found.ended_at is None:
        found.ended_at = timezone.now()
        found.save(update_fields=["ended_at"])
        record(ender, "token.ended", found, org=found.officer.org, reason=reason, name=found.name)
    return found
