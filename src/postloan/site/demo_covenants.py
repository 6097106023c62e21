"""The demo bank's covenants: a notice with a cure to be closed, a waiver on its way, and statements to be confirmed."""

from datetime import timedelta
from uuid import UUID

import polars as pl

from postloan.desk.book.queries import debtor_seen
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.covenant.actions import BREACHES, notice_send, proposal_make
from postloan.desk.covenant.models import Proposal, StatementUpload
from postloan.desk.covenant.queries import Test, covenants_seen
from postloan.desk.covenant.statements.actions import upload_keep
from postloan.desk.covenant.statements.queries import known_values
from postloan.desk.covenant.statements.reading import Read
from postloan.snapshot.read import read_covenant_tests

_CURE, _WAIVER, _UPLOAD = UUID(int=3), UUID(int=4), UUID(int=5)
"""Keys that do not change, so that a list shows them in one order in every demo."""
_TOLD = "通知书已由客户财务负责人签收。"
_CURED = "股东增资款已到账并提供验资报告，流动负债已压降。"
_WAIVED = "指标短暂突破阈值，订单充足，预计下一季度恢复。"


def covenants_a_little(risk: Officer) -> None:
    """Let the risk manager work on his first two breaches; where any was worked on, nothing is done."""
    if Proposal.objects.exists() or StatementUpload.objects.exists():
        return
    desk = Desk(risk, actions_of(risk), scope_of(risk, "covenant.write"), None)
    held = covenants_seen(desk).to_dicts()
    breached = [row for row in held if row["result"] in BREACHES]
    for test in held[:1]:
        _send_statements(desk, str(test["debtor_id"]))
    for test in breached[:1]:
        notice_send(risk, test, sent_on=test["notice_on"], way="delivered", note=_TOLD, day=desk.day)
        proposal_make(risk, test, "covenant_cure", ends_on=None, reason=_CURED, proposal_id=_CURE, day=desk.day)
    if len(breached) > 1:
        _ask_waiver(desk, breached[1])
    elif not breached:
        _ask_waiver_elsewhere(desk)


def _ask_waiver(desk: Desk, test: Test) -> None:
    until = desk.day.on + timedelta(days=90)
    proposal_make(
        desk.officer, test, "covenant_waiver", ends_on=until, reason=_WAIVED, proposal_id=_WAIVER, day=desk.day
    )


def _ask_waiver_elsewhere(desk: Desk) -> None:
    """In a small bank no covenant of the risk manager's branch may be broken: the officer of one that is asks."""
    tests = read_covenant_tests(desk.day.home, desk.day.on)
    broken = tests.filter("is_latest", pl.col("result").cast(pl.String).is_in(list(BREACHES)))
    for staff_no in broken.sort("covenant_id")["officer_id"].drop_nulls():
        officer = Officer.objects.filter(staff_no=staff_no).first()
        if officer is None:
            continue
        his = Desk(officer, actions_of(officer), scope_of(officer, "covenant.write"), None)
        seen = [row for row in covenants_seen(his).to_dicts() if row["result"] in BREACHES]
        if seen:
            _ask_waiver(his, seen[0])
            return


def _send_statements(desk: Desk, debtor_id: str) -> None:
    """Send the debtor's last statement in once more, audited, with receivables written down."""
    debtor = debtor_seen(desk, debtor_id)
    known = known_values(desk, debtor)
    last = max((period for _item, period in known), default="")
    values = [
        {"item": item, "period_end_on": last, "value_cents": cents * (9 if item == "receivables" else 10) // 10}
        for (item, period), cents in known.items()
        if period == last
    ]
    upload_keep(
        desk.officer, debtor, Read("元", is_audited=True, values=values), known, file_name="审计报告附表.xlsx",
        content=b"", upload_id=_UPLOAD, day=desk.day,
    )  # fmt: skip
