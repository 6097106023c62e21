"""The list of arrived events, and the queue of whom they may concern."""

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from postloan.desk.arrival.queries import events_listed, kind_said, matches_seen
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.pages import Desk
from postloan.tables.warnings import LEVELS


def _events_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="events",
        title=_("风险事件"),
        columns=(
            Column("event_id", _("事件号"), link=("arrival:event", "id")),
            Column("kind", _("事件类型"), say=kind_said),
            Column("debtor_name", _("客户名称")),
            Column("level", _("触发级别"), "word", words="warning_level", tone_by="tone", sorts_by="rank"),
            Column("state", _("归属"), "word", words="event_state"),
            Column("source", _("来源"), "word", words="event_source"),
            Column("happened_on", _("发生日期"), "date"),
            Column("amount_cents", _("金额"), "money"),
            Column("score", _("情感得分"), "count"),
            Column("opened_at", _("到达时间"), "moment"),
            Column("org__name", _("接收机构"), sorts_by="org_id", is_shown=False),
        ),
        filters=(
            Filter("q", _("事件号、内容或客户号"), ("event_id", "text", "debtor_id")),
            Filter("source", _("来源"), ("source",), "one_of", choices=lambda: words_of("event_source")),
            Filter("state", _("归属"), ("state",), "one_of", choices=lambda: words_of("event_state")),
            Filter("kind", _("事件类型"), ("kind",)),
            Filter("from", _("发生日期 ≥"), ("happened_on",), "at_least", "date"),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("waiting", _("待确认归属"), {"state": "waiting"}),
            Tab("nobody", _("未找到客户"), {"state": "nobody"}),
        ),
        order="-opened_at",
        key="id",
        unit=_("个"),
    )


def _events(desk: Desk, form: ListForm) -> Source:
    levels = [When(rank=place, then=Value(level)) for place, level in enumerate(LEVELS)]
    tones = [When(rank=place, then=Value(f"warning-{level}")) for place, level in enumerate(LEVELS)]
    dressed = events_listed(desk).annotate(
        level=Case(*levels, default=Value(None)), tone=Case(*tones, default=Value(""))
    )
    return QuerySource(form, dressed)


def _matches_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="event_matches",
        title=_("事件归属"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("arrival:event", "event_id")),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id")),
            Column("found", _("文中名称")),
            Column("how", _("匹配方式"), "word", words="event_how"),
            Column("score", _("相似度（%）"), "count"),
            Column("state", _("状态"), "word", words="match_state"),
            Column("event__kind", _("事件类型"), say=kind_said),
            Column("event__happened_on", _("发生日期"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("opened_at", _("到达时间"), "moment"),
        ),
        filters=(
            Filter("q", _("客户名称、客户号或文中名称"), ("debtor_name", "debtor_id", "found")),
            Filter("how", _("匹配方式"), ("how",), "one_of", choices=lambda: words_of("event_how")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("match_state")),
        ),
        tabs=(
            Tab("waiting", _("待确认"), {"state": "waiting"}),
            Tab("confirmed", _("已确认"), {"state": "confirmed"}),
            Tab("denied", _("已否认"), {"state": "denied"}),
            Tab("all", _("全部"), {}),
        ),
        order="-opened_at",
        key="id",
        unit=_("项"),
    )


def _matches(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, matches_seen(desk))


EVENTS = register(DeskList("events", "event.read", _events_form, _events))
MATCHES = register(DeskList("event_matches", "event.read", _matches_form, _matches))
