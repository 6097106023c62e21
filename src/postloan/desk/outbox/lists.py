"""The list of messages: what waits, what is stuck and why, what was sent and arrived."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import language, words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Said, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.told import register_told
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.queries import messages_seen
from postloan.desk.outbox.written import messages_now
from postloan.tables.said import said


def _templates() -> list[tuple[str, Said]]:
    return [(each.key, each.titled(language())) for each in messages_now().templates]


def _say_template(key: str) -> str:
    return str(dict(_templates()).get(key, key))


def _form(desk: Desk) -> ListForm:
    return ListForm(
        name="outbox",
        title=_("消息"),
        columns=(
            Column("made_on", _("生成日"), "date"),
            Column("template", _("模板"), "word", say=_say_template, link=("outbox:message", "id")),
            Column("debtor_name", _("客户"), link=("outbox:of", "debtor_id")),
            Column("debtor_id", _("客户号"), is_shown=False),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
            Column("party_name", _("收件人")),
            Column("channel", _("渠道"), "word", words="contact_channel"),
            Column("state", _("状态"), "word", words="message_state"),
            Column("refused_by", _("拒绝依据"), "word", words="contact_rule"),
            Column("amount_cents", _("金额"), "money", is_summed=True),
            Column("role", _("身份"), "word", words="contact_role"),
            Column("due_on", _("应还日"), "date", is_shown=False),
            Column("not_before", _("最早发送"), "moment", is_shown=False),
            Column("sent_at", _("发送时间"), "moment"),
            Column("point__label", _("联系方式")),
            Column("tries", _("次数"), "count", is_shown=False),
            Column("sent_through", _("通道"), "word", words="message_door", is_shown=False),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id", is_shown=False),
        ),
        filters=(
            Filter("q", _("客户、借据号或收件人"), ("debtor_name", "debtor_id", "loan_id", "party_name")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("template", _("模板"), ("template",), "one_of", choices=_templates),
            Filter("channel", _("渠道"), ("channel",), "one_of", choices=lambda: words_of("contact_channel")),
            Filter("rule", _("拒绝依据"), ("refused_by",), "one_of", choices=lambda: words_of("contact_rule")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("message_state")),
        ),
        tabs=(
            Tab("waiting", _("待发送"), {"state": ",".join(Message.WAITING)}),
            Tab("stuck", _("需要处理"), {"state": ",".join(Message.STUCK)}),
            Tab("sent", _("已发出"), {"state": ",".join(Message.WAS_SENT)}),
            Tab("undelivered", _("未送达"), {"state": "undelivered"}),
            Tab("all", _("全部"), {}),
        ),
        order="-made_on",
        key="id",
        unit=_("条消息"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, messages_seen(desk))


OUTBOX = register(DeskList("outbox", "outbox.read", _form, _rows))
register_told("MESSAGE", _("消息%s"), lambda state: said("message_state", state, language()))
