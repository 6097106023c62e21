"""The business day a page is drawn for: the last one adopted, or the past one that was asked for."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from postloan.desk.core.models import AdoptedDay
from postloan.errors import DeskNotReady, FormWrong
from postloan.snapshot.read import published_days, published_run


@dataclass(frozen=True)
class BusinessDay:
    """A published day.

    latest_on  the day the desk works on; another one is looked at, and no work is done on it.
    """

    home: Path
    on: date
    run_id: str
    latest_on: date

    @property
    def is_past(self) -> bool:
        """Whether it is not the day the desk works on."""
        return self.on != self.latest_on


def home() -> Path:
    """The home folder that the desk reads."""
    return Path(settings.POSTLOAN_HOME)


def business_day(asked: str | None) -> BusinessDay:
    """Find the day that a page asks for, or the last one adopted.

    Raises FormWrong where the text is no published day, DeskNotReady where nothing was adopted yet.
    """
    latest = AdoptedDay.objects.order_by("-on", "-adopted_at").first()
    if latest is None:
        raise DeskNotReady(
            message=_("还没有可以查看的营业日。"),
            hint=_("请先运行一次夜间批处理并接收：postloan night 日期，再 postloan adopt。"),
        )
    if not asked:
        return BusinessDay(home(), latest.on, latest.run_id, latest.on)
    try:
        on = date.fromisoformat(asked)
    except ValueError:
        raise FormWrong(message=_("“%s”不是日期。") % asked[:20], hint=_("请写成 2024-03-31。")) from None
    run_id = published_run(home(), on)
    if run_id is None:
        raise FormWrong(
            message=_("%s 没有发布过数据。") % on,
            hint=_("最近发布的日期：%s") % "、".join(str(day) for day in published_days(home())[-5:]),
            where={"on": on},
        )
    return BusinessDay(home(), on, run_id, latest.on)
