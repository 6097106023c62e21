"""What the approvals page reads: cases that wait for an officer, or that the officer had a hand in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from postloan.desk.approval.models import Case, CaseStep
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk


@dataclass(frozen=True)
class StepTold:
    """A step of a case as a page draws it: what it is called, and what everybody said there, the latest last."""

    said: str
    is_next: bool
    taken: Sequence[CaseStep]


def cases_seen(desk: Desk) -> QuerySet[Case]:
    """The cases in the desk's offices that wait for something the officer may do, or that the officer had a hand in."""
    mine = CaseStep.objects.filter(officer=desk.officer).values("case")
    found = Case.objects.filter(Q(waits_for__in=desk.actions - {""}) | Q(pk__in=mine))
    return found if desk.scope.is_all else found.filter(org__in=desk.scope.org_ids)


def steps_told(case: Case) -> list[StepTold]:
    """The steps of a case in their order."""
    taken = list(case.taken.select_related("officer"))
    return [
        StepTold(
            said=str(step["zh" if language() == "zh" else "en"]),
            is_next=bool(case.waits_for) and place == case.at_step,
            taken=[each for each in taken if each.place == place],
        )
        for place, step in enumerate(case.steps)
    ]


def standing_officers(case: Case) -> list[str]:
    """Who took each step last, by user name, in the order of the steps; a step that nobody took is left out."""
    last = {}
    for each in case.taken.filter(verdict=CaseStep.Verdict.AGREED).select_related("officer"):
        last[each.place] = each.officer.get_username()
    return [last[place] for place in sorted(last)]
