"""What the pages of restructuring read: matters and their rounds, and the loans that are watched."""

from uuid import UUID

import polars as pl
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.core.authority import rows_within, within
from postloan.desk.core.pages import Desk
from postloan.desk.restructure.models import Offer, Restructuring
from postloan.errors import NotFoundHere
from postloan.snapshot.read import scan_loans

_WATCHED = (
    "loan_id", "debtor_id", "org_id", "officer_id", "outstanding_cents", "tier", "tier_cite", "stage",
    "is_repeat_restructured", "observation_ends_on", "days_past_due", "overdue_principal_cents",
    "overdue_interest_cents", "next_due_on", "matures_on",
)  # fmt: skip


def restructurings_seen(desk: Desk) -> QuerySet[Restructuring]:
    """The restructurings of the desk's offices."""
    return within(Restructuring.objects.select_related("org", "case", "chosen", "opened_by"), desk.scope)


def restructuring_seen(desk: Desk, held_id: UUID) -> Restructuring:
    """One restructuring with its rounds. Raises NotFoundHere where it is outside the desk's offices."""
    rounds = Prefetch("offers", Offer.objects.select_related("made_by", "answered_by"))
    found = restructurings_seen(desk).filter(pk=held_id).prefetch_related(rounds, "decisions").first()
    if found is None:
        raise NotFoundHere(message=_("没有这个重组事项，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def offer_seen(desk: Desk, held_id: UUID, offer_id: UUID) -> Offer:
    """One round. Raises NotFoundHere."""
    found = restructuring_seen(desk, held_id).offers.filter(pk=offer_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个方案。"), hint=_("请从列表进入。"))
    return found


def watched_seen(desk: Desk) -> pl.DataFrame:
    """The restructured loans of the day that are watched: until when, and what each missed."""
    rows = rows_within(scan_loans(desk.day.home, desk.day.on), desk.scope)
    rows = rows.filter(pl.col("is_restructured") & (pl.col("status") == "active"))
    names = debtor_rows(desk.day).select("debtor_id", debtor_name="name")
    missed = pl.col("overdue_principal_cents") + pl.col("overdue_interest_cents")
    told = rows.select(*_WATCHED, missed_cents=missed).collect().join(names, on="debtor_id", how="left")
    keeping = pl.when(pl.col("days_past_due") > 0).then(pl.lit("broken")).otherwise(pl.lit("kept"))
    return told.with_columns(pl.col("tier", "stage").cast(pl.String), keeping=keeping)
