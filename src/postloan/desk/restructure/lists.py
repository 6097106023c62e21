"""The lists of restructuring: what is negotiated and decided, and the restructured loans that are watched."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import named
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.restructure.queries import restructurings_seen, watched_seen


def _restructuring_form(desk: Desk) -> ListForm:
    return ListForm(
        name="restructurings",
        title=_("贷款重组"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("restructure:restructuring", "id")),
            Column("loan_id", _("借据号"), link=("restructure:restructuring", "id")),
            Column("state", _("状态"), "word", words="restructuring_state"),
            Column("case__waits_for", _("待办环节"), "word", words="case_step"),
            Column("difficulty", _("财务困难情形"), "word", words="difficulty"),
            Column("outstanding_cents", _("本金余额"), "money", is_summed=True),
            Column("waived_cents", _("减免金额"), "money", is_summed=True),
            Column("on", _("开始日"), "date"),
            Column("effective_on", _("生效日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("opened_by__name", _("经办人"), sorts_by="opened_by_id"),
            Column("reason", _("理由"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("restructuring_state")),
        ),
        tabs=(
            Tab("open", _("谈判中"), {"state": "open"}), Tab("proposed", _("报批中"), {"state": "proposed"}),
            Tab("approved", _("已批准"), {"state": "approved"}), Tab("all", _("全部"), {}),
        ),
        order="-on",
        key="id",
        unit=_("项"),
        begins="all",
    )  # fmt: skip


def _restructuring_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, restructurings_seen(desk))


def _watched_form(desk: Desk) -> ListForm:
    return ListForm(
        name="restructured_loans",
        title=_("重组贷款观察"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("restructure:compare", "loan_id")),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
            Column("keeping", _("履约情况"), "word", words="keeping"),
            Column("observation_ends_on", _("观察期截止日"), "date"),
            Column("days_past_due", _("逾期天数"), "days"),
            Column("missed_cents", _("欠缴金额"), "money", is_summed=True),
            Column("outstanding_cents", _("本金余额"), "money", is_summed=True),
            Column("tier", _("五级分类"), "tier"),
            Column("tier_cite", _("分类依据")),
            Column("stage", _("减值阶段"), "word", words="stage"),
            Column("next_due_on", _("下一还款日"), "date"),
            Column("is_repeat_restructured", _("再次重组"), "flag"),
            Column("matures_on", _("到期日"), "date", is_shown=False),
            Column("org_name", _("机构"), sorts_by="org_id"),
            Column("officer_name", _("客户经理"), sorts_by="officer_id"),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("keeping", _("履约情况"), ("keeping",), "one_of", choices=lambda: words_of("keeping")),
            Filter("ends_to", _("观察期截止日 ≤"), ("observation_ends_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("all", _("全部"), {}), Tab("broken", _("已欠缴"), {"keeping": "broken"}),
            Tab("kept", _("按约履行"), {"keeping": "kept"}),
        ),
        order="observation_ends_on",
        key="loan_id",
        unit=_("笔"),
    )  # fmt: skip


def _watched_rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, watched_seen(desk), named)


RESTRUCTURINGS = register(DeskList("restructurings", "restructure.read", _restructuring_form, _restructuring_rows))
WATCHED = register(DeskList("restructured_loans", "restructure.read", _watched_form, _watched_rows))
