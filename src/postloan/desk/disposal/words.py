"""What work about a legal clock or a disposal says, and lines of a case's ledger."""

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


def _step_told(about: str) -> str:
    """Say `step day reference`: 起诉 2026-03-01 （2026）闽0203民初1号."""
    step, on, *reference = about.split(" ", 2)
    return " ".join([said("legal_step", step, language()), on, *reference])


def _auction_told(about: str) -> str:
    """Say `round day thing`: 第一次拍卖 2026-03-01 YP00012."""
    number, on, *thing = about.split(" ", 2)
    return " ".join([said("auction_round", number, language()), on, *thing])


register_told("DISPOSED", _("不良贷款：%s"), lambda tier: said("tier", tier, language()))
register_told("STEP", "%s", _step_told)
register_told("AUCTION", "%s", _auction_told)
