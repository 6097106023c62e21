"""The demo bank's rule studio: a rule that is being written, and a milder one that waits for head office."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from postloan.desk.core.days import business_day
from postloan.desk.core.models import Officer
from postloan.desk.studio.actions import change_begin, change_propose, change_save
from postloan.desk.studio.models import RuleChange

_DRAFT, _WAITING = UUID(int=21), UUID(int=22)
_ASKED_LESS = "WS-RPY-09"
_NEW: dict[str, Any] = {
    "id": "BK-ACC-01", "zh": "大额支取且结算下降", "en": "Cash goes out while receipts fall", "of": "debtor",
    "levels": [{"level": "yellow", "when": "cash_out_cents >= 20000000 AND inflow_change <= -0.2"}],
    "shows": ["inflow_cents"], "clears": {"zh": "结算流入恢复", "en": "Receipts have recovered"},
}  # fmt: skip
_WHY = "现行条件命中多、应验少，先观察一个季度。"


def study_rules(risk: Officer) -> None:
    """Write a draft and propose a change; where any was begun, nothing is done."""
    if RuleChange.objects.exists():
        return
    day = business_day(None)
    draft = change_begin(risk, RuleChange.Kind.NEW, _NEW["id"], "account", change_id=_DRAFT, day=day)
    change_save(risk, draft.pk, _NEW, seen_version=draft.version, day=day)
    waits = change_begin(risk, RuleChange.Kind.EDIT, _ASKED_LESS, "", change_id=_WAITING, day=day)
    milder = waits.rule | {"levels": [{**each, "level": "blue"} for each in waits.rule["levels"][:1]]}
    saved = change_save(risk, waits.pk, milder, seen_version=waits.version, day=day)
    change_propose(
        risk, waits.pk, effective_from=day.on + timedelta(days=1), reason=_WHY, seen_version=saved.version, day=day
    )
