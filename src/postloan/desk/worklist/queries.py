"""What the worklist reads: work of the officer's offices, and how many of what."""

from collections.abc import Callable, Sequence

from django.db.models import Count, Q, QuerySet

from postloan.desk.core.authority import today
from postloan.desk.core.days import home
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.kinds import sayer_of_kinds


def work_seen(desk: Desk) -> QuerySet[WorkItem]:
    """The work of the desk's offices whose page its officer may open, and the officer's own wherever it lies."""
    may_open = Q(action__in=desk.actions)
    here = may_open if desk.scope.is_all else may_open & Q(org__in=desk.scope.org_ids)
    return WorkItem.objects.filter(here | Q(officer=desk.officer))


def has_own(officer: Officer) -> bool:
    """Whether anything open is the officer's own to do."""
    return WorkItem.objects.filter(officer=officer, state=WorkItem.State.OPEN).exists()


def kinds_said(say: Callable[[str], str]) -> Sequence[tuple[str, str]]:
    """Every kind of work there is open, with its word."""
    kinds = WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("kind", flat=True).distinct()
    return [(kind, say(kind)) for kind in sorted(kinds)]


def open_by_kind(desk: Desk, *, is_own: bool) -> list[tuple[str, str, int]]:
    """How many open items there are of each kind, of the officer's own or of all seen; the most first.

    Each as its kind, its word, and how many.
    """
    seen = WorkItem.objects.filter(officer=desk.officer) if is_own else work_seen(desk)
    counts = seen.filter(state=WorkItem.State.OPEN).values_list("kind").annotate(n=Count("pk"))
    say = sayer_of_kinds(home(), today())
    return [(kind, say(kind), n) for kind, n in sorted(counts, key=lambda each: -each[1])]
