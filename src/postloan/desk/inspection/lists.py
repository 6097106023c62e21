"""The lists of the inspection desk: inspections, findings, projects of supervision."""

from collections.abc import Sequence

from django.db.models import Case, Count, F, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import language, words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.told import told_said
from postloan.desk.inspection.models import Finding, Inspection
from postloan.desk.inspection.queries import findings_seen, inspections_seen
from postloan.desk.inspection.supervision.queries import supervisions_seen

_TO_DO = "open,returned"


def _inspections_form(desk: Desk) -> ListForm:
    today = desk.day.on.isoformat()
    mine = {"officer": str(desk.officer.pk), "state": _TO_DO}
    work = (Tab("mine", _("我的待检查"), mine),) if "inspection.write" in desk.actions else ()
    review = (Tab("review", _("待复核"), {"state": "review"}),)
    first = review + work if "inspection.review" in desk.actions else work + review
    return ListForm(
        name="inspections",
        title=_("贷后检查"),
        columns=(
            Column("debtor_name", _("客户"), link=("inspection:inspection", "id")),
            Column("kind", _("检查种类"), "word", words="inspection_kind"),
            Column("cause", _("缘由"), say=told_said),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id"),
            Column("exposure_cents", _("贷款余额"), "money", is_summed=True),
            Column("tier", _("五级分类"), "tier"),
            Column("due_on", _("限期"), "date", tone_by="late"),
            Column("state", _("状态"), "word", words="inspection_state"),
            Column("submitted_on", _("提交日"), "date"),
            Column("needs_two", _("双人"), "flag"),
            Column("author__name", _("报告人"), is_shown=False),
            Column("reviewer__name", _("复核人"), is_shown=False),
            Column("opened_on", _("开启"), "date", is_shown=False),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("kind", _("检查种类"), ("kind",), "one_of", choices=lambda: words_of("inspection_kind")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("inspection_state")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("tier", _("五级分类"), ("tier",), "one_of", choices=lambda: words_of("tier")),
            Filter("exposure_from", _("余额 ≥"), ("exposure_cents",), "at_least", "money"),
            Filter("due_to", _("限期 ≤"), ("due_on",), "at_most", "date"),
            Filter("officer", _("客户经理"), ("officer_id",), "one_of", choices=lambda: _me(desk)),
        ),
        tabs=(
            *first,
            Tab("late", _("已超期"), {"state": _TO_DO, "due_to": today}),
            Tab("to_do", _("全部待检查"), {"state": _TO_DO}),
            Tab("signing", _("待签字"), {"state": "signing"}),
            Tab("accepted", _("已通过"), {"state": "accepted"}),
            Tab("all", _("全部"), {}),
        ),
        order="due_on",
        key="id",
        unit=_("项"),
    )


def _me(desk: Desk) -> Sequence[tuple[str, str | Promise]]:
    return [(str(desk.officer.pk), desk.officer.name)]


def _late(desk: Desk, states: Sequence[str]) -> Case:
    return Case(When(state__in=states, due_on__lt=desk.day.on, then=Value("late")), default=Value(""))


def _inspections(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, inspections_seen(desk).annotate(late=_late(desk, sorted(Inspection.WRITABLE))))


def _findings_form(desk: Desk) -> ListForm:
    return ListForm(
        name="findings",
        title=_("检查发现的问题"),
        columns=(
            Column("words", _("问题"), link=("inspection:finding", "id")),
            Column("severity", _("程度"), "word", words="severity", tone_by="colour"),
            Column("inspection__debtor_name", _("客户"), link=("inspection:inspection", "inspection_id")),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("owner__name", _("整改责任人"), sorts_by="owner_id"),
            Column("due_on", _("整改限期"), "date", tone_by="late"),
            Column("state", _("状态"), "word", words="finding_state"),
            Column("corrected_on", _("整改日"), "date"),
            Column("confirmed_on", _("确认日"), "date"),
            Column("correction", _("整改情况"), is_shown=False),
        ),
        filters=(
            Filter("q", _("问题或客户"), ("text", "text_en", "inspection__debtor_name")),
            Filter("severity", _("程度"), ("severity",), "one_of", choices=lambda: words_of("severity")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("finding_state")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("owner", _("整改责任人"), ("owner_id",), "one_of", choices=lambda: _me(desk)),
            Filter("due_to", _("整改限期 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("open", _("待整改"), {"state": "open"}),
            Tab("mine", _("我的待整改"), {"state": "open", "owner": str(desk.officer.pk)}),
            Tab("corrected", _("待确认"), {"state": "corrected"}),
            Tab("confirmed", _("已确认"), {"state": "confirmed"}),
            Tab("all", _("全部"), {}),
        ),
        order="due_on",
        key="id",
        unit=_("个"),
    )


_COLOURS = Case(
    When(severity="high", then=Value("doubtful")),
    When(severity="medium", then=Value("special_mention")),
    default=Value("loss"),
)


def _findings(desk: Desk, form: ListForm) -> Source:
    late = _late(desk, [Finding.State.OPEN])
    is_chinese = language() == "zh"
    words = F("text") if is_chinese else Case(When(text_en="", then=F("text")), default=F("text_en"))
    return QuerySource(form, findings_seen(desk).annotate(late=late, colour=_COLOURS, words=words))


def _supervisions_form(desk: Desk) -> ListForm:
    return ListForm(
        name="supervisions",
        title=_("督导检查"),
        columns=(
            Column("title", _("项目"), link=("inspection:supervision", "id")),
            Column("org__name", _("范围"), sorts_by="org_id"),
            Column("begins_on", _("期间起"), "date"),
            Column("ends_on", _("期间止"), "date"),
            Column("population", _("总体"), "count"),
            Column("sample", _("样本"), "count"),
            Column("checked", _("已检查"), "count"),
            Column("unfinished", _("待整改"), "count"),
            Column("state", _("状态"), "word", words="supervision_state"),
            Column("led_by__name", _("负责人"), sorts_by="led_by_id"),
            Column("opened_on", _("立项日"), "date"),
            Column("seed", _("随机种子"), is_shown=False),
        ),
        filters=(
            Filter("q", _("项目名称"), ("title",)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("supervision_state")),
            Filter("org", _("范围"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
        ),
        tabs=(
            Tab("open", _("进行中"), {"state": "open,issued"}),
            Tab("closed", _("已关闭"), {"state": "closed"}),
            Tab("all", _("全部"), {}),
        ),
        order="-opened_on",
        key="id",
        unit=_("个"),
    )


def _supervisions(desk: Desk, form: ListForm) -> Source:
    counted = supervisions_seen(desk).annotate(
        sample=Count("papers"),
        checked=Count("papers", filter=~Q(papers__state="drawn")),
        unfinished=Count("papers", filter=Q(papers__state__in=["rectifying", "rectified"])),
    )
    return QuerySource(form, counted)


INSPECTIONS = register(DeskList("inspections", "inspection.read", _inspections_form, _inspections))
FINDINGS = register(DeskList("findings", "inspection.read", _findings_form, _findings))
SUPERVISIONS = register(DeskList("supervisions", "supervision.read", _supervisions_form, _supervisions))
