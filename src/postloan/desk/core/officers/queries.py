"""Finding officers, offices and roles, within what one may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from postloan.desk.core.authority import Scope, today, within
from postloan.desk.core.days import home
from postloan.desk.core.models import Grant, Officer, Org, Transfer
from postloan.desk.core.pages import Desk
from postloan.errors import FormWrong, NotFoundHere
from postloan.rules.desk_rules import Role, Roles, load_desk_rules


@dataclass(frozen=True)
class KnownRole:
    """A role, as it is said."""

    role: Role
    said: str


@dataclass(frozen=True)
class HeldRole:
    """A role that an officer holds in an office."""

    role: str
    said: str
    org: Org
    begins_on: date
    ends_on: date | None
    is_running: bool


def roles_known(language: str) -> dict[str, KnownRole]:
    """The roles of the bank's desk rules today, by name."""
    roles = load_desk_rules(home()).version("roles", Roles, today()).roles
    return {role.role: KnownRole(role, role.zh if language == "zh" else role.en) for role in roles}


def roles_held(officer: Officer, language: str) -> list[HeldRole]:
    """The roles that an officer holds or held, the running first."""
    known, held = roles_known(language), {}
    for grant in Grant.objects.filter(officer=officer).select_related("org"):
        said = known[grant.role].said if grant.role in known else grant.role
        runs = grant.begins_on <= today() and (grant.ends_on is None or grant.ends_on >= today())
        key = (grant.role, grant.org_id, grant.begins_on, grant.ends_on)
        held[key] = HeldRole(grant.role, said, grant.org, grant.begins_on, grant.ends_on, runs)
    return sorted(held.values(), key=lambda each: (not each.is_running, each.role))


def roles_ending(within_days: int) -> Sequence[Mapping[str, Any]]:
    """The roles of officers at work that end within some days of today and are not given further; the next first.

    One a role of an officer in an office: officer, officer__name, role, org, and last_on, the last day it holds.
    """
    soon = today() + timedelta(days=within_days)
    held = Grant.objects.filter(officer__is_active=True, begins_on__lte=soon).exclude(ends_on__lt=today())
    return list(
        held.values("officer", "officer__name", "role", "org")
        .annotate(last_on=Max(Coalesce("ends_on", date.max)))
        .filter(last_on__lte=soon)
        .order_by("last_on", "officer", "role", "org")
    )


def officers_in(scope: Scope) -> QuerySet[Officer]:
    """The officers of some offices."""
    return within(Officer.objects.select_related("org"), scope)


def officers_by_number() -> dict[str, int]:
    """Whose work it is that the feeds lay on a staff number: the officer's, or that of who took the portfolio over."""
    takers = dict(Transfer.objects.order_by("begins_on", "pk").values_list("giver_id", "taker_id"))
    officers = Officer.objects.exclude(staff_no=None).values_list("staff_no", "pk")
    return {str(number): takers.get(key, key) for number, key in officers}


def names_by_number() -> tuple[dict[str, str], dict[str, str]]:
    """The names of offices by their number, and of officers by theirs."""
    officers = Officer.objects.exclude(staff_no=None).values_list("staff_no", "name")
    return dict(Org.objects.values_list("org_id", "name")), {str(number): name for number, name in officers}


def colleague(username: str, field: str) -> Officer:
    """Find whom a form names by user name. Raises FormWrong."""
    found = Officer.objects.filter(username=username).first()
    if found is None:
        raise FormWrong(message=_("没有这位同事。"), hint=_("请填写对方的用户名。"), where={"field": field})
    return found


def officer_in_scope(desk: Desk, officer_id: int) -> Officer:
    """Find an officer one may see. Raises NotFoundHere."""
    found = officers_in(desk.scope).filter(pk=officer_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这位用户，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def org_in_scope(desk: Desk, org_id: str) -> Org:
    """Find an office one may act in. Raises NotFoundHere."""
    found = Org.objects.filter(pk=org_id).first()
    if found is None or found.pk not in desk.scope:
        raise NotFoundHere(message=_("没有这个机构，或不在您的机构范围内。"), hint=_("请从列表中选择。"))
    return found


def office_over(org_ids: Iterable[str]) -> Org:
    """The lowest office that all of some offices lie in: of one, itself. Raises NotFoundHere where one is not known."""
    wanted = set(org_ids)
    found = list(Org.objects.filter(pk__in=wanted))
    if not found or len(found) < len(wanted):
        raise NotFoundHere(message=_("经办机构不在机构表中。"), hint=_("请先由核心系统补送机构。"))
    if len(found) == 1:
        return found[0]
    shared = set(found[0].above).intersection(*(each.above for each in found))
    return max(Org.objects.filter(pk__in=shared), key=lambda org: len(org.path))


def head_office() -> Org:
    """The office above all others: what is of the whole bank is done there. Raises NotFoundHere before any is known."""
    found = Org.objects.filter(parent=None).order_by("-level", "path")
    named = next((org for org in found if org.level == "head"), found.first())
    if named is None:
        raise NotFoundHere(message=_("还没有机构。"), hint=_("请先接收一个营业日。"))
    return named


def orgs_below(org_id: str) -> frozenset[str]:
    """An office and every one below it, by number."""
    return frozenset(Org.objects.filter(path__contains=f"/{org_id}/").values_list("pk", flat=True))


def org_choices(desk: Desk) -> list[tuple[str, str]]:
    """The offices of a desk's scope, head office first, deeper ones set in."""
    return [(org.pk, org.name) for org in within(Org.objects.all(), desk.scope, "pk")]
