"""What bounds whose contacts an account may ask about, beside its grants: desks above say so."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from postloan.desk.core.models import Officer
from postloan.errors import NotFoundHere

Limit = Callable[[Officer, str], bool]
_LIMITS: list[Limit] = []


def register_limit(limit: Limit) -> None:
    """Make a limit known: whether an account may ask about a debtor."""
    _LIMITS.append(limit)


def require_within(officer: Officer, debtor_id: str) -> None:
    """Stop where a limit keeps an account from a debtor. Raises NotFoundHere: what is there is not told either."""
    if not all(limit(officer, debtor_id) for limit in _LIMITS):
        raise NotFoundHere(message=_("没有这位客户，或不在您的办理范围内。"), hint=_("请从列表进入。"))
