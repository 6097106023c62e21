"""What the pages of covenants read: the tests of the day, one covenant, what was proposed of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.book.queries import named
from postloan.desk.core.authority import rows_within, within
from postloan.desk.core.pages import Desk
from postloan.desk.covenant.models import Notice, Proposal
from postloan.errors import NotFoundHere
from postloan.snapshot.read import read_covenant_tests

Test = Mapping[str, Any]
"""A published covenant_test with debtor_name and exposure_cents."""


def tests_seen(desk: Desk) -> pl.DataFrame:
    """The tests of the day in the desk's offices, with the debtor's name, what it owes, and the officer's name."""
    tests = rows_within(read_covenant_tests(desk.day.home, desk.day.on), desk.scope)
    whose = debtor_rows(desk.day).select("debtor_id", "exposure_cents", debtor_name="name")
    words = tests.with_columns(pl.col("result", "operator", "untested_why").cast(pl.String))
    return words.join(whose, on="debtor_id", how="left", maintain_order="left")


def covenants_seen(desk: Desk) -> pl.DataFrame:
    """One row a covenant: how it stands, and when its next statement is due; one not tested yet says only that."""
    tests = tests_seen(desk)
    coming = tests.filter(pl.col("untested_why") == "not_due").sort("period_end_on")
    next_due = coming.unique("covenant_id", keep="first", maintain_order=True)
    standing = tests.filter("is_latest").select(pl.exclude("is_latest"))
    untold = next_due.join(standing, on="covenant_id", how="anti", maintain_order="left").select(standing.columns)
    rows = pl.concat([standing, untold]).join(
        next_due.select("covenant_id", next_due_on="due_on"), on="covenant_id", how="left", maintain_order="left"
    )
    return rows.sort("covenant_id")


def covenant_seen(desk: Desk, covenant_id: str) -> tuple[Test, pl.DataFrame]:
    """How a covenant stands, and all its tests, rising. Raises NotFoundHere where it is outside the desk's offices."""
    rows = named(tests_seen(desk).filter(pl.col("covenant_id") == covenant_id))
    if rows.is_empty():
        raise NotFoundHere(
            message=_("%(day)s 没有约定条款“%(asked)s”，或不在您的机构范围内。") % {
                "day": desk.day.on, "asked": covenant_id[:64],
            }, hint=_("请从列表进入。"), where={"on": desk.day.on},
        )  # fmt: skip
    standing = rows.filter("is_latest")
    return (standing if standing.height else rows.tail(1)).row(0, named=True), rows


def proposals_seen(desk: Desk) -> QuerySet[Proposal]:
    """The proposals of the desk's offices."""
    return within(Proposal.objects.select_related("org", "case", "decision"), desk.scope)


def proposal_seen(desk: Desk, proposal_id: UUID) -> Proposal:
    """One proposal. Raises NotFoundHere where it is outside the desk's offices."""
    found = proposals_seen(desk).filter(pk=proposal_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项提议，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def notice_of(test: Test) -> Notice | None:
    """The notice of a test's period."""
    found = Notice.objects.filter(covenant_id=test["covenant_id"], period_end_on=test["period_end_on"])
    return found.select_related("sent_by").first()
