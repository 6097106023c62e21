"""The work items of a case of disposal: to plan it, to see it through, to sue, to look for clues of what is pursued."""

from datetime import date

from django.urls import reverse

from postloan.desk.core.models import WorkItem
from postloan.desk.disposal.models import DisposalCase

PLAN, ACT, CHASE = "disposal_plan", "disposal_act", "disposal_chase"
SUE = "disposal_sue"
KINDS = (PLAN, ACT, CHASE)
"""Those of the plan and of what is pursued; a later plan closes them."""


def work_of(case: DisposalCase, kind: str, *, due_on: date, on: date) -> WorkItem:
    """The work item of a case, for whoever disposes of it."""
    return WorkItem(
        kind=kind, subject=case.subject, title=case.debtor_name, org_id=case.org_id,
        officer_id=case.keeper_id or case.officer_id, page=reverse("disposal:case", args=[case.pk]), due_on=due_on,
        opened_on=on, amount_cents=case.balance_cents, told=f"DISPOSED {case.tier}", state=WorkItem.State.OPEN,
    )  # fmt: skip
