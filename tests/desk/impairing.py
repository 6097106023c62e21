"""What tests of impairment share: an impaired loan, a plan for it as a form sends it, and whoever decides."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from deciding import person
from django.http import QueryDict

from postloan.desk.approval.models import Case
from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Grant
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk
from postloan.desk.impairment.actions import plan_propose, proposal_decide
from postloan.desk.impairment.models import Proposal
from postloan.desk.impairment.plans import Plan, read_plan
from postloan.desk.impairment.queries import loan_told
from postloan.plan.recovery import plan_worth

DAY = timedelta(days=1)


def desk_of(username: str = "manager") -> Desk:
    """The desk of somebody: by default of who sees the whole bank."""
    officer = person(username)
    return Desk(officer, actions_of(officer), scope_of(officer, "impairment.read"), None)


def risk_of_the_bank() -> None:
    """Grant the risk manager in head office what the role holds in the branch."""
    for action in ("impairment.read", "impairment.propose", "impairment.review"):
        Grant.objects.create(
            officer=person("risk"), action=action, org=head_office(), role="risk_manager", begins_on="2021-01-01"
        )


def loan_in(stage: str, at: int = 0, *, most_cents: int | None = None) -> dict[str, Any]:
    """A loan of a stage, the largest first; of those up to an amount where one is given."""
    rows = loan_rows(business_day(None)).filter(status="active", stage=stage)
    if most_cents is not None:
        rows = rows.filter(pl.col("claim_cents") <= most_cents)
    open_ones = set(Proposal.objects.values_list("loan_id", flat=True))
    rows = rows.filter(~pl.col("loan_id").is_in(sorted(open_ones))).sort("claim_cents", "loan_id", descending=True)
    return loan_told(desk_of(), rows["loan_id"][at])


def form_of(**more: Any) -> QueryDict:
    """The form of a sound plan; what is given stands in for its fields."""
    on = business_day(None).on
    told: dict[str, Any] = {
        "weight_foreclosure": "60", "weight_sale": "40", "evidence": "评估报告",
        "flow_strategy": ["foreclosure", "sale"], "flow_on": [str(on + 365 * DAY), str(on + 90 * DAY)],
        "flow_amount": ["1,000.00", "500.5"],
    }  # fmt: skip
    given = QueryDict(mutable=True)
    for name, value in (told | more).items():
        given.setlist(name, value if isinstance(value, list) else [value])
    return given


def plan_for(loan: dict[str, Any], **more: Any) -> Plan:
    return read_plan(form_of(**more), on=business_day(None).on, claim_cents=loan["claim_cents"])


def proposed(loan: dict[str, Any], *, who: str = "risk", key: UUID | None = None, **more: Any) -> Proposal:
    day, plan = business_day(None), plan_for(loan, **more)
    assert plan.terms, plan.faults
    worth = plan_worth(day.home, loan["loan_id"], plan.terms, day.on)
    return plan_propose(person(who), loan, plan, worth, proposal_id=key or uuid4(), day=day)


def decided(
    made: Proposal, who: str, *, verdict: str = "agree", key: UUID | None = None, seen: int | None = None
) -> Proposal:
    version = seen or Case.objects.get(pk=made.case_id).version
    return proposal_decide(
        person(who), made.pk, verdict, loan_told(desk_of(), made.loan_id), seen_version=version,
        decision_id=key or uuid4(), reason="同意" if verdict == "agree" else "依据不足", day=business_day(None),
    )  # fmt: skip
