"""The list of freezes."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.lending.queries import freezes_seen


def _form(desk: Desk) -> ListForm:
    return ListForm(
        name="freezes",
        title=_("授信冻结"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("lending:freeze", "id")),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id")),
            Column("org__name", _("主办机构"), sorts_by="org_id"),
            Column("exposure_cents", _("贷款余额"), "money", is_summed=True),
            Column("state", _("状态"), "word", words="freeze_state"),
            Column("reason", _("理由")),
            Column("proposed_on", _("提出日"), "date"),
            Column("begun_on", _("冻结日"), "date"),
            Column("lifted_on", _("解除日"), "date"),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("org", _("主办机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("freeze_state")),
        ),
        tabs=(
            Tab("in_force", _("冻结中"), {"state": "in_force"}),
            Tab("proposed", _("待批准"), {"state": "proposed"}),
            Tab("all", _("全部"), {}),
        ),
        order="-proposed_on",
        key="id",
        unit=_("户"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, freezes_seen(desk))


FREEZES = register(DeskList("freezes", "freeze.read", _form, _rows))
