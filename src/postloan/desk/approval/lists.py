"""The list of approvals: what waits for me, what I had a hand in."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.approval.queries import cases_seen
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.tables.said import SAID


def _form(desk: Desk) -> ListForm:
    mine = ",".join(sorted(desk.actions & SAID["case_step"].keys())) or "none"
    return ListForm(
        name="cases",
        title=_("审批"),
        columns=(
            Column("kind", _("事项"), "word", words="case_kind", link_to="page"),
            Column("title", _("对象"), link_to="page"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("amount_cents", _("金额"), "money", is_summed=True),
            Column("waits_for", _("待办环节"), "word", words="case_step"),
            Column("due_on", _("限期"), "date"),
            Column("state", _("状态"), "word", words="case_state"),
            Column("on", _("发起"), "date"),
            Column("subject", _("编号"), is_shown=False),
        ),
        filters=(
            Filter("q", _("对象"), ("title", "subject")),
            Filter("kind", _("事项"), ("kind",), "one_of", choices=lambda: words_of("case_kind")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("waits", _("待办环节"), ("waits_for",), "one_of", choices=lambda: words_of("case_step")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("case_state")),
        ),
        tabs=(
            Tab("mine", _("待我审批"), {"state": "open", "waits": mine}),
            Tab("freeze", _("冻结"), {"kind": "freeze,unfreeze"}),
            Tab("done", _("已批准"), {"state": "approved"}),
            Tab("all", _("全部"), {}),
        ),
        order="due_on",
        key="id",
        unit=_("件"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, cases_seen(desk))


CASES = register(DeskList("cases", "work.read", _form, _rows))
