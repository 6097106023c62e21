"""The words of what a warning's work is about."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postloan.desk.core.lists.cells import language
from postloan.desk.core.work.told import register_told
from postloan.tables.said import said


def _warned(about: str) -> str:
    level, _space, count = about.partition(" ")
    return _("%(level)s，%(count)s 个信号") % {"level": said("warning_level", level, language()), "count": count}


register_told("WARNED", gettext_lazy("预警 %s"), _warned)
