"""Tables of papers: which columns of a feed table a page shows, and what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import Cell, cell
from postloan.desk.core.lists.form import Column

PAPERS: dict[str, tuple[Column, ...]] = {
    "instalments": (
        Column("version", _("版本"), "count"), Column("seq", _("期次"), "count"), Column("due_on", _("应还日"), "date"),
        Column("principal_cents", _("本金"), "money"), Column("interest_cents", _("利息"), "money"),
        Column("fee_cents", _("费用"), "money"), Column("effective_on", _("生效日"), "date"),
    ),
    "payments": (
        Column("paid_on", _("还款日"), "date"), Column("payment_id", _("流水号")),
        Column("amount_cents", _("金额"), "money"), Column("channel", _("渠道")),
        Column("reverses_payment_id", _("冲正")),
    ),
    "drawdowns": (
        Column("paid_on", _("放款日"), "date"), Column("drawdown_id", _("放款号")),
        Column("amount_cents", _("金额"), "money"), Column("payee", _("收款人")),
        Column("pay_out", _("支付方式"), "word", words="pay_out"),
    ),
    "decisions": (
        Column("effective_on", _("生效日"), "date"), Column("decision_id", _("决定号")), Column("kind", _("类型")),
        Column("ends_on", _("止"), "date"), Column("terms", _("内容")),
    ),
    "legal_events": (
        Column("happened_on", _("日期"), "date"), Column("kind", _("类型"), "word", words="legal_step"),
        Column("ends_on", _("止"), "date"), Column("guarantee_id", _("保证号")),
        Column("asset_kind", _("财产种类"), "word", words="asset_kind"), Column("asset_id", _("财产编号")),
        Column("proof", _("凭证")),
    ),
    "pledges": (
        Column("collateral_id", _("押品号")), Column("kind", _("押品类型"), "word", words="collateral_kind"),
        Column("description", _("描述")), Column("secures_id", _("担保对象")), Column("rank", _("顺位"), "count"),
        Column("secured_cents", _("担保金额"), "money"), Column("value_cents", _("估值"), "money"),
        Column("valued_on", _("估值日"), "date"), Column("registration_ends_on", _("登记到期"), "date"),
        Column("insured_to_on", _("保险到期"), "date"),
    ),
    "guarantees": (
        Column("guarantor_id", _("保证人"), link=("book:debtor", "guarantor_id")), Column("secures_id", _("担保对象")),
        Column("kind", _("保证方式"), "word", words="guarantee_kind"), Column("amount_cents", _("保证金额"), "money"),
        Column("begins_on", _("起"), "date"), Column("ends_on", _("止"), "date"),
    ),
    "relations": (
        Column("other_id", _("关联方")), Column("kind", _("关系"), "word", words="relation"),
        Column("share_e8", _("持股比例"), "share"),
    ),
    "events": (
        Column("happened_on", _("日期"), "date"), Column("source", _("来源"), "word", words="event_source"),
        Column("kind", _("类型")), Column("amount_cents", _("金额"), "money"), Column("text", _("内容")),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class PaperTable:
    """A small table: its columns, and its rows as cells."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def as_table(part: str, rows: pl.DataFrame) -> PaperTable:
    """Draw the rows of a paper."""
    columns = PAPERS[part]
    return PaperTable(columns, [[cell(column, row, {}) for column in columns] for row in rows.iter_rows(named=True)])
