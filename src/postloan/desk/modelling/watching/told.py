"""What the page of a card says of its watching: the last result, its course by month, and the alarms."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.modelling.models import Alarm, ModelCard, Watch
from postloan.desk.modelling.queries import light_of, watches_of
from postloan.desk.modelling.told import Options, TableTold, figure, measure_said
from postloan.models.card import Card
from postloan.plan.watching import unwatched
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Monitoring, load_model_rules
from postloan.tables.said import said

_BLUE, _RED, _AMBER, _NEUTRAL = "#206bc4", "#c92a2a", "#e8a200", "#94a3b8"
_LIGHTS = ("red", "amber", "green")
_BAND = "band "


@dataclass(frozen=True)
class FindingTold:
    """A measure of the last result; those by band of score are told apart, with their tests."""

    measure: str
    subject: str
    value: str
    reference: str
    light: str


@dataclass(frozen=True)
class WatchedTold:
    """What a card's page says of its watching.

    why_not  why it is not watched; empty where it is, or would be once in force.
    chart    PSI and AUC by month-end; None before there is a result.
    """

    why_not: str
    last: Watch | None
    light: str
    findings: Sequence[FindingTold]
    grades: TableTold
    chart: Options | None
    alarms: Sequence[Alarm]


def watched_told(held: ModelCard, card: Card, desk: Desk) -> WatchedTold:
    """Tell what was found of a card."""
    watches = watches_of(held)
    last = watches[-1] if watches else None
    why = unwatched(desk.day.home, card)
    bands = load_model_rules(desk.day.home).monitoring(desk.day.on)
    return WatchedTold(
        _reasons()[why] if why else "", last, light_of(last), _findings(last), _grades(last),
        _chart(watches, bands) if watches else None, list(held.alarms.select_related("disposed_by").order_by("-pk")),
    )  # fmt: skip


def _reasons() -> dict[str, str]:
    return {
        "kind": _("这类模型不给出评分，不做逐月监控。"),
        "calibration": _("模型卡没有校准，不能逐月监控。"),
        "label": _("标签不是发布数据能给出的（bad_in_N_months），请在外部用 postloan model monitor 监控。"),
        "columns": _("所用特征不全在发布数据中，请在外部用 postloan model monitor 监控。"),
        "reference": _("建模样本的最后一个月末没有发布数据，缺少参照，不能逐月监控。"),
    }


def _findings(last: Watch | None) -> list[FindingTold]:
    found = [
        FindingTold(
            measure_said(each["measure"]), subject_said(each["subject"]), figure(each["value"]),
            figure(each["reference"]), each["light"] or "",
        )
        for each in (last.findings if last else [])
        if not each["subject"].startswith(_BAND)
    ]  # fmt: skip
    return sorted(found, key=lambda each: _LIGHTS.index(each.light) if each.light else len(_LIGHTS))


def subject_said(subject: str) -> str:
    """What a finding is of: the model, a band of its score, or a column."""
    if subject == "model":
        return _("模型整体")
    band = subject.removeprefix(_BAND)
    return subject if band == subject else _("分数段 %s") % band


def _grades(last: Watch | None) -> TableTold:
    rows = [
        [
            subject_said(each["grade"]), f"{each['rows']:,}", f"{each['defaults']:,}", f"{each['pd']:.2%}",
            f"{each['observed']:.2%}", figure(each["p_under"]), figure(each["p_over"]),
            said("light", each["light"], language()),
        ]
        for each in (last.grades if last else [])
    ]  # fmt: skip
    heads = [_("分数段"), _("笔数"), _("违约"), _("预测"), _("实际"), _("p（低估）"), _("p（高估）"), _("状态")]
    return TableTold(_("分段校准检验"), heads, rows)


def _chart(watches: Sequence[Watch], bands: Monitoring) -> Options:
    """PSI against its bands, and the area under the curve beside it."""
    psi, auc = (_course(watches, measure) for measure in ("psi", "auc"))
    limits = [
        {"yAxis": bands.stability.watch_from_e8 / ONE_E8, "lineStyle": {"color": _AMBER}},
        {"yAxis": bands.stability.act_over_e8 / ONE_E8, "lineStyle": {"color": _RED}},
    ]
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "grid": {"left": 12, "right": 12, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [each.on.isoformat() for each in watches]},
        "yAxis": [
            {"type": "value", "name": "PSI", "min": 0, "max": _psi_most(psi, bands)},
            {"type": "value", "name": "AUC", "min": 0.5, "max": 1, "splitLine": {"show": False}},
        ],
        "series": [
            {
                "name": "PSI", "type": "bar", "itemStyle": {"color": _NEUTRAL}, "data": psi,
                "markLine": {"silent": True, "symbol": "none", "label": {"position": "insideStartTop"}, "data": limits},
            },
            {"name": "AUC", "type": "line", "yAxisIndex": 1, "itemStyle": {"color": _BLUE}, "data": auc},
        ],
    }  # fmt: skip


def _psi_most(psi: Sequence[float | None], bands: Monitoring) -> float:
    """Where the axis ends: the bands are always seen."""
    return round(max(*(each or 0.0 for each in psi), bands.stability.act_over_e8 / ONE_E8) * 1.1, 2)


def _course(watches: Sequence[Watch], measure: str) -> list[float | None]:
    found = []
    for watch in watches:
        of_model = [each for each in watch.findings if (each["measure"], each["subject"]) == (measure, "model")]
        found.append(round(of_model[0]["value"], 4) if of_model else None)
    return found
