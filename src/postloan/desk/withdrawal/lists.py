"""The list of decisions."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.withdrawal.queries import decisions_seen


def _form(desk: Desk) -> ListForm:
    return ListForm(
        name="decisions",
        title=_("决定"),
        columns=(
            Column("kind", _("类型"), "word", words="decision_kind", link=("withdrawal:decision", "id")),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("effective_on", _("生效日"), "date"),
            Column("ends_on", _("止"), "date"),
            Column("standing", _("状态"), "word", words="decision_standing"),
            Column("feed_day", _("移交日"), "date"),
            Column("decided_by__name", _("决定人"), sorts_by="decided_by_id"),
            Column("decided_at", _("决定时间"), "moment"),
            Column("debtor_id", _("客户号"), is_shown=False),
            Column("id", _("决定号"), is_shown=False),
        ),
        filters=(
            Filter("q", _("借据号或客户号"), ("loan_id", "debtor_id")),
            Filter("kind", _("类型"), ("kind",), "one_of", choices=lambda: words_of("decision_kind")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("standing", _("状态"), ("standing",), "one_of", choices=lambda: words_of("decision_standing")),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("waiting", _("待移交"), {"standing": "waiting"}),
            Tab("withdrawing", _("待批撤回"), {"standing": "withdrawing"}),
            Tab("withdrawn", _("已撤回"), {"standing": "withdrawn"}),
        ),
        order="-decided_at",
        key="id",
        unit=_("项"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, decisions_seen(desk))


DECISIONS = register(DeskList("decisions", "decision.read", _form, _rows))
