"""The demo bank's disposals: a debtor to be sued, and a write-off that waits for its papers."""

from datetime import timedelta
from uuid import uuid4

from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.actions import NewPlan, plan_write
from postloan.desk.disposal.courts.actions import lawsuit_open
from postloan.desk.disposal.deeds import WRITE, Deed
from postloan.desk.disposal.models import DisposalCase, Lawsuit
from postloan.desk.disposal.outcomes.actions import NewOutcome, outcome_draw_up
from postloan.desk.disposal.queries import bad_loans, cases_seen

_SUED = "借款人停产，无还款来源。"
_ENDED = "法院终结本次执行，无可供执行财产。"


def dispose_a_little(preserver: Officer) -> None:
    """Let the preservation officer work on the two debtors that owe most; where any is sued, nothing is done.

    Nothing is handed over: what a court did comes with those who try the demo.
    """
    if Lawsuit.objects.exists():
        return
    desk = Desk(preserver, actions_of(preserver), scope_of(preserver, WRITE), None)
    cases = list(cases_seen(desk).filter(state=DisposalCase.State.OPEN).order_by("-balance_cents", "debtor_id")[:2])
    for case in cases[:1]:
        by = desk.day.on + timedelta(days=180)
        plan = NewPlan("asset", "诉讼并拍卖抵押物；流拍的以物抵债。", by, case.balance_cents // 2)
        planned = plan_write(preserver, case.pk, _deed(desk, case.version, _SUED), plan)
        loans = [each["loan_id"] for each in bad_loans(desk, case)]
        sued = _deed(desk, planned.version, _SUED)
        lawsuit_open(preserver, case.pk, sued, loan_ids=loans, claim_cents=case.debt_cents)
    for case in cases[1:]:
        new = NewOutcome(bad_loans(desk, case)[0]["loan_id"], "write_off", ground="execution_ended")
        outcome_draw_up(preserver, case.pk, _deed(desk, case.version, _ENDED), new)


def _deed(desk: Desk, seen_version: int, reason: str) -> Deed:
    return Deed(uuid4(), seen_version, reason, desk.day)
