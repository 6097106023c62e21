"""The list of exceptions: by sort and kind, in the officer's offices."""

import polars as pl
from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices, orgs_below
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.told import told_said
from postloan.desk.exceptions.queries import SORTS_SAID, exceptions_seen, kind_said, kinds_in_force, with_names
from postloan.rules.desk_exceptions import SORTS


def _form(desk: Desk) -> ListForm:
    kinds = {kind.kind: kind_said(kind) for kind in kinds_in_force(desk)}
    return ListForm(
        name="exceptions",
        title=_("例外事项"),
        columns=(
            Column("sort", _("性质"), "word", say=lambda sort: str(SORTS_SAID[sort])),  # type: ignore[index]
            Column("kind", _("事项"), "word", say=lambda kind: kinds.get(kind, kind)),
            Column("title", _("客户或对象"), link_to="page"),
            Column("told", _("说明"), say=told_said),
            Column("org_name", _("机构"), sorts_by="org_id"),
            Column("officer", _("责任人")),
            Column("happened_on", _("发生日"), "date"),
            Column("late_days", _("超期天数"), "days"),
            Column("amount_cents", _("金额"), "money", is_summed=True),
            Column("subject", _("对象编号"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户、对象或说明"), ("title", "subject", "told")),
            Filter("kind", _("事项"), ("kind",), "one_of", choices=lambda: list(kinds.items())),
            Filter(
                "org",
                _("机构（含下级）"),
                ("org_id",),
                "one_of",
                choices=lambda: org_choices(desk),
                where=lambda answer: pl.col("org_id").is_in(sorted(orgs_below(answer))),
            ),
            Filter("since", _("发生日 ≥"), ("happened_on",), "at_least", "date"),
            Filter("late_from", _("超期天数 ≥"), ("late_days",), "at_least", "days"),
            Filter(
                "sort_is", _("性质"), ("sort",), "one_of", choices=lambda: [(each, SORTS_SAID[each]) for each in SORTS]
            ),
        ),
        tabs=(Tab("all", _("全部"), {}), *(Tab(each, SORTS_SAID[each], {"sort_is": each}) for each in SORTS)),
        order="-happened_on",
        key="key",
        unit=_("项"),
    )


def _rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, exceptions_seen(desk), with_names)


EXCEPTIONS = register(DeskList("exceptions", "exception.read", _form, _rows))
