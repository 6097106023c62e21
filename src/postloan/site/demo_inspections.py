"""Inspections of the demo bank: one accepted, its successor waiting for review, and a first inspection due."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.opening.actions import inspection_order
from postloan.desk.inspection.opening.due import debtors_inspected
from postloan.desk.inspection.queries import form_of, rules_on
from postloan.desk.inspection.report.actions import Draft, report_accept, report_submit
from postloan.desk.inspection.report.facts import facts_of
from postloan.desk.inspection.report.reading import findings_to_open
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.inspection_forms import InspectionForm

_TOLD = {
    "use_told": "核对了放款通知单、购销合同和增值税发票，资金支付给上游供应商后未见回流，账户流水与合同金额一致。",
    "operation_told": "生产线开工两班，原料库存约一个月，成品周转正常。",
    "orders_told": "在手订单约四个月产量，主要客户未变；应收账款较年初略增，账龄多在三个月以内。",
    "account_flows": "结算资金主要归集在本行，近三个月日均存款稳定，未见异常大额流动。",
    "finance_told": "收入与成本同步增长，毛利率基本持平；新增短期借款用于备货。",
    "source_told": "以销售回款为第一还款来源，季节性回款集中在三、四季度，覆盖本季应还本息。",
    "person_told": "到店走访，营业时间正常营业，货架充足，与借款人及家属当面沟通。",
    "project_told": "现场查看主体结构，与监理月报一致，未见停工迹象。",
    "changes_told": "未见重大变化。",
    "measures": "按季检查，关注回款进度；保险到期前一个月提醒续保。",
    "conclusion_told": "借款人经营正常，还款来源稳定，建议维持现分类。下次重点核对应收账款回款和存货。",
}
_LATER = {
    "orders_told": "在手订单约三个月产量，最大客户订单减少约两成；应收账款账龄超过三个月的占比上升。",
    "source_told": "以销售回款为第一还款来源，回款较上季放慢，需关注四季度集中回款能否到位。",
}
_NUMBERS = {"staff_count": "86", "progress_percent": "65", "power_use": "-4", "revenue_change": "3.5"}
_CHOSEN = {
    "guarantor_able": "none", "collateral_state": "none", "collateral_insured": "none", "collateral_registered": "none",
}  # fmt: skip
_YES = {"use_vouchers", "statements_got", "pays_in_time", "reachable", "equity_paid", "income_account"}


def inspect_a_little(home: Path) -> None:
    """On each adopted day: report on the officer's debtor, and see that a first inspection is due. Twice is once."""
    officer = Officer.objects.select_related("org").get(username="officer")
    inspector = Officer.objects.get(username="inspector")
    desk = Desk(officer, actions_of(officer), scope_of(officer, "inspection.write"), None)
    mine = _debtors_of(officer, desk)
    if mine.height < 2 or Inspection.objects.filter(author=officer, submitted_on=desk.day.on).exists():  # noqa: PLR2004
        return
    rules = load_desk_rules(home)
    told: dict[str, Any] = {"day": desk.day, "rules": rules, "due_on": None}
    one, other = mine["debtor_id"][:2].to_list()
    before = Inspection.objects.filter(author=officer, state=Inspection.State.ACCEPTED).first()
    is_later = before is not None and before.debtor_id in set(mine["debtor_id"])
    if before is not None and is_later:
        other = one if one != before.debtor_id else other
        one = before.debtor_id
    [ordered] = inspection_order(inspector, [one], kind="special", reason="年度重点客户回访", **told)
    _report(desk, ordered, _LATER if is_later else {})
    if not is_later:
        _accept(inspector, ordered, desk)
        return
    if not Inspection.objects.filter(officer=officer, kind="first", state=Inspection.State.OPEN).exists():
        inspection_order(inspector, [other], kind="first", reason="放款后首次检查", **told)


def _debtors_of(officer: Officer, desk: Desk) -> pl.DataFrame:
    """The debtors whose largest loan is the officer's, businesses first, the large last: those need two signatures."""
    debtors = debtors_inspected(desk.day)
    of_officer = debtors.filter((pl.col("officer_id") == officer.staff_no) & (pl.col("org_id") == officer.org_id))
    small = rules_on(desk.day.on).two_people[0].exposure_from_cents
    is_plain = (pl.col("tier") == "pass") & (pl.col("exposure_cents") < small)
    return of_officer.sort(
        is_plain, pl.col("legal_form") == "company", pl.col("exposure_cents"), "debtor_id",
        descending=[True, True, True, False],
    )  # fmt: skip


def _report(desk: Desk, inspection: Inspection, later: Mapping[str, str]) -> None:
    form = form_of(inspection)
    draft = Draft(_answers(form, later), way="on_site", place="客户经营场所", inspected_on=desk.day.on)
    report_submit(
        desk.officer, inspection.pk, draft, form=form, facts=facts_of(desk, inspection.debtor_id), second=None,
        seen_version=inspection.version, seen_draft=0, day=desk.day,
    )  # fmt: skip


def _answers(form: InspectionForm, later: Mapping[str, str]) -> dict[str, str]:
    """An answer to every question: no concern, but for vouchers that were not complete."""
    answers: dict[str, str] = {}
    for question in form.questions:
        name = question.question
        if question.kind == "text":
            answers |= {name: later.get(name) or _TOLD[name]} if name in _TOLD else {}
        elif question.kind == "number":
            answers[name] = _NUMBERS[name]
        elif question.kind == "yes_no":
            answers[name] = "yes" if name in _YES else "no"
        else:
            answers[name] = _CHOSEN.get(name, question.choices[0].value)
    return answers | {"use_vouchers": "no"}


def _accept(inspector: Officer, inspection: Inspection, desk: Desk) -> None:
    held = Inspection.objects.select_related("author").get(pk=inspection.pk)
    findings = findings_to_open(held, form_of(held), rules_on(held.opened_on), desk.day.on)
    report_accept(
        inspector, held.pk, opinion="检查到位，同意；用途凭证限期补齐。", findings=findings, seen_version=held.version,
        signs=[], day=desk.day,
    )  # fmt: skip
