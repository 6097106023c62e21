"""The page of an event: what was asked of it, and the debtors that it meets."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.drawn import drawn_sheet
from postloan.desk.report.exposures import exposure_list
from postloan.desk.report.form import Report
from postloan.errors import FormWrong, RequestWrong
from postloan.plan.exposures import event_asked, scenarios

_ROWS_MOST, _LONGEST = 200, 20_000
_BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class AskedEvent:
    """An event as an officer writes it: a scenario, or lists of codes and numbers."""

    stress: str
    industries: str
    regions: str
    debtors: str

    @property
    def is_asked(self) -> bool:
        """Whether anything was asked for."""
        return any((self.stress, self.industries, self.regions, self.debtors))


def asked_of(request: HttpRequest) -> AskedEvent:
    """Read what an address asks for."""
    names = ("stress", "industries", "regions", "debtors")
    return AskedEvent(*(request.GET.get(name, "").strip()[:_LONGEST] for name in names))


def exposed_report(question: Question, asked: AskedEvent) -> Report:
    """List whom the event meets, of the offices asked for. Raises FormWrong."""
    home, on = question.desk.day.home, question.on
    lists = (tuple(filter(None, _BETWEEN.split(text))) for text in (asked.industries, asked.regions, asked.debtors))
    try:
        event = event_asked(home, on, asked.stress or None, *lists)
    except RequestWrong:
        raise FormWrong(
            message=_("没有这个情景，或事件没有说明波及谁。"), hint=_("请选择情景，或填写行业、地区、客户。"),
            where={"field": "stress"},
        ) from None  # fmt: skip
    return exposure_list(home, on, event, within=question.within)


def exposed_page(question: Question, asked: AskedEvent) -> dict[str, Any]:
    """The page: its choices, and its list where something was asked for."""
    words = question.words
    told: dict[str, Any] = {
        "title": words("sheet.exposed_debtors"), "asked": asked, "here": "reports",
        "choices": [
            (event.name, words.of("stress", event.name))
            for event in scenarios(question.desk.day.home, question.on)
            if not event.is_of_all
        ],
    }  # fmt: skip
    if asked.is_asked:
        report = exposed_report(question, asked)
        told["sheet"] = drawn_sheet(report, report.filed, words, link=question.link, most=_ROWS_MOST)
        told["source"] = question.source(report)
    return told
