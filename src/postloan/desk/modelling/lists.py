"""The register of models, and the list of alarms."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import words_of
from postloan.desk.core.lists.form import Column, Filter, ListForm, Source, Tab
from postloan.desk.core.lists.queries import QuerySource
from postloan.desk.core.lists.registry import DeskList, register
from postloan.desk.core.pages import Desk
from postloan.desk.modelling.queries import alarms_seen, cards_seen


def _card_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="models",
        title=_("模型台账"),
        columns=(
            Column("model_id", _("模型"), link=("modelling:card", "id")),
            Column("edition", _("版本"), "count"),
            Column("kind", _("类型"), "word", words="model_kind"),
            Column("state", _("状态"), "word", words="model_state"),
            Column("auc_e8", "AUC", "share"),
            Column("effective_from", _("生效日"), "date"),
            Column("effective_to", _("失效日"), "date"),
            Column("alarms_open", _("未处置报警"), "count"),
            Column("case__waits_for", _("待办环节"), "word", words="case_step"),
            Column("proposed_by__name", _("提出人"), sorts_by="proposed_by_id"),
            Column("proposed_on", _("提出日"), "date"),
            Column("approved_by__name", _("批准人"), sorts_by="approved_by_id"),
            Column("purpose", _("用途"), is_shown=False),
            Column("sha256", _("校验码"), is_shown=False),
        ),
        filters=(
            Filter("q", _("模型或用途"), ("model_id", "purpose")),
            Filter("kind", _("类型"), ("kind",), "one_of", choices=lambda: words_of("model_kind")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("model_state")),
            Filter("alarms_from", _("未处置报警 ≥"), ("alarms_open",), "at_least", "count"),
        ),
        tabs=(
            Tab("in_force", _("在用"), {"state": "approved,retiring"}),
            Tab("proposed", _("报批中"), {"state": "proposed,retiring"}),
            Tab("alarmed", _("有报警"), {"alarms_from": "1"}),
            Tab("all", _("全部"), {}),
        ),
        order="-proposed_on",
        key="id",
        unit=_("张"),
    )


def _card_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, cards_seen(desk))


def _alarm_form(_desk: Desk) -> ListForm:
    return ListForm(
        name="model_alarms",
        title=_("模型报警"),
        columns=(
            Column("card__model_id", _("模型"), link=("modelling:card", "card_id")),
            Column("card__edition", _("版本"), "count"),
            Column("measure", _("指标"), "word", words="model_measure"),
            Column("told", _("说明")),
            Column("state", _("状态"), "word", words="alarm_state"),
            Column("on", _("报警日"), "date"),
            Column("ended_on", _("恢复日"), "date"),
            Column("disposal", _("处置"), "word", words="alarm_disposal"),
            Column("disposed_by__name", _("处置人"), sorts_by="disposed_by_id"),
            Column("disposed_on", _("处置日"), "date"),
            Column("reason", _("理由"), is_shown=False),
        ),
        filters=(
            Filter("q", _("模型"), ("card__model_id",)),
            Filter("measure", _("指标"), ("measure",), "one_of", choices=lambda: words_of("model_measure")),
            Filter("state", _("状态"), ("state",), "one_of", choices=lambda: words_of("alarm_state")),
        ),
        tabs=(
            Tab("open", _("未处置"), {"state": "open"}),
            Tab("disposed", _("已处置未恢复"), {"state": "disposed"}),
            Tab("all", _("全部"), {}),
        ),
        order="-on",
        key="id",
        unit=_("项"),
    )


def _alarm_rows(desk: Desk, form: ListForm) -> Source:
    return QuerySource(form, alarms_seen(desk))


MODELS = register(DeskList("models", "model.read", _card_form, _card_rows))
ALARMS = register(DeskList("model_alarms", "model.read", _alarm_form, _alarm_rows))
