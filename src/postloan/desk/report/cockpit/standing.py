"""Where the book stands: the trend, vintages, concentration, branches and the largest debtors."""

from django.utils.translation import gettext as _

from postloan.desk.core.colours import TIER_COLOURS
from postloan.desk.report.cockpit.movement import sheet_named
from postloan.desk.report.cockpit.part import (
    BLUE,
    Options,
    Part,
    bars,
    in_percent,
    in_unit,
    part_of,
    percent,
    tip,
)
from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.cockpit.tiles import share_of
from postloan.desk.report.form import Column, Report, Row, Sheet, amount, share_e8
from postloan.desk.report.kept import days_published
from postloan.plan.month_ends import is_month_end

_BARS_MOST = 9
_DEBTORS_MOST = 10
_VINTAGES_MOST = 12
_MONTHS_MOST = 36
_ONE_AND_TOTAL = 2


def trend_part(question: Question) -> Part | None:
    """NPL ratio and special-mention share over the published month-ends up to the day."""
    days = [day for day in days_published(question.desk.day.home) if day <= question.on]
    days = [day for day in days if is_month_end(day) or day == question.on][-_MONTHS_MOST:]
    shares = [
        {str(line["tier"]): share_of(line) for line in question.report("tiers", on=day).filed.rows} for day in days
    ]
    named = {"npl_ratio": _("不良率"), "special_mention": _("关注类占比")}
    colours = {"npl_ratio": TIER_COLOURS["doubtful"], "special_mention": TIER_COLOURS["special_mention"]}
    tabs = {"npl_ratio": "npl", "special_mention": "watch"}
    series = [
        {
            "name": said, "type": "line", "symbol": "circle" if key == "npl_ratio" else "rect", "symbolSize": 6,
            "lineStyle": {"type": "solid" if key == "npl_ratio" else "dashed"}, "itemStyle": {"color": colours[key]},
            "data": [
                {
                    "value": in_percent(held[key]), "href": question.loans({"on": str(day), "tab": tabs[key]}),
                    "tooltip": tip(str(day), f"{said} {percent(held[key])}"),
                }
                for day, held in zip(days, shares, strict=True)
            ],
        }
        for key, said in named.items()
    ]  # fmt: skip
    columns = (Column("until", "text"), Column("npl_ratio", "share"), Column("special_mention", "share"))
    lines: tuple[Row, ...] = tuple(
        {"row": "item", "until": str(day), "npl_ratio": held["npl_ratio"], "special_mention": held["special_mention"]}
        for day, held in reversed(list(zip(days, shares, strict=True)))
    )
    report = question.report("tiers")
    drawn = Sheet("tiers", columns, lines)

    def link(_report: Report, _sheet: Sheet, column: Column, line: Row) -> str:
        tab = tabs.get(column.name)
        return question.loans({"on": str(line["until"]), "tab": tab}) if tab else ""

    return part_of(
        question,
        report,
        "trend",
        title=_("不良率与关注类占比走势"),
        says=_("各发布月末的不良率和关注类占比。点击可见当日借据。"),
        more=question.page("tiers"),
        sheets=[drawn],
        link=link,
        chart={
            "tooltip": {"trigger": "item"}, "legend": {"top": 0, "right": 8},
            "grid": {"left": 8, "right": 16, "top": 34, "bottom": 8, "containLabel": True},
            "xAxis": {"type": "category", "data": [str(day)[:7] for day in days], "boundaryGap": False},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}%"}, "splitNumber": 4},
            "series": series,
        },
    )  # fmt: skip


def vintages_part(question: Question) -> Part | None:
    """By month of paying out: which share of its loans was ever past due by more than 30 days, by months on book."""
    days = [day for day in days_published(question.desk.day.home) if day < question.on]
    if not days:
        return None
    report = question.report("vintages", from_on=days[0])
    curves = sheet_named(report, "vintages_ever_over_30")
    names = [column.name for column in curves.columns[1:] if column.name > str(days[0])[:7]][-_VINTAGES_MOST:]
    ages = [line for line in curves.rows if any(line[name] is not None for name in names)]
    series = [
        {
            "name": name, "type": "line", "symbolSize": 5, "connectNulls": False,
            "lineStyle": {"width": 2, "color": _shade(at, len(names))}, "itemStyle": {"color": _shade(at, len(names))},
            "data": [
                {
                    "value": in_percent(_int(line[name])),
                    "href": question.loans({"tab": "all", "set": f"vintage:{name}"}),
                    "tooltip": tip(
                        _("%s 放款") % name, _("账龄 %s 个月") % line["months_on_book"], percent(_int(line[name]))
                    ),
                }
                for line in ages
            ],
        }
        for at, name in enumerate(names)
    ]  # fmt: skip
    return part_of(
        question,
        report,
        "vintages",
        title=_("放款批次：曾逾期30天以上（%）"),
        says=_("同月放款的借据，到各账龄月曾被发现逾期30天以上的笔数占比。点击可见该批次借据。"),
        more=question.page("vintages"),
        sheets=[sheet_named(report, "vintages")],
        chart={
            "tooltip": {"trigger": "item"}, "legend": {"type": "scroll", "top": 0},
            "grid": {"left": 8, "right": 24, "top": 34, "bottom": 22, "containLabel": True},
            "xAxis": {"type": "category", "data": [str(line["months_on_book"]) for line in ages],
                      "name": _("账龄（月）"), "nameLocation": "middle", "nameGap": 24, "boundaryGap": False},
            "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}%"}, "splitNumber": 4},
            "series": series,
        },
    )  # fmt: skip


