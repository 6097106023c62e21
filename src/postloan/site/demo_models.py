"""The demo bank's models: a card fitted on its own history and approved, its successor waiting, and what became of it.

The card in force is calibrated to a long-run default rate far above what the bank sees, as a careful bank's first
model is: its calibration is an alarm, and the card that waits is the answer.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from postloan.desk.approval.actions import AGREE
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import Officer
from postloan.desk.modelling.actions import card_decide, card_propose
from postloan.desk.modelling.models import ModelCard
from postloan.desk.modelling.watching.actions import models_watch
from postloan.errors import ModelNotFitted, TableUnfit
from postloan.models.behaviour import LOAN, PERIOD, label_of
from postloan.models.card import Card
from postloan.models.fitting import Asked, fit_card
from postloan.plan.watching import month_ends_between, sample
from postloan.rules.model_rules import load_model_rules

_IN_FORCE, _WAITING = UUID(int=11), UUID(int=12)
_MODEL = "behaviour"
_LONG_RUN = 0.03
_HELD_OUT = 0.3
_MONTHS_MOST = 3
_PURPOSE = "存量借据的行为评分：预警排序和检查频率。"
_FIRST = "首版：样本较短，校准至行业长期违约率，偏审慎。"
_SECOND = "第二版：样本延长，按本行实际违约率校准，回应校准报警。"
_VALIDATED, _APPROVED = "已独立复算，区分能力可接受。", "同意试用，逐月监控。"


@dataclass(frozen=True)
class Agreeing:
    """Who proposes a model, who validates it, and who approves it."""

    modeller: Officer
    validator: Officer
    approver: Officer


def model_a_little(people: Agreeing) -> None:
    """Register two cards of one model, the first through all its steps; where any was, nothing is done.

    A bank too small or too young for a model has none.
    """
    day = business_day(None)
    if ModelCard.objects.exists():
        return
    ends = month_ends_between(day.home, date.min, day.on)
    months = max(1, min(_MONTHS_MOST, (len(ends) - 1) // 3))
    first = ends[: max(1, (len(ends) - months) * 2 // 3)]
    try:
        cards = [
            _fitted(day, first, months, version=1, anchor=_LONG_RUN),
            _fitted(day, ends[:-months], months, version=2, anchor=None),
        ]
    except (ModelNotFitted, TableUnfit):
        return
    held = card_propose(
        people.modeller, cards[0], purpose=_PURPOSE, effective_from=day.on, reason=_FIRST, card_id=_IN_FORCE, day=day
    )
    for officer, said in ((people.validator, _VALIDATED), (people.approver, _APPROVED)):
        held.case.refresh_from_db()
        card_decide(officer, held.pk, AGREE, seen_version=held.case.version, reason=said, day=day)
    card_propose(
        people.modeller, cards[1], purpose=_PURPOSE, effective_from=day.on, reason=_SECOND, card_id=_WAITING, day=day
    )
    models_watch(day)


def _fitted(day: BusinessDay, days: tuple[date, ...], months: int, *, version: int, anchor: float | None) -> Card:
    table, rules = sample(day.home, days, label_of(months)), load_model_rules(day.home)
    written = io.BytesIO()
    table.write_parquet(written)
    asked = Asked(
        "scorecard", label_of(months), _MODEL, version=version, id=LOAN, time=PERIOD, held_out=_HELD_OUT,
        anchor=anchor, horizon=f"{months} months",
    )  # fmt: skip
    digest = hashlib.sha256(written.getvalue()).hexdigest()
    return fit_card(table, digest, asked, rules.fitting(day.on), rules.monitoring(day.on))
