"""Versions of a day at the desk: the list of them, and the choice of one on a report."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from postloan.desk.core.models import AdoptedDay
from postloan.desk.core.pages import Desk
from postloan.desk.report.cockpit.question import Question
from postloan.errors import FormWrong, VersionUnknown
from postloan.plan.versions import Delivery, Version, days_with_versions, versions
from postloan.snapshot.read import edition, published_versions

DAYS_MOST = 100


@dataclass(frozen=True)
class VersionChoice:
    """A version that a report may be drawn in, or compared with.

    asked  how an address asks for it.
    """

    number: int
    run_id: str
    asked: str
    is_drawn: bool


@dataclass(frozen=True)
class VersionLine:
    """A version as the page lists it.

    adopted_at  when the desk took it over; None where it did not.
    changed     what it rests on otherwise than the one before, said.
    """

    version: Version
    adopted_at: datetime | None
    changed: list[str]


def version_choices(question: Question) -> list[VersionChoice]:
    """The versions of the day, where there are several."""
    day = question.desk.day
    runs = published_versions(day.home, day.on)
    if len(runs) == 1:
        return []
    return [
        VersionChoice(number, run, f"{day.on}~{number}", run == day.run_id) for number, run in enumerate(runs, start=1)
    ]


def run_against(question: Question, asked: str) -> str | None:
    """The run of the version that the day is compared with; None where none was asked for. Raises FormWrong."""
    if not asked:
        return None
    try:
        return edition(question.desk.day.home, question.on, int(asked)).run_id
    except (ValueError, VersionUnknown):
        raise FormWrong(
            message=_("%(on)s 没有第 %(number)s 版。") % {"on": question.on, "number": asked[:10]},
            hint=_("请从列表中选择版本。"), where={"field": "against"},
        ) from None  # fmt: skip


def version_lines(desk: Desk) -> list[VersionLine]:
    """The versions of the desk's day. Raises SnapshotDamaged, ClosingsDamaged."""
    adopted = dict(AdoptedDay.objects.filter(on=desk.day.on).values_list("run_id", "adopted_at"))
    return [
        VersionLine(each, adopted.get(each.run_id), _changed(each)) for each in versions(desk.day.home, desk.day.on)
    ]


def version_days(desk: Desk) -> list[tuple[date, int]]:
    """The published days with how many versions each has, the latest first."""
    return list(reversed(days_with_versions(desk.day.home)))[:DAYS_MOST]


def _changed(version: Version) -> list[str]:
    said = {
        "known_on": _("获知日"), "law_of": _("适用规则日"), "rulebook": _("规则库"), "code": _("程序"),
        "lock": _("程序库"),
    }  # fmt: skip
    come = [_("新增数据 %s") % _delivery(each) for each in version.came]
    gone = [_("不含数据 %s") % _delivery(each) for each in version.gone]
    return [*come, *gone, *(said[name] for name in version.changed if name in said)]


def _delivery(each: Delivery) -> str:
    return f"{each.feed_day} {each.source} #{each.load}"
