"""What the pages of classification send: numbers, ids made by the page, opinions."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from postloan.desk.classification.opinions import Opinion
from postloan.errors import FormWrong


def whole(request: HttpRequest, field: str) -> int:
    """A whole number of a form. Raises FormWrong."""
    given = request.POST.get(field, "")
    if not given.isdecimal() or len(given) > 18:  # noqa: PLR2004 - what a database holds
        raise _incomplete(field)
    return int(given)


def made_id(request: HttpRequest, field: str) -> UUID:
    """An id that the page made. Raises FormWrong."""
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError:
        raise _incomplete(field) from None


def wholes(request: HttpRequest, field: str) -> list[int]:
    """The ticked rows. Raises FormWrong where there are none."""
    given = [int(each) for each in request.POST.getlist(field) if each.isdecimal()]
    if not given:
        raise FormWrong(message=_("没有勾选任何批次。"), hint=_("请先在列表中勾选。"), where={"field": field})
    return given


def opinion(request: HttpRequest) -> Opinion:
    """The opinion of a form; what it may be is checked where it is given."""
    return Opinion(request.POST.get("opinion", ""), request.POST.get("tier", ""), request.POST.get("reason", "")[:2000])


def _incomplete(field: str) -> FormWrong:
    return FormWrong(message=_("表单不完整。"), hint=_("请刷新页面后再提交。"), where={"field": field})
