"""Covenants: how each promise was kept, period by period."""

import dataframely as dy

from postloan.tables.checked import Checked
from postloan.tables.units import day, flag, ident, one_of

RESULTS = ("met", "cured", "waived", "not_tested", "curing", "breached")
"""From the best to the worst, and they compare that way: 达标, 已补救, 已豁免, 未检验, 补救期内, 违约."""
UNTESTED_WHY = ("not_due", "no_statement", "item_missing", "metric_unknown")
OPERATORS = ("<", "<=", "=", ">=", ">")
DECISIONS = ("covenant_waiver", "covenant_cure")
"""Kinds of decision that say something of a test."""


def _ratio_e8(says: str, zh: str) -> dy.Int64:
    return dy.Int64(nullable=True, description=f"{says}, in 1e-8", metadata={"zh": zh})


class CovenantTest(Checked):
    """One covenant at the end of one period, as it stands at close of a business date (约定条款检验)."""

    covenant_id = ident("covenant", "条款号")
    debtor_no = dy.Int64(description="the debtor's number", metadata={"zh": "客户序号"})
    debtor_id = ident("debtor", "客户号")
    loan_id = ident("the loan it binds; of a facility's, the loan on the book that owes most", "借据号")
    facility_id = ident("the facility it binds, if it is one's", "授信号", optional=True)
    org_id = ident("office that keeps that loan", "机构号")
    officer_id = ident("officer in charge of that loan", "客户经理", optional=True)
    metric = ident("what is measured: a ratio of the ratio set", "指标")
    operator = one_of("the comparison that keeps the covenant", "比较", OPERATORS)
    threshold_e8 = _ratio_e8("the bound", "阈值")
    period_end_on = day("end of the period", "报告期末")
    due_on = day("last day on which the period's statement is in time", "报表应交日")
    is_latest = flag(
        "how the covenant stands: the worst of its last test and of what is late since", "当前状况", optional=False
    )
    value_e8 = _ratio_e8("the ratio; empty where it is not known, or nothing stands below the line", "指标值")
    headroom_e8 = _ratio_e8("how far the ratio is on the good side of the bound; below 0 it is past it", "余量")
    result = one_of("how the promise was kept", "检验结果", RESULTS)
    untested_why = one_of("why it was not tested", "未检验原因", UNTESTED_WHY, optional=True)
    notice_on = day("day on which the breach became known, from which the cure runs", "违约获知日", optional=True)
    cure_ends_on = day("last day of the cure", "补救期末", optional=True)
    decision_id = ident("the waiver or cure that holds", "决定号", optional=True)
    waived_to_on = day("last day of the waiver", "豁免至", optional=True)
