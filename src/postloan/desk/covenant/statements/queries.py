"""What the pages of statements read: uploads, and what is known of a debtor's statements."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.core.authority import within
from postloan.desk.core.pages import Desk
from postloan.desk.covenant.models import StatementUpload
from postloan.errors import NotFoundHere
from postloan.plan.dossier import debtor_paper


def uploads_seen(desk: Desk) -> QuerySet[StatementUpload]:
    """The uploads of the desk's offices."""
    return within(StatementUpload.objects.select_related("org", "made_by", "confirmed_by", "given"), desk.scope)


def upload_seen(desk: Desk, upload_id: UUID) -> StatementUpload:
    """One upload. Raises NotFoundHere where it is outside the desk's offices."""
    found = uploads_seen(desk).filter(pk=upload_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这份报表，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def known_values(desk: Desk, debtor: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """What the day's night knew of a debtor's statements: cents by item and period's end."""
    home, on = desk.day.home, desk.day.on
    rows = debtor_paper(home, debtor["debtor_id"], debtor["debtor_no"], "statement", on)
    told = rows.select("item", "period_end_on", "value_cents").iter_rows()
    return {(item, period.isoformat()): cents for item, period, cents in told}


def compared(held: StatementUpload) -> tuple[list[str], list[tuple[str, list[dict[str, Any] | None]]]]:
    """The periods of an upload, rising, and each item's value by period beside what was known."""
    periods = sorted({each["period_end_on"] for each in held.values})
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for each in held.values:
        is_new = each["known_cents"] is None
        change = None if is_new else each["value_cents"] - each["known_cents"]
        told = {**each, "change_cents": change, "is_new": is_new}
        rows.setdefault(each["item"], {})[each["period_end_on"]] = told
    return periods, [(item, [told.get(period) for period in periods]) for item, told in rows.items()]
