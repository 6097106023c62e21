"""The yearly evaluation: scored by one, agreed to by another; who falls short leaves, and its cases come back."""

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.agency.actions import APPROVE, WRITE, agency_held, rules_on
from postloan.desk.agency.judging.facts import result_of, total_of
from postloan.desk.agency.models import Agency, Evaluation, Placement
from postloan.desk.agency.placing.actions import placement_recall
from postloan.desk.core.actions import forbid_same_person, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.errors import FormWrong, NotFoundHere

_SCORE_MOST = 100


@transaction.atomic
def agency_evaluate(
    officer: Officer, agency_id: int, year: int, scores: dict[str, int], *, note: str, day: BusinessDay
) -> Evaluation:
    """Propose an evaluation of a year.

    Permission  agency.write in the head office. Raises NotPermitted, NotFoundHere, ReasonMissing, IllegalMove;
                FormWrong where a score is missing or the year has one.
    Source      COLL-08.
    """
    refuse_past(day)
    agency, rules = agency_held(agency_id), rules_on(day.on)
    require(officer, WRITE, org=agency.org)
    wanted = {each.criterion for each in rules.weights}
    if set(scores) != wanted or not all(0 <= each <= _SCORE_MOST for each in scores.values()):
        raise FormWrong(message=_("评分不完整。"), hint=_("每项填写 0 至 100。"), where={"field": "scores"})
    if year > day.on.year or agency.evaluations.filter(year=year).exclude(state=Evaluation.State.REFUSED).exists():
        raise FormWrong(message=_("该年度不能评估或已评估。"), hint=_("请核对年度。"), where={"field": "year"})
    total = total_of(rules, scores)
    made = Evaluation.objects.create(
        state=Evaluation.State.PROPOSED, org=agency.org, agency=agency, year=year, scores=scores, total=total,
        result=result_of(rules, total), note=require_reason(note), proposed_by=officer,
    )  # fmt: skip
    record(officer, "agency.evaluated", made, org=agency.org, run_id=day.run_id, scores=scores, total=total,
           result=made.result)  # fmt: skip
    return made


@transaction.atomic
def evaluation_decide(
    officer: Officer, evaluation_id: int, verdict: str, *, reason: str, seen_version: int, day: BusinessDay
) -> Evaluation:
    """Agree to an evaluation, or turn it down; an agency that falls short leaves the list.

    Permission  agency.approve in the head office; another person than who scored it.
    Move        proposed -> agreed or refused.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    related = ("org", "proposed_by", "agency")
    held = (
        Evaluation.objects.select_for_update(of=("self",)).select_related(*related).filter(pk=evaluation_id).first()
    )  # fmt: skip
    if held is None:
        raise NotFoundHere(message=_("没有这次评估。"), hint=_("请从列表进入。"))
    require(officer, APPROVE, org=held.org)
    forbid_same_person(officer, others=[held.proposed_by])
    is_agreed = verdict == "agree"
    said = reason.strip() if is_agreed else require_reason(reason)
    move(held, Evaluation.State.AGREED if is_agreed else Evaluation.State.REFUSED, seen_version=seen_version)
    held.decided_by = officer
    held.save(update_fields=["decided_by"])
    record(officer, "agency.evaluation_decided", held, org=held.org, run_id=day.run_id, reason=said, state=held.state)
    if is_agreed and held.result == "left" and held.agency.state == Agency.State.LISTED:
        agency_leave(held.proposed_by, held.agency_id, reason=f"{held.year}: {held.total}", day=day)
    return held


@transaction.atomic
def agency_leave(officer: Officer, agency_id: int, *, reason: str, day: BusinessDay) -> Agency:
    """Take an agency off the list (退出): everything that is placed with it comes back.

    Permission  agency.write in the head office, and what taking cases back asks. Move  listed -> left.
    Raises NotPermitted, NotFoundHere, ReasonMissing, IllegalMove.
    """
    refuse_past(day)
    held = agency_held(agency_id)
    require(officer, WRITE, org=held.org)
    reason = require_reason(reason)
    move(held, Agency.State.LEFT, seen_version=held.version)
    held.left_on, held.left_why = day.on, reason
    held.save(update_fields=["left_on", "left_why"])
    for each in held.placements.filter(state__in=[Placement.State.WAITING, Placement.State.RUNNING]):
        placement_recall(officer, each.pk, reason=reason, seen_version=each.version, day=day)
    record(officer, "agency.left", held, org=held.org, run_id=day.run_id, reason=reason)
    return held
