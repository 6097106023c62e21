"""The demo bank's single assessments: a recovery plan and a watch, on their way to reviewer and approver."""

from datetime import timedelta
from uuid import UUID

import polars as pl
from django.http import QueryDict

from postloan.desk.book.queries import loans_seen
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.impairment.actions import Loan, plan_propose, watch_propose
from postloan.desk.impairment.models import Proposal
from postloan.desk.impairment.plans import Plan, read_plan
from postloan.desk.impairment.queries import loan_told
from postloan.plan.recovery import plan_worth

_PLAN, _WATCH = UUID(int=1), UUID(int=2)
"""Keys that do not change, so that a list of both shows them in one order in every demo."""
_EVIDENCE = "押品已经法院首次拍卖公告，评估价下浮两成；保证人名下另有房产正在查封。"
_WATCHED = "主要客户回款放慢，账户日均余额较上季下降四成。"


def propose_a_little(risk: Officer) -> None:
    """Let the risk manager propose a plan for his largest impaired loan and a watch; where any was, nothing is done."""
    if Proposal.objects.exists():
        return
    desk = Desk(risk, actions_of(risk), scope_of(risk, "impairment.propose"), None)
    held = loans_seen(desk).filter(status="active").sort("claim_cents", descending=True, nulls_last=True)
    for row in held.filter(stage="stage_3").head(1).iter_rows(named=True):
        loan = loan_told(desk, row["loan_id"])
        plan = _plan(desk, loan)
        assert plan.terms is not None  # noqa: S101 - written here
        worth = plan_worth(desk.day.home, loan["loan_id"], plan.terms, desk.day.on)
        plan_propose(risk, loan, plan, worth, proposal_id=_PLAN, day=desk.day)
    for row in held.filter(pl.col("stage") == "stage_1").head(1).iter_rows(named=True):
        watch_propose(
            risk, loan_told(desk, row["loan_id"]), ends_on=desk.day.on + timedelta(days=180), reason=_WATCHED,
            proposal_id=_WATCH, day=desk.day,
        )  # fmt: skip


def _plan(desk: Desk, loan: Loan) -> Plan:
    """A foreclosure that brings in most of the claim, or a settlement that brings in half."""
    yuan = int(loan["claim_cents"]) // 100
    given = QueryDict(mutable=True)
    given.update({"weight_foreclosure": "70", "weight_restructure": "30", "evidence": _EVIDENCE})
    for strategy, days, share in (("foreclosure", 450, 70), ("foreclosure", 600, 10), ("restructure", 180, 20)):
        given.appendlist("flow_strategy", strategy)
        given.appendlist("flow_on", (desk.day.on + timedelta(days=days)).isoformat())
        given.appendlist("flow_amount", str(max(yuan * share // 100, 1)))
    return read_plan(given, on=desk.day.on, claim_cents=int(loan["claim_cents"]))
