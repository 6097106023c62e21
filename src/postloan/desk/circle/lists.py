"""The list of guarantee circles: how large each is, on whom most hangs, and what the worst fall in it would lose."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.circle.queries import circles_seen
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.pages import Desk


def _form(_desk: Desk) -> ListForm:
    return ListForm(
        name="circles",
        title=_("担保圈"),
        columns=(
            Column("circle_no", _("担保圈号"), link=("circle:circle", "circle_no")),
            Column("hub_name", _("枢纽保证人"), link=("circle:circle", "circle_no")),
            Column("member_count", _("户数"), "count"),
            Column("core_count", _("互保户数"), "count"),
            Column("ring_members", _("最短循环户数"), "count"),
            Column("claim_cents", _("风险暴露"), "money", is_summed=True),
            Column("tier_worst", _("最差分类"), "tier"),
            Column("impaired_count", _("已减值户数"), "count"),
            Column("worst_name", _("最坏单户")),
            Column("worst_fallen", _("其违约后倒下户数"), "count"),
            Column("worst_lost_cents", _("传导损失"), "money"),
            Column("expected_cents", _("一年预期损失"), "money", is_summed=True),
            Column("hub_cents", _("枢纽可被追索金额"), "money", is_shown=False),
            Column("warned_count", _("有预警户数"), "count", is_shown=False),
            Column("worst_is_cut", _("传导试算已截断"), "flag", is_shown=False),
        ),
        filters=(
            Filter("q", _("枢纽或最坏单户"), ("hub_name", "worst_name")),
            Filter("tier", _("最差分类"), ("tier_worst",), "one_of", choices=lambda: words_of("tier")),
            Filter("size_from", _("户数 ≥"), ("member_count",), "at_least", "count"),
            Filter("core_from", _("互保户数 ≥"), ("core_count",), "at_least", "count"),
            Filter("impaired_from", _("已减值户数 ≥"), ("impaired_count",), "at_least", "count"),
            Filter("lost_from", _("传导损失 ≥"), ("worst_lost_cents",), "at_least", "money"),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("core", _("有互保"), {"core_from": "1"}),
            Tab("impaired", _("有已减值成员"), {"impaired_from": "1"}),
        ),
        order="-worst_lost_cents",
        key="circle_no",
        unit=_("个"),
    )  # fmt: skip


def _rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, circles_seen(desk))


CIRCLES = register(DeskList("circles", "debtor.read", _form, _rows))
