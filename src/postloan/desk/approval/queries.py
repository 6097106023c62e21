"""What the approvals page reads: cases that wait for an officer, or that the officer had a hand in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from postloan.desk.approval.models import Case, CaseStep
from postloan.desk.core.authority import limit_of, within
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk


@dataclass(frozen=True)
class StepTold:
    """A line of what became of a case: a step that somebody took, or one that is still to come.

    taken  what was said there; None while nobody took it.
    """

    said: str
    taken: CaseStep | None
    is_next: bool = False


def cases_seen(desk: Desk) -> QuerySet[Case]:
    """The cases in the desk's offices that wait for something the officer may do, or that the officer had a hand in."""
    mine = CaseStep.objects.filter(officer=desk.officer).values("case")
    found = Case.objects.filter(Q(waits_for__in=desk.actions - {""}) | Q(pk__in=mine))
    return within(found, desk.scope)


def may_decide(desk: Desk, case: Case | None) -> bool:
    """Whether an officer may take the step that a case waits for: what buttons a page draws; the action asks again."""
    if case is None or not case.waits_for or desk.day.is_past:
        return False
    return limit_of(desk.officer, case.waits_for, case.org) != -1


def with_steps(cases: Iterable[Case]) -> list[Case]:
    """Bring the steps that were taken of several cases along, in one question."""
    found = list(cases)
    prefetch_related_objects(found, Prefetch("taken", CaseStep.objects.select_related("officer")))
    return found


def steps_told(case: Case) -> list[StepTold]:
    """What became of a case, in the order it happened, and the steps to come."""
    named = [str(step["zh" if language() == "zh" else "en"]) for step in case.steps]
    told = [StepTold(named[step.place], step) for step in with_steps([case])[0].taken.all()]
    if not case.waits_for:
        return told
    to_come = [StepTold(said, None) for said in named[case.at_step + 1 :]]
    return [*told, StepTold(named[case.at_step], None, is_next=True), *to_come]


def standing_officers(case: Case) -> list[str]:
    """Who took each step last, by user name, in the order of the steps; a step that nobody took is left out."""
    last = {}
    for each in case.taken.filter(verdict=CaseStep.Verdict.AGREED).select_related("officer"):
        last[each.place] = each.officer.get_username()
    return [last[place] for place in sorted(last)]
