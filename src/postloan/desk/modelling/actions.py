"""Cards proposed, approved by the chain, replaced and retired."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import head_office
from postloan.desk.modelling.models import ModelCard
from postloan.desk.modelling.reading import auc_e8_of, card_held, text_of
from postloan.errors import FormWrong, NotFoundHere
from postloan.models.card import Card

_PROPOSES = "model.propose"
_APPROVAL, _RETIREMENT = "model_card", "model_retirement"
_ONE_DAY = timedelta(days=1)


@transaction.atomic
def card_propose(
    officer: Officer, card: Card, *, purpose: str, effective_from: date, reason: str, card_id: UUID, day: BusinessDay
) -> ModelCard:
    """Put a card into the register and propose that it holds from a day on (登记并提出). Twice with one id is once.

    card     read by card_sent: whole, unchanged, without an approval.
    purpose  what it is for.

    Permission  model.propose at head office: a model is of the whole bank.
    Leaves      a card, a case waiting for the next step, work, an audit entry that names the card's hash.
    Raises NotPermitted, ReasonMissing, FormWrong where the day is past, or the version or the card is known already.
    """
    refuse_past(day)
    org = head_office()
    require(officer, _PROPOSES, org=org)
    purpose, reason = require_reason(purpose), require_reason(reason)
    if effective_from < day.on:
        raise FormWrong(
            message=_("生效日不能早于营业日。"), hint=_("请选择营业日或以后的日期。"),
            where={"field": "effective_from", "on": day.on},
        )  # fmt: skip
    # Whoever proposes at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=org.pk)
    made = ModelCard.objects.filter(pk=card_id).first()
    if made is not None:
        return made
    _refuse_second(card)
    held = ModelCard(
        id=card_id, org=org, state=ModelCard.State.PROPOSED, model_id=card.model_id, edition=card.version,
        kind=card.kind, sha256=card.sha256, content=text_of(card), purpose=purpose, auc_e8=auc_e8_of(card),
        proposed_by=officer, proposed_on=day.on, effective_from=effective_from,
    )  # fmt: skip
    held.case = _case(_APPROVAL, held, day)
    held.save(force_insert=True)
    _begin(officer, held, reason, day)
    return held


@transaction.atomic
def retirement_propose(
    officer: Officer, card_id: UUID, *, seen_version: int, reason: str, day: BusinessDay
) -> ModelCard:
    """Propose that a card no longer holds (提出退役).

    seen_version  of the card that the page showed.

    Permission  model.propose at head office.
    Move        approved -> retiring.
    Leaves      a case waiting for the next step, work, an audit entry.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    held = _held(card_id)
    require(officer, _PROPOSES, org=held.org)
    reason = require_reason(reason)
    move(held, ModelCard.State.RETIRING, seen_version=seen_version)
    held.case = _case(_RETIREMENT, held, day)
    held.save(update_fields=["case"])
    _begin(officer, held, reason, day)
    return held


@transaction.atomic
def card_decide(
    officer: Officer, card_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> ModelCard:
    """Take the step that a card waits for: agree, or turn it down with a reason (同意、否决).

    seen_version  of the case that the page showed.

    Permission  the step's action at head office; another person than at the other steps.
    Move        proposed -> approved or refused; retiring -> retired, or back to what it was; an earlier card of the
                same model: approved -> replaced, holding until the day before.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, NotFoundHere; CardChanged where the register
    no longer holds what was proposed.
    """
    refuse_past(day)
    held = _held(card_id)
    card_held(held)
    case = case_held(held.case_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state == Case.State.APPROVED:
        _settle(officer, held, day)
    elif case.state == Case.State.REFUSED:
        _turn_down(held)
    case_work(case, on=day.on, note=reason)
    return held


def _settle(officer: Officer, held: ModelCard, day: BusinessDay) -> None:
    """Let a card hold, or hold no longer, once the last step of its case is taken."""
    if held.state == ModelCard.State.RETIRING:
        move(held, ModelCard.State.RETIRED, seen_version=held.version)
        held.effective_to = min(held.effective_to or day.on, day.on)
        held.save(update_fields=["effective_to"])
        return
    move(held, ModelCard.State.APPROVED, seen_version=held.version)
    held.approved_by, held.approved_on = officer, day.on
    # What was asked for may have passed while the case was on its way: nothing holds before it was approved.
    held.effective_from = max(held.effective_from, day.on)
    held.save(update_fields=["approved_by", "approved_on", "effective_from"])
    _replace_earlier(officer, held, day)


def _replace_earlier(officer: Officer, held: ModelCard, day: BusinessDay) -> None:
    """Let a card take the place of those before it: on its day one card of a model holds."""
    found = ModelCard.objects.select_for_update(of=("self",)).filter(
        model_id=held.model_id, state__in=ModelCard.IN_FORCE, replaced_by=None
    )
    for earlier in found.exclude(pk=held.pk).order_by("pk"):
        before = earlier.state
        # One that is being retired stays so: its case is still under way.
        if before == ModelCard.State.APPROVED:
            move(earlier, ModelCard.State.REPLACED, seen_version=earlier.version)
        earlier.replaced_by, earlier.effective_to = held, held.effective_from - _ONE_DAY
        earlier.save(update_fields=["replaced_by", "effective_to"])
        record(officer, "model.replaced", earlier, org=earlier.org, run_id=day.run_id, before=before,
               after=earlier.state, replaced_by=str(held.pk), effective_to=earlier.effective_to)  # fmt: skip


def _turn_down(held: ModelCard) -> None:
    if held.state == ModelCard.State.PROPOSED:
        move(held, ModelCard.State.REFUSED, seen_version=held.version)
    else:
        back = ModelCard.State.REPLACED if held.replaced_by_id else ModelCard.State.APPROVED
        move(held, back, seen_version=held.version)


def _begin(officer: Officer, held: ModelCard, reason: str, day: BusinessDay) -> None:
    """Take the first step of a card's case; a chain of one step settles it."""
    begun = step_first(officer, held.case, reason=reason, day=day)
    if begun.state == Case.State.APPROVED:
        _settle(officer, held, day)
    case_work(begun, on=day.on)


def _case(kind: str, held: ModelCard, day: BusinessDay) -> Case:
    case = case_drawn_up(
        kind, subject=held.subject, title=str(held), page=reverse("modelling:card", args=[held.pk]),
        org_id=held.org_id, amount_cents=0, day=day,
    )  # fmt: skip
    case.save()
    return case


def _refuse_second(card: Card) -> None:
    known = ModelCard.objects.exclude(state=ModelCard.State.REFUSED)
    if known.filter(sha256=card.sha256).exists():
        raise FormWrong(message=_("这张模型卡已经登记。"), hint=_("请从列表进入。"), where={"sha256": card.sha256[:12]})
    if known.filter(model_id=card.model_id, edition=card.version).exists():
        raise FormWrong(
            message=_("模型 %(model)s 的第 %(edition)s 版已经登记。") % {
                "model": card.model_id, "edition": card.version,
            }, hint=_("请用 --version 写出新的版本号，再上传。"), where={"at": "card.version"},
        )  # fmt: skip


def _held(card_id: UUID) -> ModelCard:
    found = (
        ModelCard.objects.select_for_update(of=("self",)).select_related("org", "approved_by").filter(pk=card_id)
    ).first()
    if found is None:
        raise NotFoundHere(message=_("没有这张模型卡。"), hint=_("请从列表进入。"))
    return found
