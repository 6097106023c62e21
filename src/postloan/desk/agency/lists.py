"""The lists of agencies and of placements."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.agency.models import Agency
from postloan.desk.agency.queries import agencies_seen, placements_seen
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk


def _form(_desk: Desk) -> ListForm:
    return ListForm(
        name="agencies",
        title=_("外部机构"),
        columns=(
            Column("name", _("机构名称"), link=("agency:agency", "id")),
            Column("licence", _("统一社会信用代码")),
            Column("line", _("联系电话")),
            Column("state", _("状态"), "word", words="agency_state"),
            Column("contract_no", _("合同号"), is_shown=False),
            Column("begins_on", _("合同起始"), "date"),
            Column("ends_on", _("合同到期"), "date"),
            Column("running", _("委托中案件"), "count"),
            Column("listed_on", _("入册日"), "date"),
            Column("left_on", _("退出日"), "date", is_shown=False),
        ),
        filters=(
            Filter("q", _("机构名称或代码"), ("name", "licence")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("agency_state")),
        ),
        tabs=(
            Tab("listed", _("在册"), {"state": "listed"}),
            Tab("proposed", _("待批准"), {"state": "proposed"}),
            Tab("all", _("全部"), {}),
        ),
        order="name",
        key="id",
        unit=_("家机构"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, agencies_seen(desk))


def _placement_form(desk: Desk) -> ListForm:
    return ListForm(
        name="placements",
        title=_("委托案件"),
        columns=(
            Column("debtor_name", _("客户"), link=("agency:placement", "id")),
            Column("debtor_id", _("客户号"), is_shown=False),
            Column("agency__name", _("受托机构"), sorts_by="agency_id"),
            Column("state", _("状态"), "word", words="placement_state"),
            Column("owed_cents", _("委托金额"), "money", is_summed=True),
            Column("days_past_due", _("逾期天数"), "days"),
            Column("share_e8", _("佣金比例"), "share"),
            Column("placed_on", _("提交日"), "date"),
            Column("told__state", _("告知"), "word", words="message_state"),
            Column("begins_on", _("生效日"), "date"),
            Column("ended_on", _("结束日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id", is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("agency", _("受托机构"), ("agency_id",), "one_of", choices=_agencies),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("placement_state")),
        ),
        tabs=(
            Tab("open", _("委托中"), {"state": "waiting,running"}),
            Tab("ended", _("已结束"), {"state": "recalled,ended"}),
            Tab("all", _("全部"), {}),
        ),
        order="-placed_on",
        key="id",
        unit=_("笔委托"),
    )


def _agencies() -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in Agency.objects.values_list("pk", "name")]


def _placement_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, placements_seen(desk))


AGENCIES = register(DeskList("agencies", "agency.read", _form, _rows))
PLACEMENTS = register(DeskList("placements", "agency.read", _placement_form, _placement_rows))
