"""What the pages of freezes read."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.core.authority import within
from postloan.desk.core.pages import Desk
from postloan.desk.lending.models import Freeze
from postloan.errors import NotFoundHere


def freezes_seen(desk: Desk) -> QuerySet[Freeze]:
    """The freezes of the desk's offices."""
    return within(Freeze.objects.all(), desk.scope)


def freeze_seen(desk: Desk, freeze_id: UUID) -> Freeze:
    """One freeze. Raises NotFoundHere where it is outside the desk's offices."""
    found = freezes_seen(desk).select_related("org", "case", "lift_case").filter(pk=freeze_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项冻结，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found
