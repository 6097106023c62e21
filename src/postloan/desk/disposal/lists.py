"""The list of legal clocks: what is lost first stands first."""

from collections.abc import Sequence

import polars as pl
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import named, office_is
from postloan.desk.book.tables import PaperTable
from postloan.desk.core.lists.cells import cell, language, words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.clocks import RUNNING, clocks_seen, rules_of
from postloan.tables.said import said

_RUNS = ",".join(RUNNING)


def say_step(step: str) -> str:
    """Say a step at law; one that is on no list says itself."""
    return said("legal_step", step, language())


def _leads(desk: Desk) -> Sequence[Tab]:
    """A tab a lead of the bank's, the shortest first."""
    days = sorted(each.days for each in rules_of(desk.day).leads)
    return [
        Tab(f"in{each}", gettext("%(days)s 天内") % {"days": each}, {"state": _RUNS, "days_to": str(each)})
        for each in days
    ]


COLUMNS: tuple[Column, ...] = (
    Column("debtor_name", _("客户名称"), link=("book:debtor", "debtor_id")),
    Column("kind", _("时限种类"), "word", words="clock"),
    Column("ends_on", _("届满日"), "date"),
    Column("days_left", _("剩余天数"), "count"),
    Column("keeps", _("保全措施"), "word", words="clock_keeps"),
    Column("state", _("状态"), "word", words="clock_state"),
    Column("outstanding_cents", _("本金余额"), "money"),
    Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
    Column("guarantor_id", _("保证人")),
    Column("org_name", _("机构"), sorts_by="org_id"),
    Column("officer_name", _("客户经理"), sorts_by="officer_id"),
    Column("began_on", _("起算日"), "date", is_shown=False),
    Column("restarted_on", _("重新起算日"), "date", is_shown=False),
    Column("touched_by", _("中断或保全事项"), say=say_step, is_shown=False),
    Column("asset_id", _("财产编号"), is_shown=False),
    Column("guarantee_id", _("保证号"), is_shown=False),
    Column("tier", _("五级分类"), "tier", is_shown=False),
    Column("loan_status", _("借据状态"), "word", words="status", is_shown=False),
    Column("product", _("产品"), is_shown=False),
    Column("cite", _("依据"), is_shown=False),
)


_OF_ONE = (
    "kind", "state", "ends_on", "days_left", "keeps", "loan_id", "guarantor_id", "touched_by", "restarted_on", "cite",
)  # fmt: skip


def clocks_table(rows: pl.DataFrame, *, of_loan: bool) -> PaperTable:
    """The clocks of a loan or debtor as a small table."""
    wanted = [name for name in _OF_ONE if not (of_loan and name == "loan_id")]
    columns = [column for name in wanted for column in COLUMNS if column.name == name]
    return PaperTable(columns, [[cell(column, row, {}) for column in columns] for row in rows.iter_rows(named=True)])


def _form(desk: Desk) -> ListForm:
    mine = [Tab("mine", _("我的"), {"state": _RUNS, "officer": desk.officer.staff_no})] if desk.officer.staff_no else []
    return ListForm(
        name="clocks",
        title=_("法律时限"),
        columns=COLUMNS,
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id", "debtor_id")),
            Filter("kind", _("时限种类"), ("kind",), "one_of", choices=lambda: words_of("clock")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("clock_state")),
            Filter("keeps", _("保全措施"), ("keeps",), "one_of", choices=lambda: words_of("clock_keeps")),
            Filter("org", _("机构（含下级）"), ("org_id",), "one_of", choices=lambda: org_choices(desk),
                   where=lambda answer: office_is(desk, answer)),
            Filter("days_to", _("剩余天数 ≤"), ("days_left",), "at_most", "count"),
            Filter("balance_from", _("余额 ≥"), ("outstanding_cents",), "at_least", "money"),
            Filter("officer", _("客户经理工号"), ("officer_id",), "one_of"),
        ),
        tabs=(
            Tab("running", _("未届满"), {"state": _RUNS}),
            *_leads(desk),
            *mine,
            Tab("lost", _("已过时限"), {"state": "lost"}),
            Tab("kept", _("已保全"), {"state": "kept"}),
            Tab("all", _("全部"), {}),
        ),
        order="ends_on",
        key="clock_id",
        unit=_("项"),
    )  # fmt: skip


def _rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, clocks_seen(desk), named)


CLOCKS = register(DeskList("clocks", "clock.read", _form, _rows))
