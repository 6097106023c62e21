"""Seeing the desk as another officer sees it (以他人视角查看): who may, for how long, and as whom a request looks.

Nothing is done while it is on: the site refuses every form and every write to the database, so that whoever looks
leaves no trace but the entries of beginning and ending it.
"""

from datetime import datetime, timedelta
from typing import cast

from django.http import HttpRequest
from django.utils import timezone

from postloan.desk.core.authority import grants_in_force, scope_of
from postloan.desk.core.models import Officer

VIEWS_AS = "officer.view_as"
_LASTS = timedelta(minutes=30)
_OFFICER, _ENDS = "view_as", "view_as_ends"


def may_view_as(viewer: Officer, other: Officer) -> bool:
    """Whether an officer may look as another: in office, and with no grant outside the viewer's own offices."""
    if viewer.pk == other.pk or not other.is_active or other.org_id is None:
        return False
    scope = scope_of(viewer, VIEWS_AS)
    offices = {other.org_id, *grants_in_force(other).values_list("org_id", flat=True)}
    return all(office in scope for office in offices)


def begin_view(request: HttpRequest, other: Officer) -> None:
    """Let the session look as another from now on, for half an hour at most."""
    request.session[_OFFICER] = other.pk
    request.session[_ENDS] = (timezone.now() + _LASTS).isoformat()


def end_view(request: HttpRequest) -> int | None:
    """Let the session look as itself again. Returns as whom it looked, by key."""
    request.session.pop(_ENDS, None)
    found: int | None = request.session.pop(_OFFICER, None)
    vars(request).pop("_viewed_as", None)
    return found


def asks_to_view(request: HttpRequest) -> bool:
    """Whether the session looks as another, or did until its time ran out."""
    return hasattr(request, "session") and _OFFICER in request.session


def viewed_as(request: HttpRequest) -> Officer | None:
    """As whom the request looks; None is as itself. What was allowed when it began must still be."""
    if not asks_to_view(request) or not isinstance(request.user, Officer):
        return None
    held = vars(request)
    if "_viewed_as" not in held:
        other = Officer.objects.select_related("org").filter(pk=request.session[_OFFICER]).first()
        runs = datetime.fromisoformat(request.session[_ENDS]) > timezone.now()
        held["_viewed_as"] = other if other and runs and may_view_as(request.user, other) else None
    return cast("Officer | None", held["_viewed_as"])


def looks_as(request: HttpRequest) -> Officer:
    """Whose desk the request sees: another's that it looks as, or its own."""
    return viewed_as(request) or cast("Officer", request.user)
