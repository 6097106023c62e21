"""The lists of asset preservation: hand-overs, routes, mandates, packages, agreed disposals, assets, accountability."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.preservation.grants import READ, rules_on
from postloan.desk.preservation.models import (
    Accountability,
    Asset,
    Handover,
    Mandate,
    Package,
    Realisation,
    RouteComparison,
)
from postloan.desk.preservation.queries import seen

_WAIT = ",".join(Handover.RUNNING)
_OVER = ",".join(Mandate.OVER)


def _office(desk: Desk) -> Filter:
    return Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk))


def _state(words: str) -> Filter:
    return Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of(words))


def _late(is_late: Q) -> Case:
    return Case(When(is_late, then=Value("late")), default=Value(""))


def _handover_form(desk: Desk) -> ListForm:
    late = {"state": _WAIT, "due_to": (desk.day.on - timedelta(days=1)).isoformat()}
    return ListForm(
        name="handovers",
        title=_("移交资产保全"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("preservation:handover", "id")),
            Column("state", _("状态"), "word", words="handover_state"),
            Column("tier", _("五级分类"), "tier"),
            Column("reached_on", _("进入不良日"), "date"),
            Column("due_on", _("移交限期"), "date", tone_by="late"),
            Column("exposure_cents", _("贷款余额"), "money", is_summed=True),
            Column("loan_count", _("借据数"), "count"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("officer__name", _("客户经理"), sorts_by="officer_id"),
            Column("handed_on", _("移交日"), "date"),
            Column("received_on", _("接收日"), "date"),
            Column("hander__name", _("移交人"), is_shown=False),
            Column("taker__name", _("接收人"), is_shown=False),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")), _office(desk), _state("handover_state"),
            Filter("tier", _("五级分类"), ("tier",), "one_of", choices=lambda: words_of("tier")),
            Filter("due_to", _("限期 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("waiting", _("未完成"), {"state": _WAIT}), Tab("late", _("超期"), late),
            Tab("received", _("已接收"), {"state": "received"}), Tab("all", _("全部"), {}),
        ),
        order="due_on",
        key="id",
        unit=_("户"),
    )  # fmt: skip


def _handovers(desk: Desk) -> QuerySet[Handover]:
    is_late = Q(state__in=Handover.RUNNING, due_on__lt=desk.day.on) | Q(received_on__gt=F("due_on"))
    return seen(desk, Handover).annotate(late=_late(is_late))


def _route_form(desk: Desk) -> ListForm:
    return ListForm(
        name="route_comparisons",
        title=_("处置路径"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("preservation:comparison", "id")),
            Column("chosen", _("所选路径"), "word", words="route"),
            Column("best", _("测算最优"), "word", words="route"),
            Column("npv_cents", _("净现值"), "money", is_summed=True),
            Column("loss_cents", _("预计损失"), "money", is_summed=True),
            Column("days", _("预计天数"), "count"),
            Column("state", _("状态"), "word", words="comparison_state"),
            Column("approval__waits_for", _("待办环节"), "word", words="case_step"),
            Column("on", _("测算日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("chosen_by__name", _("经办人"), sorts_by="chosen_by_id"),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")), _office(desk), _state("comparison_state"),
            Filter("chosen", _("所选路径"), ("chosen",), "one_of", choices=lambda: words_of("route")),
        ),
        tabs=(Tab("all", _("全部"), {}), Tab("proposed", _("报批中"), {"state": "proposed"})),
        order="-on",
        key="id",
        unit=_("项"),
    )  # fmt: skip


def _mandate_form(desk: Desk) -> ListForm:
    return ListForm(
        name="mandates",
        title=_("律师委托"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("preservation:mandate", "id")),
            Column("firm__name", _("律师事务所"), sorts_by="firm_id"),
            Column("lawyer__name", _("律师"), sorts_by="lawyer_id"),
            Column("state", _("状态"), "word", words="mandate_state"),
            Column("fee_kind", _("收费方式"), "word", words="fee_kind"),
            Column("fee_cents", _("律师费"), "money", is_summed=True),
            Column("claim_cents", _("标的"), "money", is_summed=True),
            Column("costs_cents", _("已发生费用"), "money", is_summed=True),
            Column("recovered_cents", _("回收金额"), "money", is_summed=True),
            Column("opened_on", _("委托日"), "date"),
            Column("closed_on", _("办结日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")), _office(desk), _state("mandate_state"),
            Filter("firm", _("律师事务所"), ("firm__name",)),
        ),
        tabs=(
            Tab("running", _("办理中"), {"state": "running"}), Tab("over", _("已结束"), {"state": _OVER}),
            Tab("all", _("全部"), {}),
        ),
        order="-opened_on",
        key="id",
        unit=_("项"),
        begins="all",
    )  # fmt: skip


def _package_form(desk: Desk) -> ListForm:
    return ListForm(
        name="packages",
        title=_("资产包"),
        columns=(
            Column("name", _("资产包"), link=("preservation:package", "id")),
            Column("kind", _("种类"), "word", words="package_kind"),
            Column("state", _("状态"), "word", words="package_state"),
            Column("accounts", _("户数"), "count"),
            Column("principal_cents", _("本金"), "money"),
            Column("reserve_cents", _("底价"), "money", is_summed=True),
            Column("price_cents", _("成交价"), "money", is_summed=True),
            Column("buyer", _("受让方")),
            Column("on", _("组包日"), "date"),
            Column("sold_on", _("成交日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
        ),
        filters=(
            Filter("q", _("资产包或受让方"), ("name", "buyer")), _office(desk), _state("package_state"),
            Filter("kind", _("种类"), ("kind",), "one_of", choices=lambda: words_of("package_kind")),
        ),
        tabs=(Tab("all", _("全部"), {}), Tab("sold", _("已转让"), {"state": "sold"})),
        order="-on",
        key="id",
        unit=_("个"),
    )  # fmt: skip


def _packages(desk: Desk) -> QuerySet[Package]:
    accounts = Count("loans__debtor_id", distinct=True)
    return seen(desk, Package).annotate(accounts=accounts, principal_cents=Sum("loans__principal_cents", default=0))


def _asset_form(desk: Desk) -> ListForm:
    lead = rules_on(desk.day).asset.lead_days
    near = {"state": "held", "due_to": (desk.day.on + timedelta(days=lead)).isoformat()}
    late = {"state": "held", "due_to": (desk.day.on - timedelta(days=1)).isoformat()}
    return ListForm(
        name="repossessed",
        title=_("抵债资产"),
        columns=(
            Column("name", _("资产名称"), link=("preservation:asset", "id")),
            Column("asset_id", _("资产编号")),
            Column("kind", _("种类"), "word", words="asset_kind"),
            Column("state", _("状态"), "word", words="asset_state"),
            Column("taken_on", _("取得日"), "date"),
            Column("dispose_by", _("处置期限"), "date", tone_by="late"),
            Column("book_cents", _("入账价值"), "money", is_summed=True),
            Column("lost_cents", _("减值"), "money", is_summed=True),
            Column("counted_on", _("上次盘点"), "date"),
            Column("proceeds_cents", _("处置收入"), "money", is_summed=True),
            Column("result_cents", _("处置损益"), "money", is_summed=True),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id"), is_shown=False),
            Column("loan_id", _("借据号"), is_shown=False),
        ),
        filters=(
            Filter("q", _("资产名称或编号"), ("name", "asset_id", "debtor_id")), _office(desk), _state("asset_state"),
            Filter("kind", _("种类"), ("kind",), "one_of", choices=lambda: words_of("asset_kind")),
            Filter("due_to", _("处置期限 ≤"), ("dispose_by",), "at_most", "date"),
        ),
        tabs=(
            Tab("held", _("持有"), {"state": "held"}), Tab("near", _("临近期限"), near), Tab("late", _("超期"), late),
            Tab("sold", _("已处置"), {"state": "sold"}), Tab("all", _("全部"), {}),
        ),
        order="dispose_by",
        key="id",
        unit=_("项"),
    )  # fmt: skip


def _assets(desk: Desk) -> QuerySet[Asset]:
    is_late = Q(state="held", dispose_by__lt=desk.day.on) | Q(sold_on__gt=F("dispose_by"))
    return seen(desk, Asset).annotate(late=_late(is_late))


def _realisation_form(desk: Desk) -> ListForm:
    running = ",".join(Realisation.RUNNING)
    late = {"state": "agreed,sold,closed", "due_to": (desk.day.on - timedelta(days=1)).isoformat()}
    return ListForm(
        name="realisations",
        title=_("协议处置押品"),
        columns=(
            Column("collateral_id", _("押品号"), link=("preservation:realisation", "id")),
            Column("name", _("描述")),
            Column("debtor_name", _("客户名称"), link=("book:debtor", "debtor_id")),
            Column("way", _("处置方式"), "word", words="realisation_way"),
            Column("state", _("状态"), "word", words="realisation_state"),
            Column("value_cents", _("当日价值"), "money", is_summed=True),
            Column("price_cents", _("底价或折价"), "money", is_summed=True),
            Column("sold_cents", _("成交价"), "money", is_summed=True),
            Column("surplus_cents", _("应退余额"), "money", is_summed=True),
            Column("due_on", _("限期"), "date", tone_by="late"),
            Column("returned_on", _("退还日"), "date"),
            Column("agreed_on", _("协议日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("made_by__name", _("经办人"), sorts_by="made_by_id"),
            Column("kind", _("押品类型"), "word", words="collateral_kind", is_shown=False),
            Column("right", _("担保物权"), "word", words="realisation_right", is_shown=False),
            Column("owner_id", _("所有人"), is_shown=False),
            Column("closed_on", _("办结日"), "date", is_shown=False),
        ),
        filters=(
            Filter("q", _("押品号、描述或客户名称"), ("collateral_id", "name", "debtor_name")), _office(desk),
            _state("realisation_state"),
            Filter("way", _("处置方式"), ("way",), "one_of", choices=lambda: words_of("realisation_way")),
            Filter("due_to", _("限期 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("all", _("全部"), {}), Tab("running", _("在办"), {"state": running}), Tab("late", _("超期"), late),
        ),
        order="-on",
        key="id",
        unit=_("项"),
    )  # fmt: skip


def _realisations(desk: Desk) -> QuerySet[Realisation]:
    is_late = Q(state__in=["agreed", "sold"], due_on__lt=desk.day.on) | Q(
        state="closed", returned_on=None, due_on__lt=desk.day.on
    )
    return seen(desk, Realisation).annotate(late=_late(is_late))


def _accountability_form(desk: Desk) -> ListForm:
    late = {"state": "open,voting", "due_to": (desk.day.on - timedelta(days=1)).isoformat()}
    return ListForm(
        name="accountabilities",
        title=_("责任认定"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("preservation:accountability", "id")),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id")),
            Column("state", _("状态"), "word", words="accountability_state"),
            Column("proposal", _("认定意见"), "word", words="accountability_finding"),
            Column("loss_cents", _("损失金额"), "money", is_summed=True),
            Column("off_on", _("核销日"), "date"),
            Column("due_on", _("限期"), "date", tone_by="late"),
            Column("closed_on", _("办结日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
        ),
        filters=(
            Filter("q", _("客户名称或借据号"), ("debtor_name", "loan_id")), _office(desk),
            _state("accountability_state"), Filter("due_to", _("限期 ≤"), ("due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("all", _("全部"), {}), Tab("running", _("未办结"), {"state": "open,voting"}),
            Tab("late", _("超期"), late),
        ),
        order="due_on",
        key="id",
        unit=_("项"),
    )  # fmt: skip


def _accountabilities(desk: Desk) -> QuerySet[Accountability]:
    is_late = Q(due_on__lt=desk.day.on) & ~Q(state="closed") | Q(closed_on__gt=F("due_on"))
    return seen(desk, Accountability).annotate(late=_late(is_late))


def _listed(name: str, form: Callable[[Desk], ListForm], rows: Callable[[Desk], QuerySet[Any]]) -> DeskList:
    def source(desk: Desk, made: ListForm) -> Source:
        return QuerySource(made, rows(desk))

    return register(DeskList(name, READ, form, source))


HANDOVERS = _listed("handovers", _handover_form, _handovers)
ROUTES = _listed("route_comparisons", _route_form, lambda desk: seen(desk, RouteComparison))
MANDATES = _listed("mandates", _mandate_form, lambda desk: seen(desk, Mandate))
PACKAGES = _listed("packages", _package_form, _packages)
REALISATIONS = _listed("realisations", _realisation_form, _realisations)
ASSETS = _listed("repossessed", _asset_form, _assets)
ACCOUNTABILITIES = _listed("accountabilities", _accountability_form, _accountabilities)
