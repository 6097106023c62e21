"""What work about a legal clock says: until when, and what keeps it."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.cells import language
from postloan.desk.core.work.told import register_told
from postloan.tables.said import said


def clock_told(about: str) -> str:
    """Say `kind keeps last day`: 诉讼时效 2027-06-18 届满：催收、起诉."""
    kind, keeps, ends_on = about.split(" ")
    return f"{said('clock', kind, language())} {ends_on} · {said('clock_keeps', keeps, language())}"


register_told("CLOCK", _("届满前办理：%s"), clock_told)
register_told("PROOF", _("距上次催收凭证已超周期，自 %s 起"))
