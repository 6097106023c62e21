"""A debtor whom collection takes to court is sued by whoever disposes of debts, though its loans perform."""

from collections.abc import Callable
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client

from postloan.desk.book.narrow import loan_rows
from postloan.desk.collection.court.actions import court_decide, court_propose
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Grant, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.disposal.courts.actions import lawsuit_open
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.disposal.opening import actions as opening
from postloan.rules.desk_rules import load_desk_rules
from postloan.tables.units import TIERS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    for who, action in (("risk", "read"), ("risk", "write"), ("collector", "read")):
        Grant.objects.create(officer=person(who), action=f"disposal.{action}", org=head_office(), role="test",
                             begins_on="2021-01-01")  # fmt: skip


def sued_debtor() -> CollectionCase:
    """A debtor past due whose loans all perform, agreed to be taken to court."""
    day, ledger = business_day(None), DisposalCase.objects.filter(state__in=DisposalCase.RUNNING)
    case = (
        CollectionCase.objects.filter(state="open").exclude(debtor_id__in=ledger.values("debtor_id")).order_by("pk")[0]
    )
    court_propose(person("collector"), case.pk, reason="失联", seen_version=case.version, day=day)
    case.refresh_from_db()
    court_decide(person("collection"), case.pk, "agree", seen_version=case.approval.version, reason="", day=day)
    case.refresh_from_db()
    assert case.state == "court"
    return case


def test_a_debtor_handed_over_to_court_is_sued_though_its_loans_perform(logged_in: Callable[[str], Client]) -> None:
    sued, day = sued_debtor(), business_day(None)
    late = loan_rows(day).filter(pl.col("debtor_id") == sued.debtor_id, pl.col("days_past_due") > 0, status="active")
    case = DisposalCase.objects.get(debtor_id=sued.debtor_id)
    assert (case.state, case.collection, case.org) == ("open", sued, sued.org)
    assert (case.loan_count, case.balance_cents) == (late.height, late["outstanding_cents"].sum())
    assert case.tier == late["tier"].cast(pl.Enum(TIERS)).max()
    (work,) = WorkItem.objects.filter(subject=case.subject, state="open")
    assert work.kind == "disposal_sue"
    for _night in range(2):
        assert opening.disposals_open(day, load_desk_rules(day.home)) == 0
        case.refresh_from_db()
        assert (case.state, case.loan_count) == ("open", late.height), "it stays as long as it is before a court"
    page = logged_in("risk").get(f"/disposals/{case.pk}/").content.decode()
    assert late["loan_id"][0] in page
    assert f"/disposals/{case.pk}/" in logged_in("collector").get(f"/collection/{sued.pk}/").content.decode()
    lawsuit_open(
        person("risk"),
        case.pk,
        Deed(uuid4(), case.version, "移交诉讼", day),
        loan_ids=late["loan_id"].to_list(),
        claim_cents=1_000_00,
    )
    assert not WorkItem.objects.filter(subject=case.subject, state="open").exists()
    CollectionCase.objects.filter(pk=sued.pk).update(state="open")
    opening.disposals_open(day, load_desk_rules(day.home))
    case.refresh_from_db()
    assert case.state == "closed", "taken back, and no loan of it is bad"


def test_a_debtor_who_has_a_case_keeps_it_when_handed_over_to_court() -> None:
    ledger = DisposalCase.objects.filter(state="open")
    case = CollectionCase.objects.filter(state="open", debtor_id__in=ledger.values("debtor_id")).order_by("pk")[0]
    opening.court_take(person("collection"), case, business_day(None))
    held = DisposalCase.objects.get(debtor_id=case.debtor_id, state="open")
    assert held.collection == case
    assert held.entries.filter(step="court").count() == 1
    assert WorkItem.objects.filter(subject=held.subject, kind="disposal_sue", state="open").count() == 1
