"""What the worklist reads: work of the officer's offices, and how many of what."""

from collections.abc import Callable, Sequence

from django.db.models import Count, Q, QuerySet

from postloan.desk.core.authority import today
from postloan.desk.core.days import home
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.kinds import sayer_of_kinds


def work_seen(desk: Desk) -> QuerySet[WorkItem]:
    """The work of the desk's offices, and the officer's own wherever it lies."""
    found = WorkItem.objects.all()
    if desk.scope.is_all:
        return found
    return found.filter(Q(org__in=desk.scope.org_ids) | Q(officer=desk.officer))


def kinds_said(say: Callable[[str], str]) -> Sequence[tuple[str, str]]:
    """Every kind of work there is open, with its word."""
    kinds = WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("kind", flat=True).distinct()
    return [(kind, say(kind)) for kind in sorted(kinds)]


def open_by_kind(officer: Officer) -> list[tuple[str, str, int]]:
    """How many items of each kind are open for an officer: kind, its word, how many; the most first."""
    counts = (
        WorkItem.objects.filter(officer=officer, state=WorkItem.State.OPEN).values_list("kind").annotate(n=Count("pk"))
    )
    say = sayer_of_kinds(home(), today())
    return [(kind, say(kind), n) for kind, n in sorted(counts, key=lambda each: -each[1])]
