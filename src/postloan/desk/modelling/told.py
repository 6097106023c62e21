"""What a card says, as tables and charts: its measures, and its parameters by kind of model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from postloan.desk.core.lists.cells import NOTHING, language
from postloan.models.calibration import pd_of
from postloan.models.card import (
    Card,
    ChallengerPart,
    Characteristic,
    HazardPart,
    LgdPart,
    MigrationPart,
    ScorecardPart,
)
from postloan.models.scorecard import written_bin
from postloan.tables.said import SAID, said

_BLUE, _RED = "#206bc4", "#c92a2a"
_CURVE_POINTS = 60
Options = dict[str, Any]


@dataclass(frozen=True)
class TableTold:
    """A table: its title, heads, and rows of written cells; the first `texts` columns are words, the others figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1


@dataclass(frozen=True)
class ChartTold:
    """A chart with its title."""

    title: str
    options: Options


@dataclass(frozen=True)
class CardTold:
    """A card as its page shows it."""

    card: Card
    sha256: str
    measures: TableTold
    charts: Sequence[ChartTold]
    parameters: Sequence[TableTold]
    settings: Sequence[tuple[str, str]]


def card_told(card: Card) -> CardTold:
    """Tell a card."""
    charts, parameters = _parts(card)
    return CardTold(card, card.sha256, _measures(card), charts, parameters, sorted(card.settings.items()))


def measure_said(name: str) -> str:
    """A measure in words; one on no list says itself."""
    return said("model_measure", name, language()) if name in SAID["model_measure"] else name


def figure(value: float | None) -> str:
    """An estimate as it is written: four digits after the point."""
    return NOTHING if value is None else f"{value:.4f}"


def line_options(names: Sequence[str], series: Sequence[Options], **axis: Any) -> Options:
    """The options of a chart of lines over named places."""
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": list(names)}, "yAxis": {"type": "value", **axis}, "series": list(series),
    }  # fmt: skip


def _measures(card: Card) -> TableTold:
    by = {(each.name, each.sample): each for each in card.metrics}
    rows = []
    for name in dict.fromkeys(each.name for each in card.metrics):
        fit, held_out = by.get((name, "fit")), by.get((name, "held_out"))
        spans = [each for each in (held_out, fit) if each is not None and each.low is not None]
        span = f"{figure(spans[0].low)} – {figure(spans[0].high)}" if spans else NOTHING
        rows.append(
            [measure_said(name), figure(fit.value if fit else None), figure(held_out.value if held_out else None), span]
        )
    return TableTold(_("检验指标"), [_("指标"), _("拟合样本"), _("留出样本"), _("区间")], rows)


def _parts(card: Card) -> tuple[list[ChartTold], list[TableTold]]:
    part = card.parameters
    if isinstance(part, ScorecardPart):
        return _of_scorecard(card, part), [_of_characteristic(each) for each in part.characteristics]
    if isinstance(part, ChallengerPart):
        return [], [_of_trees(part)]
    if isinstance(part, HazardPart):
        return [], [_of_hazard(part)]
    if isinstance(part, MigrationPart):
        return [], [_of_moves(part)]
    return [_recoveries(part)], [_of_losses(part)]


def _of_scorecard(card: Card, part: ScorecardPart) -> list[ChartTold]:
    worth = sorted(part.characteristics, key=lambda each: each.information_value)
    values = {
        "tooltip": {}, "grid": {"left": 12, "right": 24, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value"}, "yAxis": {"type": "category", "data": [each.name for each in worth]},
        "series": [{
            "type": "bar", "itemStyle": {"color": _BLUE}, "data": [round(each.information_value, 4) for each in worth],
        }],
    }  # fmt: skip
    charts = [ChartTold(_("各特征的信息值"), values)]
    if card.calibration is not None:
        points = [[bin_.points for bin_ in (*each.bins, each.missing)] for each in part.characteristics]
        scores = np.linspace(sum(map(min, points)), sum(map(max, points)), _CURVE_POINTS).round()
        pd = pd_of(card.calibration.lines, scores, None)
        line = {
            "type": "line", "name": _("违约概率（%）"), "showSymbol": False, "itemStyle": {"color": _RED},
            "data": [round(float(each) * 100, 4) for each in pd],
        }  # fmt: skip
        charts.append(ChartTold(_("校准：分数与违约概率"), line_options([f"{each:.0f}" for each in scores], [line])))
    return charts


def _of_characteristic(each: Characteristic) -> TableTold:
    rows = [
        [
            written_bin(each, at), f"{bin_.rows:,}", f"{bin_.bads:,}",
            f"{bin_.bads / bin_.rows:.2%}" if bin_.rows else NOTHING, figure(bin_.woe), str(bin_.points),
        ]
        for at, bin_ in enumerate((*each.bins, each.missing))
    ]  # fmt: skip
    heads = [_("分箱"), _("行数"), _("坏样本"), _("坏样本率"), "WoE", _("分值")]
    return TableTold(f"{each.name} · IV {each.information_value:.3f} · β {each.beta:.3f}", heads, rows)


def _of_trees(part: ChallengerPart) -> TableTold:
    ways = {1: _("越大越差"), -1: _("越大越好"), 0: _("不限")}
    rows = [[name, ways[way]] for name, way in zip(part.names, part.directions, strict=True)]
    return TableTold(_("特征与单调方向"), [_("特征"), _("方向")], rows, texts=2)


def _of_hazard(part: HazardPart) -> TableTold:
    rows = [
        [said("hazard_cause", cause.cause, language()), term.name, figure(term.beta), figure(term.error)]
        for cause in part.causes
        for term in cause.terms
    ]
    return TableTold(_("系数（每期对数几率）"), [_("离开原因"), _("项"), _("系数"), _("标准误")], rows, texts=2)


def _of_moves(part: MigrationPart) -> TableTold:
    rows = [[grade, *(f"{each:.2%}" for each in moves)] for grade, moves in zip(part.grades, part.matrix, strict=True)]
    return TableTold(_("一期迁徙矩阵"), [_("由"), *part.grades], rows)


def _of_losses(part: LgdPart) -> TableTold:
    rows = [
        [each.segment, f"{each.cases:,}", f"{each.lgd_ratio:.2%}", f"{each.lgd_by_count_ratio:.2%}"]
        for each in part.segments
    ]
    return TableTold(_("违约损失率"), [_("组别"), _("案件数"), _("按金额"), _("按笔数")], rows)


def _recoveries(part: LgdPart) -> ChartTold:
    months = max(len(each.recovered_by_month) for each in part.segments) if part.segments else 0
    lines = [
        {
            "type": "line", "name": each.segment, "showSymbol": False,
            "data": [round(share * 100, 3) for share in each.recovered_by_month],
        }
        for each in part.segments
    ]  # fmt: skip
    return ChartTold(_("违约后各月累计回收（%）"), line_options([str(at) for at in range(months)], lines))
