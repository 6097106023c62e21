"""The lists of disposal: the ledger of cases, and what is written off and pursued."""

from datetime import timedelta

import polars as pl
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import named, office_is, products_of
from postloan.desk.core.authority import within
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.disposal.pursued import flag_of, pursued_seen
from postloan.desk.disposal.queries import cases_seen

_RUNNING = ",".join(DisposalCase.RUNNING)


def _offices(desk: Desk) -> list[tuple[str, str]]:
    """The offices of the desk by their paths: whoever chooses one sees what lies below it, too."""
    return list(within(Org.objects.all(), desk.scope, "pk").values_list("path", "name"))


def _form(desk: Desk) -> ListForm:
    late = {"due_to": (desk.day.on - timedelta(days=1)).isoformat(), "state": "open,acting"}
    return ListForm(
        name="disposals",
        title=_("不良处置"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("disposal:case", "id")),
            Column("state", _("状态"), "word", words="disposal_state"),
            Column("route", _("处置方式"), "word", words="disposal_route"),
            Column("due_on", _("限期"), "date", tone_by="late"),
            Column("balance_cents", _("不良余额"), "money", is_summed=True),
            Column("debt_cents", _("欠款合计"), "money", is_summed=True),
            Column("expected_cents", _("预计收回"), "money", is_summed=True),
            Column("off_cents", _("账销案存余额"), "money", is_summed=True),
            Column("loan_count", _("笔数"), "count"),
            Column("tier", _("五级分类"), "tier"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id"),
            Column("keeper__name", _("保全人员"), sorts_by="keeper_id"),
            Column("opened_on", _("进入日"), "date"),
            Column("closed_on", _("结案日"), "date", is_shown=False),
            Column("target", _("处置目标"), is_shown=False),
            Column("product", _("产品"), is_shown=False),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("disposal_state")),
            Filter("route", _("处置方式"), ("route",), "one_of", choices=lambda: words_of("disposal_route")),
            Filter("tier", _("五级分类"), ("tier",), "one_of", choices=lambda: words_of("tier")),
            Filter("org", _("机构"), ("org__path",), choices=lambda: _offices(desk)),
            Filter("product", _("产品"), ("product",), "one_of", choices=lambda: products_of(desk)),
            Filter("balance_from", _("余额 ≥"), ("balance_cents",), "at_least", "money"),
            Filter("due_to", _("限期 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("running", _("未结案"), {"state": _RUNNING}),
            Tab("open", _("待定方案"), {"state": "open"}),
            Tab("acting", _("处置中"), {"state": "acting"}),
            Tab("late", _("超期"), late),
            Tab("pursued", _("账销案存"), {"state": "pursued"}),
            Tab("closed", _("已结案"), {"state": "closed"}),
            Tab("all", _("全部"), {}),
        ),
        order="-balance_cents",
        key="id",
        unit=_("户"),
    )  # fmt: skip


def _rows(desk: Desk, form: ListForm) -> Source:
    is_late = When(state__in=DisposalCase.ON_BOOK, due_on__lt=desk.day.on, then=Value("late"))
    return QuerySource(form, cases_seen(desk).annotate(late=Case(is_late, default=Value(""))))


def _pursued_form(desk: Desk) -> ListForm:
    return ListForm(
        name="pursued",
        title=_("账销案存"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("book:debtor", "debtor_id")),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
            Column("off_cents", _("核销本金"), "money", is_summed=True),
            Column("recovered_principal_cents", _("收回本金"), "money", is_summed=True),
            Column("recovered_interest_cents", _("收回利息"), "money", is_summed=True),
            Column("left_cents", _("未收回本金"), "money", is_summed=True),
            Column("last_recovered_on", _("最近收回日"), "date"),
            Column("flag", _("收回情况"), "word", words="recovered"),
            Column("written_off_cents", _("出表本金"), "money", is_shown=False),
            Column("transferred_cents", _("其中转让收回"), "money", is_shown=False),
            Column("asset_cents", _("其中以物抵债"), "money", is_shown=False),
            Column("product", _("产品"), is_shown=False),
            Column("org_name", _("机构"), sorts_by="org_id"),
            Column("officer_name", _("客户经理"), sorts_by="officer_id"),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id", "debtor_id")),
            Filter("org", _("机构（含下级）"), ("org_id",), "one_of", choices=lambda: org_choices(desk),
                   where=lambda answer: office_is(desk, answer)),
            Filter("flag", _("收回情况"), ("flag",), "one_of", choices=lambda: words_of("recovered")),
            Filter("left_from", _("未收回本金 ≥"), ("left_cents",), "at_least", "money"),
        ),
        tabs=(
            Tab("left", _("未收回"), {"flag": "none,part"}),
            Tab("recovered", _("有收回"), {"flag": "part,whole"}),
            Tab("all", _("全部"), {}),
        ),
        order="-left_cents",
        key="loan_id",
        unit=_("笔"),
    )  # fmt: skip


def _pursued_rows(desk: Desk, form: ListForm) -> Source:
    rows = pursued_seen(desk).filter(pl.col("off_cents") > 0).with_columns(flag=flag_of())
    return FrameSource(form, rows, named)


DISPOSALS = register(DeskList("disposals", "disposal.read", _form, _rows))
PURSUED = register(DeskList("pursued", "disposal.read", _pursued_form, _pursued_rows))
