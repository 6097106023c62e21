"""What the pages of visits read: visits of the desk's offices, what may be planned, and the route of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from postloan.desk.collection.models import CollectionCase
from postloan.desk.collection.queries import case_seen, named, rules_on
from postloan.desk.contact.models import ContactPoint
from postloan.desk.core.authority import officers_for, within
from postloan.desk.core.days import home
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.visit.models import Visit
from postloan.errors import FormWrong, NotFoundHere
from postloan.plan.contact.parties import opened_point

_SHOWN_MOST = 200


@dataclass(frozen=True)
class Stop:
    """A stop of a route: the visit, and its address where it was opened."""

    visit: Visit
    address: str


def visits_seen(desk: Desk) -> QuerySet[Visit]:
    """The visits of the desk's offices."""
    return within(Visit.objects.all(), desk.scope)


def visit_seen(desk: Desk, visit_id: int) -> Visit:
    """One visit. Raises NotFoundHere where it is outside the desk's offices."""
    related = ("org", "case", "point", "lead", "second", "attempt", "planned_by")
    found = visits_seen(desk).select_related(*related).filter(pk=visit_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这次上门，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def visits_of(desk: Desk, case: CollectionCase) -> list[Visit]:
    """The visits of a case, the latest first."""
    found = visits_seen(desk).filter(case=case).select_related("lead", "second", "point")
    return list(found.order_by("-planned_at"))


def cases_due(desk: Desk) -> list[tuple[CollectionCase, str]]:
    """The cases whose strategy has come to a visit that is not planned yet, the most pressing first, with segments."""
    planned = Visit.objects.filter(state__in=[Visit.State.PLANNED, Visit.State.UNDER_WAY]).values("case")
    found = within(CollectionCase.objects.filter(state="open", channel="visit"), desk.scope).exclude(pk__in=planned)
    rules = rules_on(desk)
    cases = found.select_related("org", "officer").order_by("-priority", "pk")[:_SHOWN_MOST]
    return [(each, named(rules, "segment", each.segment)) for each in cases]


def planning_told(desk: Desk, case_id: int) -> dict[str, Any]:
    """What the form that plans a visit offers: addresses of the debtor's parties, and who may go.

    Raises NotFoundHere.
    """
    case = case_seen(desk, case_id)
    points = ContactPoint.objects.filter(debtor_id=case.debtor_id, kind="address", ended_at=None)
    return {
        "case": case, "points": points, "visits": visits_of(desk, case),
        "leads": officers_for("visit.do", org=case.org, amount_cents=0),
        "others": Officer.objects.filter(is_active=True, org=case.org).order_by("username"),
    }  # fmt: skip


def refusals_said(visit: Visit) -> list[dict[str, Any]]:
    """Why the last check-in was refused, in the reader's language."""
    return [each | {"said": each[language()]} for each in visit.attempt.refusals] if visit.attempt else []


def route_of(desk: Desk, on: date, *, opened: bool) -> list[Stop]:
    """The desk's officer's own visits of a day, by region and address, so that near ones follow each other.

    opened  whether addresses are told in full; whoever asks for that is recorded.
    """
    officer = desk.officer
    mine = visits_seen(desk).filter(Q(lead=officer) | Q(second=officer), planned_on=on)
    held = list(mine.exclude(state=Visit.State.CANCELLED).select_related("point", "lead", "second", "org"))
    plain = {each.pk: opened_point(home(), each.point.sealed) for each in held}
    held.sort(key=lambda each: (each.point.region, plain[each.pk], each.planned_at, each.pk))
    return [Stop(each, plain[each.pk] if opened else each.point.label) for each in held]


def instant_from(given: Mapping[str, str], field: str) -> datetime:
    """A day and hour that a page sends, by the bank's clock. Raises FormWrong."""
    try:
        found = parse_datetime(given.get(field, ""))
    except ValueError:
        found = None
    if found is None:
        raise FormWrong(message=_("时间没有填写或不对。"), hint=_("请写成 2026-03-31 10:00。"), where={"field": field})
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
