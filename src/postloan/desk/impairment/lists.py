"""The lists of impairment: loans to be explained, proposals, plans held to account, sign-offs."""

from collections.abc import Sequence

import polars as pl
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import named
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Said, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.impairment.backtest import backtest, plans_held
from postloan.desk.impairment.differences import differences
from postloan.desk.impairment.models import RunSign
from postloan.desk.impairment.queries import loans_with_open_plan, proposals_seen
from postloan.desk.report.kept import runs_published

_KINDS = ("recovery_plan", "stage", "watch")


def _difference_form(desk: Desk) -> ListForm:
    return ListForm(
        name="loss_differences",
        title=_("减值例外"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("book:debtor", "debtor_id")),
            Column("loan_id", _("借据号"), link=("impairment:loan", "loan_id")),
            Column("org_name", _("机构"), sorts_by="org_id"),
            Column("kind", _("例外"), "word", words="loss_difference"),
            Column("tier", _("五级分类"), "tier"),
            Column("stage", _("减值阶段"), "word", words="stage"),
            Column("ground", _("阶段成因"), "word", words="stage_cause"),
            Column("days_past_due", _("逾期天数"), "days"),
            Column("claim_cents", _("风险暴露"), "money", is_summed=True),
            Column("ecl_cents", _("减值准备"), "money", is_summed=True),
            Column("is_under_way", _("认定报批中"), "flag"),
            Column("officer_name", _("客户经理"), sorts_by="officer_id"),
            Column("product", _("产品"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("kind", _("例外"), ("kind",), "one_of", choices=lambda: words_of("loss_difference")),
            Filter("ground", _("阶段成因"), ("ground",), "one_of", choices=lambda: words_of("stage_cause")),
            Filter("claim_from", _("风险暴露 ≥"), ("claim_cents",), "at_least", "money"),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("no_plan", _("应个别认定"), {"kind": "no_plan"}),
            Tab("stage_only", _("阶段三非不良"), {"kind": "stage_only"}),
            Tab("tier_only", _("不良非阶段三"), {"kind": "tier_only"}),
        ),
        order="-claim_cents",
        key="key",
        unit=_("笔"),
    )


def _difference_rows(desk: Desk, form: ListForm) -> Source:
    under_way = pl.col("loan_id").is_in(sorted(loans_with_open_plan()))
    return FrameSource(form, differences(desk.day, desk.scope).with_columns(is_under_way=under_way), named)


def _proposal_form(desk: Desk) -> ListForm:
    return ListForm(
        name="loss_proposals",
        title=_("个别认定与阶段调整"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("impairment:proposal", "id")),
            Column("loan_id", _("借据号"), link=("impairment:loan", "loan_id")),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("kind", _("事项"), "word", words="case_kind"),
            Column("claim_cents", _("风险暴露"), "money", is_summed=True),
            Column("loss_cents", _("提出时准备"), "money", is_summed=True),
            Column("planned_cents", _("按计划准备"), "money", is_summed=True),
            Column("state", _("状态"), "word", words="proposal_state"),
            Column("case__waits_for", _("待办环节"), "word", words="case_step"),
            Column("on", _("提出日"), "date"),
            Column("ends_on", _("截止日"), "date"),
            Column("decision__effective_on", _("生效日"), "date"),
            Column("reason", _("理由"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("kind", _("事项"), ("kind",), "one_of", choices=lambda: words_of("case_kind", _KINDS)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("proposal_state")),
        ),
        tabs=(
            Tab("proposed", _("报批中"), {"state": "proposed"}),
            Tab("plans", _("个别认定"), {"kind": "recovery_plan"}),
            Tab("stages", _("阶段与观察名单"), {"kind": "stage,watch"}),
            Tab("all", _("全部"), {}),
        ),
        order="-on",
        key="id",
        unit=_("项"),
    )


def _proposal_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, proposals_seen(desk))


def _backtest_form(desk: Desk) -> ListForm:
    return ListForm(
        name="recoveries",
        title=_("回收回溯"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("book:debtor", "debtor_id")),
            Column("loan_id", _("借据号"), link=("impairment:loan", "loan_id")),
            Column("org_name", _("机构"), sorts_by="org_id"),
            Column("state", _("计划状态"), "word", words="proposal_state"),
            Column("began_on", _("起"), "date"),
            Column("until_on", _("止"), "date"),
            Column("claim_cents", _("风险暴露"), "money", is_shown=False, is_summed=True),
            Column("expected_cents", _("应已收回"), "money", is_summed=True),
            Column("received_cents", _("实际收回"), "money", is_summed=True),
            Column("gap_cents", _("差额"), "money", is_summed=True),
            Column("kept_e8", _("实现率"), "share"),
            Column("in_all_cents", _("计划总额"), "money", is_summed=True),
            Column("planned_cents", _("按计划准备"), "money", is_shown=False, is_summed=True),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("gap_to", _("差额 ≤"), ("gap_cents",), "at_most", "money"),
            Filter("state", _("计划状态"), ("state",), "one_of", choices=_held_states),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("behind", _("低于预期"), {"gap_to": "-0.01"}),
            Tab("now", _("现行计划"), {"state": "approved"}),
        ),
        order="gap_cents",
        key="key",
        unit=_("项"),
    )


def _held_states() -> Sequence[tuple[str, Said]]:
    return words_of("proposal_state", ("approved", "replaced"))


def _backtest_rows(desk: Desk, form: ListForm) -> Source:
    rows = backtest(desk, plans_held(desk)).with_columns(officer_id=pl.lit(None, pl.String))
    return FrameSource(form, rows, named)


def _sign_form(desk: Desk) -> ListForm:
    # Every run that is still what is published of its day; the others were computed again since.
    latest = {run for _on, run in runs_published(desk.day.home)}

    def said_run(run_id: str) -> str:
        return run_id if run_id in latest else gettext("%s（已被取代）") % run_id

    return ListForm(
        name="run_signs",
        title=_("减值签批记录"),
        columns=(
            Column("on", _("营业日期"), "date"),
            Column("run_id", _("批次"), say=said_run),
            Column("state", _("状态"), "word", words="sign_state"),
            Column("reviewed_by__name", _("复核人")),
            Column("reviewed_at", _("复核时间"), "moment"),
            Column("review_note", _("复核意见")),
            Column("signed_by__name", _("签批人")),
            Column("signed_at", _("签批时间"), "moment"),
            Column("sign_note", _("签批意见")),
        ),
        filters=(
            Filter("q", _("批次"), ("run_id",)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("sign_state")),
        ),
        tabs=(Tab("all", _("全部"), {}), Tab("open", _("待签批"), {"state": "reviewed"})),
        order="-on",
        key="id",
        unit=_("次"),
    )


def _sign_rows(_desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, RunSign.objects.all())


DIFFERENCES = register(DeskList("loss_differences", "impairment.read", _difference_form, _difference_rows))
PROPOSALS = register(DeskList("loss_proposals", "impairment.read", _proposal_form, _proposal_rows))
RECOVERIES = register(DeskList("recoveries", "impairment.read", _backtest_form, _backtest_rows))
SIGNS = register(DeskList("run_signs", "impairment.read", _sign_form, _sign_rows))
