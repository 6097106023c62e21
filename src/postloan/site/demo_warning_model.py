"""The demo bank's warning model: fitted on its own month-ends, agreed to in the register, named in the bank's rulebook.

The last day is then computed again, and adopted: from the day on which a bank names a card its nights warn by it.
"""

import hashlib
import io
from datetime import date
from pathlib import Path
from uuid import UUID

from postloan.desk.approval.actions import AGREE
from postloan.desk.book.features import features_read
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.modelling.actions import card_decide, card_propose
from postloan.desk.modelling.reading import card_held
from postloan.errors import ModelNotFitted, TableUnfit
from postloan.models.card import Card, card_file
from postloan.models.fitting import Asked, fit_card
from postloan.models.foresight import DEBTOR, PERIOD, label_of
from postloan.night.run import run_night
from postloan.plan.watching import month_ends_between, sample
from postloan.rules.model_rules import load_model_rules
from postloan.site.demo_models import Agreeing
from postloan.site.demo_walk import model_rule
from postloan.site.serving import adopt

_CARD = UUID(int=13)
_MODEL, _FILE = "warning", "warning-1.json"
_LATE_DAYS, _AHEAD_MONTHS, _FITTED_MONTHS = 30, 6, 4
_HELD_OUT = 0.3
_PURPOSE = "正常客户的转差概率：与预警规则并行，取较重者。"
_PROPOSED = "以本行月末数据拟合，按客户留出样本检验。"
_VALIDATED, _APPROVED = "已独立复算，区分能力和校准可接受。", "同意与规则并行使用，逐月监控。"
_RULE = """\
rule: warning_model
says: Debtors that are well are warned of by the card that was approved in the register of models.
unit: probability within the months that the card's label names

# The demo bank's own choice: about three, five and ten times what happens to a debtor that is well.
versions:
  - from: 2021-01-01
  - from: {since}
    model:
      id: WM-PD-01
      zh: "模型预警：六个月内转差可能性高"
      en: "Model: likely to go bad within six months"
      file: {file}
      sha256: "{sha256}"
      levels:
        - {{level: yellow, pd_from: 0.08}}
        - {{level: orange, pd_from: 0.15}}
        - {{level: red, pd_from: 0.30}}
      clears: {{zh: "转差概率降到黄色以下", en: "The probability is below that of yellow"}}
      cite: {{text: postloan-settings, at: "warning model 1", confirmed_on: null}}
"""


def warn_by_model(home: Path, people: Agreeing) -> None:
    """Fit, agree to and name a warning model, and compute the last day by it; where one is named, nothing is done.

    A bank too small or too young for a model has none.
    """
    day = business_day(None)
    rule = model_rule(home)
    if rule.exists():
        return
    ends = month_ends_between(home, date.min, day.on)
    months = max(1, min(_AHEAD_MONTHS, (len(ends) - 1) // 3))
    try:
        card = _fitted(day, ends[:-months][-_FITTED_MONTHS:], label_of(_LATE_DAYS, months))
    except (ModelNotFitted, TableUnfit):
        return
    held = card_propose(
        people.modeller, card, purpose=_PURPOSE, effective_from=day.on, reason=_PROPOSED, card_id=_CARD, day=day
    )
    for officer, said in ((people.validator, _VALIDATED), (people.approver, _APPROVED)):
        held.case.refresh_from_db()
        card_decide(officer, held.pk, AGREE, seen_version=held.case.version, reason=said, day=day)
    held.refresh_from_db()
    rule.parent.mkdir(parents=True, exist_ok=True)
    (rule.parent / _FILE).write_bytes(card_file(card_held(held)))
    rule.write_text(_RULE.format(since=day.on, file=_FILE, sha256=card.sha256), encoding="utf-8")
    run_night(home, day.on)
    adopt(home, day.on)


def _fitted(day: BusinessDay, days: tuple[date, ...], label: str) -> Card:
    table, rules = sample(day.home, days, label, features=features_read), load_model_rules(day.home)
    written = io.BytesIO()
    table.write_parquet(written)
    asked = Asked("scorecard", label, _MODEL, id=DEBTOR, time=PERIOD, held_out=_HELD_OUT, horizon=label)
    digest = hashlib.sha256(written.getvalue()).hexdigest()
    return fit_card(table, digest, asked, rules.fitting(day.on), rules.monitoring(day.on))
