"""The frame of every page: the menu, the business day, who is logged in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from postloan.desk.core.authority import actions_of
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.pages import Desk
from postloan.desk.core.viewing import looks_as, viewed_as
from postloan.errors import PostloanError
from postloan.site.menu import entries_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """What base.html draws around a page."""
    user = getattr(request, "user", None)
    if not isinstance(user, Officer):
        return {"sign_on": settings.IDENTITY_PROVIDER}
    desk: Desk | None = getattr(request, "desk", None)
    seen = looks_as(request)
    actions = desk.actions if desk else actions_of(seen)
    return {
        "menu": entries_for(actions),
        "actions": actions,
        "viewed_as": viewed_as(request),
        "day": _day(request, desk),
        "work_count": WorkItem.objects.filter(officer=seen, state=WorkItem.State.OPEN).count(),
    }


def _day(request: HttpRequest, desk: Desk | None) -> BusinessDay | None:
    """The day of the page; none where the desk has none, or what was asked for is wrong: the page itself says so."""
    try:
        return desk.day if desk else business_day(request.GET.get("on"))
    except PostloanError:
        return None
