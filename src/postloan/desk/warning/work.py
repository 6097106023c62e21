"""The work items of a case: to verify, to plan, to act, and what is late."""

from datetime import date

from django.urls import reverse

from postloan.desk.core.models import WorkItem
from postloan.desk.warning.models import WarningCase
from postloan.rules.warning_desk import LevelRule

VERIFY, PLAN, ACT, LATE = "warning_verify", "warning_plan", "warning_act", "warning_late"
KINDS = (VERIFY, PLAN, ACT, LATE)


def step_of(case: WarningCase, rule: LevelRule) -> str:
    """What a case waits for its officer to do; empty where it waits for an approval, or for nobody."""
    after_verifying = PLAN if rule.plan else ACT
    steps = {"open": VERIFY, "verified": after_verifying, "acting": ACT}
    return steps.get(case.state, "")


def work_of(case: WarningCase, kind: str, on: date) -> WorkItem:
    """The work item of a step of a case."""
    return WorkItem(
        kind=kind, subject=case.subject, title=case.debtor_name, org_id=case.org_id, officer_id=case.officer_id,
        page=reverse("warning:case", args=[case.pk]), due_on=case.due_on, opened_on=on,
        amount_cents=case.exposure_cents, told=f"WARNED {case.level} {case.signal_count}", state=WorkItem.State.OPEN,
    )  # fmt: skip
