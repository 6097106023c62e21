"""What the pages of asset preservation read: records in the desk's offices, each found or not there."""

from typing import TypeVar
from uuid import UUID

import polars as pl
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from postloan.desk.book.queries import loans_split
from postloan.desk.core.authority import within
from postloan.desk.core.models import Org, Work
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere

W = TypeVar("W", bound=Work)
M = TypeVar("M", bound=Model)


def seen(desk: Desk, kind: type[W], *related: str) -> QuerySet[W]:
    """The records of a kind in the desk's offices."""
    return within(kind._default_manager.select_related("org", *related), desk.scope)


def one_seen(desk: Desk, kind: type[W], key: UUID | int, *related: str) -> W:
    """One record of a kind. Raises NotFoundHere where it is outside the desk's offices."""
    found = seen(desk, kind, *related).filter(pk=key).first()
    if found is None:
        raise _nowhere()
    return found


def one_held(kind: type[M], key: UUID | int, *related: str) -> M:
    """Find a record and hold its row until the transaction ends. Raises NotFoundHere."""
    held = kind._default_manager.select_for_update(of=("self",)).select_related(*related).filter(pk=key).first()
    if held is None:
        raise _nowhere()
    return held


def office_of_debtor(desk: Desk, debtor_id: str) -> Org:
    """The office of the debtor's largest loan among those of the desk's offices. Raises NotFoundHere."""
    mine = loans_split(desk, debtor_id)[0].sort("outstanding_cents", descending=True)
    found = None if mine.is_empty() else Org.objects.filter(pk=str(mine["org_id"][0])).first()
    if found is None:
        raise _nowhere()
    return found


def claim_of_debtor(desk: Desk, debtor_id: str) -> int:
    """What the debtor owes on its loans in the desk's offices: principal, and interest and charges in arrears."""
    mine = loans_split(desk, debtor_id)[0].filter(pl.col("status") == "active")
    return sum(int(mine[name].sum()) for name in ("outstanding_cents", "arrears_cents"))


def _nowhere() -> NotFoundHere:
    return NotFoundHere(message=_("没有这条记录，或不在您的机构范围内。"), hint=_("请从列表进入。"))
