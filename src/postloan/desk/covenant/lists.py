"""The lists of covenants: how each stands, what was proposed, and the statements that were sent in."""

import polars as pl
from django.utils.translation import gettext_lazy as _

from postloan.desk.book.queries import named
from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.frames import FrameSource
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.officers.queries import org_choices
from postloan.desk.core.pages import Desk
from postloan.desk.covenant.chart import said_metric, said_ratio
from postloan.desk.covenant.queries import covenants_seen, proposals_seen
from postloan.desk.covenant.statements.queries import uploads_seen

_KINDS = ("covenant_waiver", "covenant_cure")


def _covenant_form(desk: Desk) -> ListForm:
    return ListForm(
        name="covenants",
        title=_("约定条款"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("covenant:covenant", "covenant_id")),
            Column("covenant_id", _("条款号"), link=("covenant:covenant", "covenant_id")),
            Column("metric", _("指标"), say=said_metric),
            Column("operator", _("比较")),
            Column("threshold", _("阈值"), sorts_by="threshold_e8"),
            Column("value", _("指标值"), sorts_by="value_e8"),
            Column("headroom", _("余量"), sorts_by="headroom_e8"),
            Column("period_end_on", _("报告期末"), "date"),
            Column("result", _("检验结果"), "word", words="covenant_result"),
            Column("cure_ends_on", _("补救期末"), "date"),
            Column("next_due_on", _("下期报表应交日"), "date"),
            Column("org_name", _("机构"), sorts_by="org_id"),
            Column("officer_name", _("客户经理"), sorts_by="officer_id"),
            Column("untested_why", _("未检验原因"), "word", words="untested_why", is_shown=False),
            Column("waived_to_on", _("豁免至"), "date", is_shown=False),
            Column("facility_id", _("授信号"), is_shown=False),
            Column("loan_id", _("借据号"), link=("book:loan", "loan_id"), is_shown=False),
            Column("exposure_cents", _("贷款余额"), "money", is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或条款号"), ("debtor_name", "covenant_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("metric", _("指标"), ("metric",), "one_of", choices=lambda: words_of("ratio")),
            Filter("result", _("检验结果"), ("result",), "one_of", choices=lambda: words_of("covenant_result")),
            Filter("due_to", _("下期报表应交日 ≤"), ("next_due_on",), "at_most", "date"),
        ),
        tabs=(
            Tab("all", _("全部"), {}),
            Tab("breached", _("违反约定"), {"result": "breached,curing"}),
            Tab("untested", _("未检验"), {"result": "not_tested"}),
            Tab("waived", _("已豁免或补救"), {"result": "waived,cured"}),
        ),
        order="headroom",
        key="covenant_id",
        unit=_("项"),
    )


def _covenant_rows(desk: Desk, form: ListForm) -> Source:
    return FrameSource(form, covenants_seen(desk), _dressed)


def _dressed(rows: pl.DataFrame) -> pl.DataFrame:
    """Say ratios as people read them, for the rows that are shown."""
    told = {
        name: pl.Series(
            [said_ratio(*each) for each in rows.select("metric", f"{name}_e8").iter_rows()], dtype=pl.String
        )
        for name in ("threshold", "value", "headroom")
    }
    return named(rows.with_columns(**told))


def _proposal_form(desk: Desk) -> ListForm:
    return ListForm(
        name="covenant_proposals",
        title=_("豁免与补救"),
        columns=(
            Column("case__title", _("客户名称"), link=("covenant:proposal", "id")),
            Column("covenant_id", _("条款号"), link=("covenant:covenant", "covenant_id")),
            Column("kind", _("事项"), "word", words="case_kind"),
            Column("period_end_on", _("报告期末"), "date"),
            Column("result", _("提出时结果"), "word", words="covenant_result"),
            Column("amount_cents", _("贷款余额"), "money"),
            Column("state", _("状态"), "word", words="proposal_state"),
            Column("case__waits_for", _("待办环节"), "word", words="case_step"),
            Column("on", _("提出日"), "date"),
            Column("ends_on", _("豁免至"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
            Column("reason", _("理由"), is_shown=False),
        ),
        filters=(
            Filter("q", _("客户名称或条款号"), ("case__title", "covenant_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("kind", _("事项"), ("kind",), "one_of", choices=lambda: words_of("case_kind", _KINDS)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("proposal_state", _STATES)),
        ),
        tabs=(Tab("proposed", _("报批中"), {"state": "proposed"}), Tab("all", _("全部"), {})),
        order="-on",
        key="id",
        unit=_("项"),
    )


_STATES = ("proposed", "approved", "refused")


def _proposal_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, proposals_seen(desk))


def _upload_form(desk: Desk) -> ListForm:
    return ListForm(
        name="statement_uploads",
        title=_("报表上传"),
        columns=(
            Column("debtor_name", _("客户名称"), link=("covenant:upload", "id")),
            Column("debtor_id", _("客户号"), link=("book:debtor", "debtor_id")),
            Column("file_name", _("文件名")),
            Column("state", _("状态"), "word", words="upload_state"),
            Column("unit", _("金额单位")),
            Column("is_audited", _("已审计"), "flag"),
            Column("on", _("营业日"), "date"),
            Column("made_by__name", _("上传人"), sorts_by="made_by_id"),
            Column("confirmed_by__name", _("确认人"), sorts_by="confirmed_by_id"),
            Column("given__feed_day", _("移交日"), "date"),
            Column("org__name", _("机构"), sorts_by="org_id"),
        ),
        filters=(
            Filter("q", _("客户名称或客户号"), ("debtor_name", "debtor_id")),
            Filter("org", _("机构"), ("org_id",), "one_of", choices=lambda: org_choices(desk)),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("upload_state")),
        ),
        tabs=(
            Tab("all", _("全部"), {}), Tab("read", _("待确认"), {"state": "read"}),
            Tab("confirmed", _("已确认"), {"state": "confirmed"}),
        ),
        order="-on",
        key="id",
        unit=_("份"),
    )  # fmt: skip


def _upload_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, uploads_seen(desk))


COVENANTS = register(DeskList("covenants", "covenant.read", _covenant_form, _covenant_rows))
PROPOSALS = register(DeskList("covenant_proposals", "covenant.read", _proposal_form, _proposal_rows))
UPLOADS = register(DeskList("statement_uploads", "covenant.read", _upload_form, _upload_rows))
