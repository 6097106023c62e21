"""The demo bank's warnings: verified, planned for, acted on, one waiting to be lifted: each role has work.

The officer's office began with them a month before the others, and answered most in time: what it left is late.
"""

from collections.abc import Callable
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
_LEFT_EACH, _LEFT_OWN, _FALSE_EACH = 6, 2, 3
"""Of the cases of a month ago one in so many was not answered, of the officer's own too, and one was a false alarm."""
_SOON, _LATER = timedelta(days=14), timedelta(days=45)
_Step = Callable[[WarningCase, Officer, Officer, BusinessDay], None]


def answer_warnings(officer: Officer, risk: Officer) -> None:
    """Answer the cases of a day in the officer's office, but for some: they will be late. Twice is once."""
    day = business_day(None)
    if CaseEntry.objects.filter(officer__isnull=False).exists():
        return
    held = WarningCase.objects.filter(org=officer.org, state=WarningCase.State.OPEN)
    for at, case in enumerate(sorted(held, key=lambda case: (case.officer_id != officer.pk, case.pk))):
        if at % (_LEFT_OWN if case.officer_id == officer.pk else _LEFT_EACH) == 0:
            continue
        if at % _FALSE_EACH == 0:
            _dismissed(case, officer, risk, day)
        else:
            _acting(case, officer, risk, day, _LATER)


def work_on_warnings(officer: Officer, risk: Officer) -> None:
    """Take some cases of the officer's office along, his own first, each as far as another step. Twice is once."""
    day = business_day(None)
    if CaseEntry.objects.filter(officer__isnull=False, on=day.on).exists():
        return
    held = WarningCase.objects.filter(org=officer.org, state=WarningCase.State.OPEN)
    # The mildest of his own stays for him to verify.
    cases = sorted(held, key=lambda case: (case.officer_id == officer.pk, case.rank, -case.pk), reverse=True)
    own = sum(case.officer_id == officer.pk for case in cases)
    cases += [cases.pop(own - 1)] if own else []
    steps: tuple[_Step, ...] = (_lifting, _planned, _verified, _doubted, _acting)
    for case, take in zip(cases[: max(len(cases) - _LEAST_LEFT, 0)], steps, strict=False):
        take(case, officer, risk, day)


def _deed(case: WarningCase, reason: str, day: BusinessDay) -> Deed:
    case.refresh_from_db()
    return Deed(uuid4(), case.version, reason, day)


def _verified(case: WarningCase, officer: Officer, _risk: Officer, day: BusinessDay) -> None:
    evidence = "电话联系借款人并查看近三个月账户流水。"
    deed = _deed(case, "情况属实：回款放慢，借款人资金偏紧。", day)
    case_verify(officer, case.pk, deed, is_true=True, evidence=evidence)


def _planned(case: WarningCase, officer: Officer, risk: Officer, day: BusinessDay, within: timedelta = _SOON) -> None:
    _verified(case, officer, risk, day)
    measures = [
        NewMeasure("inspection", "半月一次现场检查，核对存货与应收账款。", day.on + within),
        NewMeasure("collection", "约谈借款人，落实逾期款项的还款计划。", day.on + within),
    ]
    case.refresh_from_db()
    if clocks_on(day).of(case.level).plan:
        plan_write(officer, case.pk, _deed(case, "先盯紧回款，再视情况追加担保。", day), measures)


def _acting(case: WarningCase, officer: Officer, risk: Officer, day: BusinessDay, within: timedelta = _SOON) -> None:
    _planned(case, officer, risk, day, within)
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


def _dismissed(case: WarningCase, officer: Officer, risk: Officer, day: BusinessDay) -> None:
    _doubted(case, officer, risk, day)
    case.refresh_from_db()
    if case.state == WarningCase.State.DOUBTED:
        case_decide(risk, case.pk, AGREE, _deed(case, "同意认定为误报。", day))
