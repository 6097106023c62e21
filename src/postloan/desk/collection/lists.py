"""The lists of collection: cases and promises."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from postloan.desk.collection.models import Seat
from postloan.desk.collection.queries import cases_listed, named, promises_seen, rules_on
from postloan.desk.core.lists.cells import language
from postloan.desk.core.lists.form import Column, Filter, ListForm, Said, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.rules.collection import Collection, Segment, Team
from postloan.tables.said import SAID, said
from postloan.tables.units import BUCKETS


def _words(list_name: str) -> Callable[[], Sequence[tuple[str, Said]]]:
    return lambda: [(value, said(list_name, value, language())) for value in SAID[list_name] if value]


def _flags() -> list[tuple[str, Said]]:
    return [(str(value), said("flag", str(value).lower(), language())) for value in (True, False)]


def _collectors() -> list[tuple[str, str]]:
    held = Officer.objects.filter(seat__isnull=False)
    return [(str(key), name) for key, name in held.values_list("pk", "name")]


def _filters(desk: Desk, rules: Collection) -> tuple[Filter, ...]:
    def choices(what: str) -> Callable[[], Sequence[tuple[str, Said]]]:
        known: Sequence[Team | Segment] = rules.teams if what == "team" else rules.segments
        return lambda: [(name := getattr(each, what), named(rules, what, name)) for each in known]

    return (
        Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
        Filter("state", _("状态"), ("state",), "one_of", choices=_words("collection_state")),
        Filter("team", _("小组"), ("team",), "one_of", choices=choices("team")),
        Filter("segment", _("客群"), ("segment",), "one_of", choices=choices("segment")),
        Filter("bucket", _("逾期账龄"), ("bucket",), "one_of", choices=lambda: [(each, each) for each in BUCKETS]),
        Filter("officer", _("催收员"), ("officer_id",), "one_of", choices=_collectors),
        Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
        Filter("paused", _("投诉暂停"), ("is_paused",), "one_of", choices=_flags),
        Filter("cure_from", _("结清所需 ≥"), ("cure_cents",), "at_least", "money"),
    )


def _form(desk: Desk) -> ListForm:
    rules = rules_on(desk)

    def say(what: str) -> Callable[[str], str]:
        return lambda name: named(rules, what, name)

    return ListForm(
        name="collection",
        title=_("催收案件"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("collection:case", "id")),
            Column("state", _("状态"), "word", words="collection_state"),
            Column("days_past_due", _("逾期天数"), "days"),
            Column("bucket", _("逾期账龄")),
            Column("cure_cents", _("结清逾期所需"), "money", is_summed=True),
            Column("exposure_cents", _("贷款余额"), "money", is_summed=True),
            Column("segment", _("客群"), say=say("segment")),
            Column("team", _("小组"), say=say("team")),
            Column("officer__name", _("催收员"), sorts_by="officer_id"),
            Column("channel", _("下一步渠道"), "word", words="contact_channel"),
            Column("priority", _("优先级"), "count"),
            Column("promised_on", _("承诺日"), "date"),
            Column("broken_count", _("失约次数"), "count"),
            Column("is_paused", _("投诉暂停"), "flag"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("tier", _("五级分类"), "tier", is_shown=False),
            Column("warning_level", _("预警级别"), "word", words="warning_level", is_shown=False),
            Column("score", _("行为评分"), "count", is_shown=False),
            Column("collected_cents", _("累计回收"), "money", is_shown=False, is_summed=True),
            Column("ready_at", _("可办理时间"), "moment", is_shown=False),
            Column("opened_on", _("入催日"), "date", is_shown=False),
            Column("closed_on", _("结案日"), "date", is_shown=False),
            Column("closed_why", _("结案原因"), "word", words="collection_why", is_shown=False),
            Column("strategy", _("策略"), say=say("strategy"), is_shown=False),
            Column("arm", _("试验分组"), "word", words="collection_arm", is_shown=False),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id"), is_shown=False),
        ),
        filters=_filters(desk, rules),
        tabs=(
            Tab("mine", _("我的"), {"state": "open", "officer": str(desk.officer.pk)}),
            Tab("open", _("催收中"), {"state": "open"}),
            Tab("paused", _("投诉暂停"), {"state": "open", "paused": "True"}),
            Tab("away", _("委外与诉讼"), {"state": "proposed,placed,court"}),
            Tab("closed", _("已结案"), {"state": "closed"}),
            Tab("all", _("全部"), {}),
        ),
        begins="mine" if Seat.objects.filter(officer=desk.officer).exists() else "open",
        order="-priority",
        key="id",
        unit=_("户"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, cases_listed(desk))


def _promise_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="promises",
        title=_("还款承诺"),
        columns=(
            Column("case__debtor_name", _("客户名称"), link=("collection:case", "case_id")),
            Column("state", _("状态"), "word", words="promise_state"),
            Column("amount_cents", _("承诺金额"), "money", is_summed=True),
            Column("due_on", _("承诺日"), "date"),
            Column("paid_cents", _("其后已还"), "money", is_summed=True),
            Column("made_on", _("作出日"), "date"),
            Column("made_by__name", _("催收员"), sorts_by="made_by_id"),
            Column("judged_on", _("认定日"), "date"),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("case__debtor_name", "debtor_id")),
            Filter("state", _("状态"), ("state",), "one_of", choices=_words("promise_state")),
            Filter("due_to", _("承诺日 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("open", _("待履约"), {"state": "open"}),
            Tab("broken", _("失约"), {"state": "broken,partial"}),
            Tab("kept", _("已履约"), {"state": "kept"}),
            Tab("all", _("全部"), {}),
        ),
        order="due_on",
        key="id",
        unit=_("项承诺"),
    )


def _promise_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, promises_seen(desk))


CASES = register(DeskList("collection", "collection.read", _form, _rows))
PROMISES = register(DeskList("promises", "collection.read", _promise_form, _promise_rows))
