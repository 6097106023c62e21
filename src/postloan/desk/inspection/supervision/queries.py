"""What supervision reads: projects and working papers, the draw of a sample, the scores of offices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from django.db.models import QuerySet

from postloan.desk.core.authority import within
from postloan.desk.core.models import Org
from postloan.desk.core.pages import Desk
from postloan.desk.inspection.models import Inspection, Supervision, WorkingPaper
from postloan.desk.inspection.queries import not_here

_TOLD = (WorkingPaper.State.RECTIFYING, WorkingPaper.State.RECTIFIED, WorkingPaper.State.CLOSED)


@dataclass(frozen=True)
class OfficeScore:
    """How an office did: papers checked, their mean score, how many found something, how many are not yet put right."""

    org: Org
    papers: int
    score: float | None
    with_findings: int
    unfinished: int


def drawn(seed: str, keys: Iterable[int], wanted: int) -> list[int]:
    """Draw from some inspections: whoever draws with the same seed from the same ones draws the same, in this order."""
    return sorted(keys, key=lambda key: blake2b(f"{seed} {key}".encode(), digest_size=16).digest())[:wanted]


def population(supervision: Supervision) -> QuerySet[Inspection]:
    """The accepted inspections that a project draws from."""
    return Inspection.objects.filter(
        state=Inspection.State.ACCEPTED,
        kind__in=supervision.kinds,
        org__path__startswith=supervision.org.path,
        submitted_on__gte=supervision.begins_on,
        submitted_on__lte=supervision.ends_on,
    )


def supervisions_seen(desk: Desk) -> QuerySet[Supervision]:
    """The projects of the desk's offices."""
    return within(Supervision.objects.all(), desk.scope)


def supervision_seen(desk: Desk, supervision_id: int) -> Supervision:
    """Find a project. Raises NotFoundHere."""
    found = supervisions_seen(desk).select_related("org", "led_by").filter(pk=supervision_id).first()
    if found is None:
        raise not_here()
    return found


def paper_seen(desk: Desk, paper_id: int) -> WorkingPaper:
    """Find a working paper; an office sees its own once it was told of them. Raises NotFoundHere."""
    people = ("org", "supervision", "inspection", "inspection__author", "checked_by", "corrected_by", "rechecked_by")
    found = within(WorkingPaper.objects.select_related(*people).filter(pk=paper_id), desk.scope)
    if "supervision.read" not in desk.actions:
        found = found.filter(state__in=_TOLD)
    paper = found.first()
    if paper is None:
        raise not_here()
    return paper


def scores(papers: Sequence[WorkingPaper]) -> list[OfficeScore]:
    """The scores of the offices of a project's papers, the worst first; offices without a checked paper last."""
    by_office: dict[str, list[WorkingPaper]] = {}
    for paper in papers:
        by_office.setdefault(paper.org_id, []).append(paper)
    found = [_score(held) for held in by_office.values()]
    return sorted(found, key=lambda each: (each.score is None, each.score or 0, each.org.path))


def _score(papers: Sequence[WorkingPaper]) -> OfficeScore:
    marked = [paper.score for paper in papers if paper.score is not None]
    return OfficeScore(
        org=papers[0].org,
        papers=len(papers),
        score=round(sum(marked) / len(marked), 1) if marked else None,
        with_findings=sum(bool(paper.found) for paper in papers),
        unfinished=sum(bool(paper.found) and paper.state != WorkingPaper.State.CLOSED for paper in papers),
    )
