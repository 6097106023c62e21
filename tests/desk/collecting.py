"""What tests of collection share: a day as they want it, a collector's next case, a contact, a promise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person

from postloan.desk.book.queries import debtor_seen
from postloan.desk.collection.deeds.actions import Promised, contact_note
from postloan.desk.collection.models import CollectionCase
from postloan.desk.collection.opening import changes
from postloan.desk.collection.opening.actions import collection_take
from postloan.desk.collection.queue.actions import case_next
from postloan.desk.contact.actions import Wanted, attempt_ask
from postloan.desk.contact.models import Attempt
from postloan.desk.contact.queries import parties_seen
from postloan.desk.core.authority import scope_of
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.pages import Desk
from postloan.plan.collection import past_due, received
from postloan.rules.collection import Collection
from postloan.rules.desk_rules import load_desk_rules

NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
LATE = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
"""Half past ten in the evening, in Beijing."""


class Clock:
    """The clock of the desk, as a test sets it."""

    def __init__(self) -> None:
        self.at = NOON

    def forward(self, **by: int) -> None:
        self.at += timedelta(**by)


class Night:
    """The nights after the last one: who paid, who is cured, and who is new, of what the last day published.

    What a debtor pays, it pays on the first of its loans past due, where a test names none.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.first = business_day(None)
        self.late = past_due(self.first.home, self.first.on)
        self.paid: dict[str, int] = {}
        monkeypatch.setattr(changes, "past_due", lambda _home, _on: self.late)
        monkeypatch.setattr(changes, "received", lambda home, _on, ids: self._received(home, ids))

    def _received(self, home: Path, ids: Sequence[str]) -> pl.DataFrame:
        rows = received(home, self.first.on, ids)
        more = pl.col("loan_id").replace_strict(self.paid, default=0, return_dtype=pl.Int64)
        is_late = pl.col("is_late") & pl.col("debtor_id").is_in(self.late["debtor_id"].to_list())
        return rows.with_columns(received_cents=pl.col("received_cents") + more, is_late=is_late)

    def pays(self, debtor_id: str, amount_cents: int, loan_id: str = "") -> None:
        loans = received(self.first.home, self.first.on, [debtor_id]).filter("is_late")
        paid_on = loan_id or loans["loan_id"][0]
        self.paid[paid_on] = self.paid.get(paid_on, 0) + amount_cents

    def cured(self, debtor_id: str) -> None:
        self.late = self.late.filter(pl.col("debtor_id") != debtor_id)

    def says(self, debtor_id: str, **facts: Any) -> None:
        is_it = pl.col("debtor_id") == debtor_id
        self.late = self.late.with_columns(
            pl.when(is_it).then(pl.lit(value)).otherwise(name).cast(self.late.schema[name]).alias(name)
            for name, value in facts.items()
        )

    def falls(self, days: int) -> BusinessDay:
        """Take over the day that comes so many days after the last one, and return it."""
        day = replace(self.first, on=self.first.on + timedelta(days=days), run_id=f"night-{days}")
        collection_take(day, load_desk_rules(day.home))
        return day


def rules() -> Collection:
    """The rules in force."""
    return load_desk_rules(None).version("collection", Collection, date(2026, 1, 1))


def taken(who: str = "collector") -> CollectionCase:
    """The next case of a collector."""
    found = case_next(work_desk(who))
    assert found is not None
    return CollectionCase.objects.get(pk=found)


def work_desk(who: str) -> Desk:
    """The desk at which a collector works."""
    officer = person(who)
    return Desk(officer, frozenset({"collection.work"}), scope_of(officer, "collection.work"), None)


def asked(case: CollectionCase, who: str = "collector", **more: Any) -> Attempt:
    """Ask the gate for the debtor of a case by the number that the feeds tell."""
    officer, desk = person(who), work_desk(who)
    debtor: Mapping[str, Any] = debtor_seen(desk, case.debtor_id)
    party = parties_seen(desk, case.debtor_id)[0]
    known = Attempt.objects.filter(debtor_id=case.debtor_id).order_by("-seq").first()
    point = known.point_id if known else party
    wanted = Wanted(uuid4(), case.debtor_id, debtor["name"], debtor["org_id"], point, "call", "collect")
    return attempt_ask(officer, replace(wanted, **more))


def noted(case: CollectionCase, key: str, who: str = "collector", **more: Any) -> CollectionCase:
    """Call the debtor of a case, say what came of it, and return the case as it is then."""
    attempt, day = asked(case, who), business_day(None)
    assert attempt.is_allowed, attempt.refusals
    told = {"entry_id": uuid4(), "note": "", "promised": None, "day": day} | more
    contact_note(person(who), case.pk, attempt.pk, key, **told)
    return CollectionCase.objects.get(pk=case.pk)


def promised(case: CollectionCase, days: int = 3, share: int = 100) -> Promised:
    """A promise of a share of what cures a case, some days from now."""
    return Promised(case.cure_cents * share // 100, business_day(None).on + timedelta(days=days))
