"""The list of visits: planned, under way, made."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.visit.queries import visits_seen


def _form(desk: Desk) -> ListForm:
    return ListForm(
        name="visits",
        title=_("上门"),
        columns=(
            Column("planned_at", _("计划时间"), "moment", link=("visit:visit", "id")),
            Column("debtor_name", _("客户"), link=("visit:of_case", "case_id")),
            Column("point__party_name", _("联系对象")),
            Column("point__label", _("地址")),
            Column("amount_cents", _("结清逾期所需"), "money"),
            Column("lead__name", _("负责人")),
            Column("second__name", _("同行人员")),
            Column("state", _("状态"), "word", words="visit_state"),
            Column("refused_by", _("拒绝依据"), "word", words="contact_rule"),
            Column("checked_in_at", _("签到时间"), "moment"),
            Column("outcome", _("结果"), "word", words="collection_outcome"),
            Column("org__name", _("机构"), sorts_by="org_id", is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("visit_state")),
            Filter("lead", _("负责人"), ("lead_id",), "one_of", choices=lambda: [(str(desk.officer.pk), _("本人"))]),
            Filter("since", _("计划日 ≥"), ("planned_on",), "at_least", "date"),
            Filter("to", _("计划日 ≤"), ("planned_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("open", _("待上门"), {"state": "planned,under_way"}),
            Tab("mine", _("我的"), {"state": "planned,under_way", "lead": str(desk.officer.pk)}),
            Tab("done", _("已上门"), {"state": "done"}),
            Tab("all", _("全部"), {}),
        ),
        order="planned_at",
        key="id",
        unit=_("次上门"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, visits_seen(desk))


VISITS = register(DeskList("visits", "visit.read", _form, _rows))
