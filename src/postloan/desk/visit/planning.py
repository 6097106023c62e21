"""Whether a visit may be planned: the gate's own judgement of the hour at which it is meant to be made."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.contact.gate import calendar_of, rules_at, standing_of
from postloan.desk.contact.models import ContactPoint
from postloan.desk.core.days import home
from postloan.desk.core.lists.cells import language
from postloan.desk.visit.models import Visit
from postloan.errors import VisitNotAllowed
from postloan.plan.contact.judging import Ask, Refusal, decide
from postloan.rules.contact_rules import Said


@dataclass(frozen=True)
class NewVisit:
    """A visit to be: where to, for what, who goes besides the lead, and when.

    id  made by the page: twice is once.
    """

    id: UUID
    point_id: int
    purpose: str
    second: str
    at: datetime
    reason: str


def check_planned(point: ContactPoint, purpose: str, visitors: Collection[str], at: datetime) -> None:
    """Stop where the gate would refuse the visit at its hour, or where the day has all the visits it may have.

    The gate is asked again when they check in: what was planned may have become forbidden.
    Raises VisitNotAllowed with the rules and their clauses.
    Source  COLL-02, COLL-07, COLL-50.
    """
    rules = rules_at(home(), at)
    standing = standing_of(point.debtor_id, points=[point.match], parties=[point.party_id])
    ask = Ask(point.debtor_id, point.match, "visit", purpose, len(set(visitors)))
    refusals = list(decide(rules, standing, ask, at, calendar_of(home(), at)).refusals)
    most = rules.conduct(point.form).visits
    planned = Visit.objects.filter(
        point__party_id=point.party_id, planned_on=timezone.localdate(at), state=Visit.State.PLANNED
    )  # fmt: skip
    is_bound = "visits" not in rules.purpose(purpose).free_of
    if is_bound and planned.count() >= most.most and not any(each.rule == "visits" for each in refusals):
        refusals.append(_refusal("visits", most))
    if refusals:
        raise VisitNotAllowed(
            message=_("按规则，这次上门不能安排：%s。") % "；".join(_said(each) for each in refusals),
            hint=_("请改变时间或同行人员。"),
            where={"rules": ", ".join(each.rule for each in refusals), "at": at.isoformat()},
        )


def _refusal(rule: str, figure: Said) -> Refusal:
    return Refusal(rule, figure.cite, *figure.in_words())


def _said(refusal: Refusal) -> str:
    words = refusal.zh if language() == "zh" else refusal.en
    return f"{words}（{refusal.cite}）"
