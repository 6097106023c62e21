"""What waits in the queue: a collector's own cases, then those of the team's pool, the most urgent first."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from postloan.desk.collection.models import CollectionCase, Seat
from postloan.desk.contact.models import Complaint
from postloan.desk.core.authority import Scope, within
from postloan.desk.core.models import Officer
from postloan.rules.collection import Collection


def free_at(now: datetime) -> Q:
    """Whether a case lies on nobody's desk."""
    return Q(held_until__isnull=True) | Q(held_until__lte=now)


def _ready(scope: Scope, now: datetime) -> QuerySet[CollectionCase]:
    """Open cases whose turn has come; one whose debtor complained waits for the answer."""
    complained = Complaint.objects.filter(debtor_id=OuterRef("debtor_id"), state=Complaint.State.OPEN)
    found = CollectionCase.objects.filter(free_at(now), ~Exists(complained), state=CollectionCase.State.OPEN,
                                          ready_at__lte=now)  # fmt: skip
    return within(found, scope).order_by("-priority", "id")


def own_queue(officer: Officer, scope: Scope, now: datetime) -> QuerySet[CollectionCase]:
    """A collector's own cases whose turn has come."""
    return _ready(scope, now).filter(officer=officer)


def pool_queue(team: str, scope: Scope, now: datetime) -> QuerySet[CollectionCase]:
    """The cases of a team that are nobody's and whose turn has come."""
    return _ready(scope, now).filter(officer=None, team=team)


def room_left(seat: Seat, rule: Collection) -> int:
    """How many open cases more a seat may have."""
    team = rule.team(seat.team)
    cap = seat.cap or (team.cap if team else 0)
    return cap - CollectionCase.objects.filter(officer=seat.officer_id, state=CollectionCase.State.OPEN).count()
