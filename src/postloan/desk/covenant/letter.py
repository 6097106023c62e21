"""The notice of a breach as a letter in Word."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from postloan.desk.core.word import letter_of
from postloan.desk.covenant.chart import said_ratio
from postloan.tables.ratios import RATIOS
from postloan.tables.said import said


def notice_letter(test: Mapping[str, Any], on: date) -> bytes:
    """Write the letter that tells a borrower of a breach: in Chinese, as it is read."""
    metric, period = test["metric"], test["period_end_on"]
    value, bound = (said_ratio(metric, test[name]) for name in ("value_e8", "threshold_e8"))
    named = said("ratio", metric, "zh") if metric in RATIOS else metric
    promised = f"贵方承诺在报告期末保持{named} {test['operator']} {bound}（条款号 {test['covenant_id']}）。"
    result = said("covenant_result", test["result"], "zh")
    until = f"请于 {test['cure_ends_on']} 前" if test["cure_ends_on"] else "请收到本通知后即"
    lines = [
        f"根据贵方与我行签订的合同（借据号 {test['loan_id']}），{promised}",
        f"经检验，截至 {period}，该指标为 {value}，检验结果：{result}。",
        f"{until}完成补救并提交证明材料。逾期我行将依合同采取措施。",
    ]
    return letter_of("违反约定条款通知书", lines, test["org_name"], on, to=test["debtor_name"])
