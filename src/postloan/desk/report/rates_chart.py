"""The repricing gap as a chart: a bar a bucket, floating loans below those that keep their rate."""

from django.utils.translation import gettext as _

from postloan.desk.report.cockpit.part import BLUE, NEUTRAL, Options, in_unit, percent, tip
from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.form import Report, amount
from postloan.rules.rate_risk import APART


def gap_chart(question: Question, report: Report) -> Options:
    """Draw the buckets of the report on rates."""
    buckets = [line for line in report.filed.rows if line["row"] == "item" and line["reprices_in"] not in APART]
    unit = question.unit(max(amount(line["outstanding"]) for line in buckets))
    names = [question.words.of("reprices_in", str(line["reprices_in"])) for line in buckets]
    kinds = {"floating": (_("浮动利率"), BLUE), "by_instalments": (_("固定利率（按还款计划）"), NEUTRAL)}
    sums = [
        {"amount": question.short(amount(line["outstanding"])), "share": percent(amount(line["share"]))}
        for line in buckets
    ]
    series = [
        {
            "name": said, "type": "bar", "stack": "gap", "barMaxWidth": 48, "itemStyle": {"color": colour},
            "data": [
                {
                    "value": in_unit(amount(line[kind]), unit),
                    "tooltip": tip(
                        name, f"{said} {question.short(amount(line[kind]))}",
                        _("合计 %(amount)s，占比 %(share)s") % told,
                    ),
                }
                for name, line, told in zip(names, buckets, sums, strict=True)
            ],
        }
        for kind, (said, colour) in kinds.items()
    ]  # fmt: skip
    return {
        "tooltip": {"trigger": "item"}, "legend": {"top": 0, "right": 8},
        "grid": {"left": 8, "right": 16, "top": 34, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"interval": 0}},
        "yAxis": {"type": "value", "name": unit.name, "splitNumber": 4},
        "series": series,
    }  # fmt: skip
