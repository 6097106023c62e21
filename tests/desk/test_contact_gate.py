"""The contact gate at the desk: asks and outcomes on page and API, protections by two people, the ledger's proof."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from deciding import person
from django.test import Client
from django.utils import timezone
from warned import debtors_free

from postloan.desk.contact.actions import Wanted, attempt_ask, attempt_close
from postloan.desk.contact.models import Attempt, Complaint, ContactPoint, Exemption, LedgerEntry, LedgerHead
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.authority import today
from postloan.desk.core.models import AuditEntry, Officer, WorkItem
from postloan.desk.core.officers.actions import officer_open, role_give
from postloan.desk.core.tokens.actions import token_issue
from postloan.errors import ContactClosed, FormWrong, NotPermitted
from postloan.plan.contact.ledger import Entry, Head, hash_of, read_ledger
from postloan.plan.contact.proof import Proved, faults_of
from postloan.rules.desk_rules import Roles, load_desk_rules
from postloan.site.gate import export_ledger

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
LATE = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
"""Half past ten in the evening, in Beijing."""


class Clock:
    """The clock of the desk, as a test sets it."""

    def __init__(self) -> None:
        self.at = NOON

    def forward(self, **by: int) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr("postloan.desk.contact.ledger.actions.timezone.now", lambda: held.at)
    return held


@pytest.fixture
def debtor() -> dict[str, Any]:
    """A debtor of the officer's own office who is a person."""
    rows = [each for each in debtors_free(60) if each["legal_form"] == "person"]
    return rows[0]


@pytest.fixture
def ask(clock: Clock, debtor: dict[str, Any], logged_in: Callable[[str], Client]) -> Callable[..., Attempt]:
    """Ask by the page, and read what was answered."""

    def asked(point: str = "", who: str = "officer", **more: str) -> Attempt:
        known = ContactPoint.objects.filter(debtor_id=debtor["debtor_id"]).order_by("pk").first()
        named = point or (str(known.pk) if known else f"feed:{debtor['debtor_id']}")
        sent = {"point": named, "channel": "call", "purpose": "collect", "made_id": str(uuid4())} | more
        answer = logged_in(who).post(f"/contacts/of/{debtor['debtor_id']}/ask", sent)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        page = logged_in(who).get(answer.url)
        assert page.status_code == 200
        return Attempt.objects.get(pk=answer.url.rpartition("=")[2])

    return asked


def proved(tmp_path: Path, *, known: Head | None = None) -> list[str]:
    export_ledger(tmp_path / "ledger.jsonl")
    return found(read_ledger(tmp_path / "ledger.jsonl"), known=known)


def found(lines: Any, *, known: Head | None = None) -> list[str]:
    law = load_desk_rules(None).files["contact"]
    return [each.fault for each in faults_of(lines, law, lambda _day: False, Proved(), known=known)]


def test_a_call_at_half_past_ten_is_refused_and_the_refusal_is_kept(ask, clock, tmp_path, logged_in) -> None:
    clock.at = LATE
    made = ask()
    assert not made.is_allowed
    assert made.refused_by == "hours"
    assert made.allowed_from == LATE + timedelta(hours=9, minutes=30)
    [entry] = LedgerEntry.objects.filter(kind="ask")
    assert entry.told["refused_by"] == ["hours"]
    assert entry.told["allowed"] is False
    assert LedgerEntry.objects.filter(kind="rules").count() == 1
    listed = logged_in("officer").get("/contacts/?tab=refused").content.decode()
    assert "时段" in listed
    english = logged_in("officer")
    english.post("/language/", {"language": "en"})
    shown = english.get(f"/contacts/of/{made.debtor_id}/?attempt={made.pk}").content.decode()
    assert "no contact outside 08:00 to 22:00 without consent" in shown
    assert "cn-cba-2026" in shown
    assert AuditEntry.objects.filter(action="contact.asked").exists()
    with pytest.raises(ContactClosed):
        attempt_close(person("officer"), made.pk, "unanswered")
    assert proved(tmp_path) == []


def test_six_attempts_then_the_next_day(ask, clock, tmp_path, logged_in) -> None:
    for _time in range(6):
        made = ask()
        assert made.is_allowed, made.refusals
        clock.forward(minutes=2)
        assert (
            logged_in("officer").post(f"/contacts/attempts/{made.pk}/close", {"outcome": "unanswered"}).status_code
            == 302
        )
    seventh = ask()
    assert seventh.refused_by == "attempts"
    clock.at = seventh.allowed_from
    assert ask().is_allowed
    assert proved(tmp_path) == []


