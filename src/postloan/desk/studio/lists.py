"""The lists of the studio: the rules, what they earn, and their changes."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import language, words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.pages import Desk
from postloan.desk.studio.queries import changes_seen, rows_of_rules
from postloan.tables.said import said


def _levels(held: str) -> str:
    comma = "、" if language() == "zh" else ", "
    return comma.join(said("warning_level", each, language()) for each in held.split())


_FILTERS = (
    Filter("q", _("规则编号或名称"), ("signal", "said")),
    Filter("category", _("类别"), ("category",), "one_of", choices=lambda: words_of("warning_category")),
    Filter("level", _("预警级别"), ("levels",), choices=lambda: words_of("warning_level")),
    Filter("status", _("状态"), ("status",), "one_of", choices=lambda: words_of("rule_status")),
    Filter("hits_from", _("当日命中 ≥"), ("hits",), "at_least", "count"),
    Filter("earns", _("是否值得"), ("earns",), "one_of", choices=lambda: words_of("flag")),
)
_RECORD = (
    Column("alerts", _("历史预警次数"), "count"),
    Column("right", _("其中应验"), "count"),
    Column("precision_e8", _("准确率"), "share"),
    Column("recall_e8", _("召回率"), "share"),
    Column("lead", _("平均提前（月）"), sorts_by="lead_months"),
)


def _rules_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="rules",
        title=_("预警规则"),
        columns=(
            Column("signal", _("编号"), link=("studio:rule", "signal")),
            Column("said", _("规则"), link=("studio:rule", "signal")),
            Column("category", _("类别"), "word", words="warning_category"),
            Column("levels", _("预警级别"), say=_levels),
            Column("hits", _("当日命中户数"), "count"),
            *_RECORD,
            Column("change", _("变更"), "word", words="rule_state"),
            Column("of", _("对象"), "word", words="rule_of", is_shown=False),
            Column("status", _("状态"), "word", words="rule_status", is_shown=False),
            Column("since", _("版本起始日"), "date", is_shown=False),
        ),
        filters=_FILTERS,
        tabs=(
            Tab("asked", _("在用"), {"status": "asked"}),
            Tab("hits", _("当日有命中"), {"hits_from": "1"}),
            Tab("waiting", _("待数据"), {"status": "waiting"}),
            Tab("all", _("全部"), {}),
        ),
        order="-hits",
        key="signal",
        unit=_("条"),
    )


def _earning_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="rules_earning",
        title=_("规则效益"),
        columns=(
            Column("signal", _("编号"), link=("studio:rule", "signal")),
            Column("said", _("规则"), link=("studio:rule", "signal")),
            Column("category", _("类别"), "word", words="warning_category"),
            *_RECORD,
            Column("hours", _("耗用工时"), "count"),
            Column("hours_for_right", _("每次应验工时"), "count"),
            Column("earns", _("是否值得"), "word", words="flag"),
            Column("hits", _("当日命中户数"), "count", is_shown=False),
        ),
        filters=_FILTERS,
        tabs=(
            Tab("judged", _("可评价"), {"earns": "true,false"}),
            Tab("poor", _("得不偿失"), {"earns": "false"}),
            Tab("all", _("全部"), {}),
        ),
        order="right",
        key="signal",
        unit=_("条"),
    )


def _rule_rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, rows_of_rules(desk))


def _changes_form(desk: Desk) -> ListForm:
    return ListForm(
        name="rule_changes",
        title=_("规则变更"),
        columns=(
            Column("signal", _("编号"), link=("studio:change", "id")),
            Column("name_zh" if language() == "zh" else "name_en", _("规则"), link=("studio:change", "id")),
            Column("kind", _("变更类型"), "word", words="rule_change"),
            Column("category", _("类别"), "word", words="warning_category"),
            Column("state", _("状态"), "word", words="rule_state"),
            Column("effective_from", _("启用日"), "date"),
            Column("author__name", _("起草人"), sorts_by="author_id"),
            Column("written_on", _("起草日"), "date"),
            Column("approved_by__name", _("批准人"), sorts_by="approved_by_id"),
            Column("approved_on", _("批准日"), "date"),
            Column("feed_day", _("移交日"), "date", is_shown=False),
        ),
        filters=(
            Filter("q", _("规则编号或名称"), ("signal", "name_zh", "name_en")),
            Filter("kind", _("变更类型"), ("kind",), "one_of", choices=lambda: words_of("rule_change")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("rule_state")),
            Filter("author", _("起草人"), ("author_id",), "one_of", choices=lambda: [(str(desk.officer.pk), _("我"))]),
        ),
        tabs=(
            Tab("open", _("未办结"), {"state": "draft,proposed,approved"}),
            Tab("mine", _("我的"), {"author": str(desk.officer.pk)}),
            Tab("adopted", _("已启用"), {"state": "adopted"}),
            Tab("all", _("全部"), {}),
        ),
        order="-written_on",
        key="id",
        unit=_("项"),
    )


def _change_rows(_desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, changes_seen())


RULES = register(DeskList("rules", "studio.read", _rules_form, _rule_rows))
EARNING = register(DeskList("rules_earning", "studio.read", _earning_form, _rule_rows))
CHANGES = register(DeskList("rule_changes", "studio.read", _changes_form, _change_rows))
