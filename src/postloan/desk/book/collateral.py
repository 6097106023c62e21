"""The list of collateral: latest value, what it secures, and what of it ends soon."""

from datetime import timedelta

import polars as pl
from django.utils.translation import gettext_lazy as _

from postloan.desk.book.lists import words_of
from postloan.desk.book.narrow import collateral_rows
from postloan.desk.book.queries import loans_seen
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.pages import Desk

_ENDS_WITHIN = timedelta(days=30)


def _form(desk: Desk) -> ListForm:
    soon = (desk.day.on + _ENDS_WITHIN).isoformat()
    old = desk.day.on.replace(year=desk.day.on.year - 1, day=min(desk.day.on.day, 28)).isoformat()
    return ListForm(
        name="collateral",
        title=_("押品"),
        columns=(
            Column("collateral_id", _("押品号")),
            Column("kind", _("押品类型"), "word", words="collateral_kind"),
            Column("description", _("描述")),
            Column("debtor_name", _("债务人"), link=("book:debtor", "debtor_id")),
            Column("secures_id", _("担保对象")),
            Column("secured_cents", _("担保金额"), "money", is_summed=True),
            Column("value_cents", _("最近估值"), "money", is_summed=True),
            Column("valued_on", _("估值日"), "date"),
            Column("registration_ends_on", _("登记到期"), "date"),
            Column("insured_to_on", _("保险到期"), "date"),
            Column("custody", _("权证保管"), is_shown=False),
            Column("status", _("状态"), "word", words="collateral_status"),
        ),
        filters=(
            Filter("q", _("押品号、描述或债务人"), ("collateral_id", "description", "debtor_name")),
            Filter("kind", _("押品类型"), ("kind",), "one_of", choices=lambda: words_of("collateral_kind")),
            Filter("value_from", _("估值 ≥"), ("value_cents",), "at_least", "money"),
            Filter("valued_to", _("估值日 ≤"), ("valued_on",), "at_most", "date"),
            Filter("registered_to", _("登记到期 ≤"), ("registration_ends_on",), "at_most", "date"),
            Filter("insured_to", _("保险到期 ≤"), ("insured_to_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("old", _("一年未重估"), {"valued_to": old}),
            Tab("registration", _("登记30天内到期"), {"registered_to": soon}),
            Tab("insurance", _("保险30天内到期"), {"insured_to": soon}),
        ),
        order="-value_cents",
        key="collateral_id",
        unit=_("件"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    rows = collateral_rows(desk.day)
    if not desk.scope.is_all:
        mine: pl.DataFrame = loans_seen(desk).select("debtor_id").unique()
        rows = rows.join(mine, on="debtor_id", how="semi", maintain_order="left")
    return FrameSource(form, rows)


COLLATERAL = register(DeskList("collateral", "loan.read", _form, _rows))
