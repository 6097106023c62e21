"""Lists of officers and of the audit chain."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.authority import within
from postloan.desk.core.lists.cells import language
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.models import AuditEntry
from postloan.desk.core.officers.queries import officers_in, org_choices
from postloan.desk.core.pages import Desk
from postloan.tables.deeds import deed_said


def _officer_form(desk: Desk) -> ListForm:
    return ListForm(
        name="officers",
        title=_("用户与授权"),
        columns=(
            Column("username", _("用户名"), link=("core:officer", "id")),
            Column("name", _("姓名")),
            Column("org__name", _("机构")),
            Column("staff_no", _("工号")),
            Column("is_active", _("在用"), "flag"),
            Column("last_login", _("最近登录"), "moment"),
        ),
        filters=(
            Filter("q", _("用户名或姓名"), ("username", "name")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
        ),
        tabs=(Tab("all", _("全部"), {}),),
        order="username",
        key="id",
        unit=_("位"),
    )


def _officer_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, officers_in(desk.scope))


def _deed(code: str) -> str:
    return deed_said(code, language())


def _audit_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="audit",
        title=_("审计日志"),
        columns=(
            Column("seq", _("序号"), "count"),
            Column("at", _("时间"), "moment"),
            Column("officer", _("操作人")),
            Column("action", _("操作"), "word", say=_deed),
            Column("subject", _("对象")),
            Column("org_id", _("机构号")),
            Column("run_id", _("所见批次"), is_shown=False),
            Column("reason", _("理由")),
            Column("told", _("内容"), is_shown=False),
            Column("hash", _("哈希"), is_shown=False),
        ),
        filters=(
            Filter("officer", _("操作人"), ("officer",)),
            Filter("action", _("操作"), ("action",)),
            Filter("subject", _("对象"), ("subject",)),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("session", _("登录"), {"action": "session."}),
            Tab("grant", _("授权"), {"action": "grant."}),
            Tab("export", _("导出"), {"action": "list.exported"}),
            Tab("unmask", _("查看隐私"), {"action": "debtor.unmasked"}),
        ),
        order="-seq",
        key="seq",
        unit=_("条"),
    )


def _audit_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, within(AuditEntry.objects.all(), desk.scope, "org_id"))


OFFICERS = register(DeskList("officers", "grant.read", _officer_form, _officer_rows))
AUDIT = register(DeskList("audit", "audit.read", _audit_form, _audit_rows))
