"""The demo bank's collateral: a document in the vault, a call that was told, a loss, a valuer, values that wait."""

from typing import Any
from uuid import UUID

import polars as pl

from postloan.desk.approval.actions import AGREE
from postloan.desk.approval.models import Case
from postloan.desk.collateral.calls.actions import call_notice
from postloan.desk.collateral.claims.actions import NewLoss, Step, claim_tell, loss_note
from postloan.desk.collateral.custody.actions import document_in
from postloan.desk.collateral.matters.actions import matter_decide
from postloan.desk.collateral.models import Call, Document, Matter, Valuer
from postloan.desk.collateral.queries import calls_seen, loans_of, rules_of, standing_seen
from postloan.desk.collateral.valuation.actions import batch_propose
from postloan.desk.collateral.valuers.actions import NewTerm, term_propose
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.tables.inputs.security import COLLATERAL_KINDS

_DOCUMENT, _BATCH, _LOSS, _VALUER = UUID(int=6), UUID(int=7), UUID(int=8), UUID(int=9)
"""Keys that do not change, so that a list shows them in one order in every demo."""
_CAPTION = ("不动产登记证明", "浙(2024)不动产证明第0001号", "金库3号柜", "抵押人", "新办抵押登记，权证入库。")
_GROUNDS = "所在城市同类房产成交价较上次估值下跌约8%，拟批量下调。"


_FIRM = ("华盛资产评估有限公司", "91330000MA27DEMO01")
_FLOOD = "台风过境，底层进水，装修和设备受损。"


def valuer_a_little(keeper: Officer, approver: Officer) -> None:
    """Let head office put the valuer of the demo's appraisals on the list; where any is on it, nothing is done."""
    if Valuer.objects.exists():
        return
    desk = Desk(keeper, actions_of(keeper), scope_of(keeper, "collateral.write"), None)
    name, code = _FIRM
    new = NewTerm(
        Matter.Kind.VALUER_LISTED, name, code, desk.day.on.replace(month=1, day=1),
        desk.day.on.replace(year=desk.day.on.year + 1, month=12, day=31), COLLATERAL_KINDS,
    )  # fmt: skip
    made = term_propose(keeper, new, reason="年度评审合格，准入。", matter_id=_VALUER, rule=rules_of(desk).valuers,
                        day=desk.day)  # fmt: skip
    _agree(made, approver, desk)


def collateral_a_little(officer: Officer, risk: Officer) -> None:
    """Let the account officer work on his collateral; where any was worked on, nothing is done."""
    if Call.objects.filter(state=Call.State.NOTICED).exists() or Document.objects.exists():
        return
    desk = Desk(officer, actions_of(officer), scope_of(officer, "collateral.write"), None)
    held = standing_seen(desk).filter(pl.col("eligibility") == "eligible")
    if held.is_empty():
        return
    _keep_document(desk, held.row(0, named=True), risk)
    _lose_some(desk, held)
    call = calls_seen(desk).filter(state=Call.State.OPEN).order_by("-shortfall_cents").first()
    if call is not None:
        call_notice(
            officer, call.pk, sent_on=desk.day.on, way=Call.Way.DELIVERED, note="客户当面签收。",
            seen_version=call.version, day=desk.day,
        )  # fmt: skip
    kind = held.filter(pl.col("value_cents") > 0).sort("collateral_id")["kind"][0]
    chosen = held.filter(pl.col("kind") == kind)
    values = {key: cents * 92 // 100 for key, cents in chosen.select("collateral_id", "value_cents").iter_rows()}
    batch_propose(officer, chosen.to_dicts(), values, source="-8%", reason=_GROUNDS, matter_id=_BATCH,
                  rule=rules_of(desk).batch, day=desk.day)  # fmt: skip


def _keep_document(desk: Desk, standing: dict[str, Any], risk: Officer) -> None:
    name, number, held_as, other, reason = _CAPTION
    made = document_in(desk.officer, standing, name=name, number=number, held_as=held_as, other=other, reason=reason,
                       document_id=_DOCUMENT, day=desk.day)  # fmt: skip
    _agree(made, risk, desk)


def _lose_some(desk: Desk, held: pl.DataFrame) -> None:
    """A flood, of which the insurer was told; the claim waits to be filed."""
    insured = held.filter(pl.col("insured_to_on") > desk.day.on).sort("collateral_id")
    if insured.is_empty():
        return
    row, rule = insured.row(0, named=True), rules_of(desk).claim
    loss_cents = row["insured_cents"] // 10
    new = NewLoss(
        insurer="青禾财产保险", policy_no="PQ2026000001", is_first=True, happened_on=desk.day.on, what=_FLOOD,
        loss_cents=loss_cents, loan_ids=[each["loan_id"] for each in loans_of(desk, row["collateral_id"])],
    )  # fmt: skip
    claim = loss_note(desk.officer, row, new, claim_id=_LOSS, rule=rule, day=desk.day)
    claim_tell(desk.officer, claim.pk, Step(desk.day.on, "报案号 QH-0001", claim.version, desk.day), rule)


def _agree(made: Matter, officer: Officer, desk: Desk) -> None:
    version = Case.objects.get(pk=made.case_id).version
    matter_decide(officer, made.pk, AGREE, seen_version=version, reason="", day=desk.day)
