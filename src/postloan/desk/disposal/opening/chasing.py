"""What is pursued is looked into again and again: work for whoever keeps the case, so long after the last look."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Max, Q

from postloan.desk.core.models import WorkItem
from postloan.desk.core.parts import Adopting
from postloan.desk.core.work.actions import work_open
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.disposal.work import CHASE, work_of
from postloan.rules.disposal_desk import ChaseRule


def chases_open(adopting: Adopting, rule: ChaseRule) -> int:
    """Open work on each pursued case that nobody has looked into for as long as the rule says; how many.

    A case is looked into where somebody notes anything of it. Twice is once: what is open stays as it is.
    Source  regulations DSP-02, PRA-04.
    """
    day = adopting.day
    waiting = set(WorkItem.objects.filter(kind=CHASE, state=WorkItem.State.OPEN).values_list("subject", flat=True))
    looks = Q(entries__officer__isnull=False) | Q(entries__step="pursued")
    pursued = DisposalCase.objects.filter(state=DisposalCase.State.PURSUED).annotate(
        looked_on=Max("entries__on", filter=looks)
    )
    found = [
        case for case in pursued.filter(looked_on__lte=day.on - timedelta(days=rule.every_days)).order_by("pk")
        if case.subject not in waiting
    ]  # fmt: skip
    due_on = day.on + timedelta(days=rule.due_in_days)

    def open_part(part: Sequence[DisposalCase]) -> dict[str, int]:
        return {"chased": work_open([work_of(case, CHASE, due_on=due_on, on=day.on) for case in part])}

    return adopting.in_parts(found, open_part)["chased"]