def test_the_same_id_is_one_attempt_and_no_other_question(ask, clock, debtor) -> None:
    first = ask()
    wanted = Wanted(first.pk, debtor["debtor_id"], "x", first.org_id, first.point_id, "call", "collect")
    assert attempt_ask(person("officer"), wanted).seq == first.seq
    with pytest.raises(FormWrong):
        attempt_ask(person("officer"), replace(wanted, channel="sms"))
    with pytest.raises(NotPermitted):
        attempt_ask(person("auditor"), replace(wanted, id=uuid4()))


def test_an_outcome_is_told_once_and_a_late_contact_is_a_breach(
    ask, clock, tmp_path, debtor, logged_in, last_day
) -> None:
    made, officer = ask(), person("officer")
    assert made.valid_until == made.at + timedelta(minutes=10)
    clock.forward(minutes=40)
    with pytest.raises(FormWrong):
        attempt_close(officer, made.pk, "sent")
    with pytest.raises(FormWrong):
        attempt_close(officer, made.pk, "unanswered", made_at=clock.at + timedelta(minutes=1))
    held = attempt_close(officer, made.pk, "unanswered", made_at=made.at + timedelta(minutes=30))
    assert held.is_outside
    # The register looks back from the day at hand; the contact is moved there.
    Attempt.objects.filter(pk=held.pk).update(
        made_at=datetime(last_day.year, last_day.month, last_day.day, 4, tzinfo=UTC)
    )
    assert debtor["debtor_name"] in logged_in("manager").get("/exceptions/?kind=contact_outside").content.decode()
    assert attempt_close(officer, made.pk, "unanswered").is_outside
    with pytest.raises(ContactClosed):
        attempt_close(officer, made.pk, "connected")
    assert proved(tmp_path) == ["is of a contact that was made outside the time it was allowed for"]


def test_a_complaint_pauses_until_somebody_else_answers_it(ask, clock, debtor, logged_in, tmp_path) -> None:
    root = f"/contacts/of/{debtor['debtor_id']}"
    key = str(uuid4())
    for _twice in range(2):
        logged_in("officer").post(f"{root}/complain", {"made_id": key, "text": "电话太多"})
    complaint = Complaint.objects.get()
    assert (complaint.due_on - complaint.opened_on).days == 15
    assert WorkItem.objects.filter(kind="contact_complaint", state="open").count() == 1
    assert ask().refused_by == "pause"
    sent = {"answer": "已致歉", "version": complaint.version}
    assert logged_in("officer").post(f"{root}/complaints/{key}/answer", sent).status_code == 403
    assert logged_in("risk").post(f"{root}/complaints/{key}/answer", sent).status_code == 302
    assert WorkItem.objects.filter(kind="contact_complaint", state="done").count() == 1
    clock.forward(minutes=1)
    assert ask().is_allowed
    assert proved(tmp_path) == []


def test_consent_takes_two_people_and_ends(ask, clock, debtor, logged_in, tmp_path) -> None:
    root, made, key = f"/contacts/of/{debtor['debtor_id']}", ask(), str(uuid4())
    until = timezone.localdate(clock.at) + timedelta(days=1)
    sent = {"made_id": key, "kind": "consent", "point": made.point_id, "reason": "夜班"}
    assert logged_in("officer").post(f"{root}/exemptions", sent).status_code == 400
    assert logged_in("officer").post(f"{root}/exemptions", sent | {"until": str(until)}).status_code == 302
    exemption = Exemption.objects.select_related("case").get()
    verdict = {"verdict": "agree", "version": exemption.case.version}
    assert logged_in("officer").post(f"{root}/exemptions/{key}/decide", verdict).status_code == 403
    clock.at = LATE
    assert ask().refused_by == "hours"
    assert logged_in("risk").post(f"{root}/exemptions/{key}/decide", verdict).status_code == 302
    assert ask().is_allowed
    exemption.refresh_from_db()
    ended = {"reason": "本人撤回", "version": exemption.version}
    assert logged_in("officer").post(f"{root}/exemptions/{key}/take-back", ended).status_code == 302
    assert ask().refused_by == "hours"
    assert proved(tmp_path) == []


def test_a_point_that_wants_no_contact_is_used_again_by_two_people_only(
    ask, clock, debtor, logged_in, tmp_path
) -> None:
    root, made = f"/contacts/of/{debtor['debtor_id']}", ask()
    assert (
        logged_in("officer").post(f"{root}/do-not-call", {"point": made.point_id, "reason": "要求"}).status_code == 302
    )
    assert ask().refused_by == "do_not_call"
    for kind, after in (("do_not_call_lifted", ""), ("point_ended", "known")):
        key = str(uuid4())
        sent = {"made_id": key, "kind": kind, "point": made.point_id, "reason": "本人要求"}
        logged_in("officer").post(f"{root}/exemptions", sent)
        version = Exemption.objects.get(pk=key).case.version
        answer = logged_in("risk").post(f"{root}/exemptions/{key}/decide", {"verdict": "agree", "version": version})
        assert answer.status_code == 302
        assert ask(point=str(made.point_id)).refused_by == after
    assert proved(tmp_path) == []


