"""What tests of the rule studio share: a rule that is written, tried, proposed and agreed to, and a shorter horizon."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from deciding import person

from postloan.desk.core.days import business_day
from postloan.desk.studio.actions import change_begin, change_decide, change_propose, change_save
from postloan.desk.studio.models import RuleChange
from postloan.rules.figures import Cite
from postloan.rules.studio import Outcome

SIGNAL = "WS-RPY-01"
OUTCOME = Outcome(
    overdue_from_days=30, within_months=2, early_from_months=2, cite=Cite(text="postloan-settings", at="tests")
)
"""The bank of the tests is four months old."""


def written(signal: str, **levels: str) -> dict[str, Any]:
    """A rule as a page sends it."""
    return {
        "id": signal, "zh": "余额过大", "en": "Owes much", "of": "debtor",
        "levels": [{"level": level, "when": when} for level, when in levels.items()], "shows": [],
        "clears": {"zh": "余额下降", "en": "It owes less"},
    }  # fmt: skip


def begun(kind: str = "new", signal: str = "BK-RPY-01", *, who: str = "risk", key: UUID | None = None) -> RuleChange:
    return change_begin(person(who), kind, signal, "repayment", change_id=key or uuid4(), day=business_day(None))


def saved(change: RuleChange, rule: dict[str, Any], *, who: str = "risk", seen: int | None = None) -> RuleChange:
    version = RuleChange.objects.get(pk=change.pk).version if seen is None else seen
    return change_save(person(who), change.pk, rule, seen_version=version, day=business_day(None))


def proposed(change: RuleChange, *, who: str = "risk", from_on: date | None = None) -> RuleChange:
    day = business_day(None)
    return change_propose(
        person(who), change.pk, effective_from=from_on or day.on + timedelta(days=1), reason="回测见附",
        seen_version=RuleChange.objects.get(pk=change.pk).version, day=day,
    )  # fmt: skip


def decided(
    change: RuleChange, who: str = "approver", verdict: str = "agree", *, seen: int | None = None
) -> RuleChange:
    held = RuleChange.objects.select_related("case").get(pk=change.pk)
    return change_decide(
        person(who), held.pk, verdict, seen_version=seen or held.case.version, reason="同意试行", day=business_day(None)
    )


def approved(rule: dict[str, Any], kind: str = "new") -> RuleChange:
    change = begun(kind, rule["id"])
    saved(change, rule)
    proposed(change)
    return decided(change)
