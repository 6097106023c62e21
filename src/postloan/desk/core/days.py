"""The business day a page is drawn for: the last one adopted, or the past one that was asked for."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from postloan.desk.core.models import AdoptedDay
from postloan.errors import DeskNotReady, FormWrong, VersionUnknown
from postloan.snapshot.read import Edition, edition, published_days, published_run, published_versions


@dataclass(frozen=True)
class BusinessDay:
    """A published day.

    latest_on  the day the desk works on; another one is looked at, and no work is done on it.
    version    the version that was asked for by its number; None is the one that was adopted, or is read.
    """

    home: Path
    on: date
    run_id: str
    latest_on: date
    version: int | None = None

    @property
    def is_past(self) -> bool:
        """Whether it is not the day the desk works on, as it was adopted."""
        return self.on != self.latest_on or self.version is not None


def home() -> Path:
    """The home folder that the desk reads."""
    return Path(settings.POSTLOAN_HOME)


def business_day(asked: str | None) -> BusinessDay:
    """Find the day that a page asks for, or the last one adopted: `2024-03-31`, or `2024-03-31~2`, its second version.

    Raises FormWrong where the text is no published day, DeskNotReady where nothing was adopted yet.
    """
    latest = AdoptedDay.objects.order_by("-on", "-adopted_at").first()
    if latest is None:
        raise DeskNotReady(
            message=_("还没有可以查看的营业日。"),
            hint=_("请先运行一次夜间批处理并接收：postloan night 日期，再 postloan adopt。"),
        )
    said, _tilde, number = (asked or str(latest.on)).partition("~")
    try:
        on = date.fromisoformat(said)
    except ValueError:
        raise FormWrong(message=_("“%s”不是日期。") % said[:20], hint=_("请写成 2024-03-31。")) from None
    if number:
        return _in_version(on, number, latest.on)
    if on == latest.on:
        return BusinessDay(home(), adopted_edition(home(), on, latest.run_id), latest.run_id, on)
    run_id = published_run(home(), on)
    if run_id is None:
        raise FormWrong(
            message=_("%s 没有发布过数据。") % on,
            hint=_("最近发布的日期：%s") % "、".join(str(day) for day in published_days(home())[-5:]),
            where={"on": on},
        )
    return BusinessDay(home(), on, run_id, latest.on)


def adopted_edition(folder: Path, on: date, run_id: str) -> date:
    """The day in the version that the desk adopted: what a night made of it since waits until it is adopted, too."""
    if published_run(folder, on) == run_id or run_id not in published_versions(folder, on):
        return on
    return Edition.of(on, run_id)


def _in_version(on: date, number: str, latest_on: date) -> BusinessDay:
    try:
        asked = edition(home(), on, int(number))
    except (ValueError, VersionUnknown):
        raise FormWrong(
            message=_("%(on)s 没有第 %(number)s 版。") % {"on": on, "number": number[:10]},
            hint=_("请从报表中心的“营业日版本”进入。"), where={"on": on},
        ) from None  # fmt: skip
    return BusinessDay(home(), asked, asked.run_id, latest_on, int(number))
