"""The list of attempts: every ask, allowed or refused, with the rule that refused it."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.contact.queries import attempts_seen
from postloan.desk.core.lists.cells import language, words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Said, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.tables.said import said


def _form(desk: Desk) -> ListForm:
    return ListForm(
        name="contacts",
        title=_("联系记录"),
        columns=(
            Column("at", _("询问时间"), "moment"),
            Column("debtor_name", _("客户名称"), link=("contact:of", "debtor_id")),
            Column("debtor_id", _("客户号"), is_shown=False),
            Column("point__party_name", _("联系对象")),
            Column("point__role", _("身份"), "word", words="contact_role"),
            Column("channel", _("渠道"), "word", words="contact_channel"),
            Column("purpose", _("事由"), "word", words="contact_purpose"),
            Column("is_allowed", _("结论"), "flag"),
            Column("refused_by", _("拒绝依据"), "word", words="contact_rule"),
            Column("allowed_from", _("可联系时间"), "moment"),
            Column("outcome", _("结果"), "word", words="contact_outcome"),
            Column("made_at", _("联系时间"), "moment", is_shown=False),
            Column("is_outside", _("超出允许时间"), "flag", is_shown=False),
            Column("officer__name", _("经办人")),
            Column("org__name", _("机构"), sorts_by="org_id", is_shown=False),
            Column("seq", _("台账序号"), "count"),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("rule", _("拒绝依据"), ("refused_by",), "one_of", choices=lambda: words_of("contact_rule")),
            Filter("channel", _("渠道"), ("channel",), "one_of", choices=lambda: words_of("contact_channel")),
            Filter("outcome", _("结果"), ("outcome",), "one_of", choices=lambda: words_of("contact_outcome")),
            Filter("allowed", _("允许"), ("is_allowed",), "one_of", choices=_flags),
            Filter("outside", _("超出允许时间"), ("is_outside",), "one_of", choices=_flags),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("refused", _("被拒绝"), {"allowed": "False"}),
            Tab("outside", _("超出允许时间"), {"outside": "True"}),
        ),
        order="-seq",
        key="id",
        unit=_("次询问"),
    )


def _flags() -> list[tuple[str, Said]]:
    return [(str(value), said("flag", str(value).lower(), language())) for value in (True, False)]


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, attempts_seen(desk))


CONTACTS = register(DeskList("contacts", "contact.read", _form, _rows))
