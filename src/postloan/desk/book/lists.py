"""The lists of the book: loans, debtors, groups."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import debtors_seen, groups_seen, loans_seen, named, office_is, products_of
from postloan.desk.book.sets import loans_of_set, set_said
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.tables.units import BUCKETS

_MATURES_WITHIN = timedelta(days=30)


_LOAN_COLUMNS = (
    Column("debtor_name", _("客户名称"), link=("book:debtor", "debtor_id")),
    Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
    Column("org_name", _("机构"), sorts_by="org_id"),
    Column("product", _("产品")),
    Column("outstanding_cents", _("本金余额"), "money", is_summed=True),
    Column("overdue_principal_cents", _("逾期本金"), "money", is_summed=True),
    Column("arrears_cents", _("欠息及费用"), "money", is_summed=True),
    Column("days_past_due", _("逾期天数"), "days"),
    Column("tier", _("五级分类"), "tier"),
    Column("security_kind", _("担保"), "word", words="security_kind"),
    Column("officer_name", _("客户经理"), sorts_by="officer_id"),
    Column("next_due_on", _("下一还款日"), "date"),
    Column("matures_on", _("到期日"), "date"),
    Column("grade", _("细分等级"), is_shown=False),
    Column("bucket", _("逾期账龄"), is_shown=False),
    Column("status", _("状态"), "word", words="status", is_shown=False),
    Column("exposure_kind", _("业务种类"), "word", words="exposure_kind", is_shown=False),
    Column("legal_form", _("客户类型"), "word", words="legal_form", is_shown=False),
    Column("industry_code", _("行业代码"), is_shown=False),
    Column("region_code", _("地区代码"), is_shown=False),
    Column("group_id", _("集团号"), is_shown=False),
    Column("own_share_outstanding_cents", _("自担余额"), "money", is_shown=False, is_summed=True),
    Column("principal_cents", _("借款金额"), "money", is_shown=False, is_summed=True),
    Column("rate_in_force_e8", _("执行年利率"), "share", is_shown=False),
    Column("disbursed_on", _("放款日"), "date", is_shown=False),
    Column("last_paid_on", _("最近还款日"), "date", is_shown=False),
    Column("tier_since_on", _("现分类起始日"), "date", is_shown=False),
    Column("tier_last_quarter", _("上季末分类"), "tier", is_shown=False),
    Column("tier_cite", _("分类依据"), is_shown=False),
    Column("is_restructured", _("重组"), "flag", is_shown=False),
    Column("stage", _("减值阶段"), "word", words="stage", is_shown=False),
    Column("ecl_method", _("减值计量方法"), "word", words="ecl_method", is_shown=False),
    Column("claim_cents", _("风险暴露"), "money", is_shown=False, is_summed=True),
    Column("ecl_cents", _("减值准备"), "money", is_shown=False, is_summed=True),
)


def _loan_form(desk: Desk) -> ListForm:
    soon = (desk.day.on + _MATURES_WITHIN).isoformat()
    return ListForm(
        name="loans",
        title=_("借据"),
        columns=_LOAN_COLUMNS,
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id", "debtor_id")),
            Filter(
                "org",
                _("机构（含下级）"),
                ("org_id",),
                "one_of",
                choices=lambda: org_choices(desk),
                where=lambda answer: office_is(desk, answer),
            ),
            Filter("tier", _("五级分类"), ("tier",), "one_of", choices=lambda: words_of("tier")),
            Filter("bucket", _("逾期账龄"), ("bucket",), "one_of", choices=lambda: [(each, each) for each in BUCKETS]),
            Filter("days_from", _("逾期天数 ≥"), ("days_past_due",), "at_least", "days"),
            Filter("days_to", _("逾期天数 ≤"), ("days_past_due",), "at_most", "days"),
            Filter("balance_from", _("余额 ≥"), ("outstanding_cents",), "at_least", "money"),
            Filter("matures_to", _("到期日 ≤"), ("matures_on",), "at_most", "date"),
            Filter("status", _("状态"), ("status",), "one_of", choices=lambda: words_of("status")),
            Filter("product", _("产品"), ("product",), "one_of", choices=lambda: products_of(desk)),
            Filter("stage", _("减值阶段"), ("stage",), "one_of", choices=lambda: words_of("stage")),
            Filter("industry", _("行业代码"), ("industry_code",), "one_of"),
            Filter("officer", _("客户经理工号"), ("officer_id",), "one_of"),
            Filter(
                "set",
                _("名单"),
                (),
                where=lambda answer: loans_of_set(desk, answer),
                say=lambda answer: set_said(desk, answer),
            ),
        ),
        tabs=(
            Tab("active", _("在账"), {"status": "active"}),
            Tab("overdue", _("逾期"), {"status": "active", "days_from": "1"}),
            Tab("m1", "M1", {"status": "active", "bucket": "M1"}),
            Tab("m2", "M2", {"status": "active", "bucket": "M2"}),
            Tab("m3", "M3", {"status": "active", "bucket": "M3"}),
            Tab("watch", _("关注"), {"status": "active", "tier": "special_mention"}),
            Tab("npl", _("不良"), {"status": "active", "tier": "substandard,doubtful,loss"}),
            Tab("maturing", _("30天内到期"), {"status": "active", "matures_to": soon}),
            Tab("all", _("全部"), {}),
        ),
        order="-days_past_due",
        key="loan_id",
        unit=_("笔"),
    )


_DEBTOR_COLUMNS = (
    Column("name", _("客户名称"), link=("book:debtor", "debtor_id")),
    Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id")),
    Column("legal_form", _("客户类型"), "word", words="legal_form"),
    Column("size_class", _("企业规模"), "word", words="size_class"),
    Column("org_name", _("主办机构"), sorts_by="org_id"),
    Column("officer_name", _("客户经理"), sorts_by="officer_id"),
    Column("loan_count", _("贷款笔数"), "count"),
    Column("exposure_cents", _("贷款余额"), "money", is_summed=True),
    Column("overdue_cents", _("逾期本金"), "money", is_summed=True),
    Column("arrears_cents", _("欠息及费用"), "money", is_summed=True),
    Column("days_past_due_worst", _("最长逾期天数"), "days"),
    Column("tier_worst", _("最差分类"), "tier"),
    Column("group_id", _("集团号"), link=("book:group", "group_id")),
    Column("npl_cents", _("不良余额"), "money", is_shown=False, is_summed=True),
    Column("all_banks_cents", _("全部银行负债"), "money", is_shown=False),
    Column("industry_code", _("行业代码"), is_shown=False),
    Column("region_code", _("地区代码"), is_shown=False),
)


def _debtor_form(desk: Desk) -> ListForm:
    return ListForm(
        name="debtors",
        title=_("客户"),
        columns=_DEBTOR_COLUMNS,
        filters=(
            Filter("q", _("客户名称或客户号"), ("name", "debtor_id")),
            Filter("org", _("主办机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("form", _("客户类型"), ("legal_form",), "one_of", choices=lambda: words_of("legal_form")),
            Filter("tier", _("最差分类"), ("tier_worst",), "one_of", choices=lambda: words_of("tier")),
            Filter("days_from", _("逾期天数 ≥"), ("days_past_due_worst",), "at_least", "days"),
            Filter("balance_from", _("余额 ≥"), ("exposure_cents",), "at_least", "money"),
            Filter("count_from", _("笔数 ≥"), ("loan_count",), "at_least", "count"),
        ),
        tabs=(
            Tab("active", _("有余额"), {"balance_from": "0.01"}),
            Tab("overdue", _("逾期"), {"days_from": "1"}),
            Tab("npl", _("不良"), {"tier": "substandard,doubtful,loss"}),
            Tab("company", _("企业"), {"form": "company", "balance_from": "0.01"}),
            Tab("all", _("全部"), {}),
        ),
        order="-exposure_cents",
        key="debtor_id",
        unit=_("户"),
    )


_GROUP_COLUMNS = (
    Column("group_id", _("集团号"), link=("book:group", "group_id")),
    Column("largest_name", _("最大成员")),
    Column("member_count", _("成员数"), "count"),
    Column("loan_count", _("贷款笔数"), "count"),
    Column("exposure_cents", _("贷款余额"), "money", is_summed=True),
    Column("overdue_cents", _("逾期本金"), "money", is_summed=True),
    Column("npl_cents", _("不良余额"), "money", is_summed=True),
    Column("npl_member_count", _("不良成员"), "count"),
    Column("days_past_due_worst", _("最长逾期天数"), "days"),
    Column("tier_worst", _("最差分类"), "tier"),
)


def _group_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="groups",
        title=_("集团客户"),
        columns=_GROUP_COLUMNS,
        filters=(
            Filter("q", _("集团号或最大成员"), ("group_id", "largest_name")),
            Filter("tier", _("最差分类"), ("tier_worst",), "one_of", choices=lambda: words_of("tier")),
            Filter("npl_from", _("不良成员 ≥"), ("npl_member_count",), "at_least", "count"),
        ),
        tabs=(Tab("all", _("全部"), {}), Tab("npl", _("有不良成员"), {"npl_from": "1"})),
        order="-exposure_cents",
        key="group_id",
        unit=_("个"),
    )


def _loan_rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, loans_seen(desk), named)


def _debtor_rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, debtors_seen(desk), named)


def _group_rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, groups_seen(desk))


LOANS = register(DeskList("loans", "loan.read", _loan_form, _loan_rows))
DEBTORS = register(DeskList("debtors", "debtor.read", _debtor_form, _debtor_rows))
GROUPS = register(DeskList("groups", "debtor.read", _group_form, _group_rows))
