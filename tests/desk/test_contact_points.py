"""Contact points at the desk: whose are tried before a third person, who is told a number, whose office they lie in."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from collecting import LATE, Clock
from deciding import person
from django.test import Client
from messaging import opened
from warned import debtors_free

from postloan.desk.contact.actions import Wanted, attempt_ask, attempt_close
from postloan.desk.contact.following import actions as following
from postloan.desk.contact.models import Attempt, Complaint, ContactPoint, Exemption
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Org, WorkItem
from postloan.errors import NotPermitted
from postloan.plan.contact.ledger import read_ledger
from postloan.plan.contact.proof import Proved, faults_of
from postloan.rules.desk_rules import load_desk_rules
from postloan.site.gate import export_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: held.at)
    return held


@pytest.fixture
def debtor() -> dict[str, Any]:
    """A debtor of the officer's own office who is a person."""
    return next(each for each in debtors_free(60) if each["legal_form"] == "person")


@pytest.fixture
def ask(clock: Clock, debtor: dict[str, Any], logged_in: Callable[[str], Client]) -> Callable[..., Attempt]:
    """Ask by the page."""

    def asked(point: str = "", **more: str) -> Attempt:
        named = point or f"feed:{debtor['debtor_id']}"
        sent = {"point": named, "channel": "call", "purpose": "collect", "made_id": str(uuid4())} | more
        assert logged_in("officer").post(f"/contacts/of/{debtor['debtor_id']}/ask", sent).status_code == 302
        return Attempt.objects.get(pk=sent["made_id"])

    return asked


def proved(tmp_path: Path) -> list[str]:
    export_ledger(tmp_path / "ledger.jsonl")
    law = load_desk_rules(None).files["contact"]
    lines = read_ledger(tmp_path / "ledger.jsonl")
    return [each.fault for each in faults_of(lines, law, lambda _day: False, Proved())]


def test_the_debtors_own_number_of_the_feeds_is_tried_before_a_third_person(
    ask, clock, debtor, logged_in, tmp_path
) -> None:
    root = f"/contacts/of/{debtor['debtor_id']}"
    sent = {"party": debtor["debtor_id"], "kind": "phone", "plain": "13900005678", "source": "本人告知"}
    assert logged_in("officer").post(f"{root}/points", sent).status_code == 302
    other = ContactPoint.objects.get(debtor_id=debtor["debtor_id"])
    for _time in range(3):
        attempt_close(person("officer"), ask(point=str(other.pk)).pk, "unanswered")
    sent |= {"party": "third", "name": "邻居", "plain": "13900001234"}
    assert logged_in("officer").post(f"{root}/points", sent).status_code == 302
    third = str(ContactPoint.objects.get(role="third").pk)
    page = logged_in("officer").get(f"{root}/").content.decode()
    assert f"feed:{debtor['debtor_id']}" in page, "its own number was never used"
    assert ask(point=third, purpose="locate").refused_by == "third"
    fed = ContactPoint.objects.get(debtor_id=debtor["debtor_id"], source="feed")
    for _time in range(3):
        attempt_close(person("officer"), ask(point=str(fed.pk)).pk, "unanswered")
    assert ask(point=third, purpose="locate").is_allowed
    assert proved(tmp_path) == []


def test_a_number_that_two_people_ended_is_no_longer_to_be_tried_first(ask, debtor, logged_in, tmp_path) -> None:
    root, made, key = f"/contacts/of/{debtor['debtor_id']}", ask(), str(uuid4())
    attempt_close(person("officer"), made.pk, "invalid")
    sent = {"made_id": key, "kind": "point_ended", "point": made.point_id, "reason": "空号"}
    logged_in("officer").post(f"{root}/exemptions", sent)
    version = Exemption.objects.get(pk=key).case.version
    logged_in("risk").post(f"{root}/exemptions/{key}/decide", {"verdict": "agree", "version": version})
    sent = {"party": "third", "name": "邻居", "kind": "phone", "plain": "13900001234", "source": "本人提供"}
    logged_in("officer").post(f"{root}/points", sent)
    third = str(ContactPoint.objects.get(role="third").pk)
    assert ask(point=third, purpose="locate").refused_by == "third", "nothing of its own failed"
    assert ContactPoint.objects.filter(debtor_id=debtor["debtor_id"], source="feed").count() == 1
    assert proved(tmp_path) == []


def test_points_and_complaints_follow_their_debtor_to_another_office(
    ask, clock, debtor, logged_in, monkeypatch
) -> None:
    made, root, day = ask(), f"/contacts/of/{debtor['debtor_id']}", business_day(None)
    logged_in("officer").post(f"{root}/complain", {"made_id": str(uuid4()), "text": "电话太多"})
    key = str(uuid4())
    sent = {"made_id": key, "kind": "do_not_call_lifted", "point": made.point_id, "reason": "要求"}
    assert logged_in("officer").post(f"{root}/exemptions", sent).status_code == 302
    office = Org.objects.exclude(pk__in=[made.org_id, *made.org.above]).filter(level="sub_branch").first()
    book = following.debtor_rows(day).with_columns(pl.col("org_id").cast(pl.String))
    is_it = pl.col("debtor_id") == debtor["debtor_id"]
    moved = book.with_columns(org_id=pl.when(is_it).then(pl.lit(office.pk)).otherwise("org_id"))
    monkeypatch.setattr(following, "debtor_rows", lambda _day: moved)
    for _twice in range(2):
        following.contacts_follow(day)
    assert ContactPoint.objects.get(pk=made.point_id).org == office
    assert {each.org for each in Complaint.objects.all()} == {office}
    exemption = Exemption.objects.select_related("case").get(pk=key)
    assert (exemption.org, exemption.case.org) == (office, office)
    assert not WorkItem.objects.filter(kind="contact_complaint", state="open").exclude(org=office).exists()
    assert AuditEntry.objects.filter(action="contact.followed").count() == 1
    wanted = Wanted(uuid4(), debtor["debtor_id"], "x", office.pk, made.point_id, "call", "collect")
    with pytest.raises(NotPermitted):
        attempt_ask(person("officer"), wanted)
    theirs = opened("theirs", "account_officer", office)
    assert attempt_ask(theirs, replace(wanted, id=uuid4())).org == office


def test_a_number_that_staff_learned_is_shown_to_whoever_asked_while_he_may_call(ask, clock, debtor, logged_in) -> None:
    root = f"/contacts/of/{debtor['debtor_id']}"
    sent = {"party": debtor["debtor_id"], "kind": "phone", "plain": "139 0000 5678", "source": "本人告知"}
    assert logged_in("officer").post(f"{root}/points", sent).status_code == 302
    point = ContactPoint.objects.get(debtor_id=debtor["debtor_id"])
    assert "139 0000 5678" not in logged_in("officer").get(f"{root}/").content.decode()
    made = ask(point=str(point.pk))
    assert AuditEntry.objects.filter(action="contact.number_told", officer="officer").count() == 1
    shown = f"{root}/?attempt={made.pk}"
    assert "139 0000 5678" in logged_in("officer").get(shown).content.decode()
    assert "139 0000 5678" not in logged_in("risk").get(shown).content.decode(), "another asks himself"
    clock.at = made.valid_until
    assert "139 0000 5678" not in logged_in("officer").get(shown).content.decode()
    clock.at = LATE
    late = ask(point=str(point.pk))
    assert "139 0000 5678" not in logged_in("officer").get(f"{root}/?attempt={late.pk}").content.decode()
    assert AuditEntry.objects.filter(action="contact.number_told").count() == 1
