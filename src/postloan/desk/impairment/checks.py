"""What is asked of a proposal: a loan that is impaired, a stage that is worse, a last day that is to come."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.errors import FormWrong, LoanNotImpaired, StageTooGood
from postloan.tables.losses import STAGES
from postloan.tables.said import said

IMPAIRED = STAGES[2]
"""The stage whose loans the night measures by a recovery plan."""
_CHOSEN = {"2": STAGES[1], "3": STAGES[2]}
DAYS_MOST = 731
"""How long a stage or a watch may be asked for; after that somebody looks again."""


def check_active(loan: Mapping[str, Any]) -> None:
    """Stop where a loan is off the book, or its day has no stages. Raises FormWrong."""
    if loan["status"] != "active" or loan.get("stage") is None:
        raise FormWrong(
            message=_("这笔借据当日不在账，或没有减值阶段。"), hint=_("请核对借据和营业日期。"),
            where={"loan_id": loan["loan_id"]},
        )  # fmt: skip


def check_impaired(loan: Mapping[str, Any]) -> None:
    """Stop where a loan is not credit-impaired: the night would take no notice of a plan. Raises LoanNotImpaired."""
    check_active(loan)
    if loan["stage"] != IMPAIRED:
        raise LoanNotImpaired(
            message=_("这笔借据当前为%s，不能做个别认定。") % said("stage", loan["stage"], language()),
            hint=_("个别认定只用于已发生信用减值（阶段三）的贷款。"),
            where={"loan_id": loan["loan_id"], "stage": loan["stage"]},
        )


def worse_stages(loan: Mapping[str, Any]) -> list[str]:
    """The stages, 2 or 3, that are worse than a loan's own."""
    at = STAGES.index(loan["stage"]) if loan.get("stage") else len(STAGES)
    return [number for number, stage in _CHOSEN.items() if STAGES.index(stage) > at]


def check_worse(loan: Mapping[str, Any], stage: str) -> int:
    """Take the number of a stage that is worse than the loan's own. Raises StageTooGood, FormWrong."""
    if stage not in _CHOSEN:
        raise FormWrong(message=_("没有选择阶段。"), hint=_("请选择下调到的阶段。"), where={"field": "stage"})
    if stage not in worse_stages(loan):
        raise StageTooGood(
            message=_("人工只能下调阶段；当前已是%s。") % said("stage", loan["stage"], language()),
            hint=_("阶段上调由规则按观察期决定。"),
            where={"loan_id": loan["loan_id"], "stage": loan["stage"]},
        )
    return int(stage)


def check_last_day(ends_on: date, day: BusinessDay) -> None:
    """Stop where a last day is past or far off. Raises FormWrong."""
    if not day.latest_on < ends_on <= day.latest_on + timedelta(days=DAYS_MOST):
        raise FormWrong(
            message=_("截止日应在营业日之后、两年之内。"), hint=_("到期后如仍需要，请重新提出。"),
            where={"field": "ends_on", "ends_on": ends_on},
        )  # fmt: skip
