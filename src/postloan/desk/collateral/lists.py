"""The lists of collateral: the register, what is proposed, calls, claims on insurers, title documents."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import named
from postloan.desk.collateral.models import Call, Claim, Document, Matter
from postloan.desk.collateral.queries import calls_seen, claims_seen, documents_seen, matters_seen, standing_seen
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk

_ENDS_WITHIN = timedelta(days=30)
_READ = "collateral.read"


def _register_form(desk: Desk) -> ListForm:
    soon, today = (desk.day.on + _ENDS_WITHIN).isoformat(), desk.day.on.isoformat()
    return ListForm(
        name="collateral",
        title=_("押品台账"),
        columns=(
            Column("collateral_id", _("押品号"), link=("collateral:collateral", "collateral_id")),
            Column("kind", _("押品类型"), "word", words="collateral_kind"),
            Column("description", _("描述")),
            Column("debtor_name", _("债务人"), link=("book:debtor", "debtor_id")),
            Column("claim_cents", _("担保债权额"), "money", is_summed=True),
            Column("value_cents", _("当日价值"), "money", is_summed=True),
            Column("ltv_e8", _("抵质押率"), "share"),
            Column("lends_most_e8", _("最高抵质押率"), "share"),
            Column("shortfall_cents", _("担保缺口"), "money", is_summed=True),
            Column("eligibility", _("合格性"), "word", words="eligibility"),
            Column("revalue_by_on", _("应重估日"), "date"),
            Column("registration_ends_on", _("登记到期"), "date"),
            Column("insured_to_on", _("保险到期"), "date"),
            Column("insurance", _("保险状况"), "word", words="insurance_state"),
            Column("org_name", _("机构"), sorts_by="org_id"),
            Column("stock_line", _("股票质押线"), "word", words="stock_line", is_shown=False),
            Column("counted_cents", _("可计价值"), "money", is_summed=True, is_shown=False),
            Column("prior_claims_cents", _("先顺位债权额"), "money", is_shown=False),
            Column("valued_on", _("估值日"), "date", is_shown=False),
            Column("valued_cents", _("评估价值"), "money", is_shown=False),
            Column("index_change_e8", _("指数变动"), "share", is_shown=False),
            Column("index_series", _("指数"), is_shown=False),
            Column("index_cite", _("指数依据"), is_shown=False),
            Column("region_code", _("地区代码"), is_shown=False),
            Column("loan_count", _("担保借据数"), "count", is_shown=False),
            Column("insured_cents", _("保险金额"), "money", is_shown=False),
            Column("custody", _("权证保管"), is_shown=False),
            Column("status", _("状态"), "word", words="collateral_status", is_shown=False),
            Column("officer_name", _("客户经理"), sorts_by="officer_id", is_shown=False),
        ),
        filters=_register_filters(desk),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("short", _("担保不足"), {"short_from": "0.01"}),
            Tab("line", _("触及预警线或平仓线"), {"line": "warning,close_out"}),
            Tab("revalue", _("应重估"), {"revalue_to": today}),
            Tab("registration", _("登记30天内到期"), {"registered_to": soon}),
            Tab("insurance", _("保险30天内到期"), {"insured_to": soon}),
        ),
        order="-shortfall_cents",
        key="collateral_id",
        unit=_("件"),
    )


def _register_filters(desk: Desk) -> tuple[Filter, ...]:
    return (
        Filter("q", _("押品号、描述或债务人"), ("collateral_id", "description", "debtor_name")),
        Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
        Filter("kind", _("押品类型"), ("kind",), "one_of", choices=lambda: words_of("collateral_kind")),
        Filter("eligibility", _("合格性"), ("eligibility",), "one_of", choices=lambda: words_of("eligibility")),
        Filter("insurance", _("保险状况"), ("insurance",), "one_of", choices=lambda: words_of("insurance_state")),
        Filter("line", _("股票质押线"), ("stock_line",), "one_of", choices=lambda: words_of("stock_line")),
        Filter("short_from", _("担保缺口 ≥"), ("shortfall_cents",), "at_least", "money"),
        Filter("value_from", _("当日价值 ≥"), ("value_cents",), "at_least", "money"),
        Filter("revalue_to", _("应重估日 ≤"), ("revalue_by_on",), "at_most", "date"),
        Filter("registered_to", _("登记到期 ≤"), ("registration_ends_on",), "at_most", "date"),
        Filter("insured_to", _("保险到期 ≤"), ("insured_to_on",), "at_most", "date"),
    )


def _register_rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, standing_seen(desk), named)


def _matter_form(desk: Desk) -> ListForm:
    kinds, states = Matter.Kind.values, Matter.State.values
    return ListForm(
        name="collateral_matters",
        title=_("押品事项"),
        columns=(
            Column("title", _("事项"), link=("collateral:matter", "id")),
            Column("kind", _("类别"), "word", words="case_kind"),
            Column("collateral_id", _("押品号"), link=("collateral:collateral", "collateral_id")),
            Column("state", _("状态"), "word", words="proposal_state"),
            Column("case__amount_cents", _("金额"), "money"),
            Column("case__waits_for", _("待办环节"), "word", words="case_step"),
            Column("on", _("提出日"), "date"),
            Column("made_by__name", _("提出人"), sorts_by="made_by_id"),
            Column("given__feed_day", _("移交日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("reason", _("理由"), is_shown=False),
        ),
        filters=(
            Filter("q", _("事项或押品号"), ("title", "collateral_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("kind", _("类别"), ("kind",), "one_of", choices=lambda: words_of("case_kind", kinds)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("proposal_state", states)),
        ),
        tabs=(Tab("proposed", _("报批中"), {"state": "proposed"}), Tab("all", _("全部"), {})),
        order="-on",
        key="id",
        unit=_("项"),
    )


def _matter_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, matters_seen(desk))


def _call_form(desk: Desk) -> ListForm:
    states = Call.State.values
    return ListForm(
        name="collateral_calls",
        title=_("补充担保通知"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("collateral:call", "id")),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
            Column("secured_cents", _("押品担保本金"), "money", is_summed=True),
            Column("value_cents", _("押品价值"), "money", is_summed=True),
            Column("ltv_e8", _("抵质押率"), "share"),
            Column("shortfall_cents", _("担保缺口"), "money", is_summed=True),
            Column("state", _("状态"), "word", words="call_state"),
            Column("on", _("发现日"), "date"),
            Column("due_on", _("答复期限"), "date"),
            Column("sent_on", _("送达日"), "date"),
            Column("answer", _("处理方式"), "word", words="case_kind"),
            Column("closed_on", _("销号日"), "date", is_shown=False),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id"),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("call_state", states)),
            Filter("due_to", _("答复期限 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("running", _("未销号"), {"state": "open,noticed,answered"}),
            Tab("open", _("未通知"), {"state": "open"}),
            Tab("all", _("全部"), {}),
        ),
        order="-shortfall_cents",
        key="id",
        unit=_("笔"),
    )  # fmt: skip


def _call_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, calls_seen(desk))


def _claim_form(desk: Desk) -> ListForm:
    states = Claim.State.values
    return ListForm(
        name="collateral_claims",
        title=_("保险索赔"),
        columns=(
            Column("collateral_id", _("押品号"), link=("collateral:claim", "id")),
            Column("debtor_name", _("债务人"), link=("book:debtor", "debtor_id")),
            Column("insurer", _("保险公司")),
            Column("happened_on", _("出险日"), "date"),
            Column("loss_cents", _("估计损失"), "money", is_summed=True),
            Column("state", _("状态"), "word", words="claim_state"),
            Column("due_on", _("下一步期限"), "date"),
            Column("filed_cents", _("索赔金额"), "money", is_summed=True),
            Column("granted_cents", _("核定金额"), "money", is_summed=True),
            Column("ending", _("结案方式"), "word", words="case_kind"),
            Column("lapses_on", _("索赔时效届满"), "date"),
            Column("policy_no", _("保单号"), is_shown=False),
            Column("closed_on", _("结案日"), "date", is_shown=False),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id"),
        ),
        filters=(
            Filter("q", _("押品号、债务人或保单号"), ("collateral_id", "debtor_name", "policy_no")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("claim_state", states)),
            Filter("due_to", _("下一步期限 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("running", _("未结案"), {"state": ",".join(each for each in states if each != Claim.State.CLOSED)}),
            Tab("all", _("全部"), {}),
        ),
        order="due_on",
        key="id",
        unit=_("项"),
    )  # fmt: skip


def _claim_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, claims_seen(desk))


def _document_form(desk: Desk) -> ListForm:
    states = Document.State.values
    return ListForm(
        name="title_documents",
        title=_("权证"),
        columns=(
            Column("number", _("权证编号"), link=("collateral:document", "id")),
            Column("name", _("权证名称")),
            Column("collateral_id", _("押品号"), link=("collateral:collateral", "collateral_id")),
            Column("state", _("状态"), "word", words="document_state"),
            Column("held_as", _("保管位置")),
            Column("due_back_on", _("应归还日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
        ),
        filters=(
            Filter("q", _("权证编号、名称或押品号"), ("number", "name", "collateral_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("document_state", states)),
            Filter("back_to", _("应归还日 ≤"), ("due_back_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("all", _("全部"), {}), Tab("held", _("在库"), {"state": "held,leaving"}),
            Tab("out", _("出库"), {"state": "out,returning"}),
            Tab("late", _("逾期未还"), {"back_to": (desk.day.on - timedelta(days=1)).isoformat()}),
        ),
        order="due_back_on",
        key="id",
        unit=_("份"),
    )  # fmt: skip


def _document_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, documents_seen(desk))


REGISTER = register(DeskList("collateral", _READ, _register_form, _register_rows))
MATTERS = register(DeskList("collateral_matters", _READ, _matter_form, _matter_rows))
CALLS = register(DeskList("collateral_calls", _READ, _call_form, _call_rows))
CLAIMS = register(DeskList("collateral_claims", _READ, _claim_form, _claim_rows))
DOCUMENTS = register(DeskList("title_documents", _READ, _document_form, _document_rows))
