"""The list of work: mine, late, my offices'."""

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from postloan.desk.core.authority import today, within
from postloan.desk.core.days import home
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.kinds import sayer_of_kinds
from postloan.desk.core.work.told import told_said
from postloan.desk.worklist.queries import has_own, kinds_said, work_seen

_OFFICERS_MOST = 500
OWN = "mine"


def _officers(desk: Desk) -> list[tuple[str, str]]:
    found = Officer.objects.filter(is_active=True, org__isnull=False)
    mine = within(found, desk.scope)
    return [(str(key), name) for key, name in mine.values_list("pk", "name")[:_OFFICERS_MOST]]


def _form(desk: Desk) -> ListForm:
    say = sayer_of_kinds(home(), today())
    mine = {"officer": str(desk.officer.pk), "state": "open"}
    late = {"due_to": desk.day.on.isoformat()}
    return ListForm(
        name="work",
        title=_("工作台"),
        columns=(
            Column("kind", _("事项"), "word", say=say, link=("worklist:item", "id")),
            Column("title", _("客户"), link_to="page"),
            Column("told", _("说明"), say=told_said),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("amount_cents", _("金额"), "money", is_summed=True),
            Column("due_on", _("限期"), "date", tone_by="late"),
            Column("officer__name", _("办理人"), sorts_by="officer_id"),
            Column("opened_on", _("开启"), "date"),
            Column("urged_at", _("督办"), "moment"),
            Column("subject", _("对象"), is_shown=False),
            Column("state", _("状态"), "word", words="work_state", is_shown=False),
            Column("note", _("办理情况"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户或对象"), ("title", "subject")),
            Filter("kind", _("事项"), ("kind",), "one_of", choices=lambda: kinds_said(say)),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("officer", _("办理人"), ("officer_id",), "one_of", choices=lambda: _officers(desk)),
            Filter("due_to", _("限期 ≤"), ("due_on",), "at_most", "date"),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: _STATES),
        ),
        tabs=(
            Tab(OWN, _("我的"), mine),
            Tab("mine_late", _("我的超期"), mine | late),
            Tab("team", _("机构全部"), {"state": "open"}),
            Tab("late", _("机构超期"), {"state": "open"} | late),
            Tab("done", _("已办"), {"state": "done"}),
        ),
        # Who oversees has seldom anything of his own: he begins with what lies in his offices.
        begins=OWN if has_own(desk.officer) else "team",
        order="due_on",
        key="id",
        unit=_("项"),
    )


_STATES = (("open", _("未办")), ("done", _("已办")), ("gone", _("已消除")))


def _rows(desk: Desk, form: ListForm) -> Source:
    late = Case(When(state=WorkItem.State.OPEN, due_on__lt=desk.day.on, then=Value("late")), default=Value(""))
    return QuerySource(form, work_seen(desk).annotate(late=late))


WORK = register(DeskList("work", "work.read", _form, _rows))