def test_a_third_person_after_the_debtors_number_failed(ask, clock, debtor, logged_in, tmp_path) -> None:
    root = f"/contacts/of/{debtor['debtor_id']}"
    ask()
    sent = {"party": "third", "kind": "phone", "plain": "139 0000 1234", "source": "本人提供"}
    assert logged_in("officer").post(f"{root}/points", sent).status_code == 400
    assert logged_in("officer").post(f"{root}/points", sent | {"name": "邻居"}).status_code == 302
    third = ContactPoint.objects.get(role="third")
    assert third.label == "139****1234" or third.label.endswith("1234")
    assert "0000" not in third.sealed
    assert ask(point=str(third.pk), purpose="locate").refused_by == "third"
    for attempt in [*Attempt.objects.filter(is_allowed=True), ask(), ask()]:
        attempt_close(person("officer"), attempt.pk, "unanswered")
    assert ask(point=str(third.pk)).refused_by == "parties"
    assert ask(point=str(third.pk), purpose="locate").is_allowed
    assert proved(tmp_path) == []
    paper = logged_in("officer").get(f"{root}/paper").content.decode()
    assert "邻居" in paper
    assert "无人应答" in paper


def test_a_visit_takes_two_people_who_work_here(ask, clock, debtor, logged_in) -> None:
    root = f"/contacts/of/{debtor['debtor_id']}"
    sent = {"party": debtor["debtor_id"], "kind": "address", "plain": "杭州市西湖区文三路1号", "source": "合同"}
    assert logged_in("officer").post(f"{root}/points", sent).status_code == 302
    home = str(ContactPoint.objects.get(kind="address").pk)
    assert ask(point=home, channel="visit").refused_by == "visitors"
    assert ask(point=home, channel="visit", companions="officer").refused_by == "visitors"
    made = ask(point=home, channel="visit", companions="risk")
    assert made.is_allowed
    assert LedgerEntry.objects.get(pk=made.seq).told["going"] == ["officer", "risk"]
    form = {"point": home, "channel": "visit", "purpose": "collect", "made_id": str(uuid4()), "companions": "nobody"}
    assert logged_in("officer").post(f"{root}/ask", form).status_code == 400


@pytest.fixture
def dialler(db: None) -> Callable[..., Any]:
    """A dialler's account in the officer's office, and its calls."""
    org = person("officer").org
    assert org
    made = officer_open(None, username="dialler", name="外呼平台", password=None, org=org)
    role = load_desk_rules(None).version("roles", Roles, today()).named("dialler")
    assert role
    role_give(None, made, role, org, begins_on=date(2021, 1, 1), ends_on=None, reason="test")
    secret = token_issue(None, made, name="dialler", expires_on=today() + timedelta(days=9), reason="test").secret

    def called(path: str, body: dict[str, Any] | None = None, token: str = secret) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        if body is None:
            return Client().get(f"/api/contact/{path}", headers=headers)
        return Client().post(f"/api/contact/{path}", json.dumps(body), "application/json", headers=headers)

    return called


def test_a_dialler_asks_tells_and_reads(dialler, clock, debtor, tmp_path) -> None:
    debtor_id, key = debtor["debtor_id"], str(uuid4())
    [own] = [each for each in dialler(f"points/{debtor_id}").json() if each["role"] == "debtor"]
    assert "*" in own["label"]
    body = {"id": key, "debtor_id": debtor_id, "point": own["point"], "channel": "call", "purpose": "collect"}
    answer = dialler("ask", body).json()
    assert answer["is_allowed"]
    assert answer["number"].isdecimal()
    assert (answer["number"][:3], answer["number"][-4:]) == (own["label"][:3], own["label"][-4:])
    assert dialler("ask", body).json() == answer
    assert AuditEntry.objects.filter(action="contact.number_told", officer="dialler").count() == 2
    told = dialler("outcome", {"id": key, "outcome": "connected", "made_at": answer["at"]})
    assert told.status_code == 200, told.content
    assert dialler("outcome", {"id": key, "outcome": "unanswered"}).status_code == 409
    [made] = dialler(f"made/{debtor_id}").json()["contacts"]
    assert made["outcome"] == "connected"
    clock.at = LATE
    refused = dialler("ask", body | {"id": str(uuid4())}).json()
    assert [each["rule"] for each in refused["refused_by"]] == ["hours"]
    assert refused["number"] == ""
    assert dialler("ask", body).json()["number"] == "", "it was made"
    assert AuditEntry.objects.filter(action="contact.number_told").count() == 2
    assert proved(tmp_path) == []


