"""A guarantee of a loan as its clocks stand on the day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.book.queries import loan_seen
from postloan.desk.core.legal_events import TABLE
from postloan.desk.core.models import FeedRows
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.clocks import clocks_seen
from postloan.errors import NotFoundHere
from postloan.plan.dossier import dossier

PERIOD = "guarantee_period"


@dataclass(frozen=True)
class Guaranteed:
    """A guarantee of a loan.

    clocks      of the guarantee on the day: its period, and limitation once that was kept.
    is_general  whether only a suit against the debtor keeps it (一般保证).
    """

    loan: dict[str, Any]
    debtor_name: str
    guarantee_id: str
    guarantor_id: str
    is_general: bool
    clocks: pl.DataFrame

    @property
    def period(self) -> dict[str, Any]:
        """The clock of the guarantee period."""
        return self.clocks.row(by_predicate=pl.col("kind") == PERIOD, named=True)

    @property
    def page(self) -> str:
        """Where demands on its guarantor are recorded."""
        return reverse("disposal:demands", args=[self.loan["loan_id"], self.guarantee_id])

    @property
    def told(self) -> QuerySet[FeedRows]:
        """The demands that were recorded, the latest first."""
        return FeedRows.objects.filter(table=TABLE, page=self.page).select_related("made_by").order_by("-made_at")

    def counts(self, served_on: date) -> bool:
        """Whether a demand of a day is one that the law asks for: within the period, or any day once that was kept."""
        period = self.period
        if period["state"] == "kept":
            return bool(served_on >= period["began_on"])
        return not self.is_general and bool(period["began_on"] <= served_on <= period["ends_on"])


def guaranteed(desk: Desk, loan_id: str, guarantee_id: str) -> Guaranteed:
    """One guarantee of a loan. Raises NotFoundHere where it has no clock, or lies outside the desk's offices."""
    loan = loan_seen(desk, loan_id)
    mine = (pl.col("loan_id") == loan_id) & (pl.col("guarantee_id") == guarantee_id)
    clocks = clocks_seen(desk).filter(mine)
    if clocks.filter(pl.col("kind") == PERIOD).is_empty():
        raise NotFoundHere(message=_("这笔借据没有这项保证期间。"), hint=_("请从借据页面进入。"))
    held = dossier(desk.day.home, loan["debtor_id"], loan["debtor_no"], desk.day.on).guarantees
    kinds = held.filter(pl.col("guarantee_id") == guarantee_id)["kind"].cast(pl.String).to_list()
    first = clocks.row(0, named=True)
    return Guaranteed(
        loan, first["debtor_name"] or "", guarantee_id, first["guarantor_id"] or "", "general" in kinds, clocks
    )
