"""The lists of classification: batches of offices, and the loans in them."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from postloan.desk.classification.models import Batch
from postloan.desk.classification.queries import STEPS, batches_seen, items_seen
from postloan.desk.core.authority import within
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Said, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk

_BATCH_STATES = (("open", _("办理中")), ("closed", _("已办结")))
_YES_NO = (("True", _("是")), ("False", _("否")))


def _state(value: str) -> str:
    return str(dict(_BATCH_STATES).get(value, value))


def _batch_form(desk: Desk) -> ListForm:
    return ListForm(
        name="batches",
        title=_("风险分类"),
        columns=(
            Column("org__name", _("机构"), link=("classification:batch", "id"), sorts_by="org_id"),
            Column("quarter_on", _("季度末"), "date"),
            Column("on", _("数据日期"), "date"),
            Column("all", _("单笔分类"), "count"),
            Column("propose", _("待初分"), "count"),
            Column("determine", _("待认定"), "count"),
            Column("approve", _("待审批"), "count"),
            Column("done", _("已办结"), "count"),
            Column("judged", _("与系统不同"), "count"),
            Column("sheet__loans", _("零售笔数"), "count"),
            Column("sheet__case__waits_for", _("零售待办环节"), "word", words="case_step"),
            Column("state", _("状态"), "word", say=_state),
        ),
        filters=(
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("quarter", _("季度末"), ("quarter_on",), "one_of", choices=_quarters),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: _BATCH_STATES),
        ),
        tabs=(
            Tab("open", _("办理中"), {"state": "open"}),
            Tab("closed", _("已办结"), {"state": "closed"}),
            Tab("all", _("全部"), {}),
        ),
        order="org__name",
        key="id",
        unit=_("个批次"),
    )


def _quarters() -> Sequence[tuple[str, Said]]:
    days = Batch.objects.order_by("-quarter_on").values_list("quarter_on", flat=True).distinct()[:20]
    return [(day.isoformat(), day.isoformat()) for day in days]


def _batch_choices(desk: Desk) -> Sequence[tuple[str, Said]]:
    found = Batch.objects.select_related("org").order_by("-quarter_on", "org__path")
    mine = within(found, desk.scope)[:500]
    return [(str(batch.pk), f"{batch.org.name} {batch.quarter_on}") for batch in mine]


def _item_form(desk: Desk) -> ListForm:
    waits = ",".join(step for step in STEPS if step in desk.actions) or "none"
    return ListForm(
        name="classified",
        title=_("分类明细"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("classification:item_of", "id")),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("outstanding_cents", _("本金余额"), "money", is_summed=True),
            Column("days_past_due", _("逾期天数"), "days"),
            Column("tier_last_quarter", _("上季末"), "tier"),
            Column("tier", _("系统分类"), "tier"),
            Column("opinion_tier", _("人工分类"), "tier"),
            Column("opinion", _("意见"), "word", words="opinion"),
            Column("cite", _("依据")),
            Column("case__waits_for", _("待办环节"), "word", words="case_step"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id"),
            Column("case__due_on", _("限期"), "date", is_shown=False),
            Column("legal_form", _("客户类型"), "word", words="legal_form", is_shown=False),
            Column("security_kind", _("担保"), "word", words="security_kind", is_shown=False),
            Column("overdue_cents", _("逾期本金"), "money", is_shown=False, is_summed=True),
            Column("is_exception", _("零售例外"), "flag", is_shown=False),
            Column("is_changed", _("较上季变动"), "flag", is_shown=False),
            Column("case__state", _("状态"), "word", words="case_state", is_shown=False),
            Column("batch__quarter_on", _("季度末"), "date", is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id", "debtor_id")),
            Filter("batch", _("分类批次"), ("batch_id",), "one_of", choices=lambda: _batch_choices(desk)),
            Filter("tier", _("系统分类"), ("tier",), "one_of", choices=lambda: words_of("tier")),
            Filter("opinion", _("意见"), ("opinion",), "one_of", choices=lambda: words_of("opinion")),
            Filter("waits", _("待办环节"), ("case__waits_for",), "one_of", choices=lambda: words_of("case_step")),
            Filter("officer", _("我的客户"), ("officer_id",), "one_of", choices=lambda: _me(desk)),
            Filter("changed", _("较上季变动"), ("is_changed",), "one_of", choices=lambda: _YES_NO),
            Filter("exception", _("零售例外"), ("is_exception",), "one_of", choices=lambda: _YES_NO),
            Filter("plain", _("无须逐笔看"), ("is_plain",), "one_of", choices=lambda: _YES_NO),
            Filter("days_from", _("逾期天数 ≥"), ("days_past_due",), "at_least", "days"),
        ),
        tabs=(
            Tab("mine", _("待我办理"), {"waits": waits} | _own(desk)),
            Tab("apart", _("其中须逐笔看"), {"waits": waits, "plain": "False"} | _own(desk)),
            Tab("changed", _("较上季变动"), {"changed": "True"}),
            Tab("judged", _("与系统不同"), {"opinion": "worse,upgrade"}),
            Tab("exceptions", _("零售例外"), {"exception": "True"}),
            Tab("all", _("全部"), {}),
        ),
        order="-outstanding_cents",
        key="id",
        unit=_("笔"),
        keeps=("batch",),
    )


def _own(desk: Desk) -> dict[str, str]:
    """Whoever only gives the first opinion gives it on his own loans."""
    is_first_only = not {*STEPS[1:]} & desk.actions and STEPS[0] in desk.actions
    return {"officer": str(desk.officer.pk)} if is_first_only else {}


def _me(desk: Desk) -> Sequence[tuple[str, Said]]:
    return [(str(desk.officer.pk), desk.officer.name)]


def _batch_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, batches_seen(desk))


def _item_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, items_seen(desk))


BATCHES = register(DeskList("batches", "classification.read", _batch_form, _batch_rows))
ITEMS = register(DeskList("classified", "classification.read", _item_form, _item_rows))
