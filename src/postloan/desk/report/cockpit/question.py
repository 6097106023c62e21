"""What the cockpit is asked: which day, since when, which offices; and the addresses that keep these answers."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.figures import Unit, said_money, unit_for
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import org_in_scope, orgs_below
from postloan.desk.core.pages import Desk
from postloan.desk.report.book import Within
from postloan.desk.report.drills import Query, loans_of, page_of
from postloan.desk.report.form import Column, Report, Row, Sheet
from postloan.desk.report.kept import days_published, kept_report, within_of
from postloan.desk.report.titles import source_line
from postloan.desk.report.words.said import ReportWords
from postloan.errors import FormWrong
from postloan.plan.month_ends import is_month_end


@dataclass(frozen=True)
class Question:
    """A question to the cockpit or to a report page.

    since   the earlier day of what compares two; None where nothing was published before.
    org     the office that was chosen among those of the desk; None is all of them.
    within  the offices whose loans count: the chosen one's and all below it, of those that the desk may see.
    """

    desk: Desk
    since: date | None
    org: Org | None
    within: Within
    words: ReportWords

    @property
    def on(self) -> date:
        """The business day."""
        return self.desk.day.on

    @property
    def month_end_before(self) -> date | None:
        """The last published month-end before the day."""
        ends = (day for day in days_published(self.desk.day.home) if day < self.on and is_month_end(day))
        return max(ends, default=None)

    def report(
        self,
        kind: str,
        *,
        on: date | None = None,
        from_on: date | None = None,
        by: str | None = None,
        against: str | None = None,
    ) -> Report:
        """A report of the day, or of another one, for the offices asked for."""
        day = on or self.on
        return kept_report(
            self.desk.day.home, kind, on=day, from_on=from_on, by=by, within=self.within, against=against
        )

    def unit(self, cents_most: int) -> Unit:
        """The unit in which amounts of this size are easily read."""
        return unit_for(cents_most, self.report("tiers").snapshot.currency, self.words.language)

    def short(self, cents: int) -> str:
        """An amount with a unit in which it is easily read: 148.62 亿元, CNY 14.86 bn."""
        unit = self.unit(cents)
        said = said_money(cents, unit)
        if self.words.language == "zh":
            return f"{said} {unit.name}"
        currency, _space, times = unit.name.partition(" ")
        return f"{currency} {said} {times}".strip()

    @property
    def carried(self) -> dict[str, str]:
        """What every address keeps: the day and the office, where they were asked for."""
        on = {"on": self.desk.asked_on} if self.desk.asked_on else {}
        return on | ({"org": self.org.pk} if self.org else {})

    def loans(self, query: Query | None) -> str:
        """The address of the list of loans with a question; empty where there is none."""
        if query is None:
            return ""
        return reverse("book:loans") + "?" + urlencode({**self.carried, **query})

    def page(self, kind: str, **query: str) -> str:
        """The address of a report's page."""
        return reverse("report:report", args=[kind]) + "?" + urlencode({**self.carried, **query})

    def link(self, report: Report, sheet: Sheet, column: Column, line: Row) -> str:
        """Where a cell of a sheet leads."""
        on = {"on": self.desk.asked_on} if self.desk.asked_on else {}
        return page_of(column, line, on) or self.loans(loans_of(report, sheet, column, line))

    def source(self, report: Report) -> str:
        """Which day and run a report was counted from."""
        return source_line(report.snapshot, self.words)

    def days_of(self, report: Report) -> str:
        """The day of a report, or both of them, and the run by its first eight digits: what a chart has room for."""
        days = [str(each.on) for each in (report.before, report.snapshot) if each]
        return f"{' → '.join(days)} · {_('批次')} {report.snapshot.run_id[:8]}"


def read_question(request: HttpRequest, desk: Desk) -> Question:
    """Read the question of an address. Raises FormWrong, NotFoundHere."""
    org_id = request.GET.get("org", "")
    org = org_in_scope(desk, org_id) if org_id else None
    return Question(desk, _since(request.GET.get("from", ""), desk), org, _within(desk, org), ReportWords(language()))


def question_of(desk: Desk) -> Question:
    """The question of an address that asks for nothing: what whoever opens the cockpit sees first."""
    return Question(desk, _since("", desk), None, within_of(desk), ReportWords(language()))


def _within(desk: Desk, org: Org | None) -> Within:
    scope = within_of(desk)
    if org is None or (org.parent_id is None and scope is None):
        return scope
    below = orgs_below(org.pk)
    return below if scope is None else below & scope


def days_before(desk: Desk) -> list[date]:
    """The published days before the desk's, the latest first."""
    return [day for day in reversed(days_published(desk.day.home)) if day < desk.day.on]


def _since(asked: str, desk: Desk) -> date | None:
    """The day that was asked for; else the end of last year, or the first day that was published.

    Whoever turns to a day before the one that was asked for keeps that one in the address: then it counts for nothing.
    """
    earlier = days_before(desk)
    if asked and asked not in {str(day) for day in days_published(desk.day.home) if day >= desk.day.on}:
        found = next((day for day in earlier if day.isoformat() == asked), None)
        if found is None:
            raise FormWrong(
                message=_("%s 不是此前发布过的日期。") % asked[:20], hint=_("请从列表中选择期初日。"),
                where={"field": "from"},
            )  # fmt: skip
        return found
    year_end = date(desk.day.on.year - 1, 12, 31)
    return year_end if year_end in earlier else earlier[-1] if earlier else None
