"""Opening officers, giving and ending grants, standing in, handing over; and the offices as the feed tells them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.core.actions import record, require, require_reason
from postloan.desk.core.authority import today
from postloan.desk.core.forms import SHORT_MOST
from postloan.desk.core.models import Delegation, Grant, Officer, Org
from postloan.desk.core.viewing import may_view_as
from postloan.errors import FormWrong, NotPermitted, SamePerson
from postloan.rules.desk_rules import Role


@transaction.atomic
def orgs_adopt(rows: Iterable[Mapping[str, Any]]) -> int:
    """Take the offices over as the feed tells them, those above first. An office that is gone stays: its work does."""
    told = {str(row["org_id"]): row for row in rows}
    held = {each.org_id: each for each in Org.objects.all()}
    for org_id in sorted(told, key=lambda each: _path(each, told).count("/")):
        row = told[org_id]
        parent_id = row["parent_id"] if row["parent_id"] in told else None
        said = {"name": row["name"], "level": row["level"], "parent_id": parent_id, "path": _path(org_id, told)}
        if org_id not in held or any(getattr(held[org_id], name) != value for name, value in said.items()):
            Org.objects.update_or_create(org_id=org_id, defaults=said)
    return len(told)


def _path(org_id: str, told: Mapping[str, Mapping[str, Any]]) -> str:
    """The office and those above it; a circle in the feed ends where it closes."""
    above: list[str] = []
    at: str | None = org_id
    while at is not None and at in told and at not in above:
        above.insert(0, at)
        at = told[at]["parent_id"]
    return "/" + "/".join(above) + "/"


@transaction.atomic
def officer_open(
    opener: Officer | None, *, username: str, name: str, password: str | None, org: Org, staff_no: str | None = None
) -> Officer:
    """Open an account for an officer; without a password nobody can log in with it until one is set.

    Permission  grant.write in the office; without an opener, the command line on the bank's server.
    """
    if opener is not None:
        require(opener, "grant.write", org=org)
    if Officer.objects.filter(username=username).exists():
        raise FormWrong(
            message=_("用户名 %s 已有人使用。") % username, hint=_("请换一个用户名。"), where={"field": "username"}
        )
    officer = Officer.objects.create_user(username, password=password, name=name, org=org, staff_no=staff_no or None)
    record(opener, "officer.opened", officer, org=org, username=username, name=name)
    return officer


@transaction.atomic
def role_give(
    giver: Officer | None, officer: Officer, role: Role, org: Org, *, begins_on: date, ends_on: date | None, reason: str
) -> list[Grant]:
    """Give an officer a role in an office: one grant an action of the role.

    Permission  grant.write in the office. Nobody grants to himself. Raises NotPermitted, SamePerson, ReasonMissing.
    """
    reason = require_reason(reason)
    if giver is not None:
        require(giver, "grant.write", org=org)
        if giver.pk == officer.pk:
            raise SamePerson(message=_("不能给自己授权。"), hint=_("请由另一位管理员办理。"))
    grants = [
        Grant(
            officer=officer, action=each.action, org=org, role=role.role, limit_cents=each.limit_cents,
            begins_on=begins_on, ends_on=ends_on, given_by=giver,
        )
        for each in role.actions
    ]  # fmt: skip
    Grant.objects.bulk_create(grants)
    record(
        giver, "grant.given", officer, org=org, reason=reason, role=role.role, begins_on=begins_on, ends_on=ends_on,
        actions=[each.action for each in role.actions],
    )  # fmt: skip
    return grants


@transaction.atomic
def role_end(ender: Officer, officer: Officer, role: str, org: Org, *, reason: str) -> int:
    """End a role of an officer in an office with yesterday: it holds no more from now on. Returns how many grants.

    Permission  grant.write in the office. Raises NotPermitted, ReasonMissing.
    """
    reason = require_reason(reason)
    require(ender, "grant.write", org=org)
    held = Grant.objects.select_for_update().filter(officer=officer, role=role, org=org)
    running = [grant for grant in held if grant.ends_on is None or grant.ends_on >= today()]
    for grant in running:
        grant.ends_on = max(today() - timedelta(days=1), grant.begins_on)
        # A grant of today cannot end before it began: it is taken away whole, and the audit keeps it.
        if grant.begins_on >= today():
            grant.delete()
        else:
            grant.save(update_fields=["ends_on"])
    record(ender, "grant.ended", officer, org=org, reason=reason, role=role, grants=len(running))
    return len(running)


@transaction.atomic
def delegate(giver: Officer, taker: Officer, *, begins_on: date, ends_on: date, reason: str) -> Delegation:
    """Let a colleague stand in for some days. Raises FormWrong where the days do not run, ReasonMissing."""
    reason = require_reason(reason, most=SHORT_MOST)
    if ends_on < begins_on or giver.pk == taker.pk:
        raise FormWrong(message=_("代办的起止日期或代办人不对。"), hint=_("请选择另一位同事，止期不早于起期。"))
    if not taker.is_active:
        raise NotPermitted(message=_("%s 的账号已停用。") % taker, hint=_("请选择在岗的同事。"))
    made = Delegation.objects.create(giver=giver, taker=taker, begins_on=begins_on, ends_on=ends_on, reason=reason)
    record(giver, "delegation.given", made, reason=reason, taker=taker.username, begins_on=begins_on, ends_on=ends_on)
    return made


@transaction.atomic
def view_begin(viewer: Officer, other: Officer, *, reason: str) -> None:
    """Begin to see the desk as another officer sees it, read only (以他人视角查看).

    Permission  officer.view_as in every office in which the other holds a grant. Raises NotPermitted, ReasonMissing.
    """
    reason = require_reason(reason)
    if not may_view_as(viewer, other):
        raise NotPermitted(
            message=_("不能以 %s 的视角查看。") % other, hint=_("只能选择在岗、且全部授权都在您机构范围内的同事。")
        )
    record(viewer, "view_as.begun", other, org=other.org, reason=reason, seen_as=other.username)


@transaction.atomic
def view_end(viewer: Officer, other_id: int) -> None:
    """Write down that somebody sees the desk as himself again."""
    other = Officer.objects.select_related("org").get(pk=other_id)
    record(viewer, "view_as.ended", other, org=other.org, seen_as=other.username)
