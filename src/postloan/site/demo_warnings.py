"""The demo bank's warnings: verified, planned for, acted on, one waiting to be lifted: each role has work."""

from datetime import timedelta
from uuid import uuid4

from postloan.desk.approval.actions import AGREE
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import Officer
from postloan.desk.warning.actions import (
    Deed,
    NewMeasure,
    case_decide,
    case_verify,
    lift_propose,
    measure_done,
    plan_write,
)
from postloan.desk.warning.clocks import clocks_on
from postloan.desk.warning.models import CaseEntry, WarningCase

_LEAST_LEFT = 1
"""Cases that stay to be verified."""


def work_on_warnings(officer: Officer, risk: Officer) -> None:
    """Take some cases of the officer's office along, his own first, each as far as another step. Twice is once."""
    if CaseEntry.objects.filter(officer__isnull=False).exists():
        return
    day = business_day(None)
    held = WarningCase.objects.filter(org=officer.org, state=WarningCase.State.OPEN)
    cases = sorted(held, key=lambda case: (case.officer_id != officer.pk, case.rank, case.pk))
    steps = (_lifting, _planned, _verified, _doubted, _acting)
    for case, take in zip(cases[: max(len(cases) - _LEAST_LEFT, 0)], steps, strict=False):
        take(case, officer, risk, day)


def _deed(case: WarningCase, reason: str, day: BusinessDay) -> Deed:
    case.refresh_from_db()
    return Deed(uuid4(), case.version, reason, day)


def _verified(case: WarningCase, officer: Officer, _risk: Officer, day: BusinessDay) -> None:
    evidence = "电话联系借款人并查看近三个月账户流水。"
    deed = _deed(case, "情况属实：回款放慢，借款人资金偏紧。", day)
    case_verify(officer, case.pk, deed, is_true=True, evidence=evidence)


def _planned(case: WarningCase, officer: Officer, risk: Officer, day: BusinessDay) -> None:
    _verified(case, officer, risk, day)
    measures = [
        NewMeasure("inspection", "半月一次现场检查，核对存货与应收账款。", day.on + timedelta(days=14)),
        NewMeasure("collection", "约谈借款人，落实逾期款项的还款计划。", day.on + timedelta(days=7)),
    ]
    case.refresh_from_db()
    if clocks_on(day).of(case.level).plan:
        plan_write(officer, case.pk, _deed(case, "先盯紧回款，再视情况追加担保。", day), measures)


def _acting(case: WarningCase, officer: Officer, risk: Officer, day: BusinessDay) -> None:
    _planned(case, officer, risk, day)
    case.refresh_from_db()
    if case.state == WarningCase.State.PLANNED:
        case_decide(risk, case.pk, AGREE, _deed(case, "同意方案。", day))


def _lifting(case: WarningCase, officer: Officer, risk: Officer, day: BusinessDay) -> None:
    _acting(case, officer, risk, day)
    for measure in case.measures.filter(done_on=None):
        measure_done(officer, case.pk, measure.pk, _deed(case, "已落实，借款人已补足逾期款项。", day))
    lift_propose(officer, case.pk, _deed(case, "逾期已清偿，账户回款恢复正常。", day))


def _doubted(case: WarningCase, officer: Officer, _risk: Officer, day: BusinessDay) -> None:
    evidence = "核对核心系统入账时间与借款人付款凭证。"
    case_verify(
        officer, case.pk, _deed(case, "款项已于到期日付出，系跨行清算延迟。", day), is_true=False, evidence=evidence
    )
