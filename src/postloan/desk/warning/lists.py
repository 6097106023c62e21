"""The list of warning cases: mine, open, red and orange, late, lifted."""

from datetime import timedelta

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import products_of
from postloan.desk.core.authority import within
from postloan.desk.core.lists.cells import language, words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Said, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.pages import Desk
from postloan.desk.warning.models import WarningCase
from postloan.desk.warning.queries import cases_seen
from postloan.desk.warning.signals import known_signals, signal_said
from postloan.tables.said import SAID, said

_OFFICERS_MOST = 500
_RUNNING = ",".join(WarningCase.RUNNING)


def _offices(desk: Desk) -> list[tuple[str, str]]:
    """The offices of the desk by their paths: whoever chooses one sees what lies below it, too."""
    return list(within(Org.objects.all(), desk.scope, "pk").values_list("path", "name"))


def _officers(desk: Desk) -> list[tuple[str, str]]:
    held = within(Officer.objects.filter(is_active=True, staff_no__isnull=False), desk.scope)
    return [(str(key), name) for key, name in held.values_list("pk", "name")[:_OFFICERS_MOST]]


def _signals(desk: Desk) -> list[tuple[str, Said]]:
    known = known_signals(desk.day)
    return [(name, f"{name} {each.said}") for name, each in sorted(known.items()) if each.rule.levels]


def _form(desk: Desk) -> ListForm:
    mine = {"officer": str(desk.officer.pk), "state": _RUNNING}
    late = {"due_to": (desk.day.on - timedelta(days=1)).isoformat(), "state": _RUNNING}
    comma = "、" if language() == "zh" else ", "

    def say_signals(held: str) -> str:
        return comma.join(signal_said(desk.day, each) for each in held.split())

    def say_categories(held: str) -> str:
        return comma.join(said("warning_category", each, language()) for each in held.split())

    return ListForm(
        name="warnings",
        title=_("风险预警"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("warning:case", "id")),
            Column("level", _("预警级别"), "word", words="warning_level", sorts_by="rank", tone_by="tone"),
            Column("state", _("状态"), "word", words="warning_state"),
            Column("due_on", _("限期"), "date", tone_by="late"),
            Column("signal_count", _("信号数"), "count"),
            Column("exposure_cents", _("贷款余额"), "money", is_summed=True),
            Column("tier", _("五级分类"), "tier"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id"),
            Column("opened_on", _("触发日"), "date"),
            Column("signal_ids", _("信号"), say=say_signals),
            Column("categories", _("类别"), say=say_categories, is_shown=False),
            Column("raised_on", _("升级日"), "date", is_shown=False),
            Column("closed_on", _("解除日"), "date", is_shown=False),
            Column("late_to__name", _("超期上报"), sorts_by="late_to_id", is_shown=False),
            Column("product", _("产品"), is_shown=False),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("level", _("预警级别"), ("level",), "one_of", choices=lambda: words_of("warning_level")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("warning_state")),
            Filter("category", _("类别"), ("categories",), choices=lambda: words_of("warning_category")),
            Filter("signal", _("信号"), ("signal_ids",), choices=lambda: _signals(desk)),
            Filter("org", _("机构"), ("org__path",), choices=lambda: _offices(desk)),
            Filter("officer", _("客户经理"), ("officer_id",), "one_of", choices=lambda: _officers(desk)),
            Filter("product", _("产品"), ("product",), "one_of", choices=lambda: products_of(desk)),
            Filter("tier", _("五级分类"), ("tier",), "one_of", choices=lambda: words_of("tier")),
            Filter("exposure_from", _("余额 ≥"), ("exposure_cents",), "at_least", "money"),
            Filter("due_to", _("限期 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("mine", _("我的"), mine),
            Tab("open", _("未解除"), {"state": _RUNNING}),
            Tab("worst", _("红色与橙色"), {"state": _RUNNING, "level": "red,orange"}),
            Tab("late", _("超期"), late),
            Tab("lifted", _("已解除"), {"state": "lifted,dismissed,gone"}),
            Tab("all", _("全部"), {}),
        ),
        begins="mine" if _has_own(desk.officer) else "open",
        order="-level",
        key="id",
        unit=_("户"),
    )


def _has_own(officer: Officer) -> bool:
    return WarningCase.objects.filter(officer=officer, state__in=WarningCase.RUNNING).exists()


def _rows(desk: Desk, form: ListForm) -> Source:
    is_late = When(state__in=WarningCase.RUNNING, due_on__lt=desk.day.on, then=Value("late"))
    tones = [When(level=level, then=Value(f"warning-{level}")) for level in SAID["warning_level"]]
    dressed = cases_seen(desk).annotate(late=Case(is_late, default=Value("")), tone=Case(*tones, default=Value("")))
    return QuerySource(form, dressed)


WARNINGS = register(DeskList("warnings", "warning.read", _form, _rows))
