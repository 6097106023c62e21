"""What tests of arrived events share: the account of a source, its posts, and debtors of whom nothing is known yet."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import polars as pl
from deciding import person
from django.test import Client
from zeal import zeal_ignore

from postloan.desk.arrival.models import ArrivedEvent, Match
from postloan.desk.book.narrow import debtor_rows
from postloan.desk.core.authority import today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.actions import officer_open, role_give
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.tokens.actions import token_issue
from postloan.desk.warning.models import WarningCase
from postloan.rules.desk_rules import Roles, load_desk_rules


def source(username: str = "court-feed", *, org: Any = None) -> Officer:
    """The account of a source of events, of head office or another; what arrived at the demo bank is gone."""
    Match.objects.all().delete()
    ArrivedEvent.objects.all().delete()
    made = officer_open(None, username=username, name="司法数据", password=None, org=org or head_office())
    role = load_desk_rules(None).version("roles", Roles, today()).named("event_system")
    assert role
    assert made.org
    role_give(None, made, role, made.org, begins_on=date(2021, 1, 1), ends_on=None, reason="test")
    return made


class Source:
    """Another system that posts events."""

    def __init__(self, account: Officer) -> None:
        given = token_issue(None, account, name="events", expires_on=today() + timedelta(days=9), reason="test")
        self.headers = {"Authorization": f"Bearer {given.secret}"}

    def post(self, *events: dict[str, Any], **headers: str) -> Any:
        # Each debtor of a post is judged by itself, with reads of its own.
        with zeal_ignore() if len(events) > 1 else nullcontext():
            return Client().post(
                "/api/events", {"events": list(events)}, content_type="application/json", headers=self.headers | headers
            )


def event(debtor_id: str = "", **more: Any) -> dict[str, Any]:
    """An event of the day after the business day: the debtor is listed as dishonest."""
    said = {
        "event_id": f"E-{debtor_id}", "debtor_id": debtor_id, "source": "court", "kind": "dishonest",
        "happened_on": (business_day(None).on + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    return said | more


def free_debtors(username: str = "risk", *, form: str = "company") -> pl.DataFrame:
    """Companies of somebody's offices with a loan on the book, and without a case; the largest first."""
    org = person(username).org
    assert org
    inside = [each.pk for each in type(org).objects.filter(path__startswith=org.path)]
    known = list(WarningCase.objects.values_list("debtor_id", flat=True))
    rows = debtor_rows(business_day(None)).filter(
        pl.col("org_id").is_in(inside), pl.col("loan_count") > 0, ~pl.col("debtor_id").is_in(known),
        pl.col("legal_form").cast(pl.String) == form, pl.col("npl_cents") == 0,
    )  # fmt: skip
    return rows.sort("exposure_cents", "debtor_no", descending=True)