def test_the_api_asks_who_and_where(dialler, clock, debtor, loans) -> None:
    body = {"id": str(uuid4()), "debtor_id": debtor["debtor_id"], "point": "1", "channel": "call", "purpose": "collect"}
    assert dialler("ask", body, token="wrong").status_code == 401  # noqa: S106
    assert dialler("ask", body | {"channel": "pigeon"}).status_code == 400
    elsewhere = loans.filter(loans["org_id"] != person("officer").org_id).row(0, named=True)["debtor_id"]
    assert dialler("ask", body | {"debtor_id": elsewhere}).status_code == 404
    assert dialler(f"made/{elsewhere}").status_code == 404
    assert dialler("outcome", {"id": str(uuid4()), "outcome": "connected"}).status_code == 404
    assert LedgerEntry.objects.filter(kind="ask").count() == 0


@pytest.fixture
def written(ask, clock, debtor, logged_in, tmp_path) -> list[Entry]:
    """A ledger with some of everything, as it was exported."""
    clock.at = LATE
    ask()
    clock.at = NOON + timedelta(days=1)
    for outcome in ("unanswered", "connected", "unanswered"):
        attempt_close(person("officer"), ask().pk, outcome)
        clock.forward(minutes=5)
    assert proved(tmp_path) == []
    return [each for each in read_ledger(tmp_path / "ledger.jsonl") if isinstance(each, Entry)]


def lines(entries: list[Entry]) -> Iterator[Entry | Head]:
    yield from entries
    yield Head(entries[-1].seq, entries[-1].hash)


def rechained(entries: list[Entry]) -> list[Entry]:
    """The chain made anew over changed entries, as an insider would who knows how."""
    made: list[Entry] = []
    for seq, each in enumerate(entries, start=1):
        entry = replace(each, seq=seq, before_hash=made[-1].hash if made else "0" * 64)
        made.append(replace(entry, hash=hash_of(entry)))
    return made


def test_tampering_is_found(written: list[Entry]) -> None:
    at = next(place for place, each in enumerate(written) if each.kind == "ask" and not each.told["allowed"])
    refused = written[at]
    changed = replace(refused, told={**refused.told, "allowed": True})
    assert "was changed after it was written" in found(lines([*written[:at], changed, *written[at + 1 :]]))
    removed = [*written[:at], *written[at + 1 :]]
    assert f"stands where entry {refused.seq} should" in found(lines(removed))
    swapped = [*written[:at], written[at + 1], refused, *written[at + 2 :]]
    assert "does not follow the entry before it" in found(lines(swapped))
    appended = [*written, replace(written[-1], seq=written[-1].seq + 1)]
    assert "does not follow the entry before it" in found(lines(appended))
    head = Head(written[-1].seq, written[-1].hash)
    assert found(iter([*written[:-1], head])) == ["is not the last entry that was written"]
    assert found(iter([*written, head, written[-1]]))[0] == "the ledger goes on after its end"


def test_a_ledger_made_anew_is_found_by_its_own_history_or_by_the_head_kept_outside(written: list[Entry]) -> None:
    kept = Head(written[-1].seq, written[-1].hash)
    at = next(place for place, each in enumerate(written) if each.kind == "ask" and not each.told["allowed"])
    told = {**written[at].told, "allowed": True, "refused_by": [], "valid_until": "2026-03-03T14:40:00+00:00"}
    forged = rechained([*written[:at], replace(written[at], told=told), *written[at + 1 :]])
    assert "was allowed, and the rules refuse it: hours" in found(lines(forged))
    without = rechained([each for each in written if each.kind in {"rules", "point"}])
    assert found(lines(without)) == []
    assert found(lines(without), known=kept) == [f"ends before entry {kept.seq}, whose hash was kept outside"]
    assert found(lines(written), known=kept) == []


def test_laxer_rules_in_the_ledger_are_found(written: list[Entry]) -> None:
    at = next(place for place, each in enumerate(written) if each.kind == "rules")
    rules = json.loads(written[at].told["rules"])
    rules["persons"]["hours"]["ends"] = "23:00"
    forged = replace(written[at], told={"rules": json.dumps(rules, ensure_ascii=False)})
    faults = found(lines(rechained([*written[:at], forged, *written[at + 1 :]])))
    assert "are laxer than those that come with Postloan: persons.hours" in faults


def test_the_database_holds_what_was_exported(written: list[Entry]) -> None:
    assert list(faults_of_chain()) == []
    head = LedgerHead.objects.get()
    assert (head.seq, head.hash) == (written[-1].seq, written[-1].hash)
    anchors = AuditEntry.objects.filter(action__startswith="contact.").order_by("-seq")
    assert anchors[0].told["ledger_hash"] == head.hash


def test_no_number_stands_in_the_ledger_or_in_the_database(written: list[Entry], debtor) -> None:
    point = ContactPoint.objects.get()
    assert "*" in point.label
    for each in written:
        assert point.label[-4:] not in json.dumps(each.told)
    assert Officer.objects.count() > 3
