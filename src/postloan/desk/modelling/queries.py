"""What the pages of models read: the register, one card with its history, alarms."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from postloan.desk.approval.models import Case
from postloan.desk.approval.queries import StepTold, steps_told, with_steps
from postloan.desk.core.authority import limit_of, within
from postloan.desk.core.lists.cells import language
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk
from postloan.desk.modelling.models import Alarm, ModelCard, Watch
from postloan.errors import NotFoundHere
from postloan.tables.said import said


def cards_seen(desk: Desk) -> QuerySet[ModelCard]:
    """The cards of the desk's offices, with how many alarms of each are open."""
    alarms = Count("alarms", filter=Q(alarms__state=Alarm.State.OPEN))
    return within(ModelCard.objects.annotate(alarms_open=alarms), desk.scope)


def card_seen(desk: Desk, card_id: UUID) -> ModelCard:
    """One card. Raises NotFoundHere where it is outside the desk's offices, or none."""
    found = cards_seen(desk).select_related("org", "case", "proposed_by", "approved_by", "replaced_by")
    held = found.filter(pk=card_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这张模型卡，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return held


def alarms_seen(desk: Desk) -> QuerySet[Alarm]:
    """The alarms of the desk's offices."""
    return within(Alarm.objects.select_related("card", "disposed_by"), desk.scope)


def earlier_in_force(held: ModelCard) -> list[ModelCard]:
    """The cards of the same model whose place a card takes, or took."""
    if held.state == ModelCard.State.PROPOSED:
        same = ModelCard.objects.filter(model_id=held.model_id, state__in=ModelCard.IN_FORCE, replaced_by=None)
        return list(same.exclude(pk=held.pk))
    return list(held.replaces.order_by("edition"))


def matters_of(held: ModelCard) -> list[tuple[str, list[StepTold]]]:
    """The approval of a card, and every retirement that was proposed, each with its steps, the last one first."""
    cases = with_steps(Case.objects.filter(subject=held.subject).order_by("-pk"))
    return [(said("case_kind", case.kind, language()), steps_told(case)) for case in cases]


def watches_of(held: ModelCard) -> list[Watch]:
    """What was found of a card, one result a month-end, rising: that of the day's last run."""
    return list({each.on: each for each in held.watches.order_by("on", "pk")}.values())


def may_at_head(desk: Desk, action: str) -> bool:
    """Whether an officer may do something with the models of the whole bank now: what buttons a page draws."""
    return not desk.day.is_past and limit_of(desk.officer, action, head_office()) != -1


def light_of(watch: Watch | None) -> str:
    """The worst light of a result; empty where there is none."""
    lights: set[Any] = {each["light"] for each in watch.findings} if watch else set()
    return next((each for each in ("red", "amber", "green") if each in lights), "")
