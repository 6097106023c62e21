"""The demo bank's collateral: a document in the vault, a call that was told, values that wait to be confirmed."""

from typing import Any
from uuid import UUID

import polars as pl

from postloan.desk.approval.actions import AGREE
from postloan.desk.approval.models import Case
from postloan.desk.collateral.calls.actions import call_notice
from postloan.desk.collateral.custody.actions import document_in
from postloan.desk.collateral.matters.actions import matter_decide
from postloan.desk.collateral.models import Call, Matter
from postloan.desk.collateral.queries import calls_seen, rules_of, standing_seen
from postloan.desk.collateral.valuation.actions import batch_propose
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk

_DOCUMENT, _BATCH = UUID(int=6), UUID(int=7)
"""Keys that do not change, so that a list shows them in one order in every demo."""
_CAPTION = ("不动产登记证明", "浙(2024)不动产证明第0001号", "金库3号柜", "抵押人", "新办抵押登记，权证入库。")
_GROUNDS = "所在城市同类房产成交价较上次估值下跌约8%，拟批量下调。"


def collateral_a_little(officer: Officer, risk: Officer) -> None:
    """Let the account officer work on his collateral; where any was worked on, nothing is done."""
    if Matter.objects.exists():
        return
    desk = Desk(officer, actions_of(officer), scope_of(officer, "collateral.write"), None)
    held = standing_seen(desk).filter(pl.col("eligibility") == "eligible")
    if held.is_empty():
        return
    _keep_document(desk, held.row(0, named=True), risk)
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
    version = Case.objects.get(pk=made.case_id).version
    matter_decide(risk, made.pk, AGREE, seen_version=version, reason="", day=desk.day)