def _int(cell: object) -> int | None:
    return cell if isinstance(cell, int) else None


def _shade(at: int, count: int) -> str:
    """The later the vintage, the darker its line."""
    lightest, darkest = (170, 198, 235), (16, 56, 120)
    share = at / max(1, count - 1)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(lightest, darkest, strict=True))
    return f"rgb({red},{green},{blue})"


def share_part(question: Question, by: str) -> Part:
    """The balance by industry, region or product, each with its NPL ratio."""
    report = question.report("tiers", by=by)
    total = amount(report.filed.rows[-1]["outstanding"])
    held = sorted(report.filed.rows[:-1], key=lambda line: -amount(line["outstanding"]))
    largest = [line for line in held if amount(line["outstanding"])][:_BARS_MOST]
    unit = question.unit(amount(largest[0]["outstanding"]) if largest else 0)
    names = [question.words.of(by, _text(line[by])) for line in largest]
    outstanding = Column("outstanding", "money")
    data: list[Options] = [
        {
            "value": in_unit(amount(line["outstanding"]), unit), "itemStyle": {"color": BLUE},
            "href": question.link(report, report.filed, outstanding, line),
            "label": {
                "show": True, "position": "right", "color": "#1d2433",
                "formatter": f"{_part_of(line, total)} | {percent(_int(line['npl_ratio']))}",
            },
            "tooltip": tip(
                name, question.short(amount(line["outstanding"])),
                _("占比 %s") % _part_of(line, total),
                _("不良率 %s") % percent(_int(line["npl_ratio"])),
            ),
        }
        for name, line in zip(names, largest, strict=True)
    ]  # fmt: skip
    titles = {"industry": _("行业集中度"), "region": _("地区集中度"), "product": _("产品集中度")}
    return part_of(
        question,
        report,
        by,
        title=titles[by],
        says=_("贷款余额的分布；柱右为占比和不良率。点击可见借据。"),
        more=question.page("tiers", by=by),
        sheets=[report.filed],
        chart=bars(names, data),
        aside=_("柱右：占比 | 不良率"),
    )


def _part_of(line: Row, total: int) -> str:
    return percent(share_e8(amount(line["outstanding"]), total))


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def ranking_part(question: Question) -> Part:
    """The branches by NPL ratio, the worst first; of a single branch, the offices below it."""
    by = "org" if len(question.report("tiers", by="org").filed.rows) > _ONE_AND_TOTAL else "office"
    report = question.report("tiers", by=by)
    overdue = {line["org_id"]: line for line in question.report("overdue", by=by).filed.rows}
    *offices, total = report.filed.rows
    ranked = sorted(offices, key=lambda line: -(_int(line["npl_ratio"]) or 0))
    lines = [
        {
            "row": line["row"], "org_id": line["org_id"], "org_name": line["org_name"],
            "outstanding": line["outstanding"],
            "non_performing": line["non_performing"], "npl_ratio": line["npl_ratio"],
            "over_90_to_npl": overdue[line["org_id"]]["over_90_to_npl"],
        }
        for line in (*ranked, total)
    ]  # fmt: skip
    columns = (
        Column("org_name", "text"), Column("outstanding", "money"), Column("non_performing", "money"),
        Column("npl_ratio", "share"), Column("over_90_to_npl", "share"),
    )  # fmt: skip
    sheet = Sheet(f"tiers_by_{by}", columns, tuple(lines))
    return part_of(
        question,
        report,
        "ranking",
        title=_("机构排名（按不良率）"),
        says=_("各分行（含其下级机构）的贷款质量，只看一家分行时为其各网点；不良率高的在前。点击数字可见借据。"),
        more=question.page("tiers", by=by),
        sheets=[sheet],
    )


def debtors_part(question: Question) -> Part:
    """The debtors with the largest balance."""
    report = question.report("debtors")
    *items, _largest, total = report.filed.rows
    names = ("debtor_name", "tier", "days_past_due", "outstanding", "share")
    columns = tuple(column for name in names for column in report.filed.columns if column.name == name)
    sheet = Sheet("debtors", columns, (*items[:_DEBTORS_MOST],))
    cut = sum(amount(line["outstanding"]) for line in sheet.rows)
    return part_of(
        question,
        report,
        "debtors",
        title=_("最大客户"),
        says=_("贷款余额最大的客户；分类和逾期天数为其各笔中最差。点击客户名称可见全貌。"),
        more=question.page("debtors"),
        sheets=[sheet],
        aside=_("以上 %(count)s 户占比 %(share)s")
        % {"count": len(sheet.rows), "share": percent(share_e8(cut, amount(total["outstanding"])))},
    )
