"""A part of the cockpit: a chart, the table that says the same, and where it is broken down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from postloan.desk.core.figures import Unit, said_percent
from postloan.desk.core.lists.cells import NOTHING
from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.drawn import DrawnSheet, Link, drawn_sheet
from postloan.desk.report.form import Report, Sheet

Options = dict[str, Any]

NEUTRAL, BLUE, RED, GREEN = "#94a3b8", "#206bc4", "#c92a2a", "#2f9e62"
_ONE_PERCENT_E8 = 10**6
_CENTS = 100
_ROWS_MOST = 60


@dataclass(frozen=True)
class Part:
    """A part, ready for its template.

    says    how its figures are defined.
    source  the days and the run they were counted from; days is the same in short.
    aside   what the chart leaves out.
    more    the page where it is broken down.
    chart   options of the chart; None where the table is all there is.
    """

    name: str
    title: str
    says: str
    source: str
    days: str
    more: str
    tables: Sequence[DrawnSheet]
    chart: Options | None = None
    aside: str = ""


def part_of(
    question: Question, report: Report, name: str, *, title: str, says: str, more: str, sheets: Iterable[Sheet],
    chart: Options | None = None, aside: str = "", link: Link | None = None,
) -> Part:  # fmt: skip
    """Draw a part from a report: its sheets as tables, with the days and the run that it was counted from."""
    leads = link or question.link
    tables = [drawn_sheet(report, each, question.words, link=leads, most=_ROWS_MOST) for each in sheets]
    return Part(name, title, says, question.source(report), question.days_of(report), more, tables, chart, aside)


def in_unit(cents: int, unit: Unit) -> float:
    """An amount as a chart measures it: for its length, never to be read to the cent."""
    return round(cents / (_CENTS * unit.units), 4)


def percent(share_e8: int | None) -> str:
    """Write a share in per cent; a share of nothing is a dash."""
    return NOTHING if share_e8 is None else f"{said_percent(share_e8)}%"


def in_percent(share_e8: int | None) -> float | None:
    """A share as a chart measures it."""
    return None if share_e8 is None else round(share_e8 / _ONE_PERCENT_E8, 4)


def tip(*lines: str) -> Options:
    """What is shown of a point under the pointer; the texts may come from feeds."""
    return {"formatter": "<br>".join(escape(line).replace("{", "&#123;") for line in lines)}


def bars(names: Sequence[str], data: Iterable[Options]) -> Options:
    """Lying bars, the first on top; each says its figures itself."""
    return {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 12, "right": 104, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": list(names), "axisTick": {"show": False},
                  "axisLabel": {"width": 104, "overflow": "truncate", "interval": 0}},
        "series": [{"type": "bar", "barMaxWidth": 16, "data": list(data), "cursor": "pointer"}],
    }  # fmt: skip
