"""What moved: tiers since a day, buckets since the month-end before, the ways into and out of the NPL balance."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from postloan.desk.core.colours import TIER_COLOURS
from postloan.desk.report.bridge import LINES
from postloan.desk.report.cockpit.part import (
    NEUTRAL,
    Options,
    Part,
    in_percent,
    in_unit,
    part_of,
    percent,
    tip,
)
from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.cockpit.waterfall import Way, waterfall
from postloan.desk.report.drills import loans_of
from postloan.desk.report.form import Column, Report, Row, Sheet, amount, share_e8
from postloan.desk.report.migration import EXITS, NEW
from postloan.tables.units import BUCKETS, TIERS

_ORDINARY = {("pass", "pass"), ("pass", "settled"), (NEW, "pass")}
"""Moves of good loans that stay good: many times all others together, they would press these into hairlines."""
_ENDS = {"opening", "closing"}


def sheet_named(report: Report, name: str) -> Sheet:
    """Find a sheet of a report."""
    return next(sheet for sheet in report.shown if sheet.name == name)


def migration_part(question: Question) -> Part | None:
    """From which tier to which, since the chosen day; None where nothing was published before."""
    if question.since is None:
        return None
    report = question.report("migration", from_on=question.since)
    cells = [line for line in report.filed.rows if line["row"] == "item" and amount(line["loans"])]
    ordinary = [line for line in cells if (line["from_tier"], line["to_tier"]) in _ORDINARY]
    left_out = [f"{_end(question, line)} {question.short(_weight(line))}" for line in ordinary]
    sheets = [sheet_named(report, name) for name in ("migration_balance", "migration_loans", "migration_moves")]
    return part_of(
        question,
        report,
        "migration",
        title=_("五级分类迁徙"),
        says=_("两个营业日之间借据从哪一类到哪一类；宽度为期初余额，新增为期末余额。点击可见借据。"),
        more=question.page("migration", **{"from": str(question.since)}),
        sheets=sheets,
        chart=_sankey(question, [line for line in cells if line not in ordinary]),
        aside=_("未画出的正常类：%s") % "；".join(left_out) if left_out else "",
    )


def _weight(line: Row) -> int:
    return amount(line["balance_to" if line["from_tier"] == NEW else "balance_from"])


def _end(question: Question, line: Row) -> str:
    words = question.words
    return f"{words.of('from_tier', str(line['from_tier']))} → {words.of('to_tier', str(line['to_tier']))}"


def _sankey(question: Question, cells: Sequence[Row]) -> Options:
    unit = question.unit(max((_weight(line) for line in cells), default=0))
    before, after = _("期初"), _("期末")
    links = [_flow(question, line, before, after) for line in cells]
    used = {str(each[side]) for each in links for side in ("source", "target")}
    nodes = []
    for begin in (*TIERS, NEW):
        name = f"{before} {question.words.of('from_tier', begin)}"
        href = "" if begin == NEW else question.loans({"tier": begin, "on": str(question.since)})
        nodes.append(_node(name, begin, "right", href))
    for end in (*TIERS, *EXITS):
        name = f"{after} {question.words.of('to_tier', end)}"
        nodes.append(_node(name, end, "left", question.loans({"tier": end}) if end in TIERS else ""))
    return {
        "tooltip": {"trigger": "item"},
        "series": [{
            "type": "sankey", "left": 8, "right": 8, "top": 8, "bottom": 8, "nodeGap": 10, "nodeWidth": 12,
            "layoutIterations": 0, "draggable": False, "emphasis": {"focus": "adjacency"},
            "lineStyle": {"color": "gradient", "opacity": 0.35, "curveness": 0.5},
            "label": {"fontSize": 12, "color": "#1d2433"},
            "data": [node for node in nodes if node["name"] in used],
            "links": [{**each, "value": in_unit(int(each["value"]), unit)} for each in links],
        }],
    }  # fmt: skip


def _node(name: str, word: str, side: str, href: str) -> Options:
    node = {"name": name, "itemStyle": {"color": TIER_COLOURS.get(word, NEUTRAL)}, "label": {"position": side}}
    return {**node, **({"href": href} if href else {})}


def _flow(question: Question, line: Row, before: str, after: str) -> Options:
    words = question.words
    begin, end = str(line["from_tier"]), str(line["to_tier"])
    is_listed = end != "gone"
    said = [
        _end(question, line),
        _("%s 笔") % f"{amount(line['loans']):,}",
        _("期初 %(before)s，期末 %(after)s")
        % {
            "before": question.short(amount(line["balance_from"])),
            "after": question.short(amount(line["balance_to"])),
        },
    ]
    flow = {
        "source": f"{before} {words.of('from_tier', begin)}", "target": f"{after} {words.of('to_tier', end)}",
        "value": _weight(line), "tooltip": tip(*said),
    }  # fmt: skip
    query = {"tab": "all", "set": f"moved:{question.since}:{begin}:{end}"}
    return {**flow, **({"href": question.loans(query)} if is_listed else {})}


def rolls_part(question: Question) -> Part | None:
    """From which bucket to which since the month-end before; None where none was published."""
    since = question.month_end_before
    if since is None:
        return None
    report = question.report("rolls", from_on=since)
    balance, loans = sheet_named(report, "rolls_balance"), sheet_named(report, "rolls_loans")
    sheets = [balance, loans, sheet_named(report, "rolls_flows_balance")]
    return part_of(
        question,
        report,
        "rolls",
        title=_("逾期账龄滚动率（%）"),
        says=_("期初在某一账龄的余额，到期末去了哪一账龄，占该账龄期初余额的百分比。点击可见借据。"),
        more=question.page("rolls", **{"from": str(question.since or since)}),
        sheets=sheets,
        chart=_heat(question, report, balance, loans),
    )


def _heat(question: Question, report: Report, balance: Sheet, loans: Sheet) -> Options:
    words = question.words
    ends = [*BUCKETS, *(end for end in EXITS if amount(balance.rows[-1][end]))]
    named = [end if end in BUCKETS else words.of("move", end) for end in ends]
    data = []
    for at, (line, counts) in enumerate(zip(balance.rows[:-1], loans.rows[:-1], strict=True)):
        for place, end in enumerate(ends):
            if not amount(counts[end]):
                continue
            share = share_e8(amount(line[end]), amount(line["total"]))
            href = question.loans(loans_of(report, balance, Column(end, "money"), line))
            said = question.short(amount(line[end]))
            shown = in_percent(share) or 0.0
            data.append({
                "value": [place, at, shown],
                "label": {"formatter": f"{shown:.1f}", "color": "#fff" if shown >= 55 else "#1d2433"},  # noqa: PLR2004
                "tooltip": tip(
                    f"{line['from_bucket']} → {named[place]}", percent(share),
                    _("%s 笔") % f"{amount(counts[end]):,}", said,
                ),
                **({"href": href} if href else {}),
            })  # fmt: skip
    return {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 22, "containLabel": True},
        "xAxis": {"type": "category", "data": named, "name": _("期末"), "nameLocation": "middle", "nameGap": 26,
                  "axisLabel": {"interval": 0}},
        "yAxis": {"type": "category", "inverse": True, "data": list(BUCKETS), "name": _("期初"),
                  "nameLocation": "middle", "nameGap": 34, "axisLabel": {"interval": 0}},
        "visualMap": {"min": 0, "max": 100, "show": False, "dimension": 2,
                      "inRange": {"color": ["#f4f8fd", "#a9cbf2", "#3f7fd0", "#123f7c"]}},
        "series": [{"type": "heatmap", "data": data, "label": {"show": True, "fontSize": 11},
                    "itemStyle": {"borderColor": "#fff", "borderWidth": 1}, "cursor": "pointer"}],
    }  # fmt: skip


def bridge_part(question: Question) -> Part | None:
    """The ways into and out of the non-performing balance since the chosen day, as a waterfall."""
    if question.since is None:
        return None
    report = question.report("bridge", from_on=question.since)
    ways, months = sheet_named(report, "bridge"), sheet_named(report, "bridge_months")
    return part_of(
        question,
        report,
        "bridge",
        title=_("不良贷款变动"),
        says=_("期初不良余额经各途径到期末不良余额，逐笔相加到分；核销后收回不影响余额。点击可见借据。"),
        more=question.page("bridge", **{"from": str(question.since)}),
        sheets=[ways, months],
        chart=waterfall(question, _ways(question, report, ways)),
    )


def _ways(question: Question, report: Report, sheet: Sheet) -> list[Way]:
    lines = {str(line["way"]): line for line in sheet.rows}
    shown = [way for way in LINES if way in lines and (way in {*_ENDS, "new"} or amount(lines[way]["balance"]))]
    return [
        Way(
            name=question.words.of("way", way),
            cents=amount(lines[way]["balance"]),
            loans=amount(lines[way]["loans"]),
            href=question.loans(loans_of(report, sheet, Column("balance", "money"), lines[way])),
            is_end=way in _ENDS,
        )
        for way in shown
    ]
